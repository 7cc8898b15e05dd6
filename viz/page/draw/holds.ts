// Who holds a lock when: a bracket above the operation, red and doubled where two clients hold the same one.
import { boxOf, fitText, fontFamily, isVisible, xOf, type Frame } from './frame.ts';

const mostHolds = 300;

/** Draws the holds in the window. */
export function drawHolds(frame: Frame): void {
  const { context, theme, model } = frame;
  const shown = model.holds.filter(({ from, to }) => isVisible(frame, from, to));
  if (shown.length > mostHolds) return;
  context.setLineDash([]);
  context.textBaseline = 'middle';
  context.font = `600 9.5px ${fontFamily}`;
  for (const { lane, from, to, label, overlaps } of shown) {
    const box = boxOf(frame, lane);
    if (box === undefined) continue;
    const y = box.centre - box.half - 4;
    const bar = (start: number, end: number, colour: string, thick: number): void => {
      context.fillStyle = colour;
      context.fillRect(xOf(frame, start), y - thick / 2, Math.max(2, xOf(frame, end) - xOf(frame, start)), thick);
    };
    bar(from, to, theme.accent, 3);
    for (const overlap of overlaps) bar(overlap.from, overlap.to, theme.alarm, 6);
    context.fillStyle = overlaps.length > 0 ? theme.alarm : theme.accent;
    const text = overlaps.length > 0 ? `✕ ${label}, and not alone` : label;
    fitText(context, text, Math.max(0, xOf(frame, from)) + 2, xOf(frame, to), y - 8, 40);
  }
}

// Timers below the bars, where there is room: a dotted line from where one was set to where it fired (a dot) or was set
// again (a tick).
import { lowerBound } from '../search.ts';
import { boxOf, xOf, type Frame } from './frame.ts';

const mostTimers = 160;
const narrowest = 14;

/** Draws the timers in the window, unless they are too many to be told apart. */
export function drawTimers(frame: Frame): void {
  const { context, theme, model, window } = frame;
  const { spans, ends } = model.timers;
  const shown = [];
  for (let index = lowerBound(ends, window.from); index < spans.length; index++) {
    const span = spans[index];
    if (span === undefined || span.from > window.to) continue;
    if (xOf(frame, span.to) - xOf(frame, span.from) < narrowest) continue;
    shown.push(span);
    if (shown.length > mostTimers) return;
  }
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  const places = new Map<string, number>();
  for (const span of shown) {
    const box = boxOf(frame, span.lane);
    if (box === undefined) continue;
    const key = `${span.lane}/${span.name}`;
    const names = [...places.keys()].filter((each) => each.startsWith(`${span.lane}/`)).length;
    const place = places.get(key) ?? names;
    places.set(key, place);
    const y = Math.round(box.centre + box.half + 5 + (place % 3) * 3) + 0.5;
    const [left, right] = [xOf(frame, span.from), xOf(frame, span.to)];
    context.setLineDash([1, 3]);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
    context.setLineDash([]);
    if (span.end === 'gone') continue;
    context.beginPath();
    if (span.end === 'fired') {
      context.arc(right, y, 2.5, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.moveTo(right, y - 2.5);
      context.lineTo(right, y + 2.5);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

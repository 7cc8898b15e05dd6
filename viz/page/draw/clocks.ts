// Each node's own clock as a ruler at the foot of its lane, against the true time on top: where a clock is right its ticks
// stand below those of the axis; where it is not, they drift away. Clocks that are always right have no ruler.
import type { ClockTrack } from '../../worker/messages.ts';
import { isWrong } from '../layers.ts';
import { lowerBound } from '../search.ts';
import { boxOf, fontFamily, xOf, type Frame } from './frame.ts';

/** Draws the rulers of the clocks that go wrong in this run. */
export function drawClocks(frame: Frame): void {
  const { model, clocks, layers } = frame;
  if (!layers.has('clocks')) return;
  for (const track of clocks) {
    if (!track.off.some(isWrong)) continue;
    drawRuler(
      frame,
      track,
      model.data.lanes.findIndex(({ id }) => id === track.node),
    );
  }
}

/** What a clock shows beyond true time at a true instant, in microseconds. */
export function offAt({ time, off }: ClockTrack, at: number): number {
  const next = lowerBound(time, at);
  if (next <= 0) return off[0] ?? 0;
  if (next >= time.length) return off.at(-1) ?? 0;
  const [before, after] = [time[next - 1] as number, time[next] as number];
  const [from, to] = [off[next - 1] as number, off[next] as number];
  return after === before ? to : from + ((to - from) * (at - before)) / (after - before);
}

function drawRuler(frame: Frame, track: ClockTrack, lane: number): void {
  const { context, theme, window, layout } = frame;
  const box = boxOf(frame, lane);
  if (box?.ruler === undefined) return;
  const y = Math.round(box.ruler) + 0.5;
  const span = window.to - window.from;
  // A slow clock has finer ticks, or there would be none in sight; one that jumped back counts as true.
  const own = span + offAt(track, window.to) - offAt(track, window.from);
  const step = tickStep(((own > 0 ? Math.min(own, span) : span) * 90) / layout.width);
  context.setLineDash([]);
  context.strokeStyle = theme.family['clock'] ?? theme.muted;
  context.fillStyle = theme.family['clock'] ?? theme.muted;
  context.lineWidth = 1;
  context.globalAlpha = 0.8;
  context.font = `500 9px ${fontFamily}`;
  context.textBaseline = 'middle';
  context.beginPath();
  context.moveTo(Math.max(0, xOf(frame, 0)), y);
  context.lineTo(Math.min(layout.width, xOf(frame, frame.model.data.end)), y);
  let shownOf = Number.NaN;
  let free = -Infinity;
  const labels: [text: string, x: number][] = [];
  const pixel = span / layout.width;
  for (let x = 0; x <= layout.width; x++) {
    const at = window.from + x * pixel;
    if (at < 0 || at > frame.model.data.end) continue;
    const tick = Math.floor((at + offAt(track, at)) / step);
    if (tick !== shownOf && !Number.isNaN(shownOf)) {
      context.moveTo(x, y - 3);
      context.lineTo(x, y + 3);
      if (x > free) {
        const label = `${((tick * step) / 1_000_000).toFixed(step < 1_000 ? 6 : step < 1_000_000 ? 3 : 0)} s`;
        labels.push([label, x + 3]);
        free = x + context.measureText(label).width + 12;
      }
    }
    shownOf = tick;
  }
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = theme.ground;
  for (const [text, x] of labels) {
    context.strokeText(text, x, y - 5);
    context.fillText(text, x, y - 5);
  }
}

/** A round step of at least so many microseconds. */
function tickStep(least: number): number {
  let step = 1;
  while (step < least) step *= step.toString().startsWith('2') ? 2.5 : 2;
  return step;
}

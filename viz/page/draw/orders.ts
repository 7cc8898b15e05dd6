// The order that explains a linearizable history, as a dot on each operation where it takes effect, with its place in the
// order; for a selected operation, the line through all dots of its key.
import type { EffectPoint, ExplainedKey } from '../orders.ts';
import { lowerBound, upperBound } from '../search.ts';
import { boxOf, fontFamily, xOf, type Frame } from './frame.ts';

const mostDots = 500;
const mostNumbers = 160;

/** Draws the dots in the window, unless they are too many, and their places where they do not run into each other. */
export function drawOrders(frame: Frame): void {
  const { context, theme, explained, layers } = frame;
  if (!layers.has('order')) return;
  const seen = explained.map((each) => ({ key: each.key, points: inSight(frame, each) }));
  const count = seen.reduce((sum, { points }) => sum + points.length, 0);
  if (count === 0 || count > mostDots) return;
  const free = new Map<number, number>();
  context.setLineDash([]);
  context.font = `600 9px ${fontFamily}`;
  context.textBaseline = 'middle';
  context.lineWidth = 1.4;
  for (const { key, points } of seen) {
    for (const { lane, time, place } of points) {
      const box = boxOf(frame, lane);
      if (box === undefined) continue;
      const [x, y] = [xOf(frame, time), box.centre - box.half];
      drawDot(frame, x, y);
      const text = key === '' ? `${place}` : `${key}·${place}`;
      if (count > mostNumbers || x - 3 < (free.get(lane) ?? -Infinity)) continue;
      context.fillStyle = theme.outcome.ok;
      context.fillText(text, x + 5, y - 6);
      free.set(lane, x + 12 + context.measureText(text).width);
    }
  }
}

/** The line through the points of the key that an operation is of. */
export function drawOrderOf(frame: Frame, operation: number): void {
  const { context, theme, explained, layers } = frame;
  const found = explained.find(({ points }) => points.some((point) => point.operation === operation));
  if (found === undefined || !layers.has('order')) return;
  const points = inSight(frame, found, 1);
  context.save();
  context.strokeStyle = theme.outcome.ok;
  context.lineWidth = 1.6;
  context.globalAlpha = 0.75;
  context.setLineDash([5, 3]);
  context.beginPath();
  for (const { lane, time } of points) {
    const box = boxOf(frame, lane);
    if (box !== undefined) context.lineTo(xOf(frame, time), box.centre - box.half);
  }
  context.stroke();
  context.restore();
}

/** The points in the window, with so many more at both ends. */
function inSight({ window }: Frame, { points }: ExplainedKey, more = 0): readonly EffectPoint[] {
  const times = points.map(({ time }) => time);
  return points.slice(
    Math.max(0, lowerBound(times, window.from) - more),
    Math.min(points.length, upperBound(times, window.to) + more),
  );
}

function drawDot({ context, theme }: Frame, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 2.8, 0, Math.PI * 2);
  context.fillStyle = theme.ground;
  context.fill();
  context.strokeStyle = theme.outcome.ok;
  context.stroke();
}

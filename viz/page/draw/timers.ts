// Timers below the bars, where there is room: a dotted line from where one was set to where it fired (a dot) or was set
// again (a tick).
import { visitIntervals } from '../intervals.ts';
import type { TimerSpan } from '../timers.ts';
import { boxOf, xOf, type Frame } from './frame.ts';

const mostTimers = 160;
const narrowest = 14;
const rows = 3;

/** A timer with its place on the picture. */
export interface DrawnTimer {
  /** Its place among the model's timers. */
  readonly index: number;
  readonly span: TimerSpan;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** The timers in the window, unless they are too many to be told apart. Those of one name stand in one row. */
export function timersInSight(frame: Frame): DrawnTimer[] {
  const { model, window, layers } = frame;
  const { spans, times } = model.timers;
  const shown: DrawnTimer[] = [];
  if (!layers.has('timers')) return shown;
  const places = new Map<number, Map<string, number>>();
  visitIntervals(times, window.from, window.to, (index) => {
    const span = spans[index] as TimerSpan;
    const [left, right] = [xOf(frame, span.from), xOf(frame, span.to)];
    const box = boxOf(frame, span.lane);
    if (right - left < narrowest || box === undefined) return true;
    const names = places.get(span.lane) ?? new Map<string, number>();
    places.set(span.lane, names);
    const place = names.get(span.name) ?? names.size;
    names.set(span.name, place);
    const y = Math.round(box.centre + box.half + 8 + (place % rows) * 3) + 0.5;
    shown.push({ index, span, left, right, y });
    return shown.length <= mostTimers;
  });
  return shown.length > mostTimers ? [] : shown;
}

/** Draws them. */
export function drawTimers(frame: Frame): void {
  const { context, theme } = frame;
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  for (const { span, left, right, y } of timersInSight(frame)) {
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

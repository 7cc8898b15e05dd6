// Too many nodes for arrows: a map of node by time. A cell is as strong as the messages that its node took in then; roles
// colour the cells, and what went wrong stays in sight as it always does.
import type { TimelineFacts } from '../../data.ts';
import type { Model } from '../model.ts';
import { boxOf, xOf, type Frame } from './frame.ts';

/** With more lanes than this a map tells more than arrows. */
const mostLanesWithArrows = 30;

/** Whether a run has too many nodes for arrows. */
export function isMap({ lanes }: Pick<TimelineFacts, 'lanes'>): boolean {
  return lanes.length > mostLanesWithArrows;
}

const cell = 4;

/** Draws the map of the window. */
export function drawHeat(frame: Frame): void {
  const { context, model, layout, theme, window } = frame;
  const columns = Math.max(1, Math.ceil(layout.width / cell));
  const counts = countArrivals(model, window.from, ((window.to - window.from) * cell) / layout.width, columns);
  const most = counts.reduce((one, other) => Math.max(one, other), 1);
  layout.lanes.forEach((_, lane) => {
    const box = boxOf(frame, lane);
    if (box === undefined) return;
    const spans = model.rolesByLane[lane] ?? [];
    for (let column = 0; column < columns; column++) {
      const count = counts[lane * columns + column] as number;
      if (count === 0) continue;
      const time = window.from + ((column + 0.5) * cell * (window.to - window.from)) / layout.width;
      const role = spans.findLast(({ from }) => from <= time)?.role;
      context.fillStyle = frame.roles.get(role ?? '')?.fill ?? theme.accent;
      context.globalAlpha = 0.2 + 0.8 * Math.sqrt(count / most);
      context.fillRect(column * cell, box.top + 0.5, cell, Math.max(1, box.bottom - box.top - 1));
    }
  });
  context.globalAlpha = 1;
  drawLosses(frame);
}

/** Messages that arrived, by lane and column. */
function countArrivals({ messages, data }: Model, from: number, width: number, columns: number): Uint32Array {
  const counts = new Uint32Array(data.lanes.length * columns);
  for (let index = 0; index < messages.length; index++) {
    const lane = messages.to[index] as number;
    const column = Math.floor(((messages.ended[index] as number) - from) / width);
    if (lane < 0 || column < 0 || column >= columns) continue;
    const place = lane * columns + column;
    counts[place] = (counts[place] as number) + 1;
  }
  return counts;
}

/** A red dot where a message was lost. */
function drawLosses(frame: Frame): void {
  const { context, model, theme } = frame;
  const { messages } = model;
  context.fillStyle = theme.alarm;
  for (const index of messages.failed) {
    const box = boxOf(frame, messages.to[index] as number);
    const x = xOf(frame, messages.ended[index] as number);
    if (box === undefined || x < 0 || x > frame.layout.width) continue;
    context.fillRect(x - 1, (box.top + box.bottom) / 2 - 1, 2.5, 2.5);
  }
}

// The small things on lanes. Notes stand above the bar with their text where there is room, quiet marks are ticks below it.
import type { Marks, MarkType } from '../marks.ts';
import { lowerBound, upperBound } from '../search.ts';
import { boxOf, fontFamily, xOf, type Frame } from './frame.ts';

const mostQuiet = 2_500;
/** With more marks than this, notes shrink, and with many more they become ticks. */
const mostLarge = 500;
const mostDiamonds = 2_000;

/** Draws the marks in the window, with their texts where `withText`; a pixel that has one of its lane and type gets no second one. */
export function drawMarks(frame: Frame, withText: boolean): void {
  const { marks, data } = frame.model;
  const first = lowerBound(marks.time, frame.window.from);
  const last = upperBound(marks.time, frame.window.to);
  const isCrowded = last - first > mostDiamonds;
  // Where the last mark of each lane and type stands: marks come in order of time.
  const drawnAt = new Float64Array(data.lanes.length * types.length).fill(-Infinity);
  // Where the last text of each lane ends; beyond the picture when there is to be none.
  const textEnds = new Map<number, number>();
  if (!withText) frame.layout.lanes.forEach((_, lane) => textEnds.set(lane, Infinity));
  const showQuiet = last - first <= mostQuiet;
  for (let index = first; index < last; index++) {
    const type = marks.type[index] as MarkType;
    if (type === 'quiet' ? !showQuiet : type === 'note' && !frame.layers.has('notes')) continue;
    const x = xOf(frame, marks.time[index] as number);
    const place = (marks.lane[index] as number) * types.length + types.indexOf(type);
    if (x < (drawnAt[place] as number) + 2) continue;
    drawnAt[place] = x;
    if (isCrowded && type === 'note') drawTick(frame, marks.lane[index] as number, x);
    else drawMark(frame, marks, index, x, textEnds, last - first > mostLarge ? 2.2 : 4);
  }
}

const types: readonly MarkType[] = ['note', 'alarm', 'start', 'quiet'];

/** The notes of a map: a dot in the row of each node that noted something. */
export function drawNotes(frame: Frame): void {
  const { context, theme, model, window, layers } = frame;
  if (!layers.has('notes')) return;
  const { marks } = model;
  const last = upperBound(marks.time, window.to);
  const drawnAt = new Float64Array(model.data.lanes.length).fill(-Infinity);
  context.fillStyle = theme.ink;
  for (let index = lowerBound(marks.time, window.from); index < last; index++) {
    const lane = marks.lane[index] as number;
    const box = boxOf(frame, lane);
    const x = xOf(frame, marks.time[index] as number);
    if (marks.type[index] !== 'note' || box === undefined || x < (drawnAt[lane] as number) + 3) continue;
    drawnAt[lane] = x;
    context.fillRect(x - 1, box.centre - 1, 2, 2);
  }
}

/** A note among so many that none can be read. */
function drawTick(frame: Frame, lane: number, x: number): void {
  const box = boxOf(frame, lane);
  if (box === undefined) return;
  frame.context.fillStyle = frame.theme.ink;
  frame.context.fillRect(Math.round(x), box.centre - box.half - 4, 1, 4);
}

function drawMark(
  frame: Frame,
  marks: Marks,
  index: number,
  x: number,
  textEnds: Map<number, number>,
  reach: number,
): void {
  const { context, theme } = frame;
  const lane = marks.lane[index] as number;
  const box = boxOf(frame, lane);
  if (box === undefined) return;
  const top = box.centre - box.half;
  switch (marks.type[index]) {
    case 'note':
      drawDiamond(context, x, top - 2, reach, theme.ink, theme.ground);
      drawText(frame, marks, index, x, top - 11, theme.muted, textEnds);
      break;
    case 'alarm':
      drawDiamond(context, x, top - 2, 4, theme.alarm, theme.ground);
      drawText(frame, marks, index, x, top - 11, theme.alarm, textEnds);
      break;
    case 'start':
      context.fillStyle = theme.outcome.ok;
      context.beginPath();
      context.moveTo(x, top - 10);
      context.lineTo(x + 8, top - 5.5);
      context.lineTo(x, top - 1);
      context.fill();
      break;
    default:
      context.strokeStyle = theme.muted;
      context.globalAlpha = 0.8;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, box.centre + box.half + 1);
      context.lineTo(x, box.centre + box.half + 5);
      context.stroke();
      context.globalAlpha = 1;
  }
}

function drawDiamond(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  reach: number,
  colour: string,
  ground: string,
): void {
  context.beginPath();
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = ground;
  context.lineWidth = 1.2;
  context.fill();
  context.stroke();
}

function drawText(
  frame: Frame,
  marks: Marks,
  index: number,
  x: number,
  y: number,
  colour: string,
  textEnds: Map<number, number>,
): void {
  const { context, theme } = frame;
  const lane = marks.lane[index] as number;
  context.font = `500 10px ${fontFamily}`;
  context.textBaseline = 'middle';
  const left = x - 3;
  if (left < (textEnds.get(lane) ?? -Infinity)) return;
  const text = marks.textOf(index);
  const short = text.length > 34 ? `${text.slice(0, 33)}…` : text;
  textEnds.set(lane, left + context.measureText(short).width + 8);
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = theme.ground;
  context.strokeText(short, left, y);
  context.fillStyle = colour;
  context.fillText(short, left, y);
}

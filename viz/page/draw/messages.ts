// Messages as sloped arrows from the sender's bar to the receiver's. Lost ones are drawn always, and end with a cross where
// they were lost; the others give way to densities when there are too many.
import { isFailed, manner, manners, visitFailed, visitMessages } from '../messages.ts';
import { boxOf, fontFamily, xOf, type Frame } from './frame.ts';

/** Up to so many arrows are drawn one by one, and so many of those with a head. */
const mostArrows = 3_000;
const mostHeads = 900;
/** Dashes are dear, and cannot be told from lines where there are many. */
const mostDashed = 700;
const mostNames = 60;
const mostLargeCrosses = 150;
const mostCrosses = 600;
/** The side of a spot, in pixels. */
const spot = 3;
/** Canvas strokes many short paths faster than one long one. */
const segmentsPerPath = 64;

/** An arrow on the screen: from (x0, y0) to (x1, y1). */
export type Arrow = readonly [x0: number, y0: number, x1: number, y1: number];

/** The messages in the window, without the types that are switched off; `crowded` when they are too many to be drawn. */
export function visibleMessages(frame: Frame): { shown: number[]; lost: number[]; crowded: boolean } {
  const { messages } = frame.model;
  const { from, to } = frame.window;
  const { filter } = frame;
  const isOn = (index: number): boolean =>
    !frame.hidden.has(messages.type[index] as number) && (filter === undefined || filter[index] === 1);
  const lost: number[] = [];
  visitFailed(messages, from, to, (index) => {
    if (isOn(index)) lost.push(index);
  });
  const shown: number[] = [];
  visitMessages(messages, from, to, (index) => {
    if (isOn(index) && !isFailed(at(messages.fate, index))) shown.push(index);
    return shown.length <= mostArrows;
  });
  return shown.length > mostArrows ? { shown: [], lost, crowded: true } : { shown, lost, crowded: false };
}

/** Draws these messages one by one. */
export function drawArrows(frame: Frame, shown: readonly number[]): void {
  const { context, strokes, model } = frame;
  const byType = new Map<number, Arrow[]>();
  for (const index of shown) {
    const arrow = arrowOf(frame, index);
    if (arrow === undefined) continue;
    const type = model.messages.type[index] as number;
    const arrows = byType.get(type);
    if (arrows === undefined) byType.set(type, [arrow]);
    else arrows.push(arrow);
  }
  context.lineWidth = shown.length > 400 ? 1 : 1.35;
  context.globalAlpha = shown.length > 1_200 ? 0.55 : shown.length > 400 ? 0.75 : 0.92;
  for (const [type, arrows] of byType) {
    const stroke = strokes[type];
    if (stroke === undefined) continue;
    context.strokeStyle = stroke.colour;
    context.setLineDash(shown.length <= mostDashed ? [...stroke.dash] : []);
    strokeLines(context, arrows);
    context.setLineDash([]);
    context.fillStyle = stroke.colour;
    if (shown.length <= mostHeads) drawHeads(context, arrows);
  }
  context.globalAlpha = 1;
  if (shown.length <= mostHeads) drawManners(frame, shown);
  if (shown.length <= mostNames) drawNames(frame, shown);
}

/**
 * Draws the lost messages and a cross at each place where one was lost; a place that has a cross gets no second one. Where
 * very many were lost the crosses become spots, and none is left out.
 */
export function drawLost(frame: Frame, lost: readonly number[]): void {
  const { context, theme } = frame;
  if (lost.length > mostCrosses) return drawLostSpots(frame, lost);
  const places = new Set<number>();
  const crosses: [number, number][] = [];
  context.strokeStyle = theme.alarm;
  context.globalAlpha = lost.length > 400 ? 0.25 : 0.7;
  context.lineWidth = 1.2;
  context.setLineDash(lost.length > mostDashed ? [] : [3, 3]);
  const arrows: Arrow[] = [];
  for (const index of lost) {
    const arrow = arrowOf(frame, index);
    if (arrow === undefined) continue;
    const place = Math.round(arrow[2] / 3) * 100_003 + Math.round(arrow[3] / 3);
    if (places.has(place)) continue;
    places.add(place);
    arrows.push(arrow);
    crosses.push([arrow[2], arrow[3]]);
  }
  strokeLines(context, arrows);
  context.setLineDash([]);
  context.globalAlpha = 1;
  drawCrosses(context, crosses, theme.alarm, theme.ground);
}

/** Losses as spots in rows above and below the lanes; neighbouring spots become one rectangle. */
function drawLostSpots(frame: Frame, lost: readonly number[]): void {
  const { context, theme, layout, window, model } = frame;
  const { messages } = model;
  const lanes = layout.lanes.length;
  const columns = Math.ceil(layout.width / spot) + 1;
  const perUs = layout.width / (window.to - window.from) / spot;
  const rows = new Map<number, Uint8Array>();
  const rowOfWay = new Map<number, Uint8Array>();
  for (const index of lost) {
    const [from, to] = [at(messages.from, index), at(messages.to, index)];
    const isStub = at(messages.endLane, index) === from;
    const way = (from * lanes + to) * 2 + (isStub ? 1 : 0);
    let row = rowOfWay.get(way);
    if (row === undefined) {
      const y = Math.round(arrowOf(frame, index)?.[3] ?? -spot);
      row = rows.get(y) ?? new Uint8Array(columns);
      rows.set(y, row);
      rowOfWay.set(way, row);
    }
    const column = Math.round((at(messages.ended, index) - window.from) * perUs);
    if (column >= 0 && column < columns) row[column] = 1;
  }
  context.fillStyle = theme.alarm;
  for (const [y, hit] of rows) {
    for (let start = hit.indexOf(1); start >= 0;) {
      const stop = hit.indexOf(0, start);
      const end = stop < 0 ? columns : stop;
      context.fillRect((start - 0.5) * spot, y - spot / 2, (end - start) * spot, spot);
      start = hit.indexOf(1, end);
    }
  }
}

/** Where a message is drawn. One lost as it was sent is a stub; one to the sender itself is a short hook. */
export function arrowOf(frame: Frame, index: number): Arrow | undefined {
  const { messages } = frame.model;
  const from = boxOf(frame, messages.from[index] as number);
  const to = boxOf(frame, messages.to[index] as number);
  if (from === undefined || to === undefined) return undefined;
  const x0 = xOf(frame, messages.sent[index] as number);
  const x1 = xOf(frame, messages.ended[index] as number);
  if (from === to) return [x0, from.centre - from.half - 9, Math.max(x1, x0 + 4), from.centre - from.half];
  const direction = Math.sign(to.centre - from.centre);
  const y0 = from.centre + direction * from.half;
  if (!isFailed(messages.fate[index] as number)) return [x0, y0, x1, to.centre - direction * (to.half + 1)];
  if (messages.endLane[index] === messages.from[index]) return [x0, y0, Math.max(x1, x0 + 2), y0 + direction * 13];
  return [x0, y0, x1, to.centre - direction * (to.half + 7)];
}

const at = (column: ArrayLike<number>, index: number): number => column[index] as number;

function strokeLines(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  for (let start = 0; start < arrows.length; start += segmentsPerPath) {
    context.beginPath();
    const stop = Math.min(arrows.length, start + segmentsPerPath);
    for (let index = start; index < stop; index++) {
      const [x0, y0, x1, y1] = arrows[index] as Arrow;
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }
}

function drawHeads(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  context.beginPath();
  for (const [x0, y0, x1, y1] of arrows) {
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const dx = (x1 - x0) / length;
    const dy = (y1 - y0) / length;
    context.moveTo(x1, y1);
    context.lineTo(x1 - dx * 7 - dy * 3.2, y1 - dy * 7 + dx * 3.2);
    context.lineTo(x1 - dx * 7 + dy * 3.2, y1 - dy * 7 - dx * 3.2);
    context.closePath();
  }
  context.fill();
}

/** A sign near the beginning of copies that the network made and of messages that were held on their link. */
function drawManners(frame: Frame, shown: readonly number[]): void {
  const { context, theme, model } = frame;
  context.font = `700 9px ${fontFamily}`;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3;
  for (const index of shown) {
    const how = model.messages.manner[index];
    const arrow = how === manner.plain ? undefined : arrowOf(frame, index);
    if (arrow === undefined) continue;
    const [x0, y0, x1, y1] = arrow;
    const [x, y] = [x0 + (x1 - x0) * 0.2 + 2, y0 + (y1 - y0) * 0.2];
    const sign = manners[how === manner.copy ? 'copy' : 'held'];
    context.strokeStyle = theme.ground;
    context.strokeText(sign, x, y);
    context.fillStyle = theme.ink;
    context.fillText(sign, x, y);
  }
}

/** The type's name along the arrow, where the slope leaves room for it. */
function drawNames(frame: Frame, shown: readonly number[]): void {
  const { context, theme, strokes, model } = frame;
  context.font = `500 10px ${fontFamily}`;
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  for (const index of shown) {
    const arrow = arrowOf(frame, index);
    const type = model.messages.type[index] as number;
    const name = model.messages.types[type]?.name ?? '';
    if (arrow === undefined) continue;
    const [x0, y0, x1, y1] = arrow;
    const width = context.measureText(name).width;
    if (x1 - x0 < width * 0.9 || Math.hypot(x1 - x0, y1 - y0) < width + 34) continue;
    context.save();
    context.translate(x0 + (x1 - x0) * 0.42, y0 + (y1 - y0) * 0.42);
    context.rotate(Math.atan2(y1 - y0, x1 - x0));
    context.lineWidth = 3;
    context.strokeStyle = theme.ground;
    context.strokeText(name, -width / 2, -4);
    context.fillStyle = strokes[type]?.colour ?? theme.ink;
    context.fillText(name, -width / 2, -4);
    context.restore();
  }
}

function drawCrosses(
  context: CanvasRenderingContext2D,
  places: readonly [number, number][],
  colour: string,
  ground: string,
): void {
  if (places.length <= mostLargeCrosses) {
    for (const [x, y] of places) strokeCross(context, x, y, 3.4, 4.5, ground);
    for (const [x, y] of places) strokeCross(context, x, y, 3.4, 1.9, colour);
    return;
  }
  // Where many were lost the crosses shrink, but none is left out. A ready picture is far cheaper than strokes.
  const cross = smallCross(colour, context.getTransform().a);
  for (const [x, y] of places) context.drawImage(cross, Math.round(x) - 4, Math.round(y) - 4, 8, 8);
}

function strokeCross(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  reach: number,
  width: number,
  colour: string,
): void {
  context.lineCap = 'round';
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
  context.stroke();
  context.lineCap = 'butt';
}

const smallCrosses = new Map<string, HTMLCanvasElement>();

/** A small cross with as many pixels as it covers on the screen, so that it need not be scaled. */
function smallCross(colour: string, ratio: number): HTMLCanvasElement {
  const name = `${colour} ${ratio}`;
  const known = smallCrosses.get(name);
  if (known !== undefined) return known;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(8 * ratio);
  const context = canvas.getContext('2d');
  context?.scale(ratio, ratio);
  if (context !== null) strokeCross(context, 4, 4, 2, 1.2, colour);
  smallCrosses.set(name, canvas);
  return canvas;
}

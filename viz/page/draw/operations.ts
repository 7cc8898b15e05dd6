// What the clients did: a bar from invocation to completion, with a shape and a colour for its outcome; the evidence of a
// finding is ringed in red.
import type { TimelineOperation } from '../../data.ts';
import { visitIntervals } from '../intervals.ts';
import { operationText } from '../words.ts';
import { boxOf, extentOf, fitText, fontFamily, hatch, roundedPath, xOf, type Frame } from './frame.ts';

const glyphs = { ok: '✓', fail: '✕', info: '?', open: '…' } as const;

/** Bars narrower than this, with no room for words behind them, are drawn together. */
const narrowest = 6;
const roomForWords = 20;

/** Draws the operations in the window. Narrow ones of the same outcome run together; evidence is always shown. */
export function drawOperations(frame: Frame): void {
  const { context, model } = frame;
  context.setLineDash([]);
  context.textBaseline = 'middle';
  const { operations } = model.data;
  const { from, to } = frame.window;
  const narrow = new Map<string, Bar[]>();
  const evidence: number[] = [];
  // A label may stand behind its bar, so bars that ended just before the window are drawn as well.
  visitIntervals(model.operationTimes, from - (to - from) * 0.3, to, (index) => {
    const operation = operations[index] as TimelineOperation;
    const free = model.nextOperation[index] as number;
    const [left, right] = extentOf(frame, operation.from, operation.to ?? model.data.end, 3);
    if (frame.operationFilter?.[index] === 0) drawFaint(frame, operation.lane, left, right);
    else if (operation.evidence.length > 0) evidence.push(index);
    else if (right - left >= narrowest || xOf(frame, free) - right >= roomForWords)
      drawOperation(frame, operation, free);
    else addNarrow(narrow, operation, left, right);
    return true;
  });
  drawNarrow(frame, narrow);
  for (const index of evidence)
    drawOperation(frame, operations[index] as TimelineOperation, model.nextOperation[index] as number);
}

/** An operation that the reader does not look for. */
function drawFaint({ context, theme, layout }: Frame, lane: number, left: number, right: number): void {
  const box = layout.lanes[lane];
  context.fillStyle = theme.rule;
  if (box !== undefined) context.fillRect(left, box.centre - 1, Math.max(1, right - left), 2);
}

/** What is doubtful comes last, on top. */
const outcomes = ['ok', 'fail', 'open', 'info'] as const;

interface Bar {
  readonly left: number;
  right: number;
}

/** Bars of one lane and outcome that touch become one. */
function addNarrow(all: Map<string, Bar[]>, { lane, outcome }: TimelineOperation, left: number, right: number): void {
  const name = `${outcome} ${lane}`;
  const bars = all.get(name);
  const last = bars?.at(-1);
  if (last !== undefined && left < last.right + 0.75) last.right = Math.max(last.right, right);
  else if (bars !== undefined) bars.push({ left, right });
  else all.set(name, [{ left, right }]);
}

function drawNarrow(frame: Frame, all: ReadonlyMap<string, readonly Bar[]>): void {
  const { context, theme } = frame;
  context.globalAlpha = 0.7;
  for (const outcome of outcomes) {
    context.fillStyle = theme.outcome[outcome];
    frame.layout.lanes.forEach((box, lane) => {
      for (const { left, right } of all.get(`${outcome} ${lane}`) ?? [])
        context.fillRect(left, box.centre - box.half, right - left, box.half * 2);
    });
  }
  context.globalAlpha = 1;
}

function drawOperation(frame: Frame, operation: TimelineOperation, free: number): void {
  const { context, theme } = frame;
  const box = boxOf(frame, operation.lane);
  if (box === undefined) return;
  const [left, right] = extentOf(frame, operation.from, operation.to ?? frame.model.data.end, 3);
  const colour = theme.outcome[operation.outcome];
  const top = box.centre - box.half;
  const isCertain = operation.outcome === 'ok' || operation.outcome === 'fail';
  roundedPath(context, left, top, right - left, box.half * 2, 4);
  context.fillStyle = theme.ground;
  context.fill();
  context.globalAlpha = theme.dark ? 0.26 : 0.16;
  context.fillStyle = colour;
  context.fill();
  if (!isCertain && right - left > 6)
    hatch(context, Math.max(left, 0), Math.min(right, frame.layout.width), top, box.centre + box.half, colour);
  context.globalAlpha = 1;
  roundedPath(context, left, top, right - left, box.half * 2, 4);
  context.setLineDash(isCertain ? [] : [4, 3]);
  context.lineWidth = 1.2;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
  if (operation.evidence.length > 0) ringEvidence(frame, left, right, top, box.half * 2);
  drawLabel(frame, operation, left, right, box.centre, free);
}

function ringEvidence(frame: Frame, left: number, right: number, top: number, height: number): void {
  const { context, theme } = frame;
  context.strokeStyle = theme.alarm;
  context.lineWidth = 2.4;
  roundedPath(context, left - 3, top - 3, right - left + 6, height + 6, 6);
  context.stroke();
}

/** Inside the bar when it fits, else to its right when nothing follows too soon. */
function drawLabel(
  frame: Frame,
  operation: TimelineOperation,
  left: number,
  right: number,
  y: number,
  free: number,
): void {
  const { context, theme } = frame;
  const colour = theme.outcome[operation.outcome];
  const start = Math.max(left, 0) + 6;
  const inside = right - start >= 13;
  if (!inside && Math.min(xOf(frame, free), frame.layout.width) - right < 20) return;
  const text = operationText(operation);
  const glyph = glyphs[operation.outcome];
  context.font = `500 11px ${fontFamily}`;
  const width = context.measureText(text).width + 16;
  const outside = Math.min(xOf(frame, free), frame.layout.width) - right - 8;
  const at = inside && (right - start >= width || outside < width) ? start : right + 5;
  const room = at === start ? right - 4 : right + 5 + outside;
  if (at !== start && outside < 12) return;
  context.fillStyle = colour;
  context.font = `700 11px ${fontFamily}`;
  context.fillText(glyph, at, y + 0.5);
  context.fillStyle = theme.ink;
  context.font = `500 11px ${fontFamily}`;
  fitText(context, text, at + 13, room, y + 0.5, 14);
}

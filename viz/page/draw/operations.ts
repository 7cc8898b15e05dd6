// What the clients did: a bar from invocation to completion, with a shape and a colour for its outcome; the evidence of a
// finding is ringed in red.
import type { TimelineOperation } from '../../data.ts';
import { operationText } from '../words.ts';
import { boxOf, extentOf, fitText, fontFamily, hatch, isVisible, roundedPath, xOf, type Frame } from './frame.ts';

const glyphs = { ok: '✓', fail: '✕', info: '?', open: '…' } as const;

/** Draws the operations in the window. */
export function drawOperations(frame: Frame): void {
  const { context, model } = frame;
  context.setLineDash([]);
  context.textBaseline = 'middle';
  const nextStart = new Map<number, number>();
  const { operations } = model.data;
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index] as TimelineOperation;
    const free = nextStart.get(operation.lane) ?? Infinity;
    nextStart.set(operation.lane, operation.from);
    if (isVisible(frame, operation.from, Math.max(operation.to ?? Infinity, Math.min(free, frame.window.to)))) {
      drawOperation(frame, operation, free);
    }
  }
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

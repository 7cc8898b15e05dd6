// What is pointed at or selected, drawn over the picture on a canvas of its own: an outline, and for a selection the chain
// of messages that led to it.
import type { LaneBox } from '../layout.ts';
import { faultCentre } from '../layout.ts';
import { causesOf, rowOfTarget, timesOfTarget, type Target } from '../target.ts';
import { boxOf, extentOf, roundedPath, xOf, type Frame } from './frame.ts';
import { arrowOf } from './messages.ts';
import { drawOrderOf } from './orders.ts';
import { drawProof } from './proof.ts';

/** Outlines a target; `strong` for the selection, with its causes. */
export function drawTarget(frame: Frame, target: Target, strong: boolean): void {
  const { context, theme } = frame;
  context.strokeStyle = strong ? theme.accent : theme.ink;
  context.lineWidth = strong ? 2.5 : 1.75;
  if (strong) drawCauses(frame, target);
  if (target.type === 'operation') drawOrderOf(frame, target.index);
  if (target.type === 'finding') drawProof(frame, target.index);
  context.strokeStyle = strong ? theme.accent : theme.ink;
  if (target.type === 'message') return outlineMessage(frame, target.index, strong ? 3 : 2.2);
  const { from, to } = timesOfTarget(frame.model, target);
  const [left, right] = extentOf(frame, from, to, 3);
  const box = target.type === 'fault' ? faultBox(frame, target.index) : boxOfTarget(frame, target);
  if (box === undefined) return;
  roundedPath(context, left - 2.5, box.centre - box.half - 3, right - left + 5, box.half * 2 + 6, 5);
  context.stroke();
}

function drawCauses(frame: Frame, target: Target): void {
  const { context, model } = frame;
  const row = rowOfTarget(model, target);
  if (row < 0) return;
  const seen = new Set<number>();
  context.save();
  causesOf(model, row, 24).forEach((cause, distance) => {
    const message = model.messageOfRow[cause] as number;
    context.globalAlpha = Math.max(0.18, 0.75 - distance * 0.06);
    if (message >= 0 && !seen.has(message)) {
      seen.add(message);
      outlineMessage(frame, message, 2.2);
    } else if (message < 0) ringRow(frame, cause);
  });
  context.restore();
}

function ringRow(frame: Frame, row: number): void {
  const { context, model } = frame;
  const box = boxOf(frame, model.rows.node[row] as number);
  if (box === undefined) return;
  context.beginPath();
  context.arc(xOf(frame, model.rows.time[row] as number), box.centre, 5, 0, Math.PI * 2);
  context.stroke();
}

function outlineMessage(frame: Frame, index: number, width: number): void {
  const { context, theme } = frame;
  const arrow = arrowOf(frame, index);
  if (arrow === undefined) return;
  const [x0, y0, x1, y1] = arrow;
  const colour = context.strokeStyle;
  for (const [lineWidth, style] of [
    [width + 3, theme.ground],
    [width, colour],
  ] as const) {
    context.lineWidth = lineWidth;
    context.strokeStyle = style;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x0, y0, width + 0.6, 0, Math.PI * 2);
  context.arc(x1, y1, width + 0.6, 0, Math.PI * 2);
  context.fill();
}

function boxOfTarget(frame: Frame, target: Target): Pick<LaneBox, 'centre' | 'half'> | undefined {
  const { data, rows } = frame.model;
  switch (target.type) {
    case 'operation':
      return boxOf(frame, data.operations[target.index]?.lane ?? -1);
    case 'role':
      return boxOf(frame, data.roles[target.index]?.lane ?? -1);
    case 'band':
      return boxOf(frame, data.bands[target.index]?.lane ?? -1);
    case 'row':
      return boxOf(frame, rows.node[target.row] ?? -1);
    case 'timer':
      return below(boxOf(frame, frame.model.timers.spans[target.index]?.lane ?? -1), 11);
    case 'disk':
      return below(boxOf(frame, frame.model.disks.spans[target.index]?.lane ?? -1), 3.5);
    default:
      return undefined;
  }
}

/** A thin box so far below a bar. */
function below(box: LaneBox | undefined, distance: number): Pick<LaneBox, 'centre' | 'half'> | undefined {
  return box === undefined ? undefined : { centre: box.centre + box.half + distance, half: 2 };
}

function faultBox(frame: Frame, index: number): Pick<LaneBox, 'centre' | 'half'> {
  return { centre: faultCentre(frame.layout, index), half: 8 };
}

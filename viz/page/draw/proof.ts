// The proof that no order explains a history, drawn on the lanes: the operations that contradict each other, and between two
// of them an arrow where the one was over before the other began, so that no order may turn them round.
import type { TimelineOperation } from '../../data.ts';
import { boxOf, fontFamily, xOf, type Frame } from './frame.ts';

const mostArrows = 12;
/** Checks for which it matters what was over before what. */
const aboutOrder = /lineariz|sequential|serializab/i;

/** Draws the evidence of a finding over the picture. */
export function drawProof(frame: Frame, finding: number): void {
  const name = frame.model.data.findings[finding]?.name ?? '';
  if (!aboutOrder.test(name)) return;
  const evidence = frame.model.data.operations.filter((operation) => operation.evidence.includes(finding));
  for (const [before, after] of realTimeOrder(evidence).slice(0, mostArrows)) drawPrecedence(frame, before, after);
}

/** The pairs of which one was over before the other began, without those that follow from others. */
export function realTimeOrder(
  evidence: readonly TimelineOperation[],
): (readonly [before: TimelineOperation, after: TimelineOperation])[] {
  const isBefore = (one: TimelineOperation, other: TimelineOperation): boolean =>
    one.to !== null && one.outcome === 'ok' && one.to <= other.from;
  return evidence.flatMap((before) =>
    evidence
      .filter((after) => isBefore(before, after))
      .filter((after) => !evidence.some((between) => isBefore(before, between) && isBefore(between, after)))
      .map((after) => [before, after] as const),
  );
}

function drawPrecedence(frame: Frame, before: TimelineOperation, after: TimelineOperation): void {
  const { context, theme } = frame;
  const [from, to] = [boxOf(frame, before.lane), boxOf(frame, after.lane)];
  if (from === undefined || to === undefined || before.to === null) return;
  const [x0, x1] = [xOf(frame, before.to), xOf(frame, after.from)];
  const bend = from === to ? -26 : 0;
  const [middleX, middleY] = [(x0 + x1) / 2, (from.centre + to.centre) / 2 + bend];
  context.save();
  context.strokeStyle = theme.alarm;
  context.fillStyle = theme.alarm;
  context.lineWidth = 2;
  context.setLineDash([6, 3]);
  context.beginPath();
  context.moveTo(x0, from.centre);
  context.quadraticCurveTo(middleX, middleY + bend, x1, to.centre);
  context.stroke();
  context.setLineDash([]);
  drawHead(context, middleX, middleY + bend, x1, to.centre);
  const words = 'was over before';
  context.font = `600 10.5px ${fontFamily}`;
  context.textBaseline = 'middle';
  const width = context.measureText(words).width;
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeStyle = theme.ground;
  context.strokeText(words, middleX - width / 2, middleY);
  context.fillText(words, middleX - width / 2, middleY);
  context.restore();
}

function drawHead(context: CanvasRenderingContext2D, fromX: number, fromY: number, x: number, y: number): void {
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - dx * 9 - dy * 4, y - dy * 9 + dx * 4);
  context.lineTo(x - dx * 9 + dy * 4, y - dy * 9 - dx * 4);
  context.closePath();
  context.fill();
}

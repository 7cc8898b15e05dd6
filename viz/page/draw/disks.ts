// Disk writes as strips right below the bars: from where they were issued to where a sync made them durable (a tick), or to
// where a power loss took them (red, with a cross).
import type { DiskSpan } from '../disks.ts';
import { visitIntervals } from '../intervals.ts';
import { boxOf, isVisible, xOf, type Frame } from './frame.ts';

const mostDrawn = 1_500;
const thick = 3;

/** Draws the writes in the window. Where they are too many only the lost ones are left, for those are never left out. */
export function drawDisks(frame: Frame): void {
  const { context, theme, model, window, layers } = frame;
  if (!layers.has('disks')) return;
  const { spans, times } = model.disks;
  const shown: DiskSpan[] = [];
  visitIntervals(times, window.from, window.to, (index) => {
    const span = spans[index] as DiskSpan;
    if (span.end !== 'lost') shown.push(span);
    return shown.length <= mostDrawn;
  });
  context.setLineDash([]);
  context.fillStyle = theme.family['disk'] ?? theme.muted;
  if (shown.length <= mostDrawn) for (const span of shown) drawWrites(frame, span);
  context.fillStyle = theme.alarm;
  for (const span of model.lostWrites) if (isVisible(frame, span.from, span.to)) drawLoss(frame, span);
}

/** Where the strip of a lane is. */
export function diskTop(centre: number, half: number): number {
  return centre + half + 2;
}

function drawWrites(frame: Frame, span: DiskSpan): void {
  const { context } = frame;
  const box = boxOf(frame, span.lane);
  if (box === undefined) return;
  const [left, right] = [xOf(frame, span.from), xOf(frame, span.to)];
  const y = diskTop(box.centre, box.half);
  context.globalAlpha = 0.55;
  context.fillRect(left, y, Math.max(1, right - left), thick);
  context.globalAlpha = 1;
  if (span.end === 'synced' && right - left > 1.5) context.fillRect(right - 1.5, y - 1, 2, thick + 2);
}

function drawLoss(frame: Frame, span: DiskSpan): void {
  const { context, theme } = frame;
  const box = boxOf(frame, span.lane);
  if (box === undefined) return;
  const [left, right] = [xOf(frame, span.from), xOf(frame, span.to)];
  const y = diskTop(box.centre, box.half);
  context.fillRect(Math.min(left, right - 3), y, Math.max(3, right - left), thick);
  context.strokeStyle = theme.alarm;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(right - 3, y - 1.5);
  context.lineTo(right + 3, y + 4.5);
  context.moveTo(right + 3, y - 1.5);
  context.lineTo(right - 3, y + 4.5);
  context.stroke();
}

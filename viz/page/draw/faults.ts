// Faults: labelled bands in their track on top, and a tint over the lanes they concern for as long as they last. Findings:
// flags above everything, with a line through all lanes.
import type { FaultSpan, TimelineFinding } from '../../data.ts';
import { faultCentre } from '../layout.ts';
import { lowerBound, upperBound } from '../search.ts';
import { boxOf, extentOf, fillRounded, fitText, fontFamily, isVisible, roundedPath, xOf, type Frame } from './frame.ts';

/** With more faults in the window than this, dotted edges would fill the picture. */
const mostEdges = 60;
/** With more than this, those of a pixel tint nothing; the track above shows every one of them. */
const mostShades = 600;

/** The tint over the lanes that lasting faults concern. */
export function drawFaultShades(frame: Frame): void {
  const { faults } = frame.model.data;
  const shaded = faults.filter((fault) => fault.to > fault.from && isVisible(frame, fault.from, fault.to));
  const isCrowded = shaded.length > mostShades;
  for (const fault of shaded) {
    if (!isCrowded || xOf(frame, fault.to) - xOf(frame, fault.from) >= 1.5)
      shadeFault(frame, fault, shaded.length <= mostEdges);
  }
}

/** A band narrower than this, with no room for words behind it, is a plain bar. */
const narrowest = 8;
const roomForWords = 24;

/** The track of labelled bands. */
export function drawFaultTrack(frame: Frame): void {
  const { context, model } = frame;
  context.setLineDash([]);
  context.textBaseline = 'middle';
  context.font = `600 11px ${fontFamily}`;
  const nextInRow = new Map<number, number>();
  // What would be drawn upon its like, pixel for pixel, is there already: long runs have thousands of faults.
  const bars = new Set<string>();
  for (let index = model.data.faults.length - 1; index >= 0; index--) {
    const fault = model.data.faults[index] as FaultSpan;
    const row = frame.layout.faultRows[index] ?? 0;
    const free = nextInRow.get(row) ?? Infinity;
    nextInRow.set(row, fault.from);
    const isSqueezed = frame.layout.squeezedFaults.has(index);
    drawFault(
      frame,
      fault,
      faultCentre(frame.layout, index),
      isSqueezed ? -Infinity : xOf(frame, Math.min(free, frame.model.data.end * 2)),
      bars,
    );
  }
}

/** The flags of findings and the lines below them. */
export function drawPins(frame: Frame): void {
  const { data } = frame.model;
  let free = Infinity;
  for (let index = data.findings.length - 1; index >= 0; index--) {
    const finding = data.findings[index] as TimelineFinding;
    const x = xOf(frame, finding.at);
    if (x >= -400 && x <= frame.layout.width + 40) drawPin(frame, finding, x, free);
    free = Math.min(free, x);
  }
}

/** What makes links worse without cutting them: it often concerns every lane at once, and several together. */
const worsening = new Set([
  'slow-link',
  'lossy-link',
  'duplicating-link',
  'reordering-link',
  'lose-messages',
  'delay-messages',
]);

function shadeFault(frame: Frame, fault: FaultSpan, withEdges: boolean): void {
  const { context, theme } = frame;
  const isWorsening = worsening.has(fault.type);
  const [left, right] = extentOf(frame, fault.from, fault.to, 1);
  const colour = theme.family[fault.family] ?? theme.muted;
  context.font = `600 9.5px ${fontFamily}`;
  context.textBaseline = 'top';
  fault.sides.forEach((side, number) => {
    for (const lane of side.lanes) {
      const box = boxOf(frame, lane);
      if (box === undefined) continue;
      context.fillStyle = colour;
      context.globalAlpha = (theme.dark ? 0.085 : 0.07) * (isWorsening ? 0.35 : number % 2 === 0 ? 1 : 2);
      context.fillRect(left, box.top + 1, right - left, box.bottom - box.top - 2);
      context.globalAlpha = 0.9;
      const start = Math.max(left, 0) + 5;
      if (side.label !== '' && !isWorsening && !isNotedNear(frame, lane, start))
        fitText(context, side.label, start, right - 4, box.top + 4, 90);
    }
  });
  context.globalAlpha = 1;
  if (!withEdges) return;
  context.globalAlpha = 0.5;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  for (const x of [left, right]) {
    context.moveTo(x, frame.layout.faultTop + frame.layout.faultRowCount * frame.layout.faultRowHeight);
    context.lineTo(x, frame.layout.height);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** How far, in pixels, the words of a note and of a side of a fault reach. */
const noteReach = 120;
const sideReach = 50;

/** Whether the words of a note stand where those of a fault would begin. */
function isNotedNear(frame: Frame, lane: number, x: number): boolean {
  const { layers, model, window, layout } = frame;
  if (!layers.has('notes')) return false;
  const timeAt = (at: number): number => window.from + (at / layout.width) * (window.to - window.from);
  const last = upperBound(model.marks.time, timeAt(x + sideReach));
  for (let index = lowerBound(model.marks.time, timeAt(x - noteReach)); index < last; index++)
    if (model.marks.lane[index] === lane && model.marks.type[index] !== 'quiet') return true;
  return false;
}

function drawFault(frame: Frame, fault: FaultSpan, y: number, free: number, bars: Set<string>): void {
  const { context, theme } = frame;
  const isMoment = fault.to <= fault.from;
  const [left, right] = extentOf(frame, fault.from, fault.to, 3);
  if (left > frame.layout.width || (isMoment ? left + 400 : right) < 0) return;
  const colour = theme.family[fault.family] ?? theme.muted;
  const half = frame.layout.faultRowHeight / 2 - 1;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  if (isMoment) {
    fillDiamond(context, left, y);
    if (left > -6) fitText(context, fault.label, left + 10, Math.min(free - 8, frame.layout.width), y + 0.5, 20);
    return;
  }
  if (right - left < narrowest && Math.min(free, frame.layout.width) - right < roomForWords) {
    const width = Math.max(2, right - left - 0.5);
    const bar = `${Math.round(left)} ${Math.ceil(width)} ${y} ${fault.family}`;
    if (!bars.has(bar)) context.fillRect(left, y - half, width, half * 2);
    bars.add(bar);
    return;
  }
  context.globalAlpha = theme.dark ? 0.28 : 0.14;
  fillRounded(context, left, y - half, right - left, half * 2, 4);
  context.globalAlpha = 1;
  context.fillRect(Math.max(left, -4), y - half, 3, half * 2);
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  roundedPath(context, left, y - half, right - left, half * 2, 4);
  context.stroke();
  context.globalAlpha = 1;
  const start = Math.max(left, 0) + 9;
  const after = Math.min(free, frame.layout.width) - right - 14;
  if (Math.max(after, right - start) < 12) return;
  const width = context.measureText(fault.label).width;
  const isRoomAfter = after >= width;
  if (right - start - 4 < width && isRoomAfter) context.fillText(fault.label, Math.max(right, 0) + 6, y + 0.5);
  else fitText(context, fault.label, start, right - 4, y + 0.5, 18);
}

function fillDiamond(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x, y - 6);
  context.lineTo(x + 6, y);
  context.lineTo(x, y + 6);
  context.lineTo(x - 6, y);
  context.fill();
}

function drawPin(frame: Frame, finding: TimelineFinding, x: number, free: number): void {
  const { context, theme, layout } = frame;
  const colour = finding.verdict === 'invalid' ? theme.alarm : theme.unknown;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(x, 4);
  context.lineTo(x, layout.height);
  context.stroke();
  context.font = `600 11px ${fontFamily}`;
  context.textBaseline = 'middle';
  const text = `${finding.verdict === 'invalid' ? '✕' : '?'} ${finding.name}`;
  const width = context.measureText(text).width + 14;
  const isLeft = x + width > layout.width && x - width > 0;
  const room = isLeft ? width : Math.min(width, Math.min(free, layout.width) - x - 4);
  const left = isLeft ? x - width : x;
  if (room < 18) {
    fillRounded(context, x - 4, 4, 8, 16, 3);
    return;
  }
  fillRounded(context, left, 3, room, 18, 3);
  context.fillStyle = theme.dark ? '#1b0408' : '#ffffff';
  fitText(context, text, left + 7, left + room - 4, 12.5, 8);
}

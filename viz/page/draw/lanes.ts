// The lanes: their centre lines, who plays which role when, and when a process was down, paused or not yet born.
import type { Band, RoleSpan } from '../../data.ts';
import {
  boxOf,
  extentOf,
  fillRounded,
  fitText,
  fontFamily,
  hatch,
  isVisible,
  roundedPath,
  xOf,
  type Frame,
} from './frame.ts';

/** The centre line of every lane. */
export function drawLaneLines(frame: Frame): void {
  const { context, layout, theme } = frame;
  context.strokeStyle = theme.rule;
  context.lineWidth = 1;
  context.beginPath();
  for (const lane of layout.lanes) {
    context.moveTo(0, Math.round(lane.centre) + 0.5);
    context.lineTo(layout.width, Math.round(lane.centre) + 0.5);
  }
  context.stroke();
}

/** A plain bar for every node, on which roles and outages stand out. */
export function drawLaneBars(frame: Frame): void {
  const { context, layout, theme, model } = frame;
  const [left, right] = extentOf(frame, 0, model.data.end);
  context.fillStyle = theme.rule;
  layout.lanes.forEach((lane, index) => {
    if (model.data.lanes[index]?.type !== 'node') return;
    fillRounded(context, left, lane.centre - lane.half, right - left, lane.half * 2, 3);
  });
}

/** The role bars. Spans too narrow to see are still drawn, one pixel wide; what a pixel already shows is skipped. */
export function drawRoles(frame: Frame): void {
  frame.context.font = `600 10.5px ${fontFamily}`;
  frame.context.textBaseline = 'middle';
  for (const spans of frame.model.rolesByLane) {
    let drawnTo = -Infinity;
    for (const span of spans) {
      if (span.to < frame.window.from) continue;
      if (span.from > frame.window.to) break;
      const right = xOf(frame, span.to);
      if (right < drawnTo + 0.5 && right < xOf(frame, span.from) + 0.5) continue;
      drawRole(frame, span);
      drawnTo = right;
    }
  }
}

/** The bands of processes that do not run. */
export function drawBands(frame: Frame): void {
  for (const band of frame.model.data.bands) {
    if (isVisible(frame, band.from, band.to)) drawBand(frame, band);
  }
}

function drawRole(frame: Frame, span: RoleSpan): void {
  const { context } = frame;
  const box = boxOf(frame, span.lane);
  const colour = frame.roles.get(span.role);
  if (box === undefined || colour === undefined) return;
  const [left, right] = extentOf(frame, span.from, span.to, 1);
  context.fillStyle = colour.fill;
  if (frame.model.data.lanes[span.lane]?.type === 'client') {
    // What a client is about to do is told by its operations: its role is a strip below them.
    context.fillRect(left, box.centre + box.half + 2, right - left, 3);
    return;
  }
  fillRounded(context, left, box.centre - box.half, right - left, box.half * 2, 3);
  if (right - left < 13) return;
  context.fillStyle = colour.text;
  const start = Math.max(left, 0) + 6;
  const room = right - 5 - start;
  const label = roleLabels(span).find((text) => context.measureText(text).width <= room);
  if (label !== undefined) context.fillText(label, start, box.centre + 0.5);
  else fitText(context, initialsOf(span.role, frame.roles.keys()), start - 2, right - 1, box.centre + 0.5, 0);
}

/** The first letter of a role, and, where another role begins with it, the first in which they differ: leader is Ld. */
export function initialsOf(role: string, roles: Iterable<string>): string {
  const first = role.slice(0, 1);
  const rivals = [...roles].filter((other) => other !== role && other.startsWith(first));
  const apart =
    rivals.length === 0 ? -1 : Array.from(role).findIndex((letter, at) => rivals.every((each) => each[at] !== letter));
  return first.toUpperCase() + (apart < 0 ? '' : (role[apart] ?? ''));
}

/** What a role's bar may say, the most telling first. */
function roleLabels(span: RoleSpan): string[] {
  return span.detail === '' ? [span.role] : [`${span.role} · ${span.detail}`, span.role];
}

function drawBand(frame: Frame, band: Band): void {
  const { context, theme } = frame;
  const box = boxOf(frame, band.lane);
  if (box === undefined) return;
  const [left, right] = extentOf(frame, band.from, band.to, 3);
  const half = box.half + 3;
  context.setLineDash([]);
  context.font = `600 10.5px ${fontFamily}`;
  context.textBaseline = 'middle';
  roundedPath(context, left, box.centre - half, right - left, half * 2, 3);
  if (band.type === 'down') {
    context.fillStyle = theme.down;
    context.fill();
    if (theme.dark) stroke(frame, theme.muted);
    context.fillStyle = theme.onDown;
    fitText(
      context,
      band.reason === 'power loss' ? '✕ down (power loss)' : '✕ down',
      Math.max(left, 0) + 6,
      right - 4,
      box.centre + 0.5,
    );
    return;
  }
  if (band.type === 'unborn') {
    context.fillStyle = theme.ground;
    context.fill();
    context.setLineDash([2, 3]);
    stroke(frame, theme.muted);
    context.setLineDash([]);
  } else {
    context.fillStyle = theme.ground;
    context.fill();
    hatch(
      context,
      Math.max(left, -12),
      right,
      box.centre - half,
      box.centre + half,
      theme.family.process ?? theme.muted,
    );
    roundedPath(context, left, box.centre - half, right - left, half * 2, 3);
    stroke(frame, theme.family.process ?? theme.muted);
  }
  labelOnGround(frame, band.type === 'paused' ? 'paused' : 'not started', Math.max(left, 0) + 7, right - 5, box.centre);
}

function stroke(frame: Frame, colour: string): void {
  frame.context.strokeStyle = colour;
  frame.context.lineWidth = 1;
  frame.context.stroke();
}

/** Text on a patch of plain ground, so that hatching does not run through it. */
function labelOnGround(frame: Frame, text: string, left: number, right: number, y: number): void {
  const { context, theme } = frame;
  const width = context.measureText(text).width;
  if (width > right - left) return;
  context.fillStyle = theme.ground;
  fillRounded(context, left - 3, y - 7, width + 6, 14, 3);
  context.fillStyle = theme.ink;
  context.fillText(text, left, y + 0.5);
}

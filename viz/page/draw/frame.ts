// What every drawing function receives: where to draw, what, and how time and lanes become pixels.
import type { Layer } from '../layers.ts';
import type { LaneBox, Layout } from '../layout.ts';
import type { Locks } from '../locks.ts';
import type { Model } from '../model.ts';
import type { ExplainedKey } from '../orders.ts';
import type { RoleColour, Stroke, Theme } from '../theme.ts';
import type { TimeWindow } from '../view.ts';
import type { ClockTrack } from '../../worker/messages.ts';

export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly model: Model;
  readonly layout: Layout;
  readonly theme: Theme;
  readonly strokes: readonly Stroke[];
  readonly roles: ReadonlyMap<string, RoleColour>;
  readonly window: TimeWindow;
  /** Message types (indices) that the reader switched off. */
  readonly hidden: ReadonlySet<number>;
  /** For each message, 1 if the reader's filter lets it through. */
  readonly filter: Uint8Array | undefined;
  /** The same of operations. */
  readonly operationFilter: Uint8Array | undefined;
  readonly clocks: readonly ClockTrack[];
  readonly locks: Locks;
  /** What is shown besides messages, roles and operations. */
  readonly layers: ReadonlySet<Layer>;
  readonly explained: readonly ExplainedKey[];
}

export const fontFamily = 'Inter, "SF Pro Text", "Segoe UI", system-ui, Roboto, sans-serif';

/** The pixel of a time, kept within a few screens so that far ends cost nothing. */
export function xOf(frame: Frame, time: number): number {
  const { from, to } = frame.window;
  const x = ((time - from) / (to - from)) * frame.layout.width;
  return Math.max(-20_000, Math.min(20_000, x));
}

/** The box of a lane, or undefined for the world. */
export function boxOf(frame: Frame, lane: number): LaneBox | undefined {
  return frame.layout.lanes[lane];
}

/** Whether [from, to] touches the window. */
export function isVisible(frame: Frame, from: number, to: number): boolean {
  return to >= frame.window.from && from <= frame.window.to;
}

/** A rectangle's left and right in pixels, at least `narrowest` wide and clipped to the picture. */
export function extentOf(frame: Frame, from: number, to: number, narrowest = 2): [left: number, right: number] {
  const left = Math.max(-12, xOf(frame, from));
  const right = Math.min(frame.layout.width + 12, Math.max(xOf(frame, to), xOf(frame, from) + narrowest));
  return [left, right];
}

/** Fills a rectangle with rounded corners; one so narrow that they would not show has none, which is far cheaper. */
export function fillRounded(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  if (width < 4) {
    context.fillRect(x, y, Math.max(0, width), height);
    return;
  }
  roundedPath(context, x, y, width, height, radius);
  context.fill();
}

/** Makes a rounded rectangle the current path. */
export function roundedPath(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath();
  const shown = Math.max(0, width);
  context.roundRect(x, y, shown, height, Math.min(radius, shown / 2, height / 2));
}

/** Writes text where it fits between `left` and `right`, cut with an ellipsis; nothing when there is no room for a word. */
export function fitText(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  right: number,
  y: number,
  narrowest = 24,
): boolean {
  const room = right - left;
  if (room < narrowest || text === '') return false;
  const width = context.measureText(text).width;
  if (width <= room) {
    context.fillText(text, left, y);
    return true;
  }
  const letters = Math.floor((text.length * room) / width) - 1;
  if (letters < 3) return false;
  context.fillText(`${text.slice(0, letters).trimEnd()}…`, left, y);
  return true;
}

/** Diagonal lines inside the current path. */
export function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  top: number,
  bottom: number,
  colour: string,
): void {
  context.save();
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash([]);
  context.beginPath();
  const height = bottom - top;
  const first = Math.floor(left / 6) * 6 - height;
  for (let x = first; x < right; x += 6) {
    context.moveTo(x, bottom);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

// Draws a window of the model onto a canvas, back to front. It knows pixels and no DOM besides its two canvases, so that
// another renderer could take its place.
import { drawBands, drawLaneBars, drawLaneLines, drawRoles } from './draw/lanes.ts';
import { drawClocks } from './draw/clocks.ts';
import { drawDensity } from './draw/density.ts';
import { drawDisks } from './draw/disks.ts';
import { drawFaultShades, drawFaultTrack, drawPins } from './draw/faults.ts';
import type { Frame } from './draw/frame.ts';
import { drawHeat, isMap } from './draw/heat.ts';
import { drawLocks } from './draw/locks.ts';
import { drawMarks, drawNotes } from './draw/marks.ts';
import { drawArrows, drawLost, visibleMessages } from './draw/messages.ts';
import { drawOperations } from './draw/operations.ts';
import { drawOrders } from './draw/orders.ts';
import { drawTarget } from './draw/selection.ts';
import { drawTimers } from './draw/timers.ts';
import { sameTarget, type Target } from './target.ts';

/** What a frame shows, for hit tests and read-outs. */
export interface Drawn {
  /** The messages drawn one by one; empty when they are drawn as densities. */
  readonly arrows: readonly number[];
  readonly crowded: boolean;
}

/** With more arrows than this, the texts of notes would only be noise; pointing at a note still tells it. */
const mostWithNotes = 280;

/** Draws everything that only changes with the window. */
export function drawPicture(frame: Frame): Drawn {
  clear(frame);
  if (isMap(frame.model.data)) return drawMap(frame);
  const { shown, lost, crowded } = visibleMessages(frame);
  drawLaneLines(frame);
  drawFaultShades(frame);
  if (crowded) drawDensity(frame);
  else drawArrows(frame, shown);
  drawLaneBars(frame);
  drawRoles(frame);
  drawBands(frame);
  drawLost(frame, lost);
  drawClocks(frame);
  if (!crowded) drawTimers(frame);
  drawDisks(frame);
  drawOperations(frame);
  drawLocks(frame);
  drawOrders(frame);
  drawMarks(frame, !crowded && shown.length <= mostWithNotes);
  drawFaultTrack(frame);
  drawPins(frame);
  return { arrows: crowded ? lost : [...shown, ...lost], crowded };
}

/** Of hundreds of nodes: a map instead of arrows. */
function drawMap(frame: Frame): Drawn {
  drawFaultShades(frame);
  drawHeat(frame);
  drawNotes(frame);
  drawBands(frame);
  drawFaultTrack(frame);
  drawPins(frame);
  return { arrows: [], crowded: true };
}

/** Draws what follows the pointer and the selection. */
export function drawPointed(frame: Frame, hover: Target | undefined, selection: Target | undefined): void {
  clear(frame);
  if (hover !== undefined && !sameTarget(hover, selection)) drawTarget(frame, hover, false);
  if (selection !== undefined) drawTarget(frame, selection, true);
}

/** Makes a canvas as sharp as its screen and returns its context in CSS pixels. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(3, devicePixelRatio || 1);
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function clear(frame: Frame): void {
  frame.context.globalAlpha = 1;
  frame.context.clearRect(0, 0, frame.layout.width, frame.layout.height);
}

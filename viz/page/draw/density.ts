// Too many messages for arrows: in each gap between lanes, a band as thick as the traffic that crosses it, by type.
import { countCrossings } from '../density.ts';
import type { Frame } from './frame.ts';

const columnWidth = 4;
/** Slices thinner than this, in pixels, cannot be seen and would cost as much as thick ones. */
const thinnest = 0.35;

/** Draws the densities of the window. */
export function drawDensity(frame: Frame): void {
  const { context, model, layout, strokes, hidden } = frame;
  const { gaps, types } = model.density;
  const columns = Math.max(1, Math.ceil(layout.width / columnWidth));
  const span = ((frame.window.to - frame.window.from) * columns * columnWidth) / layout.width;
  const { from } = frame.window;
  const counts = countCrossings(model.density, model.messages, from, from + span, columns, frame.filter);
  const shown = Array.from({ length: types }, (_, type) => type).filter((type) => !hidden.has(type));
  const most = largestSum(counts, gaps, types, columns, shown);
  if (most === 0) return;
  context.globalAlpha = frame.theme.dark ? 0.72 : 0.62;
  for (let gap = 0; gap < gaps; gap++) {
    const above = layout.lanes[gap];
    const below = layout.lanes[gap + 1];
    if (above === undefined || below === undefined) continue;
    const room = below.centre - below.half - (above.centre + above.half) - 8;
    const middle = (below.centre - below.half + above.centre + above.half) / 2;
    const starts = new Float32Array(columns);
    for (let column = 0; column < columns; column++) {
      starts[column] = middle - thickness(sumOf(counts, gap, types, columns, column, shown), most, room) / 2;
    }
    for (const type of shown) {
      context.fillStyle = strokes[type]?.colour ?? frame.theme.muted;
      for (let column = 0; column < columns; column++) {
        const count = counts[(gap * types + type) * columns + column] as number;
        if (count === 0) continue;
        const sum = sumOf(counts, gap, types, columns, column, shown);
        const height = (thickness(sum, most, room) * count) / sum;
        const top = starts[column] as number;
        starts[column] = top + height;
        if (height >= thinnest) context.fillRect(column * columnWidth, top, columnWidth, height);
      }
    }
  }
  context.globalAlpha = 1;
}

/** Roots keep the quiet times visible next to the loud ones. */
function thickness(sum: number, most: number, room: number): number {
  return sum === 0 ? 0 : Math.max(1.5, Math.sqrt(sum / most) * room);
}

function largestSum(
  counts: Float32Array,
  gaps: number,
  types: number,
  columns: number,
  shown: readonly number[],
): number {
  let most = 0;
  for (let gap = 0; gap < gaps; gap++) {
    for (let column = 0; column < columns; column++) {
      most = Math.max(most, sumOf(counts, gap, types, columns, column, shown));
    }
  }
  return most;
}

function sumOf(
  counts: Float32Array,
  gap: number,
  types: number,
  columns: number,
  column: number,
  shown: readonly number[],
): number {
  let sum = 0;
  for (const type of shown) sum += counts[(gap * types + type) * columns + column] as number;
  return sum;
}

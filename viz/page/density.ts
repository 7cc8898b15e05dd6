// How many messages cross each gap between neighbouring lanes over time: what is drawn instead of arrows when there are
// too many of them. Running totals over fixed bins answer any wide window at the price of its pixels, not its messages.
import { visitMessages, type Messages } from './messages.ts';

export interface Density {
  readonly gaps: number;
  readonly types: number;
  readonly bins: number;
  readonly binWidth: number;
  /** For each gap and type, `bins + 1` running totals. */
  readonly totals: Uint32Array;
}

const mostBins = 16_384;
const mostCells = 6_000_000;

/** Builds the running totals over the whole run. */
export function buildDensity(messages: Messages, lanes: number, end: number): Density {
  const gaps = Math.max(0, lanes - 1);
  const types = messages.types.length;
  const rows = Math.max(1, gaps * types);
  const bins = Math.max(64, Math.min(mostBins, Math.floor(mostCells / rows)));
  const binWidth = Math.max(1, end) / bins;
  const totals = new Uint32Array(rows * (bins + 1));
  for (let index = 0; index < messages.length; index++) {
    const bin = Math.min(bins - 1, Math.floor((messages.sent[index] as number) / binWidth));
    forEachGap(messages, index, (gap) => {
      const place = (gap * types + (messages.type[index] as number)) * (bins + 1) + bin + 1;
      totals[place] = (totals[place] as number) + 1;
    });
  }
  for (let row = 0; row < rows; row++) {
    const start = row * (bins + 1);
    for (let bin = 1; bin <= bins; bin++) {
      totals[start + bin] = (totals[start + bin] as number) + (totals[start + bin - 1] as number);
    }
  }
  return { gaps, types, bins, binWidth, totals };
}

/**
 * Counts per gap, type and column over [from, to], as a flat array `(gap * types + type) * columns + column`. Uses the
 * running totals where a column is no narrower than their bins, and counts message by message where it is, and where a
 * filter lets only some through (1 for each that it does).
 */
export function countCrossings(
  density: Density,
  messages: Messages,
  from: number,
  to: number,
  columns: number,
  filter?: Uint8Array,
): Float32Array {
  const { gaps, types, bins, binWidth, totals } = density;
  const counts = new Float32Array(gaps * types * columns);
  const columnWidth = (to - from) / columns;
  if (columnWidth < binWidth || filter !== undefined) {
    const passes = filter === undefined ? () => true : (index: number) => filter[index] === 1;
    countOneByOne(messages, types, { from, columnWidth, columns, passes }, counts);
    return counts;
  }
  const edges = Int32Array.from({ length: columns + 1 }, (_, column) => {
    return Math.max(0, Math.min(bins, Math.round((from + column * columnWidth) / binWidth)));
  });
  for (let row = 0; row < gaps * types; row++) {
    const start = row * (bins + 1);
    for (let column = 0; column < columns; column++) {
      const before = totals[start + (edges[column] as number)] as number;
      counts[row * columns + column] = (totals[start + (edges[column + 1] as number)] as number) - before;
    }
  }
  return counts;
}

interface Columns {
  readonly from: number;
  readonly columnWidth: number;
  readonly columns: number;
  readonly passes: (index: number) => boolean;
}

function countOneByOne(
  messages: Messages,
  types: number,
  { from, columnWidth, columns, passes }: Columns,
  counts: Float32Array,
): void {
  visitMessages(messages, from, from + columnWidth * columns, (index) => {
    const column = Math.floor(((messages.sent[index] as number) - from) / columnWidth);
    if (column < 0 || column >= columns || !passes(index)) return true;
    forEachGap(messages, index, (gap) => {
      const place = (gap * types + (messages.type[index] as number)) * columns + column;
      counts[place] = (counts[place] as number) + 1;
    });
    return true;
  });
}

function forEachGap(messages: Messages, index: number, visit: (gap: number) => void): void {
  const from = messages.from[index] as number;
  const to = messages.to[index] as number;
  if (from < 0 || to < 0) return;
  for (let gap = Math.min(from, to); gap < Math.max(from, to); gap++) visit(gap);
}

// Plots of an experiment: in characters for the terminal, and as SVG for a page. What is expected is drawn below what was
// measured: dots in the terminal, dashed lines on the page.
import type { Plot, Point } from './gossip-experiment.ts';

const marks = ['o', 'x', '+', '*', '#', '@'];
const several = '%';
const expectedMark = '.';
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

interface Scale {
  readonly low: number;
  readonly high: number;
  /** From 0 to 1. */
  place(value: number): number;
}

function scaleOf(values: readonly number[], logarithmic: boolean, fromZero: boolean): Scale {
  const turn = (value: number): number => (logarithmic ? Math.log(value) : value);
  const low = fromZero && !logarithmic ? Math.min(0, ...values) : Math.min(...values);
  const high = Math.max(...values);
  const span = turn(high) - turn(low);
  return { low, high, place: (value) => (span === 0 ? 0.5 : (turn(value) - turn(low)) / span) };
}

/** The scales of both axes, and the series without the points that have no place on them. */
function layOut(plot: Plot): { x: Scale; y: Scale; series: Plot['series'] } {
  const { logarithmic } = plot;
  const [logX, logY] = [logarithmic === 'x' || logarithmic === 'both', logarithmic === 'y' || logarithmic === 'both'];
  const isDrawable = ([x, y]: Point): boolean => Number.isFinite(y) && (!logX || x > 0) && (!logY || y > 0);
  const series = plot.series.map(({ name, points, expected = [] }) => {
    return { name, points: points.filter(isDrawable), expected: expected.filter(isDrawable) };
  });
  const all = series.flatMap(({ points, expected }) => [...points, ...expected]);
  const axis = (of: 0 | 1): number[] => all.map((point) => point[of]);
  return { x: scaleOf(axis(0), logX, false), y: scaleOf(axis(1), logY, true), series };
}

/** The plot in characters, `width` wide, with a legend below. */
export function plotText(plot: Plot, width: number, height = 12): string {
  const { x, y, series } = layOut(plot);
  const columns = Math.max(20, Math.min(width, 100) - 12);
  const grid = Array.from({ length: height }, () => Array.from({ length: columns }, () => ' '));
  const draw = ([px, py]: Point, mark: string): void => {
    const row = grid[height - 1 - Math.round(y.place(py) * (height - 1))];
    const column = Math.round(x.place(px) * (columns - 1));
    if (row === undefined) return;
    const isTaken = row[column] !== ' ' && row[column] !== expectedMark && mark !== expectedMark;
    row[column] = isTaken ? several : mark;
  };
  for (const { expected = [] } of series) for (const point of expected) draw(point, expectedMark);
  series.forEach(({ points }, index) => {
    for (const point of points) draw(point, markOf(index));
  });
  const label = (row: number): string =>
    row === 0 ? short(y.high).padStart(8) : row === height - 1 ? short(y.low).padStart(8) : ' '.repeat(8);
  const lines = grid.map((row, index) => `${label(index)} |${row.join('').trimEnd()}`);
  const axis = `${' '.repeat(9)}+${'-'.repeat(columns)}`;
  const ends = `${' '.repeat(10)}${short(x.low)}${short(x.high).padStart(columns - short(x.low).length)}`;
  return [...lines, axis, ends, ...legend(plot, grid.flat().includes(several), columns), ''].join('\n');
}

function legend(plot: Plot, hasSeveral: boolean, columns: number): string[] {
  const { expected } = plot;
  const parts = plot.series.map(({ name }, index) => `${markOf(index)} ${name}`);
  if (expected !== undefined) parts.push(`${expectedMark} ${expected}`);
  if (hasSeveral) parts.push(`${several} several`);
  const lines = [`${axisName(plot, 'y')} by ${axisName(plot, 'x')}:`];
  for (const part of parts) {
    const last = `${lines.at(-1) ?? ''}  ${part}`;
    if (last.length <= columns) lines[lines.length - 1] = last;
    else lines.push(`  ${part}`);
  }
  return lines.map((line) => `${' '.repeat(10)}${line}`);
}

/** The plots below each other in one picture. */
export function plotSvg(plots: readonly { readonly title: string; readonly plot: Plot }[]): string {
  const [width, height] = [760, 340];
  const body = plots.map(({ title, plot }, index) => {
    const inner = onePlot(title, plot, width, height);
    return `<g transform="translate(0 ${index * height})">${inner}</g>`;
  });
  const size = `width="${width}" height="${plots.length * height}"`;
  const style = 'font-family="sans-serif" font-size="12"';
  const ground = `<rect width="100%" height="100%" fill="white"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>${ground}${body.join('')}</svg>\n`;
}

function onePlot(title: string, plot: Plot, width: number, height: number): string {
  const { x, y, series } = layOut(plot);
  const left = 70;
  const [right, top, bottom] = [width - 190, 50, height - 50];
  const at = ([px, py]: Point): string => {
    return `${(left + x.place(px) * (right - left)).toFixed(1)},${(bottom - y.place(py) * (bottom - top)).toFixed(1)}`;
  };
  const lines = series.map(({ name, points, expected = [] }, index) => {
    const colour = colours[index % colours.length] ?? 'black';
    const dots = points.map((point) => {
      const [cx, cy] = at(point).split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
    });
    const line = (through: readonly Point[], more = ''): string =>
      `<polyline fill="none" stroke="${colour}"${more} points="${through.map(at).join(' ')}"/>`;
    const about = `<text x="${right + 15}" y="${top + 18 * index}" fill="${colour}">${escaped(name)}</text>`;
    const dashed = expected.length === 0 ? '' : line(expected, ' stroke-dasharray="5 4" opacity="0.7"');
    return dashed + line(points) + dots.join('') + about;
  });
  const frame = `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="black"/>`;
  const text = (px: number, py: number, words: string, anchor = 'middle'): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${escaped(words)}</text>`;
  const labels = [
    text(left, 20, title, 'start'),
    text((left + right) / 2, height - 15, axisName(plot, 'x')),
    text(left, bottom + 16, short(x.low)),
    text(right, bottom + 16, short(x.high)),
    text(left - 6, bottom, short(y.low), 'end'),
    text(left - 6, top + 4, short(y.high), 'end'),
    text(left - 6, top - 12, axisName(plot, 'y'), 'start'),
  ];
  if (plot.expected !== undefined)
    labels.push(text(right + 15, top + 18 * series.length, `dashed: ${plot.expected}`, 'start'));
  return frame + lines.join('') + labels.join('');
}

function markOf(index: number): string {
  return marks[index % marks.length] ?? 'o';
}

function axisName(plot: Plot, axis: 'x' | 'y'): string {
  const { logarithmic } = plot;
  return `${plot[axis]}${logarithmic === axis || logarithmic === 'both' ? ' (logarithmic)' : ''}`;
}

function short(value: number): string {
  return Math.abs(value) > 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

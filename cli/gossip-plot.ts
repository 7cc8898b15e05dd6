// Plots of an experiment: in characters for the terminal, and as SVG for a page.
import type { Plot } from './gossip-experiment.ts';

const marks = ['o', 'x', '+', '*', '#', '@'];
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

interface Scale {
  readonly low: number;
  readonly high: number;
  /** From 0 to 1. */
  place(value: number): number;
}

function scaleOf(values: readonly number[], logarithmic: boolean, fromZero: boolean): Scale {
  const turn = (value: number): number => (logarithmic ? Math.log(Math.max(value, 1e-9)) : value);
  const low = fromZero ? Math.min(0, ...values) : Math.min(...values);
  const high = Math.max(...values);
  const span = turn(high) - turn(low);
  return { low, high, place: (value) => (span === 0 ? 0.5 : (turn(value) - turn(low)) / span) };
}

function scalesOf({ series, logarithmic = false }: Plot): { x: Scale; y: Scale } {
  const points = series.flatMap((each) => each.points);
  return {
    x: scaleOf(
      points.map(([x]) => x),
      logarithmic,
      false,
    ),
    y: scaleOf(
      points.map(([, y]) => y),
      false,
      true,
    ),
  };
}

/** The plot in characters, `width` wide, with a legend below. */
export function plotText(plot: Plot, width: number, height = 12): string {
  const { x, y } = scalesOf(plot);
  const columns = Math.max(20, Math.min(width, 100) - 12);
  const grid = Array.from({ length: height }, () => Array.from({ length: columns }, () => ' '));
  plot.series.forEach(({ points }, index) => {
    for (const [px, py] of points) {
      const row = grid[height - 1 - Math.round(y.place(py) * (height - 1))];
      const column = Math.round(x.place(px) * (columns - 1));
      if (row !== undefined) row[column] = row[column] === ' ' ? (marks[index % marks.length] ?? 'o') : '%';
    }
  });
  const label = (row: number): string =>
    row === 0 ? short(y.high).padStart(8) : row === height - 1 ? short(y.low).padStart(8) : ' '.repeat(8);
  const lines = grid.map((row, index) => `${label(index)} |${row.join('').trimEnd()}`);
  const axis = `${' '.repeat(9)}+${'-'.repeat(columns)}`;
  const ends = `${' '.repeat(10)}${short(x.low)}${short(x.high).padStart(columns - short(x.low).length)}`;
  const legend = plot.series.map(({ name }, index) => `${marks[index % marks.length]} ${name}`).join('   ');
  const about = `${plot.y} by ${plot.x}${plot.logarithmic === true ? ' (logarithmic)' : ''}:  ${legend}`;
  return [...lines, axis, ends, `          ${about}`, ''].join('\n');
}

/** The plots below each other in one picture. */
export function plotSvg(plots: readonly { readonly title: string; readonly plot: Plot }[]): string {
  const [width, height] = [640, 320];
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
  const { x, y } = scalesOf(plot);
  const left = 60;
  const [right, top, bottom] = [width - 150, 40, height - 50];
  const at = ([px, py]: readonly [number, number]): string => {
    return `${(left + x.place(px) * (right - left)).toFixed(1)},${(bottom - y.place(py) * (bottom - top)).toFixed(1)}`;
  };
  const lines = plot.series.map(({ name, points }, index) => {
    const colour = colours[index % colours.length];
    const dots = points.map((point) => {
      const [cx, cy] = at(point).split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
    });
    const path = `<polyline fill="none" stroke="${colour}" points="${points.map(at).join(' ')}"/>`;
    const legend = `<text x="${right + 15}" y="${top + 18 * index}" fill="${colour}">${escaped(name)}</text>`;
    return path + dots.join('') + legend;
  });
  const frame = `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="black"/>`;
  const text = (px: number, py: number, words: string, anchor = 'middle'): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${escaped(words)}</text>`;
  const labels = [
    text(left, 20, title, 'start'),
    text((left + right) / 2, height - 15, `${plot.x}${plot.logarithmic === true ? ' (logarithmic)' : ''}`),
    text(left, bottom + 16, short(x.low)),
    text(right, bottom + 16, short(x.high)),
    text(left - 6, bottom, short(y.low), 'end'),
    text(left - 6, top + 4, short(y.high), 'end'),
    text(left + 6, top - 6, plot.y, 'start'),
  ];
  return frame + lines.join('') + labels.join('');
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

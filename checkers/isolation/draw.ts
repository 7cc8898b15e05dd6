// A cycle as a small picture: its transactions on a ring, an arrow for each step. SVG that needs nothing else.
import type { CycleStep, DependencyCycle } from './cycle.ts';

const width = 720;
const boxWidth = 300;
const boxHeight = 44;
const rowHeight = 84;
/** How many transactions are drawn; of a longer cycle the others are left out behind the last one. */
const shownRows = 40;
/** How many characters of a transaction fit into its box. */
const shownCharacters = 44;

const colours: Readonly<Record<CycleStep['type'], string>> = {
  ww: '#b3541e',
  wr: '#1f6f50',
  rw: '#a01c3b',
  process: '#5b4b8a',
  realtime: '#5a6472',
};

/**
 * Draws a cycle as a self-contained SVG: transactions below each other, a labelled arrow from each to the next, the last arrow
 * back to the top. All text is escaped; each arrow tells its reason as a tooltip.
 */
export function drawCycle(cycle: DependencyCycle): string {
  const transactions = cycle.transactions.slice(0, shownRows);
  const left = cycle.transactions.length - transactions.length;
  const steps = cycle.steps.slice(0, transactions.length);
  const height = 20 + transactions.length * rowHeight;
  const boxes = transactions.map(({ name, operation, process, text }, row) => {
    const y = topOf(row);
    const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters - 1)}…` : text;
    return [
      `<g><title>${escape(text)}</title>`,
      `<rect x="20" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6" fill="#fff" stroke="#222"/>`,
      `<text x="32" y="${y + 18}" font-weight="bold">${escape(name)} <tspan font-weight="normal" fill="#555">operation ${operation}, process ${process}</tspan></text>`,
      `<text x="32" y="${y + 36}" font-size="11">${escape(shown)}</text></g>`,
    ].join('');
  });
  const arrows = steps.map((step, row) => drawArrow(step, row, row === steps.length - 1, left));
  const markers = Object.entries(colours).map(
    ([type, colour]) =>
      `<marker id="arrow-${type}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`,
  );
  const title = cycle.form === undefined ? cycle.name : `${cycle.name} (${cycle.form})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escape(title)}</title><defs>${markers.join('')}</defs>`,
    ...boxes,
    ...arrows,
    '</svg>',
  ].join('\n');
}

function topOf(row: number): number {
  return 10 + row * rowHeight;
}

/** Down to the next box, or from the last one around the right side back to the first. */
function drawArrow({ type, reason, from, to }: CycleStep, row: number, isLast: boolean, left: number): string {
  const colour = colours[type];
  const start = topOf(row) + boxHeight;
  const line = isLast
    ? `M320 ${topOf(row) + boxHeight / 2}H345V${topOf(0) + boxHeight / 2}H320`
    : `M${20 + boxWidth / 2} ${start}V${topOf(row + 1)}`;
  const labelX = isLast ? 355 : 30 + boxWidth / 2;
  const labelY = isLast ? topOf(0) + boxHeight / 2 - 6 : start + 25;
  return [
    `<g><title>${escape(reason)}</title>`,
    `<path d="${line}" fill="none" stroke="${colour}" stroke-width="2" marker-end="url(#arrow-${type})"/>`,
    `<text x="${labelX}" y="${labelY}" fill="${colour}">${escape(type)} <tspan fill="#555">${escape(isLast && left > 0 ? `and ${left} more, back to T1` : `${from} before ${to}`)}</tspan></text></g>`,
  ].join('');
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\ufffd'); // XML has no place for these
}

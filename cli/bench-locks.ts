// `faultline bench locks`: the published comparison of four lock services, simulated, beside what was published.
import { lockServices, type LockService } from '../scenarios/lock-services/calibration.ts';
import { judgeClaims, type Claim } from './bench-claims.ts';
import { measureService, type Measured } from './bench-measure.ts';
import { columns, publishedLatency, reasonFor, statistics, type Column, type Statistic } from './bench-published.ts';
import type { Plot } from './gossip-experiment.ts';
import { plotText } from './gossip-plot.ts';
import type { Io } from './io.ts';
import { wrap } from './layout.ts';

/** One figure beside the published one. */
export interface Cell extends Column {
  readonly service: LockService;
  readonly statistic: Statistic;
  /** In milliseconds. */
  readonly simulated: number;
  readonly published: number;
  readonly ratio: number;
  /** Why it is off by more than a factor of 1.5; null if it is not. */
  readonly reason: string | null;
}

export interface LatencyResults {
  readonly cells: readonly Cell[];
  readonly claims: readonly Claim[];
  readonly measured: readonly Measured[];
  readonly plots: readonly { readonly title: string; readonly plot: Plot }[];
}

/** How far off a cell may be. */
const tolerance = 1.5;

const note =
  'Each of 1, 3 or 5 processes takes a lock, gives it back at once and takes the next, on three servers. Attempts are made once, and ' +
  'those that get the lock count: only so can one key be no slower than many, as it is in what was published (in line for one lock, ' +
  'five processes would wait five turns). Redlock pauses for 200 ms and tries three times. Links are fitted to Redlock’s column of ' +
  'one process, a CPU time and the tail of the disk to those of the others; a disk that syncs in 700 µs was published elsewhere. ' +
  'Nothing is fitted to the other columns: they are predicted.';

/** @param length of each column, in simulated seconds */
export function compareLatency(length: number, seed: number, tell: (service: LockService) => void): LatencyResults {
  const measured = lockServices.flatMap((service) => {
    tell(service);
    return measureService(service, length, seed);
  });
  return {
    measured,
    cells: measured.flatMap(cellsOf),
    claims: judgeClaims(measured),
    plots: [false, true].map((same) => plotOf(measured, same)),
  };
}

function cellsOf(of: Measured): Cell[] {
  const { service, processes, same } = of;
  return statistics.map((statistic) => {
    const simulated = of.statistics[statistic];
    const published = publishedLatency(service, statistic, of);
    const ratio = Number((simulated / published).toFixed(2));
    const isOff = ratio > tolerance || ratio < 1 / tolerance;
    const reason = isOff ? reasonFor(service, statistic, { processes, same }) : null;
    return { service, processes, same, statistic, simulated, published, ratio, reason };
  });
}

function plotOf(measured: readonly Measured[], same: boolean): { title: string; plot: Plot } {
  const series = lockServices.map((service) => {
    const points = measured.filter((each) => each.service === service && (!same || each.same || each.processes === 1));
    const ours = points.filter((each) => each.same === same || each.processes === 1);
    const published = ours.map((each) => [each.processes, publishedLatency(service, 'average', each)] as const);
    const simulated = ours.map((each) => [each.processes, each.statistics.average] as const);
    return { name: service, points: simulated, expected: published };
  });
  const title = `Average time to acquire a lock, ${same ? 'one key' : 'different keys'}`;
  return { title, plot: { x: 'processes', y: 'ms', expected: 'published', series } };
}

export function describeLatency({ cells, claims, plots, measured }: LatencyResults, io: Io): string {
  const { paint, columns: width } = io;
  const tables = lockServices.flatMap((service) => [paint.bold(service), ...tableOf(cells, service, io), '']);
  const refused = measured
    .filter(({ same }) => same)
    .map(
      ({ service, processes, granted, refused }) => `${service} ${processes}: ${granted} got it, ${refused} did not`,
    );
  return [
    paint.bold('locks: how long it takes to acquire one, simulated / published (ratio), in ms'),
    ...wrap(note, width, '  '),
    '',
    ...tables,
    ...wrap(`Attempts on one key: ${refused.join('; ')}.`, width, '  '),
    '',
    paint.bold('what follows from the algorithms'),
    ...claims.flatMap(({ claim, holds, found }) => {
      const [first = '', ...rest] = wrap(`${claim} (${found})`, width - 6, '');
      return [`  ${holds ? paint.green('ok ') : paint.red('off')} ${first}`, ...rest.map((line) => `      ${line}`)];
    }),
    '',
    ...describeMisses(cells, io),
    '',
    ...plots.flatMap(({ title, plot }) => [title, plotText(plot, width)]),
  ].join('\n');
}

/** All columns side by side, or those of different keys above those of one key where there is no room for it. */
function tableOf(cells: readonly Cell[], service: LockService, { paint, columns: width }: Io): string[] {
  const own = cells.filter((cell) => cell.service === service);
  const groups = width < 10 + 21 * columns.length ? [false, true].map(columnsOf) : [columns];
  return groups.flatMap((group) => {
    const head = group
      .map(({ processes, same }) => `${processes} ${same ? 'same' : 'different'}`.padStart(21))
      .join('');
    const rows = statistics.map((statistic) => {
      const row = group.map((column) => {
        const isThis = (cell: Cell): boolean => cell.processes === column.processes && cell.same === column.same;
        const cell = own.find((each) => each.statistic === statistic && isThis(each));
        const text = `${cell?.simulated}/${cell?.published} (${cell?.ratio.toFixed(2)})`.padStart(21);
        return cell?.reason === null ? text : paint.yellow(text);
      });
      return `  ${statistic.padEnd(8)}${row.join('')}`;
    });
    return [paint.dim(`  ${''.padEnd(8)}${head}`), ...rows];
  });
}

function columnsOf(same: boolean): readonly Column[] {
  return columns.filter((column) => column.same === same);
}

/** The cells that are off, by what is to blame. */
function describeMisses(cells: readonly Cell[], { paint, columns: width }: Io): string[] {
  const byReason = new Map<string, string[]>();
  for (const { service, processes, same, statistic, ratio, reason } of cells) {
    if (reason === null) continue;
    const name = `${service} ${statistic} ${processes} ${same ? 'same' : 'different'} (${ratio.toFixed(2)})`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  const off = [...byReason.values()].flat().length;
  return [
    paint.bold(`${cells.length - off} of ${cells.length} cells are within a factor of ${tolerance}; ${off} are not`),
    ...[...byReason].flatMap(([reason, names]) => wrap(`${reason}: ${names.join(', ')}`, width, '  ')),
  ];
}

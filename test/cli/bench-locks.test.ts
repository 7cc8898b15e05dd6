// The comparison of lock services on the command line, in small: what follows from the algorithms holds, every cell has its
// counterpart, and what is off says why.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeClaims } from '../../cli/bench-claims.ts';
import { measureColumn, summarize, type Measured } from '../../cli/bench-measure.ts';
import { columns, publishedLatency, statistics, type Column } from '../../cli/bench-published.ts';
import { isAsExpected, judgeProperty } from '../../cli/bench-properties.ts';
import { lockServices } from '../../scenarios/lock-services/calibration.ts';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

interface Document {
  readonly cells: readonly { readonly ratio: number; readonly statistic: string; readonly reason: string | null }[];
  readonly claims: readonly { readonly claim: string; readonly holds: boolean }[];
}

test('all columns are compared, and nearly all averages and medians are near', { timeout: 120_000 }, async () => {
  const svg = join(temporaryFolder(), 'locks.svg');
  const { document } = await faultlineJson<Document>('bench', 'locks', '--minutes', '0.04', '--svg', svg);
  expect(document.cells).toHaveLength(4 * 5 * 6);
  const central = document.cells.filter(({ statistic }) => statistic === 'average' || statistic === 'median');
  expect(central.filter(({ reason }) => reason === null).length).toBeGreaterThanOrEqual(36);
  expect(document.cells.every(({ ratio, reason }) => (ratio > 1.5 || ratio < 1 / 1.5) === (reason !== null))).toBe(
    true,
  );
  // The teeth of Redlock's comb and the worst of all waits are rare: a short run may lack them.
  const hasRareEvents = (claim: string): boolean => claim.startsWith('Redlock') || claim.includes('worst case');
  expect(document.claims.filter(({ claim, holds }) => !holds && !hasRareEvents(claim))).toEqual([]);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/);
});

test('Redlock on one hot key waits in teeth of 200 ms, and its average follows from how many there are', () => {
  const five = measureColumn('redis', { processes: 5, same: true }, 16, 1);
  expect(five.pausedOnce).toBeGreaterThan(0.003);
  expect(five.pausedTwice).toBeGreaterThan(0);
  expect(five.statistics.p90).toBeLessThan(2);
  expect(five.statistics.average).toBeCloseTo(five.base + 200 * (five.pausedOnce + 2 * five.pausedTwice), 0);
});

test('the published figures keep every claim', () => {
  const published = lockServices.flatMap((service) => columns.map((column) => asMeasured(service, column)));
  const broken = judgeClaims(published).filter(({ holds }) => !holds);
  expect(broken.map(({ claim }) => claim)).toEqual([]);
});

test('a claim breaks with the figures that it hangs on', () => {
  const swapped = lockServices.flatMap((service) =>
    columns.map((column) => ({
      ...asMeasured(service === 'redis' ? 'consul' : service, column),
      service,
    })),
  );
  const broken = judgeClaims(swapped).filter(({ holds }) => !holds);
  expect(broken.map(({ claim }) => claim)).toContain(
    'one process: the order by average is redis, zookeeper, etcd, consul',
  );
});

/** The published figures as if they had been measured here; the shares of Redlock's pauses fit its average. */
function asMeasured(service: (typeof lockServices)[number], column: Column): Measured {
  const figures = Object.fromEntries(
    statistics.map((statistic) => [statistic, publishedLatency(service, statistic, column)]),
  ) as Measured['statistics'];
  const pauses = Math.max(0, figures.average - 1.3) / 200;
  const shares = { pausedOnce: pauses * 0.8, pausedTwice: pauses * 0.1, base: 1.3 };
  return { service, ...column, statistics: figures, granted: 1_000, refused: 0, ...shares };
}

test('a summary is of nearest ranks, in milliseconds', () => {
  const summary = summarize(Array.from({ length: 100 }, (_, index) => 1_000 * (index + 1)));
  expect(summary).toEqual({ average: 50.5, median: 50, minimum: 1, maximum: 100, p90: 90, p99: 99 });
});

test('a property that nobody was asked to keep in vain is not taken for kept', () => {
  const cell = judgeProperty('redis', 'two servers are gone', 1, 1);
  expect(isAsExpected(cell)).toBe(true);
  expect(isAsExpected({ ...cell, vacuous: 1 })).toBe(false);
  expect(isAsExpected({ ...cell, expected: 'kept' })).toBe(false);
});

test('each cell that is violated says how to run its first seed again, and that run violates it', async () => {
  for (const [contender, story] of [
    ['redis', 'clock jumps'],
    ['etcd', 'two servers are gone'],
    ['consul', 'holder pauses'],
  ] as const) {
    const { first } = judgeProperty(contender, story, 3, 1);
    const words = [...(first?.replay ?? '').matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    );
    expect(words.slice(0, 3)).toEqual(['npx', 'faultline', 'run']);
    const { code, out } = await faultline(...words.slice(2));
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(first?.what.replace(/^.*?: /, '').replaceAll(/\s+/g, ' '));
  }
});

test('key creation grows with the clients, and its throughput does not', { timeout: 60_000 }, async () => {
  const { code, document } = await faultlineJson<{
    rows: { service: string; clients: number; average: number; throughput: number }[];
  }>('bench', 'creation', '--minutes', '0.04');
  expect(code).toBe(0);
  const etcd = document.rows.filter(({ service }) => service === 'etcd');
  expect(etcd.map(({ clients }) => clients)).toEqual([20, 40, 60, 80, 100]);
  expect((etcd[4]?.average ?? 0) / (etcd[0]?.average ?? 1)).toBeGreaterThan(4);
  for (const { throughput } of etcd) expect(throughput / 600).toBeCloseTo(1, 0);
});

test('lengths that make no sense are refused', async () => {
  const { code, err } = await faultline('bench', 'locks', '--minutes', 'soon');
  expect(code).toBe(2);
  expect(err).toContain('--minutes: expected a number from 0.01 to 60, found "soon"');
});

// The experiments on gossip, in small: they land where the literature says, say so when they do not, and draw what they found.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detection, falsePositives, suspicion } from '../../cli/gossip-detection.ts';
import { deathsInVain } from '../../cli/gossip-lifeguard.ts';
import { fitLine } from '../../cli/gossip-measure.ts';
import { drawSpread, modelRandom } from '../../cli/gossip-model.ts';
import { plotSvg, plotText } from '../../cli/gossip-plot.ts';
import { roundsToAll } from '../../cli/gossip-epidemic.ts';
import { spreadOnce } from '../../cli/gossip-spread.ts';
import { fitsAll } from '../../cli/gossip.ts';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

test(
  'a crash is found after 1/(1-e^-q) periods, and never later than 2n - 1 in round-robin',
  { timeout: 60_000 },
  () => {
    expect(fitsAll(detection.run(8))).toBe(true);
  },
);

test('live members are found silent as often as the formula says', { timeout: 60_000 }, () => {
  expect(fitsAll(falsePositives.run(10))).toBe(true);
});

test('suspicions last as long as published for memberlist', { timeout: 60_000 }, () => {
  expect(fitsAll(suspicion.run(1))).toBe(true);
});

test.each([
  [10, 0, 2.9],
  [100, 0, 5.3],
  [100, 250_000, 6.4],
  [300, 100_000, 6.7],
])('news reach nearly all of %i members at a loss of %i ppm in %d rounds', (n, loss, published) => {
  const rounds = Array.from({ length: 8 }, (_, seed) => spreadOnce(n, loss, seed + 1).most ?? Infinity);
  expect(Math.abs(rounds.reduce((sum, each) => sum + each, 0) / 8 - published)).toBeLessThan(0.8);
});

test.each([
  ['push', 1, 16, 8],
  ['push', 1, 256, 14],
  ['push', 4, 256, 6],
  ['push-pull', 1, 16, 4],
  ['push-pull', 1, 256, 8],
] as const)('a rumour goes round by %s with fan-out %i to %i members in %i rounds', (mode, fanOut, n, published) => {
  const rounds = Array.from({ length: 9 }, (_, seed) => roundsToAll(mode, fanOut, n, seed + 1) ?? Infinity);
  const median = rounds.toSorted((one, other) => one - other)[4] ?? Infinity;
  expect(Math.abs(median - published)).toBeLessThanOrEqual(1);
});

test('by pull alone a rumour reaches everybody as well', () => {
  expect(roundsToAll('pull', 1, 64, 1)).toBeLessThan(16);
});

test('Lifeguard announces a fiftieth of the false deaths of plain SWIM', { timeout: 60_000 }, () => {
  const off = { awareness: false, suspicion: false, buddy: false };
  const plain = deathsInVain(4, off, 1).all;
  const all = deathsInVain(4, { awareness: true, suspicion: true, buddy: true }, 1).all;
  expect(plain).toBeGreaterThan(500);
  expect(all * 50).toBeLessThanOrEqual(plain);
});

test('members of the model that draw the same other twice take as long as is published for ten, and those of memberlist less', () => {
  const meanOf = (distinct: boolean): number => {
    const model = { members: 10, loss: 0, fanOut: 3, transmits: 8, distinct };
    const rounds = Array.from({ length: 2_000 }, (_, seed) => drawSpread(model, modelRandom(seed)).all ?? []).flat();
    return rounds.reduce((total, each) => total + each, 0) / rounds.length;
  };
  expect(meanOf(false)).toBeCloseTo(3.03, 1);
  expect(meanOf(true)).toBeCloseTo(2.85, 1);
});

test('news of the model that are passed on too seldom die out', () => {
  const model = { members: 100, loss: 0, fanOut: 3, transmits: 1, distinct: true };
  const reached = Array.from({ length: 50 }, (_, seed) => drawSpread(model, modelRandom(seed)).all !== undefined);
  expect(reached).not.toContain(true);
});

test('the command prints a document, and the plots as SVG', async () => {
  const svg = join(temporaryFolder(), 'plots.svg');
  const { code, document } = await faultlineJson<{ experiments: { name: string; fits: boolean; rows: unknown[] }[] }>(
    ...['gossip', 'suspicion', '--runs', '10', '--svg', svg],
  );
  expect(code).toBe(0);
  expect(document.experiments.map(({ name, fits, rows }) => [name, fits, rows.length])).toEqual([
    ['suspicion', true, 6],
  ]);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/);
});

test('an experiment that does not exist is answered with those that do', async () => {
  const { code, err } = await faultline('gossip', 'nonsense');
  expect(code).toBe(2);
  expect(err).toContain('there is no experiment "nonsense"; there are: detection, false-positives');
});

test('a line is fitted by least squares', () => {
  const { slope, at0, r2 } = fitLine([
    [0, 1],
    [1, 3],
    [2, 5],
  ]);
  expect([slope, at0, r2]).toEqual([2, 1, 1]);
});

test('a plot in characters has its points at their places', () => {
  const points = [
    [0, 0],
    [1, 1],
    [2, 2],
  ] as const;
  expect(plotText({ x: 'x', y: 'y', series: [{ name: 'line', points }] }, 32, 3)).toBe(
    [
      '       2 |                   o',
      '         |          o',
      '       0 |o',
      `         +${'-'.repeat(20)}`,
      '          0                  2',
      '          y by x:  o line',
      '',
    ].join('\n'),
  );
});

test('a plot draws what is expected below, marks where several are, and leaves out what has no place on a logarithmic axis', () => {
  const plot = {
    ...({ x: 'k', y: 'share', logarithmic: 'y', expected: 'formula' } as const),
    series: [
      {
        name: 'one',
        points: [
          [0, 1],
          [1, 0],
        ] as const,
        expected: [
          [0, 1],
          [1, 0.01],
        ] as const,
      },
      {
        name: 'two',
        points: [
          [0, 1],
          [2, 0.0001],
        ] as const,
      },
    ],
  };
  expect(plotText(plot, 80, 3).split('\n')).toEqual([
    `       1 |%`,
    `         |${' '.repeat(34)}.`,
    `  1.0e-4 |${' '.repeat(67)}x`,
    `         +${'-'.repeat(68)}`,
    `          0${' '.repeat(66)}2`,
    '          share (logarithmic) by k:  o one  x two  . formula  % several',
    '',
  ]);
  expect(plotSvg([{ title: 'shares', plot }]).match(/stroke-dasharray/g)).toHaveLength(1);
});

// The promise that everything else stands on, on a thousand seeds: the same seed gives the same hash, whatever is recorded
// and whoever watches, in this process and in another.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { seconds, simulate, type SimulateOptions } from '../../sim/index.ts';

const names = [
  'raft',
  'counter',
  'lock',
  'two-phase-commit',
  'election',
  'gossip',
  'ping-pong',
  'raft-ack-before-sync',
];
const seeds = Array.from({ length: 1_000 }, (_, seed) => ({ name: names[seed % names.length]!, seed }));
const sample = seeds.filter((_, index) => index % 17 === 0);
const until = seconds(2);

const hashOf = ({ name, seed }: { name: string; seed: number }, options: Partial<SimulateOptions> = {}): string =>
  `${name} ${seed} ${simulate(findScenario(name), { seed, until, ...options }).hash}`;

const hashes = seeds.map((each) => hashOf(each));
const sampled = hashes.filter((_, index) => index % 17 === 0);

test('a thousand seeds give the same hashes twice in one process, and nearly all are different', () => {
  expect(seeds.map((each) => hashOf(each))).toEqual(hashes);
  // A few short runs in which nobody does anything are truly the same.
  expect(new Set(hashes.map((line) => line.split(' ')[2])).size).toBeGreaterThan(980);
}, 60_000);

test('a run is the same when its trace is kept', () => {
  expect(seeds.map((each) => hashOf(each, { trace: true, fingerprints: true }))).toEqual(hashes);
}, 60_000);

test.each<[string, Partial<SimulateOptions>]>([
  ['the rules of the seam are proved on the way', { debug: true }],
  ['all of that at once', { trace: true, fingerprints: true, debug: true }],
  ['nobody judges it', { judge: false }],
])(
  'a run is the same when %s',
  (_what, options) => {
    expect(sample.map((each) => hashOf(each, options))).toEqual(sampled);
  },
  60_000,
);

test('another process gives the same hashes', () => {
  const script = `
    import { simulate } from './sim/index.ts';
    import { findScenario } from './scenarios/index.ts';
    for (const { name, seed } of ${JSON.stringify(seeds)}) {
      console.log(name, seed, simulate(findScenario(name), { seed, until: ${until} }).hash);
    }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(hashes);
}, 60_000);

// ZooKeeper's writes and quorum reads under the full swarm: thousands of seeds without a finding, in which everything happens.
import { expect, test } from 'vitest';
import { zooKeeperWrites } from '../../scenarios/zookeeper.ts';
import { simulate } from '../../sim/index.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

test(`ZooKeeper is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
  const reached = new Map<string, number>();
  let acknowledged = 0;
  for (let seed = 0; seed < cleanSeeds; seed++) {
    const run = simulate(zooKeeperWrites, { seed });
    expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
    for (const { name, reached: isReached } of run.sometimes)
      reached.set(name, (reached.get(name) ?? 0) + Number(isReached));
    acknowledged += run.history.filter(({ type }) => type === 'ok').length;
  }
  expect(reached.size).toBeGreaterThan(3);
  expect([...reached].filter(([, runs]) => runs === 0)).toEqual([]);
  expect(acknowledged).toBeGreaterThan(cleanSeeds * 20);
}, 1_800_000);

test('it keeps the rules of the seam, and debugging changes nothing', () => {
  for (const seed of [1, 2, 3]) {
    const debugged = simulate(zooKeeperWrites, { seed, debug: true });
    expect(debugged.findings).toEqual([]);
    expect(debugged.hash).toBe(simulate(zooKeeperWrites, { seed }).hash);
  }
});

// etcd's worlds on many seeds: what should hold holds, every broken partner is found by what it names, and the same world
// with nothing broken in it is clean.
import { describe, expect, test } from 'vitest';
import { etcdLease } from '../../scenarios/etcd-lease.ts';
import { etcdLock } from '../../scenarios/etcd-lock.ts';
import { etcdWatch } from '../../scenarios/etcd-watch.ts';
import { etcdKeyValue, etcdSerializableReads } from '../../scenarios/etcd.ts';
import { etcdKnownBugs } from '../../scenarios/known-bugs/etcd.ts';
import { seconds, simulate, type Scenario } from '../../sim/index.ts';
import {
  breaks,
  expectClean,
  expectCleanAndLively,
  expectSeamKept,
  firstViolation,
  named,
  rerun,
  violated,
} from './judged.ts';

/** Enough to meet every class of faults; the nightly campaign runs many more. */
const holding: readonly (readonly [name: string, scenario: Scenario, seeds: number])[] = [
  ['etcd', etcdKeyValue, 40],
  ['etcd-watch', etcdWatch, 25],
  ['etcd-lease', etcdLease, 25],
  ['etcd-lock', etcdLock, 12],
];

describe.each(holding)('%s', (_name, scenario, seeds) => {
  test(`holds on ${seeds} seeds, and every "sometimes" is reached in one of them`, { timeout: 60_000 }, () => {
    expect(expectCleanAndLively(scenario, seeds)).toBeGreaterThan(seeds * 5);
  });

  test('keeps the rules of the seam, and debugging changes nothing', { timeout: 60_000 }, () => {
    expectSeamKept(scenario, { seed: 7, until: seconds(11) });
  });
});

test('etcd keeps what is safe when more than a minority is impaired', { timeout: 60_000 }, () => {
  expectClean(etcdKeyValue, 15, { parameters: { budget: 'over' } });
});

test('etcd runs alone, in even clusters, and without faults', () => {
  for (const members of [1, 2, 4, 7]) {
    const { findings, history } = simulate(etcdKeyValue, {
      seed: 1,
      parameters: { members, swarm: false, network: 'lan' },
    });
    expect({ members, findings }).toEqual({ members, findings: [] });
    expect(history.some(({ type, f }) => type === 'ok' && f === 'read')).toBe(true);
  }
});

const partners: readonly (readonly [RegExp, Scenario])[] = [
  [/^etcd-(?:watch|revision)/, etcdWatch],
  [/^etcd-lock/, etcdLock],
  [/^etcd-(?:old-leader|unconfirmed|hasty)/, etcdLease],
  [/^etcd/, etcdKeyValue],
];

describe('a broken partner', () => {
  test.each(named([...etcdKnownBugs, etcdSerializableReads]))(
    '%s is found by what it names, and by nothing else',
    { timeout: 60_000 },
    (_name, scenario) => {
      const run = firstViolation(scenario, 150);
      expect(breaks(scenario)).toEqual(expect.arrayContaining(violated(run)));
      const partner = partners.find(([pattern]) => pattern.test(scenario.name))?.[1] as Scenario;
      expect(rerun(run, partner).findings).toEqual([]);
    },
  );

  test('of the lock is refused by the transaction, so that nothing is lost although two believe that they hold it', () => {
    const trusted = etcdKnownBugs.find(({ name }) => name === 'etcd-lock-trusted-lease') as Scenario;
    const names = new Set<string>();
    for (let seed = 0; seed < 10; seed++) {
      for (const { name } of simulate(trusted, { seed }).findings) names.add(name);
    }
    expect([...names]).toEqual(['lock']);
  });
});

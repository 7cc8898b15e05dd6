// Consul's worlds on many seeds: what should hold holds, every broken partner is found by what it names, and the same world with
// nothing broken in it is clean.
import { describe, expect, test } from 'vitest';
import { costOfAlarms } from '../../cli/gossip-sessions.ts';
import { consul, consulDefaultReads, consulStaleReads, consulTrustedErrors } from '../../scenarios/consul.ts';
import { consulBlackout, consulPowerCut } from '../../scenarios/consul-blackout.ts';
import { consulBoundedStaleness, consulLastContact, consulMaxStale } from '../../scenarios/consul-contact.ts';
import { consulDatacenters } from '../../scenarios/consul-datacenters.ts';
import {
  consulGossipLock,
  consulLock,
  consulLockDelayOvertaken,
  consulLockIndexReset,
} from '../../scenarios/consul-lock.ts';
import { consulServices } from '../../scenarios/consul-services.ts';
import { consulWatch } from '../../scenarios/consul-watch.ts';
import { consulKnownBugs } from '../../scenarios/known-bugs/consul.ts';
import { seconds, simulate, type Scenario } from '../../sim/index.ts';
import { breaks, expectCleanAndLively, expectSeamKept, firstViolation, violated } from './judged.ts';

/** Enough to meet every class of faults; the nightly campaign runs many more. */
const holding: readonly (readonly [name: string, scenario: Scenario, seeds: number])[] = [
  ['consul', consul, 25],
  ['consul-bounded-staleness', consulBoundedStaleness, 25],
  ['consul-max-stale', consulMaxStale, 25],
  ['consul-lock', consulLock, 25],
  ['consul-watch', consulWatch, 25],
  ['consul-services', consulServices, 20],
  ['consul-datacenters', consulDatacenters, 20],
  ['consul-blackout', consulBlackout, 40],
];

describe.each(holding)('%s', (_name, scenario, seeds) => {
  test(`holds on ${seeds} seeds, and every "sometimes" is reached in one of them`, { timeout: 120_000 }, () => {
    expect(expectCleanAndLively(scenario, seeds)).toBeGreaterThan(seeds * 20);
  });

  test('keeps the rules of the seam, and debugging changes nothing', { timeout: 60_000 }, () => {
    expectSeamKept(scenario, { seed: 7, until: seconds(12) });
  });
});

const stories = [
  consulDefaultReads,
  consulStaleReads,
  consulTrustedErrors,
  consulGossipLock,
  consulLockIndexReset,
  consulLockDelayOvertaken,
  consulPowerCut,
];

describe('a broken partner', () => {
  test.each([...consulKnownBugs, ...stories].map((scenario) => [scenario.name, scenario] as const))(
    '%s is found by what it names, and by nothing else',
    { timeout: 120_000 },
    (_name, scenario) => {
      const run = firstViolation(scenario, 100);
      expect(breaks(scenario)).toEqual(expect.arrayContaining(violated(run)));
      const { seed, parameters, faults } = run;
      const workload = run.workload.filter(({ f }) => f !== 'overwrite');
      const partner = partnerOf(scenario);
      const known = Object.entries(parameters).filter(([name]) => name in partner.parameters);
      const sound = simulate(partner, { seed, parameters: Object.fromEntries(known), faults, workload });
      expect(sound.findings).toEqual([]);
    },
  );
});

test('stale reads are older than they say where servers restart and lead for a moment', { timeout: 120_000 }, () => {
  expect(violated(firstViolation(consulLastContact, 100))).toEqual(['bounded staleness']);
});

test('Lifeguard spares holders many of the false alarms that cost them their locks', { timeout: 120_000 }, () => {
  const [on, off] = [costOfAlarms(true, 2, 16), costOfAlarms(false, 2, 16)];
  expect(on.alarms).toBeGreaterThan(0);
  expect(on.alarms).toBeLessThan(0.7 * off.alarms);
  expect(on.locks).toBeLessThanOrEqual(off.locks);
  expect([off.locks, off.overlaps].map((count) => count > 0)).toEqual([true, true]);
});

function partnerOf({ name }: Scenario): Scenario {
  if (/contact/.test(name)) return consulBoundedStaleness;
  if (/max-stale/.test(name)) return consulMaxStale;
  if (/queries|deletions/.test(name)) return consulWatch;
  if (/checks|drift/.test(name)) return consulServices;
  if (/repeated/.test(name)) return consulDatacenters;
  if (/power|forgets/.test(name)) return consulBlackout;
  return /lock|session/.test(name) ? consulLock : consul;
}

// Redlock with one rule broken at a time, as libraries and home-made locks have broken it, and what must catch it. Each differs by
// a line from a world that holds.
import { nodeRedlock, redlockPy } from '../../protocols/redlock/config.ts';
import type { Scenario } from '../../sim/index.ts';
import { cutOffClients, lossy, pausedInAcquisition } from '../redlock-debate.ts';
import { contended, threeServers } from '../redlock-progress.ts';
import { redlockScenario } from '../redlock.ts';
import { greedy, keepers } from '../redlock-workloads.ts';

const breaks = (...what: readonly string[]): Scenario['expect'] => ({ type: 'breaks', what });

/** node-redlock v5.0.0-beta.2 does not compare what an attempt took with what the lock lives [L01]. */
export const redlockNoElapsedCheck = redlockScenario({
  ...pausedInAcquisition,
  name: 'redlock-no-elapsed-check',
  story: 'A client stops while it takes the lock, wakes up when it is over, and is told that it has it.',
  expect: breaks('lock'),
  config: { checksElapsed: false },
});

/** DEL instead of the script that compares [L04]. */
export const redlockUnlockAnything = redlockScenario({
  name: 'redlock-unlock-anything',
  story: 'A client gives back a lock that is another’s by now, for it deletes the key whatever it holds.',
  expect: breaks('lock', 'no late write'),
  rules: { releases: (lock) => ['DEL', lock] },
});

/** Rounding down, one forgets the one that makes it a majority [L05]. */
export const redlockMinority = redlockScenario({
  name: 'redlock-minority',
  story: 'Two servers of five are enough, and so they are for another client.',
  expect: breaks('lock', 'no late write'),
  rules: { isQuorum: (count, instances) => count >= Math.floor(instances / 2) },
  faults: lossy,
});

/** An extension that any server confirms counts [L06]. */
export const redlockExtendedByOne = redlockScenario({
  name: 'redlock-extended-by-one',
  story: 'A client prolongs its lock on one server while it runs out on the others.',
  expect: breaks('lock', 'no late write'),
  rules: { isExtended: (count, _instances, isValid) => isValid && count >= 1 },
  faults: cutOffClients,
  workload: keepers,
});

/** What clocks may drift by is not taken off what is left [L08]. */
export const redlockNoDriftMargin = redlockScenario({
  name: 'redlock-no-drift-margin',
  story: 'Clocks drift apart by 0.9 percent, and a client believes in its lock to the last microsecond.',
  expect: breaks('lock'),
  rules: { validity: ({ ttl }, elapsed) => ttl - elapsed },
  faults: lossy,
  workload: greedy,
  fixed: { drift: 9_000, ttl: 4_000_000 },
});

/** A holder that does not look at what is left before it works. */
export const redlockTrustedLease = redlockScenario({
  name: 'redlock-trusted-lease',
  story: 'A client comes to its write late, does not look at what is left of its lock, and writes when another has it.',
  expect: breaks('lock', 'no late write'),
  rules: { mayWork: () => true },
  workload: keepers,
});

/** node-redlock does not release what a failed attempt took before the next one of the same acquire [L09]. */
export const redlockKeepsPartialLocks = redlockScenario({
  ...contended,
  name: 'redlock-keeps-partial-locks',
  story: 'Clients keep what a failed attempt took; it blocks them all, and each blocks itself, until it runs out.',
  expect: breaks('lock', 'the lock is free again'),
  config: { releasesPartial: false, attempts: nodeRedlock.attempts },
});

/** redlock-py under Python 3: (3 / 2) + 1 is two and a half. */
export const redlockPythonQuorum = redlockScenario({
  ...threeServers,
  name: 'redlock-python-quorum',
  story: 'A division that does not round asks for two and a half servers of three: with one away nobody gets the lock.',
  expect: breaks('lock'),
  config: { quorum: redlockPy.quorum },
});

/** SET NX without a time to live: who forgets to give it back has it for ever. */
export const redlockWithoutExpiry = redlockScenario({
  name: 'redlock-without-expiry',
  story: 'A client takes the lock without a time to live and does not come back; nobody gets it any more.',
  expect: breaks('the lock is free again'),
  rules: { takes: (lock, value) => ['SET', lock, value, 'NX'] },
});

export const redlockKnownBugs: readonly Scenario[] = [
  redlockNoElapsedCheck,
  redlockUnlockAnything,
  redlockMinority,
  redlockExtendedByOne,
  redlockNoDriftMargin,
  redlockTrustedLease,
  redlockKeepsPartialLocks,
  redlockPythonQuorum,
  redlockWithoutExpiry,
];

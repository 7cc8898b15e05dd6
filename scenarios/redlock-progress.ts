// Redlock when nothing is lost: whether somebody gets the lock soon when it is free, with many who want it, and with a server away.
import { ms, seconds, type Scenario, type TimedFault } from '../sim/index.ts';
import { redlockScenario, type RedlockFaults, type RedlockVariant } from './redlock.ts';
import { eager } from './redlock-workloads.ts';

/** Four clients that want a lock which lives far longer than anybody may have to wait for it. */
export const contended = {
  workload: eager,
  check: { grantWithin: ms(1_500) },
  fixed: { clients: 4, ttl: seconds(3), parallel: true },
  faults: () => [],
} satisfies Partial<RedlockVariant>;

export const redlockContention = redlockScenario({
  ...contended,
  name: 'redlock-contention',
  story: 'Four clients ask for the lock at once and split the servers; they give back what they took, and one gets it.',
  expect: { type: 'holds' },
});

/** One server is away for most of the time. */
const oneAway: RedlockFaults = (random, { nodes, healAt }): TimedFault[] => {
  const at = random.below(seconds(1));
  return [{ at, fault: { type: 'crash', node: random.pick(nodes), for: Math.max(1, healAt - at) } }];
};

export const threeServers = {
  ...contended,
  fixed: { ...contended.fixed, instances: 3, clients: 2 },
  faults: oneAway,
} satisfies Partial<RedlockVariant>;

export const redlockOneOfThree = redlockScenario({
  ...threeServers,
  name: 'redlock-one-of-three',
  story: 'One server of three is away for long; the other two give the lock.',
  expect: { type: 'holds' },
});

export const redlockProgress: readonly Scenario[] = [redlockContention, redlockOneOfThree];

// Consul with one rule broken at a time, and what must catch it.
import { seconds, type Scenario } from '../../sim/index.ts';
import { consulBlackoutScenario } from '../consul-blackout.ts';
import { consulContactScenario, consulMaxStaleScenario } from '../consul-contact.ts';
import { consulDatacentersScenario } from '../consul-datacenters.ts';
import { consulLockScenario, lateWrites } from '../consul-lock.ts';
import { consulServicesScenario } from '../consul-services.ts';
import { consulWatchScenario } from '../consul-watch.ts';
import { consulScenario } from '../consul.ts';

const breaks = (...what: string[]): Scenario['expect'] => ({ type: 'breaks', what });

export const consulLockDelayIgnored = consulLockScenario({
  name: 'consul-lock-delay-ignored',
  story: 'The lock of a session that was invalidated is given away at once, while its holder does not know yet.',
  expect: breaks('lock'),
  rules: { isDelayed: () => false },
  lockDelay: 15,
  ttl: 30,
  longestWork: seconds(10),
});

export const consulLockIndexNotBumped = consulLockScenario({
  name: 'consul-lock-index-not-bumped',
  story: 'The count of acquisitions does not move when another session acquires: two holders have one sequencer.',
  expect: breaks('lock', 'fencing'),
  rules: { lockIndexOnAcquire: (existing) => existing?.lockIndex ?? 1 },
});

export const consulDeadSessionAcquires = consulLockScenario({
  name: 'consul-dead-session-acquires',
  story:
    'Whether the session lives was looked at before the write went into the log; then it ended, and a ghost has the lock.',
  expect: breaks('sound state', 'the lock is free again', 'lock'),
  rules: { sessionIsValid: () => true },
  client: { renews: false },
});

export const consulLockShared = consulLockScenario({
  name: 'consul-lock-shared',
  story: 'A session takes a key that another one holds.',
  expect: breaks('lock', 'fencing'),
  rules: { isFree: () => true },
});

export const consulSessionEndsEarly = consulLockScenario({
  name: 'consul-session-ends-early',
  story: 'The leader ends sessions after half of their TTL, which they were promised to outlive.',
  expect: breaks('session TTL', 'lock'),
  rules: { endOf: (now, ttl) => now + Math.floor(ttl / 2) },
});

export const consulLockWithoutFencing = consulLockScenario({
  name: 'consul-lock-without-fencing',
  story: 'The store compares no sequencers: what a former holder wrote arrives late and is taken.',
  expect: breaks('fencing', 'lock'),
  fencing: false,
  faults: lateWrites,
});

export const consulUnverifiedLeader = consulScenario({
  name: 'consul-unverified-leader',
  story: 'Consistent reads are answered like default ones, by a leader that asks nobody whether it still is.',
  expect: breaks('linearizable key-value'),
  consistency: 'consistent',
  rules: { verifiesLeader: false },
});

export const consulAnyContact = consulContactScenario({
  name: 'consul-any-contact',
  story: "Servers that look for a leader take each other's messages for signs of one, and call what they tell fresh.",
  expect: breaks('bounded staleness'),
  rules: { isContact: () => true },
});

export const consulMaxStaleIgnored = consulMaxStaleScenario({
  name: 'consul-max-stale-ignored',
  story: 'A server answers stale reads itself, however fresh the client wants them.',
  expect: breaks('max stale'),
  rules: { isTooStale: () => false },
  maxStale: 250,
});

export const consulDeafQueries = consulWatchScenario({
  name: 'consul-deaf-queries',
  story: 'A change wakes nobody: blocking queries sleep until their wait is over.',
  expect: breaks('prompt news'),
  rules: { wakesBlocked: false },
});

export const consulDeletionsForgotten = consulWatchScenario({
  name: 'consul-deletions-forgotten',
  story:
    'Deletions are forgotten at once: the index of a prefix goes back, and who thought for a while waits beside the news.',
  expect: breaks('prompt news'),
  rules: { forgottenAt: (now) => now },
  isSlow: true,
});

export const consulEternalChecks = consulServicesScenario({
  name: 'consul-eternal-checks',
  story: 'TTL checks never expire: the dead pass for the living.',
  expect: breaks('the dead are not offered'),
  agentRules: { expires: false },
});

export const consulDriftRemains = consulServicesScenario({
  name: 'consul-drift-remains',
  story: 'Agents push what changes and compare nothing: what others did to the catalog stays.',
  expect: breaks('the catalog is true', 'the dead are not offered'),
  agentRules: { repairs: false },
});

export const consulRepeatedWrites = consulDatacentersScenario({
  name: 'consul-repeated-writes',
  story: 'Agents send again whatever they got no answer to: a write takes place twice, and what came between is lost.',
  expect: breaks('linearizable key-value'),
  agentRules: { mayRepeat: () => true },
});

export const consulForgetsMembers = consulBlackoutScenario({
  name: 'consul-forgets-members',
  story: 'Servers that restart remember nobody: the new leader takes the agents that it has not met for gone.',
  expect: breaks('who lives stays', 'locks stay', 'holders see their locks'),
  snapshot: { recalls: () => new Map() },
  machines: 'refuse',
});

export const consulKnownBugs: readonly Scenario[] = [
  consulLockDelayIgnored,
  consulLockIndexNotBumped,
  consulDeadSessionAcquires,
  consulLockShared,
  consulSessionEndsEarly,
  consulLockWithoutFencing,
  consulUnverifiedLeader,
  consulAnyContact,
  consulMaxStaleIgnored,
  consulDeafQueries,
  consulDeletionsForgotten,
  consulEternalChecks,
  consulDriftRemains,
  consulRepeatedWrites,
  consulForgetsMembers,
];

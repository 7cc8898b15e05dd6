// The debate about Redlock, one assumption at a time: Kleppmann, "How to do distributed locking" (2016), and Sanfilippo's answer,
// "Is Redlock safe?" (2016). What the specification assumes must be enough; without it, two clients hold the lock, or the write
// of one lands in the turn of the other, unless the store refuses it by its fencing token.
import {
  ms,
  nemesis,
  seconds,
  type Fault,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { redlockScenario, type RedlockFaults } from './redlock.ts';
import { eager, greedy } from './redlock-workloads.ts';

const holds: Scenario['expect'] = { type: 'holds' };
const breaks = (...what: readonly string[]): Scenario['expect'] => ({ type: 'breaks', what });

/** A fault every now and then, on average `gap` apart, until the world heals. */
function every(gap: number, random: Random, { healAt }: Setting, draw: () => readonly Fault[]): TimedFault[] {
  const schedule: TimedFault[] = [];
  for (let at = random.below(2 * gap); at < healAt; at += 1 + random.below(2 * gap)) {
    schedule.push(...draw().map((fault) => ({ at, fault })));
  }
  return schedule;
}

/** Both schedules as one. */
function together(...schedules: readonly TimedFault[][]): TimedFault[] {
  return schedules.flat().toSorted((one, other) => one.at - other.at);
}

const majority = (instances: number): number => Math.floor(instances / 2) + 1;

/** Messages between clients and servers get lost, so that locks are held on bare majorities. */
export const lossy: RedlockFaults = (random, setting) =>
  nemesis({ classes: ['loss', 'isolate', 'half-isolate'], budget: 'over', every: ms(150), longest: ms(800) })(
    random,
    setting,
  );

/** A client and most of the servers do not hear of each other for a while. */
export const cutOffClients: RedlockFaults = (random, setting, { ttl, instances }) =>
  every(ttl, random, setting, () => {
    const most = random.shuffle(setting.nodes).slice(0, random.between(majority(instances), instances));
    return [{ type: 'partition', groups: [[random.pick(setting.clients)], most], for: random.between(ttl, 2 * ttl) }];
  });

/** Clients stop for longer than their locks live, as in a collection of garbage that stops the world. */
const pausedClients: RedlockFaults = (random, setting, { ttl }) =>
  every(ttl, random, setting, () => [
    { type: 'pause', node: random.pick(setting.clients), for: random.between(ttl, 3 * ttl) },
  ]);

/** Clients that stop in the middle of an acquisition: answers wait in their buffers until the lock is over. */
export const pausedInAcquisition = { faults: pausedClients, workload: eager };

export const redlockPauseInAcquisition = redlockScenario({
  ...pausedInAcquisition,
  name: 'redlock-pause-in-acquisition',
  story: 'A client stops while it takes the lock, and wakes up when it is over; it looks at its clock, and knows.',
  expect: holds,
});

export const redlockPauseAfter = redlockScenario({
  name: 'redlock-pause-after',
  story: 'A client stops after it took the lock, wakes up when another has it, and writes as if nothing had happened.',
  expect: breaks('no late write'),
  faults: pausedClients,
});

export const redlockDelayedPacket = redlockScenario({
  name: 'redlock-delayed-packet',
  story: 'A write is on its way for so long that it lands in the turn of the next holder.',
  expect: breaks('no late write'),
  faults: (random, setting, { ttl }) =>
    every(2 * ttl, random, setting, () => {
      const link = { from: [random.pick(setting.clients)], to: ['store'] };
      return [{ type: 'hold', ...link, for: random.between(ttl, 2 * ttl) }];
    }),
});

/** The wall clocks of some servers are set, while messages get lost. */
const jumps =
  (count: (instances: number) => number, sign: 1 | -1): RedlockFaults =>
  (random, setting, world) => {
    const jump = (): Fault[] => {
      const by = sign * random.between(world.ttl, 3 * world.ttl);
      const struck = random.shuffle(setting.nodes).slice(0, count(world.instances));
      return struck.map((node) => ({ type: 'clock-jump', node, by }));
    };
    return together(lossy(random, setting, world), every(Math.floor(world.ttl / 2), random, setting, jump));
  };

export const redlockClockJump = redlockScenario({
  name: 'redlock-clock-jump',
  story: 'A client holds the lock on three servers of five; the clock of one is set ahead, and another takes the rest.',
  expect: breaks('lock', 'no late write'),
  faults: jumps(() => 1, 1),
});

export const redlockClockJumpMajority = redlockScenario({
  name: 'redlock-clock-jump-majority',
  story: 'The clocks of three servers of five are set ahead at once, and the lock is free on all of them.',
  expect: breaks('lock', 'no late write'),
  faults: jumps(majority, 1),
});

export const redlockClockJumpBack = redlockScenario({
  name: 'redlock-clock-jump-back',
  story: 'The clocks of servers are set back: locks that nobody gave back stay for longer, and nobody has two.',
  expect: holds,
  faults: (random, setting, world) => jumps(random.chance(500_000) ? () => 1 : majority, -1)(random, setting, world),
  safetyOnly: true,
});

/** The clocks of clients are set back, so that they think that no time has gone by. */
export const clientClocks: RedlockFaults = (random, setting, { ttl }) =>
  every(Math.floor(ttl / 3), random, setting, () => [
    { type: 'clock-jump', node: random.pick(setting.clients), by: -random.between(ttl, 3 * ttl) },
  ]);

export const redlockClientClockJump = redlockScenario({
  name: 'redlock-client-clock-jump',
  story: 'The wall clocks of clients are set; they measure with their monotonic clocks, and do not mind.',
  expect: holds,
  config: { clock: 'monotonic' },
  faults: clientClocks,
});

export const redlockWallClock = redlockScenario({
  name: 'redlock-wall-clock',
  story: 'Clients measure with their wall clocks; one that is set back believes in its lock for too long.',
  expect: breaks('lock', 'no late write'),
  config: { clock: 'wall' },
  faults: clientClocks,
});

/** Servers crash one after the other and are back at once, while messages get lost. */
const restarts: RedlockFaults = (random, setting, world) =>
  together(
    lossy(random, setting, world),
    every(Math.floor(world.ttl / 5), random, setting, () => [
      { type: 'power-loss', node: random.pick(setting.nodes), unsynced: 'lost', for: random.between(ms(5), ms(30)) },
    ]),
  );

export const redlockRestart = redlockScenario({
  name: 'redlock-restart',
  story: 'Servers that keep nothing crash and come back at once, and give away locks that they have forgotten.',
  expect: breaks('lock', 'no late write'),
  servers: () => ({ appendfsync: 'none' }),
  faults: restarts,
});

export const redlockDelayedRestart = redlockScenario({
  name: 'redlock-delayed-restart',
  story: 'Servers that keep nothing stay away until every lock that they have forgotten is over.',
  expect: holds,
  servers: ({ ttl }) => ({ appendfsync: 'none', delayedRestart: Math.floor(ttl * 1.1) }),
  faults: restarts,
});

export const redlockLostFsync = redlockScenario({
  name: 'redlock-lost-fsync',
  story: 'Servers write their file every second only; power fails, and the locks of the last moment are gone.',
  expect: breaks('lock', 'no late write'),
  servers: () => ({ appendfsync: 'everysec' }),
  faults: restarts,
});

export const redlockFsyncAlways = redlockScenario({
  name: 'redlock-fsync-always',
  story: 'The same failures of power, and servers that write each lock to their disk before they answer.',
  expect: holds,
  faults: restarts,
});

export const redlockDrift = redlockScenario({
  name: 'redlock-drift',
  story: 'Clocks drift apart by 0.9 percent; the margin of a percent that clients leave is enough.',
  expect: holds,
  faults: lossy,
  workload: greedy,
  fixed: { drift: 9_000, ttl: seconds(4) },
});

export const redlockWildDrift = redlockScenario({
  name: 'redlock-wild-drift',
  story: 'Clocks drift apart by five percent, and the margin of one is not enough.',
  expect: breaks('lock'),
  faults: lossy,
  workload: greedy,
  fixed: { drift: 50_000 },
});

/** The debate, in the order in which it should be read. */
export const redlockDebate: readonly Scenario[] = [
  redlockPauseInAcquisition,
  redlockPauseAfter,
  redlockDelayedPacket,
  redlockClockJump,
  redlockClockJumpMajority,
  redlockClockJumpBack,
  redlockClientClockJump,
  redlockWallClock,
  redlockRestart,
  redlockDelayedRestart,
  redlockLostFsync,
  redlockFsyncAlways,
  redlockDrift,
  redlockWildDrift,
];

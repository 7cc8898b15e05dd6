// How fast the explorer visits states: fixed worlds, the interned engine beside the plain one in the same run. The ratio is
// the figure to quote; times depend on the machine.
import {
  explore,
  explorePlain,
  walk,
  type ExploredWorld,
  type ExploreOptions,
  type ScheduleName,
} from '../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../scenarios/models/forgetful-raft.ts';
import { paxosWorld } from '../scenarios/models/register.ts';
import { twoPhaseWorld } from '../scenarios/models/tla-two-phase.ts';

export interface ExploreFigures {
  readonly name: string;
  readonly unique: number;
  readonly generated: number;
  /** Of this process, user and system time, in seconds. */
  readonly cpuSeconds: number;
  readonly uniquePerSecond: number;
  readonly handlerRuns: number;
  readonly memoHitRate: number;
  /** What the states take, and resident memory after the search, in bytes. */
  readonly stateBytes: number;
  readonly residentBytes: number;
  /** How many times as many states a second as the plain engine, on the same world as far as that one went. */
  readonly timesPlain: number | undefined;
}

interface Load {
  readonly name: string;
  readonly world: ExploredWorld;
  readonly maxLevels?: number;
  /** A world, or as many levels of it, that the plain engine gets through. */
  readonly plain?: { readonly world: ExploredWorld; readonly maxLevels?: number };
}

const loads: readonly Load[] = [
  { name: 'two-phase commit, 7 managers', world: twoPhaseWorld(7), plain: { world: twoPhaseWorld(5) } },
  { name: 'Paxos, 2 clients', world: paxosWorld({ clients: 2 }), plain: { world: paxosWorld({ clients: 2 }) } },
  { name: 'Paxos, 3 clients', world: paxosWorld({ clients: 3 }) },
  {
    name: 'Raft without persistence, 8 levels',
    world: forgetfulRaftWorld(),
    maxLevels: 8,
    plain: { world: forgetfulRaftWorld(), maxLevels: 6 },
  },
  { name: 'Raft without persistence, 9 levels', world: forgetfulRaftWorld(), maxLevels: 9 },
  { name: 'Raft without persistence, 10 levels', world: forgetfulRaftWorld(), maxLevels: 10 },
];

/** Explores each of the worlds, the best of `rounds` times. */
export function benchExplore(rounds = 3): readonly ExploreFigures[] {
  explore(paxosWorld({ clients: 2 })); // warm up
  return loads.map(({ name, world, maxLevels, plain }) => {
    globalThis.gc?.();
    const runs = Array.from({ length: rounds }, () => timed(() => explore(world, optionsOf(maxLevels))));
    const best = runs.reduce((one, other) => (other.cpuSeconds < one.cpuSeconds ? other : one));
    const { unique, generated, statistics } = best.result;
    const uniquePerSecond = unique / best.cpuSeconds;
    const slow = plain === undefined ? undefined : timed(() => explorePlain(plain.world, plain.maxLevels));
    return {
      name,
      unique,
      generated,
      cpuSeconds: best.cpuSeconds,
      uniquePerSecond,
      handlerRuns: statistics.handlerRuns,
      memoHitRate: statistics.memoHitRate,
      stateBytes: statistics.bytes,
      residentBytes: best.residentBytes,
      timesPlain: slow === undefined ? undefined : uniquePerSecond / (slow.result.unique / slow.cpuSeconds),
    };
  });
}

/** What a reduction saves: states and transitions of the whole search, and of the reduced one. */
export function benchReductions(): readonly string[] {
  const reduced: readonly (readonly [string, ExploredWorld, ExploreOptions])[] = [
    ['two-phase commit, 7 managers, sleep sets', twoPhaseWorld(7), { por: true }],
    ['Paxos, 2 clients, sleep sets', paxosWorld({ clients: 2 }), { por: true }],
    ['Raft without persistence, 9 levels, sleep sets', forgetfulRaftWorld(), { por: true, maxLevels: 9 }],
    ['two-phase commit, 7 managers, symmetry', twoPhaseWorld(7), { symmetry: true }],
    ['Raft without persistence, 9 levels, symmetry', forgetfulRaftWorld(), { symmetry: true, maxLevels: 9 }],
  ];
  return reduced.map(([name, world, { por = false, symmetry = false, ...bounds }]) => {
    const whole = timed(() => explore(world, { stop: 'never', ...bounds }));
    const fewer = timed(() => explore(world, { stop: 'never', ...bounds, por, symmetry }));
    const saved = (of: (figures: typeof whole.result) => number): string => {
      const [before, after] = [of(whole.result), of(fewer.result)];
      return `${before.toLocaleString('en')} to ${after.toLocaleString('en')} (${(before / after).toFixed(1)} times fewer)`;
    };
    const time = `${(fewer.cpuSeconds / whole.cpuSeconds).toFixed(2)} times the CPU time`;
    return `${name}: states ${saved(({ unique }) => unique)}, transitions ${saved(({ generated }) => generated)}, ${time}`;
  });
}

/** Steps a second of random walks in place, by schedule, invariants included. */
export function benchWalks(): readonly string[] {
  const strategies: readonly ScheduleName[] = ['random', 'pct', 'pos'];
  const options = { runs: 5_000, maxSteps: 100, stop: 'never' } as const;
  walk(forgetfulRaftWorld(), { ...options, seed: 'warm up' });
  return strategies.map((strategy) => {
    const { result, cpuSeconds } = timed(() => walk(forgetfulRaftWorld(), { ...options, seed: '1', strategy }));
    const rate = Math.round(result.steps / cpuSeconds).toLocaleString('en');
    return `walks of Raft without persistence, ${strategy}: ${rate} steps/s`;
  });
}

/** The figures of one world in words, for people. */
export function exploreInWords(figures: ExploreFigures): string {
  const { name, unique, generated, cpuSeconds, uniquePerSecond, handlerRuns, memoHitRate, timesPlain } = figures;
  const rate = Math.round(uniquePerSecond).toLocaleString('en');
  const ratio = timesPlain === undefined ? '' : `, ${timesPlain.toFixed(1)} times the plain engine`;
  const memory = `${Math.round(figures.stateBytes / 1e6)} MB of states, ${Math.round(figures.residentBytes / 1e6)} MB resident`;
  return [
    `${name}: ${unique.toLocaleString('en')} states, ${generated.toLocaleString('en')} transitions`,
    `  ${cpuSeconds.toFixed(2)} CPU seconds, ${rate} states/s${ratio}`,
    `  ${handlerRuns.toLocaleString('en')} handler runs, memo ${(100 * memoHitRate).toFixed(2)} %, ${memory}`,
  ].join('\n');
}

function optionsOf(maxLevels: number | undefined) {
  return { stop: 'never', ...(maxLevels !== undefined && { maxLevels }) } as const;
}

function timed<T>(run: () => T) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}

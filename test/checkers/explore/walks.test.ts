// Walks in place: their runs are runs of the world, their schedules find what they promise, and a protocol that breaks the
// seam is told so.
import { describe, expect, test } from 'vitest';
import {
  alwaysAll,
  alwaysEach,
  noDeadlock,
  retrace,
  walk,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { raftWorld } from '../../../scenarios/models/raft.ts';
import { abdWorld, paxosWorld, singleCopyWorld } from '../../../scenarios/models/register.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import { counter, tickWorld, type Tally } from './worlds.ts';

const strategies = ['random', 'pct', 'pos'] as const;

describe.each(strategies)('walks drawn by %s', (strategy) => {
  test.each<[string, ExploredWorld]>([
    ['two-phase commit', { ...twoPhaseWorld(3), effectless: 'ignored' }],
    ['Paxos', paxosWorld({ clients: 2 })],
    ['ABD in queues', abdWorld({ network: 'ordered' })],
    ['a single copy', singleCopyWorld({ clients: 3 })],
    ['Raft with faults', raftWorld({ timeouts: 5, crashes: 2, duplicates: 2 })],
    ['ticks with faults', tickWorld(4, { faults: { drops: 2, duplicates: 2, crashes: 2, maxDown: 2 } })],
  ])('end where runs end, by ways that the plain engine takes as well: %s', (_, world) => {
    const never = noDeadlock('no run ends well', () => false);
    const restless = { ...world, properties: [never] };
    for (let seed = 0; seed < 12; seed++) {
      // a violation is run again by the plain engine before it is told
      const { violations } = walk(restless, { seed: `${seed}`, runs: 1, maxSteps: 2_000, strategy });
      expect(violations.map(({ property }) => property)).toEqual([never.name]);
    }
  });

  test('stand in states of the plain engine after every action', () => {
    for (let seed = 0; seed < 5; seed++) {
      const long = alwaysAll('terms stay low', '', (nodes) =>
        nodes.some(({ state }) => (state as { readonly term: number }).term > 4) ? 'term 5' : undefined,
      );
      const world = { ...forgetfulRaftWorld(), properties: [long] };
      const { violations } = walk(world, { seed: `${seed}`, runs: 50, maxSteps: 150, strategy });
      for (const { trace } of violations) expect(retrace(world, trace).objections).toHaveLength(1);
    }
  });

  test('are the same for the same seed', () => {
    const options = { seed: '7', runs: 50, maxSteps: 80, strategy, stop: 'never' } as const;
    const world = paxosWorld({ clients: 2 });
    const walked = walk(world, options);
    expect(walk(world, options)).toEqual(walked);
    expect(walk(world, { ...options, seed: '8' }).steps).not.toBe(walked.steps);
  });

  test('find two values chosen by a Paxos that forgets what it promised to keep, and nothing in a whole one', () => {
    const options = { seed: '1', runs: 3_000, maxSteps: 100, strategy };
    const broken = paxosWorld({ clients: 2, adoptsAccepted: false });
    const [violation] = walk(broken, options).violations;
    expect(violation?.property).toBe('linearizable register');
    const before = retrace(broken, violation?.trace.slice(0, -1) ?? []).objections;
    expect(before).toEqual([]); // the trace ends with the first action after which the history cannot be explained
    expect(walk(paxosWorld({ clients: 2 }), { ...options, runs: 500 }).violations).toEqual([]);
  });
});

describe('schedules', () => {
  /** Three processes do three things each; only one order of two of them is wrong. */
  const race: ExploredWorld = {
    nodes: ['a', 'b', 'c'].map((id) => ({
      id,
      protocol: {
        start: (ctx) => (ctx.send(ctx.id, { type: 'go' }), { done: 0 }),
        onMessage: (state: { done: number }, _from, _message, ctx) => {
          if (++state.done < 3) ctx.send(ctx.id, { type: 'go' });
        },
      },
    })),
    network: 'unordered',
    properties: [
      alwaysAll('c never ends before a begins', '', ([a, , c]) =>
        doneBy(c) === 3 && doneBy(a) === 0 ? 'c was first' : undefined,
      ),
    ],
  };

  test('by priorities meet a defect of depth d as often as the theorem of Burckhardt et al. promises', () => {
    const found = Array.from({ length: 2_000 }, (_, seed) =>
      walk(race, { seed: `${seed}`, runs: 1, maxSteps: 9, strategy: 'pct', depth: 1 }),
    ).filter(({ violations }) => violations.length > 0).length;
    // d = 1, n = 3: at least 1/3 of the runs, and here c has to come before a: 1/2
    expect(found).toBeGreaterThan(900);
    expect(found).toBeLessThan(1_100);
    const drawn = Array.from({ length: 2_000 }, (_, seed) =>
      walk(race, { seed: `${seed}`, runs: 1, maxSteps: 9, strategy: 'random' }),
    ).filter(({ violations }) => violations.length > 0).length;
    expect(drawn).toBeLessThan(found / 4); // 1/8 of 1/3, where each step draws anew
  });

  test('by partial orders depend on the seed and reach all ends', () => {
    const { unreached, violations } = walk(twoPhaseWorld(3), { seed: '1', runs: 500, maxSteps: 100, strategy: 'pos' });
    expect({ unreached, violations }).toEqual({ unreached: [], violations: [] });
  });
});

describe('a walk', () => {
  test('ends with the first violation, with one of each property, or never before its number of runs', () => {
    const world = tickWorld(3, {
      properties: [
        alwaysEach('at most one', '', ({ state }) => ((state as Tally['state']).seen > 1 ? 'two' : undefined)),
        alwaysEach('at most two', '', ({ state }) => ((state as Tally['state']).seen > 2 ? 'three' : undefined)),
      ],
    });
    const options = { seed: '1', runs: 5, maxSteps: 10 };
    expect(walk(world, options)).toMatchObject({ runs: 1, violations: [{ property: 'at most one' }] });
    expect(walk(world, { ...options, stop: 'one of each' })).toMatchObject({ runs: 1, violations: { length: 2 } });
    expect(walk(world, { ...options, stop: 'never' })).toMatchObject({ runs: 5, violations: { length: 2 } });
  });

  test('is not followed past the bounds of its world', () => {
    const within: ExploredWorld['within'] = ({ state }) => (state as Tally['state']).seen < 3;
    const world = tickWorld(9, { within, properties: [alwaysEach('few', '', ({ state }) => tooMany(state))] });
    expect(walk(world, { seed: '1', runs: 20, maxSteps: 10, stop: 'never' }).violations).toEqual([]);
    expect(walk({ ...world, within: () => true }, { seed: '1', runs: 1, maxSteps: 10 }).violations).toHaveLength(1);
  });

  test('reports a handler that throws', () => {
    const fragile = {
      ...counter,
      onMessage(state: Tally['state']) {
        if (++state.seen === 2) throw new Error('two is too many');
      },
    };
    const world = { ...tickWorld(2), nodes: [tickWorld(2).nodes[0]!, { id: 'n2', protocol: fragile }] };
    const { violations } = walk(world, { seed: '1', runs: 1, maxSteps: 10 });
    expect(violations).toMatchObject([{ property: 'no handler throws', trace: { length: 2 } }]);
  });

  test('refuses a protocol that mutates what it has sent', () => {
    const shared: ExploredWorld = {
      nodes: ['a', 'b'].map((id) => ({
        id,
        protocol: {
          start: (ctx) => {
            const box = { type: 'box', count: 0 };
            if (ctx.id === 'a') ctx.send('b', box);
            ctx.setTimer('grow', 0);
            return { box, seen: 0 };
          },
          onMessage: (state: { box: { count: number }; seen: number }, _from, message: { count: number }) => {
            state.seen = message.count;
          },
          onTimer: (state: { box: { count: number } }) => void state.box.count++,
        },
      })),
      network: 'unordered',
      properties: [
        alwaysAll('b sees what was sent', '', ([, b]) =>
          (b!.state as { readonly seen: number }).seen > 0 ? 'it has grown' : undefined,
        ),
      ],
    };
    expect(() => walk(shared, { seed: '1', runs: 50, maxSteps: 10 })).toThrow('mutates what it has sent');
  });

  test('runs with faults that do not run in place, by drawing from all events', () => {
    const world = { ...tickWorld(3), faults: { partitions: 1 } };
    expect(walk(world, { seed: '1', runs: 10, maxSteps: 10 })).toMatchObject({ runs: 10, violations: [] });
    expect(() => walk(world, { seed: '1', runs: 1, maxSteps: 1, strategy: 'pos' })).toThrow('pos needs a world');
  });
});

function doneBy(node: { readonly state: unknown } | undefined): number {
  return (node!.state as { readonly done: number }).done;
}

function tooMany(state: unknown): string | undefined {
  return (state as Tally['state']).seen > 2 ? 'three' : undefined;
}

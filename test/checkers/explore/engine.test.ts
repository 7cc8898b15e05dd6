// The engine on worlds so small that their states can be counted by hand, each compared with the plain engine as well.
import { describe, expect, test } from 'vitest';
import {
  alwaysAll,
  alwaysEach,
  describeAction,
  explore,
  explorePlain,
  noDeadlock,
  reachable,
  retrace,
  type Exploration,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';
import { counter, tickWorld, timerWorld, writer, type Tally } from './worlds.ts';

describe('faults', () => {
  test('that cannot happen leave one run: three ticks arrive', () => {
    expect(both(tickWorld(3))).toMatchObject({ unique: 4, generated: 4, levels: 4 });
  });

  test('drop as many messages as their budget allows, and the budget is part of the state', () => {
    // seen s and lost l of three ticks, with l at most 1: four states without a loss and three with one
    expect(both(tickWorld(3, { faults: { drops: 1 } })).unique).toBe(7);
    expect(both(tickWorld(3, { faults: { drops: Infinity } })).unique).toBe(10);
  });

  test('send a message again as often as their budget allows', () => {
    const { unique, unreached } = both(
      tickWorld(1, { faults: { duplicates: 2 }, properties: [reachable('three', 'three ticks', seen(3))] }),
    );
    expect(unreached).toEqual([]);
    expect(unique).toBe(9); // 1 to 3 copies in all, none to all of them arrived
  });

  test('crash nodes, of which no more are down than the world allows', () => {
    const world = tickWorld(0, { faults: { crashes: Infinity, maxDown: 1 } });
    expect(both(world)).toMatchObject({ unique: 3, generated: 5 });
    expect(both({ ...world, faults: { crashes: Infinity, maxDown: 2 } }).unique).toBe(4);
    expect(both({ ...world, faults: { crashes: 1 } }).unique).toBe(4); // the crash is spent after the restart
  });

  test('let so many timers fire', () => {
    const again = timerWorld((state, ctx) => {
      state.seen++;
      ctx.setTimer('tick', 0);
    });
    expect(both({ ...again, faults: { timeouts: 4 } }).unique).toBe(5);
    expect(both({ ...again, timers: () => false }).unique).toBe(1);
  });

  test('lose what was not synced, or what was written, as the world says', () => {
    const world = (restartKeeps: 'written' | 'synced' | 'nothing'): ExploredWorld => ({
      nodes: [{ id: 'n1', protocol: writer }],
      network: 'unordered',
      faults: { crashes: 1 },
      restartKeeps,
      properties: [
        reachable('restarts with a record', 'the record survives', ([node]) =>
          sameState(node?.state, { starts: 2, unsynced: 1 }),
        ),
        reachable('remembers its start', 'the counter survives', ([node]) =>
          sameState(node?.state, { starts: 2, unsynced: 0 }),
        ),
      ],
    });
    expect(both(world('written')).unreached).toEqual([]);
    expect(both(world('synced')).unreached).toEqual(['restarts with a record']);
    expect(both(world('nothing')).unreached).toEqual(['restarts with a record', 'remembers its start']);
  });
});

describe('networks', () => {
  test('that duplicate deliver what was sent again and again', () => {
    const world = tickWorld(1, { network: 'duplicating', within: ({ state }) => (state as Tally['state']).seen < 4 });
    expect(both(world)).toMatchObject({ unique: 4, generated: 4 });
  });

  test('leave a message without effect where it is, or deliver it, as the world says', () => {
    const deaf = { ...counter, onMessage: () => undefined };
    const world = { ...tickWorld(1), nodes: [tickWorld(1).nodes[0]!, { id: 'n2', protocol: deaf }] };
    expect(both(world).unique).toBe(1);
    expect(both({ ...world, effectless: 'counted' }).unique).toBe(2);
  });
});

describe('random draws', () => {
  test('branch into all their outcomes, and a trace repeats those that it needs', () => {
    const world: ExploredWorld = {
      ...timerWorld((state, ctx) => {
        state.seen = 10 * ctx.random(3) + ctx.random(2);
      }),
      properties: [alwaysAll('never 21', '', ([node]) => (sameState(node?.state, { seen: 21 }) ? '21' : undefined))],
    };
    expect(both(world)).toMatchObject({ unique: 7, generated: 7 });
    const [violation] = explore(world).violations;
    expect(violation?.trace.map(describeAction)).toEqual(['n1 timer tick fires, random gives 2, 1']);
    expect(retrace(world, violation?.trace ?? []).objections).toMatchObject([{ property: 'never 21' }]);
    expect(both({ ...world, random: 'zero' }).unique).toBe(2);
  });
});

describe('what cannot be explored', () => {
  test.each([
    ['reads the clock', (ctx: Ctx) => ctx.now(), 'onTimer of n1 (tick) reads ctx.now(): an exploration has no time'],
    ['draws from too many', (ctx: Ctx) => ctx.random(150_000), 'onTimer of n1 (tick) draws random(150000)'],
    [
      'sends a Map',
      (ctx: Ctx) => ctx.send('n1', Object.assign({ type: 'tick' } as const, { seen: new Map() })),
      'a message of onTimer of n1 (tick) holds a Map or Set',
    ],
    [
      'writes what is no plain data',
      (ctx: Ctx) => ctx.disk.set('at', new Date(0) as unknown as number),
      'cell at is a class instance: expected plain data',
    ],
    ['sends to nobody', (ctx: Ctx) => ctx.send('n9', { type: 'tick' }), 'onTimer of n1 (tick) sends to n9'],
  ])('is refused with the name of the handler that %s', (_, run, message) => {
    expect(() => explore(timerWorld((_state, ctx) => run(ctx)))).toThrow(message);
  });

  test('is a state that is no plain data', () => {
    const world = timerWorld((state) => Object.assign(state, { callback: () => 1 }));
    expect(() => explore(world)).toThrow('callback in the state of n1 is a function: expected plain data');
  });

  test('is a world with one name for two', () => {
    const [node] = tickWorld(1).nodes;
    expect(() => explore({ ...tickWorld(1), nodes: [node!, node!] })).toThrow('n1 is the name of two processes');
  });

  test('is found by the audit: a handler that remembers something outside of its state', () => {
    let runs = 0;
    const world = tickWorld(2, { faults: { drops: 1 } });
    const [ticking] = world.nodes;
    const forgetful = { ...counter, onMessage: (state: Tally['state']) => void (state.seen = ++runs) };
    const cheating = { ...world, nodes: [ticking!, { id: 'n2', protocol: forgetful }] };
    expect(() => explore(cheating, { auditEvery: 1 })).toThrow('did something else when it ran again');
    expect(both(world, 1).unique).toBe(5);
  });
});

describe('findings', () => {
  test('are handlers that throw, with the way there', () => {
    const world = tickWorld(2);
    const fragile = {
      ...counter,
      onMessage(state: Tally['state']) {
        if (++state.seen === 2) throw new Error('two is too many');
      },
    };
    const broken = { ...world, nodes: [world.nodes[0]!, { id: 'n2', protocol: fragile }] };
    const [violation] = explore(broken).violations;
    expect(violation).toMatchObject({
      property: 'no handler throws',
      reason: 'onMessage of n2 (tick from n1) threw Error: two is too many',
    });
    expect(violation?.trace).toHaveLength(2);
    expect(retrace(broken, violation?.trace ?? []).objections).toMatchObject([{ reason: violation?.reason }]);
  });

  test('are ends at which the work is not done', () => {
    const world = tickWorld(2, { faults: { drops: 1 }, properties: [noDeadlock('', seen(2))] });
    const [violation] = explore(world).violations;
    expect(violation?.trace.map(describeAction)).toEqual(['lost: n1 → n2 tick', 'n1 → n2 tick']);
    expect(retrace(world, violation?.trace ?? []).objections).toMatchObject([{ property: 'no deadlock' }]);
    both(world);
  });

  test('are the shortest ones, one of each property, when the search goes on', () => {
    const world = tickWorld(3, {
      properties: [
        alwaysEach('at most one', '', ({ state }) => ((state as Tally['state']).seen > 1 ? 'two' : undefined)),
        alwaysEach('at most two', '', ({ state }) => ((state as Tally['state']).seen > 2 ? 'three' : undefined)),
        reachable('four', '', seen(4)),
      ],
    });
    const found = explore(world, { stop: 'never' });
    expect(found.violations.map(({ property, trace }) => [property, trace.length])).toEqual([
      ['at most one', 2],
      ['at most two', 3],
    ]);
    expect(found).toMatchObject({ complete: true, unreached: ['four'] });
    expect(explore(world)).toMatchObject({ complete: false, endedBy: 'violation' });
  });
});

describe('bounds', () => {
  const endless = timerWorld((state, ctx) => {
    state.seen++;
    ctx.setTimer('tick', 0);
  });

  test('end a search that would not end, and say which and how much was left', () => {
    expect(explore(endless, { maxLevels: 5 })).toMatchObject({ unique: 5, levels: 5, frontier: 1, endedBy: 'levels' });
    expect(explore(endless, { maxStates: 5_000 })).toMatchObject({ complete: false, endedBy: 'states' });
    expect(explore(endless, { maxBytes: 4_300_000 })).toMatchObject({ complete: false, endedBy: 'bytes' });
    let asked = 0;
    expect(explore(endless, { isOver: () => ++asked > 3 })).toMatchObject({ complete: false, endedBy: 'time' });
  });
});

type Ctx = Parameters<Parameters<typeof timerWorld>[0]>[1];

/** Explores with both engines, which must agree. */
function both(world: ExploredWorld, auditEvery = 0): Exploration {
  const found = explore(world, { stop: 'never', auditEvery });
  const { unique, generated, levels, violations } = found;
  const violated = violations.map(({ property }) => property);
  expect(explorePlain(world)).toEqual({ unique, generated, levels, violated: violated.sort() });
  return found;
}

function seen(count: number) {
  return (nodes: readonly { readonly state: unknown }[]): boolean => sameState(nodes[1]?.state, { seen: count });
}

function sameState(state: unknown, wanted: object): boolean {
  return JSON.stringify(state) === JSON.stringify(wanted);
}

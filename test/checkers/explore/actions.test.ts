// What may happen in a world besides messages and timers: partitions, crashes at every place and with every loss, clients that
// die, clocks, and the order of timers. Worlds so small that their states can be counted by hand, in both engines.
import { describe, expect, test } from 'vitest';
import {
  alwaysAll,
  describeAction,
  explore,
  reachable,
  type ExploredWorld,
  type NodeInWorld,
} from '../../../checkers/explore/index.ts';
import { linearizable, register } from '../../../checkers/index.ts';
import { registerClient } from '../../../protocols/models/register-client.ts';
import { singleCopy } from '../../../protocols/models/single-copy.ts';
import type { Context, Protocol, Request } from '../../../sim/index.ts';
import { both } from './both.ts';
import { counter, tickWorld, timerWorld, type Tally } from './worlds.ts';

describe('partitions', () => {
  test('hold up or lose what is on its way, and heal', () => {
    // the tick waits or has arrived, before, during and after the cut; lost during and after
    expect(both(tickWorld(1, { faults: { partitions: 1 } })).unique).toBe(2 + 3 + 3);
  });

  test('lose what is sent meanwhile', () => {
    const world = (more: Partial<ExploredWorld>): ExploredWorld => ({
      nodes: [
        { id: 'n1', protocol: onTick((_state, ctx) => ctx.send('n2', { type: 'tick' })) },
        { id: 'n2', protocol: counter },
      ],
      network: 'unordered',
      properties: [reachable('arrives', 'the tick arrives', ([, other]) => seenBy(other) === 1)],
      timers: (node) => node === 'n1',
      ...more,
    });
    expect(both(world({})).unreached).toEqual([]);
    const { violations } = both({
      ...world({ faults: { partitions: 1, timeouts: 1 } }),
      properties: [
        alwaysAll('it arrives in the end', '', ([one, other]) =>
          one?.timers.length === 0 && seenBy(other) === 0 ? 'not yet' : undefined,
        ),
        {
          type: 'end',
          name: 'no end without it',
          about: '',
          check: ([, other]) => (seenBy(other) ? undefined : 'lost'),
        },
      ],
    });
    expect(violations.find(({ property }) => property === 'no end without it')?.trace.map(describeAction)).toEqual([
      'partition: n1 | n2',
      'n1 timer tick fires',
      'the partition heals',
    ]);
  });

  test.each([
    ['two-way splits', 3],
    ['isolate one', 3],
    ['one-way cuts', 6],
    [[{ groups: [['n1'], ['n2']] }], 1],
  ] as const)('are those that the world declares: %j of three nodes', (partitions, ways) => {
    const nodes = ['n1', 'n2', 'n3'].map((id) => ({ id, protocol: counter }));
    const found = both({ nodes, network: 'unordered', properties: [], faults: { partitions: 1 }, partitions });
    expect(found.unique).toBe(1 + ways + 1);
  });

  test('cut one direction alone where that is declared', () => {
    const onlyBack = { from: ['n2'], to: ['n1'] };
    const world = tickWorld(1, { faults: { partitions: 1 }, partitions: [onlyBack] });
    expect(both(world).unique).toBe(2 * 3); // the tick goes the other way and is not held up
  });

  test.each([
    [[{ groups: [['n1'], ['n9']] }], 'a partition names n9, which is not in the world'],
    [[{ groups: [['n1', 'n2']] }], 'the partition n1 n2 cuts no link'],
  ])('are refused where they make no sense: %j', (partitions, message) => {
    expect(() => explore(tickWorld(1, { faults: { partitions: 1 }, partitions }))).toThrow(message);
  });
});

describe('crashes', () => {
  const world = (restartKeeps: NonNullable<ExploredWorld['restartKeeps']>, more: Partial<ExploredWorld> = {}) => ({
    ...writerWorld((_state, ctx) => {
      ctx.disk.append('log', 'a');
      ctx.disk.append('log', 'b');
      ctx.disk.sync();
      ctx.disk.append('log', 'c');
      ctx.disk.set('cell', 1);
    }),
    restartKeeps,
    ...more,
  });

  test('lose any suffix of the writes since the last sync, and may tear the first that is lost', () => {
    expect(foundOnRestart(world('synced'))).toEqual(['', 'a b']);
    expect(foundOnRestart(world('a prefix'))).toEqual(['', 'a b', 'a b c', 'a b c + cell']);
    expect(foundOnRestart(world('a torn prefix'))).toEqual(['', 'a b', 'a b c', 'a b c + cell', 'a b torn']);
    expect(foundOnRestart(world('written'))).toEqual(['', 'a b c + cell']);
    expect(foundOnRestart(world('nothing'))).toEqual([]);
  });

  test('fall between any two effects of a handler where the world says so', () => {
    const between = { crashPoints: 'between effects' } as const;
    expect(foundOnRestart(world('synced', between))).toEqual(['', 'a b']);
    expect(foundOnRestart(world('written', between))).toEqual(['', 'a', 'a b', 'a b c', 'a b c + cell']);
    expect(foundOnRestart(world('a prefix', between))).toEqual(['', 'a', 'a b', 'a b c', 'a b c + cell']);
  });

  test('separate what was sent before a sync from what was to be sent after it', () => {
    const world: ExploredWorld = {
      nodes: [
        {
          id: 'n1',
          protocol: onTick((_state, ctx) => {
            ctx.send('n2', { type: 'tick' });
            ctx.send('n2', { type: 'tick' });
          }),
        },
        { id: 'n2', protocol: remembering },
      ],
      network: 'unordered',
      faults: { crashes: 1, timeouts: 1 },
      properties: [
        {
          type: 'end',
          name: 'both or none',
          about: '',
          check: ([, other]) => (seenBy(other) === 1 ? 'one tick alone was sent' : undefined),
        },
      ],
    };
    expect(both(world).violations).toEqual([]);
    const { violations } = both({ ...world, crashPoints: 'between effects' });
    expect(violations[0]?.trace.map(describeAction)).toEqual([
      'n1 timer tick fires, and n1 crashes after 1 effect',
      'n1 → n2 tick',
      'n1 restarts',
    ]);
  });

  const [read, write] = [
    { f: 'read', value: null },
    { f: 'write', value: 'A' },
  ];
  const clientWorld = (servers: readonly string[], operations: readonly (readonly Request[])[]): ExploredWorld => ({
    nodes: servers.map((id) => ({ id, protocol: singleCopy })),
    clients: operations.map((own, index) => ({
      id: `c${index + 1}`,
      protocol: registerClient(servers, index),
      operations: own,
      begins: 'any time' as const,
    })),
    network: 'unordered',
    faults: { clientCrashes: 1 },
    properties: [],
    checks: [linearizable(register())],
  });

  test('of a client leave its operation open for ever', () => {
    const once = clientWorld(['s1'], [[write], [read], [read]]);
    expect(both(once).violations).toEqual([]);
    expect(both(clientWorld(['s1', 's2'], [[write], [read], [read]])).violations).toHaveLength(1);
    const infos: string[] = [];
    explore({
      ...once,
      checks: [
        {
          name: 'tells of crashes',
          about: '',
          judge: (history) => {
            for (const { type, error, process } of history) if (type === 'info') infos.push(`${error} ${process}`);
            return [];
          },
        },
      ],
    });
    expect(new Set(infos)).toEqual(new Set(['the client crashed 0', 'the client crashed 1', 'the client crashed 2']));
  });

  test('of a client that numbers its requests as in its former life has it take an old answer for a new one', () => {
    const again = clientWorld(['s1'], [[write], [read, read]]);
    expect(both({ ...again, faults: {} }).violations).toEqual([]);
    expect(both(again).violations).toMatchObject([{ property: 'linearizable register' }]);
  });
});

describe('clocks that run freely', () => {
  test('show every reading within bounds, and never go back', () => {
    const world: ExploredWorld = {
      ...timerWorld((state, ctx) => {
        const [first, second] = [ctx.now(), ctx.monotonic()];
        if (second < first || first < state.seen) throw new Error('time went back');
        state.seen = second;
        ctx.setTimer('tick', 0);
      }),
      clock: { steps: [0, 5, 20], until: 25 },
      effectless: 'counted',
    };
    expect(both(world).violations).toEqual([]);
    const seen = [0, 5, 10, 15, 20, 25];
    const properties = seen.map((time) => reachable(String(time), '', ([node]) => seenBy(node) === time));
    expect(both({ ...world, properties }).unreached).toEqual([]);
    const { violations } = both({
      ...world,
      properties: [alwaysAll('never 25', '', ([node]) => (seenBy(node) === 25 ? '25' : undefined))],
    });
    expect(violations[0]?.trace.map(describeAction)).toEqual(['n1 timer tick fires, its clock shows 5 µs, 25 µs']);
  });
});

describe('timers', () => {
  const protocol: Protocol<Beats> = {
    start(ctx) {
      ctx.setTimer('election', 150);
      ctx.setTimer('heartbeat', 50);
      return { beats: 0, elected: false };
    },
    onMessage: () => undefined,
    onTimer(state, timer, ctx) {
      if (timer === 'election') state.elected = true;
      else if (state.beats < 9) {
        state.beats++;
        ctx.setTimer('heartbeat', 50);
      }
    },
  };
  const world = (more: Partial<ExploredWorld>): ExploredWorld => ({
    nodes: [{ id: 'n1', protocol }],
    network: 'unordered',
    properties: [
      reachable('elected at once', '', ([node]) => sees(node, { beats: 0, elected: true })),
      reachable('elected after 2 beats', '', ([node]) => sees(node, { beats: 2, elected: true })),
      reachable('elected after 3 beats', '', ([node]) => sees(node, { beats: 3, elected: true })),
      reachable('4 beats without election', '', ([node]) => sees(node, { beats: 4, elected: false })),
    ],
    ...more,
  });

  test('fire in any order, or in the order of their delays', () => {
    expect(both(world({})).unreached).toEqual([]);
    expect(both(world({ timerOrder: 'by delay' })).unreached).toEqual(['elected at once', '4 beats without election']);
  });

  test('of leases keep to no order, and have a budget of their own', () => {
    const leases = (_node: string, timer: string): boolean => timer === 'election';
    expect(both(world({ timerOrder: 'by delay', leases })).unreached).toEqual([]);
    expect(both(world({ leases, faults: { leases: 0 } })).unreached).toHaveLength(3);
    expect(both(world({ leases, faults: { timeouts: 0 } })).unreached).toHaveLength(3);
  });

  test('wait for the network to be quiet where the world is synchronous', () => {
    const early = (nodes: readonly NodeInWorld[]): boolean => nodes[0]?.timers.length === 0 && seenBy(nodes[1]) === 0;
    const world: ExploredWorld = {
      nodes: [
        {
          id: 'n1',
          protocol: {
            ...onTick(() => undefined),
            start(ctx) {
              ctx.setTimer('tick', 0);
              ctx.send('n2', { type: 'tick' });
              return { seen: 0 };
            },
          },
        },
        { id: 'n2', protocol: counter },
      ],
      network: 'unordered',
      effectless: 'counted',
      properties: [reachable('the timer overtakes', '', early)],
    };
    expect(both(world).unreached).toEqual([]);
    expect(both({ ...world, timersFire: 'when quiet' }).unreached).toEqual(['the timer overtakes']);
    expect(() => explore({ ...world, timersFire: 'when quiet', effectless: 'ignored' })).toThrow('effectless counted');
  });
});

interface Beats {
  state: { beats: number; elected: boolean };
  message: never;
  timer: 'heartbeat' | 'election';
  request: never;
  response: never;
}

function sees(
  { state }: NodeInWorld = { id: '', up: false, state: {}, timers: [], disk: { cells: {}, logs: {} } },
  wanted: Beats['state'],
): boolean {
  const { beats, elected } = state as Beats['state'];
  return beats === wanted.beats && elected === wanted.elected;
}

/** Counts what arrives, on disk. */
const remembering: Protocol<Tally> = {
  start: (ctx) => ({ seen: ctx.disk.get<number>('seen') ?? 0 }),
  onMessage(state, _from, _message, ctx) {
    state.seen++;
    ctx.disk.set('seen', state.seen);
  },
};

function seenBy(node: NodeInWorld | undefined): number {
  return (node?.state as Tally['state'] | undefined)?.seen ?? -1;
}

function onTick(onTimer: (state: Tally['state'], ctx: Context<Tally>) => void): Protocol<Tally> {
  return {
    start(ctx) {
      ctx.setTimer('tick', 0);
      return { seen: 0 };
    },
    onMessage: () => undefined,
    onTimer: (state, _timer, ctx) => onTimer(state, ctx),
  };
}

interface Found {
  state: { found: string | null };
  message: never;
  timer: 'write';
  request: never;
  response: never;
}

/** A node that writes once, and says after a restart what it found. */
function writerWorld(write: (state: Found['state'], ctx: Context<Found>) => void): ExploredWorld {
  const protocol: Protocol<Found> = {
    start(ctx) {
      if (ctx.disk.get('born') === undefined) {
        ctx.disk.set('born', 1);
        ctx.disk.sync();
        ctx.setTimer('write', 0);
        return { found: null };
      }
      const { records, damage } = ctx.disk.read<string>('log');
      const cell = ctx.disk.get('cell') === undefined ? '' : ' + cell';
      return { found: `${records.join(' ')}${damage === undefined ? '' : ' torn'}${cell}` };
    },
    onMessage: () => undefined,
    onTimer: (state, _timer, ctx) => write(state, ctx),
  };
  return { nodes: [{ id: 'n1', protocol }], network: 'unordered', faults: { crashes: 1 }, properties: [] };
}

/** What restarts after the write find, in all runs. The world in which nothing survives finds itself unborn. */
function foundOnRestart(world: ExploredWorld): readonly string[] {
  const found = new Set<string>();
  both({
    ...world,
    properties: [
      alwaysAll('collect', '', ([node]) => {
        const was = (node?.state as Found['state'] | undefined)?.found;
        if (typeof was === 'string') found.add(was);
        return undefined;
      }),
    ],
  });
  return [...found].sort();
}

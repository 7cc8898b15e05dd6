// Drawn worlds: protocols that are tables of what to do at each event, in worlds with every class of fault. Both engines
// must agree on all of them, and every violation must be one when it runs again.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  alwaysEach,
  alwaysPair,
  explore,
  narrate,
  retrace,
  runOf,
  type Action,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';
import { transcript, type Check, type Context, type Protocol } from '../../../sim/index.ts';
import { timelineOf } from '../../../viz/data.ts';
import { eventKinds } from '../../../checkers/explore/events.ts';
import { initialStates, transitionsOf } from '../../../checkers/explore/plain.ts';
import { prepare } from '../../../checkers/explore/prepared-world.ts';
import { both } from './both.ts';

interface Table {
  state: { at: number };
  message: { readonly type: 'a' | 'b' };
  timer: 'short' | 'long';
  request: { readonly f: string };
  response: number;
}

type Deed =
  | { readonly do: 'go'; readonly to: number }
  | { readonly do: 'send'; readonly to: number; readonly type: 'a' | 'b' }
  | { readonly do: 'set'; readonly timer: 'short' | 'long'; readonly delay: number }
  | { readonly do: 'clear'; readonly timer: 'short' | 'long' }
  | { readonly do: 'append' | 'sync' | 'draw' | 'read clock' | 'answer' };

/** What to do at `event/at`. */
type Deeds = Readonly<Record<string, readonly Deed[]>>;

const events = ['start', 'a', 'b', 'short', 'long', 'request'];
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('go' as const), to: fc.nat(2) }),
  fc.record({ do: fc.constant('send' as const), to: fc.nat(1), type: fc.constantFrom('a' as const, 'b' as const) }),
  fc.record({
    do: fc.constant('set' as const),
    timer: fc.constantFrom('short' as const, 'long' as const),
    delay: fc.constantFrom(10, 25),
  }),
  fc.record({ do: fc.constant('clear' as const), timer: fc.constantFrom('short' as const, 'long' as const) }),
  fc.record({ do: fc.constantFrom('append', 'sync', 'draw', 'read clock', 'answer') }) as fc.Arbitrary<Deed>,
);
const deeds: fc.Arbitrary<Deeds> = fc
  .tuple(...events.flatMap((event) => [0, 1, 2].map((at) => fc.tuple(fc.constant(`${event}/${at}`), list()))))
  .map((entries) => Object.fromEntries(entries));

function list(): fc.Arbitrary<readonly Deed[]> {
  return fc.array(deed, { maxLength: 3 });
}

function tableProtocol(table: Deeds): Protocol<Table> {
  const act = (state: Table['state'], event: string, ctx: Context<Table>): void => {
    for (const what of table[`${event}/${state.at}`] ?? []) perform(state, what, ctx);
  };
  return {
    start(ctx) {
      const state = { at: Math.min(2, ctx.disk.read('log').records.length) };
      if (ctx.disk.read('log').damage !== undefined) ctx.disk.truncate('log', 0);
      act(state, 'start', ctx);
      return state;
    },
    onMessage: (state, _from, { type }, ctx) => act(state, type, ctx),
    onTimer: (state, timer, ctx) => act(state, timer, ctx),
    onRequest: (state, _request, ctx) => act(state, 'request', ctx),
  };
}

function perform(state: Table['state'], what: Deed, ctx: Context<Table>): void {
  switch (what.do) {
    case 'go':
      state.at = what.to;
      return;
    case 'send':
      return ctx.send(ctx.peers[what.to % ctx.peers.length] ?? 'n1', { type: what.type });
    case 'set':
      return ctx.setTimer(what.timer, what.delay);
    case 'clear':
      return ctx.clearTimer(what.timer);
    case 'append':
      if (ctx.disk.read('log').records.length < 2) ctx.disk.append('log', state.at);
      return;
    case 'sync':
      return ctx.disk.sync();
    case 'draw':
      state.at = ctx.random(2);
      return;
    case 'read clock':
      state.at = ctx.now() > 0 ? 2 : state.at;
      return;
    case 'answer':
      return ctx.ok(state.at);
  }
}

const neverTwo: Check = {
  name: 'never 2',
  about: 'no client is told 2',
  judge: (history) =>
    history
      .filter(({ type, value }) => type === 'ok' && value === 2)
      .map(({ operation }) => ({ verdict: 'invalid', reason: 'a client was told 2', operations: [operation] })),
};

const budget = fc.constantFrom(0, 0, 1, 2);
const world: fc.Arbitrary<ExploredWorld> = fc
  .record({
    tables: fc.array(deeds, { minLength: 2, maxLength: 3 }),
    clients: fc.array(deeds, { maxLength: 1 }),
    network: fc.constantFrom('unordered' as const, 'duplicating' as const, 'ordered' as const),
    faults: fc.record({
      crashes: budget,
      maxDown: fc.constantFrom(1, 2),
      drops: budget,
      duplicates: budget,
      partitions: budget,
      clientCrashes: budget,
      timeouts: fc.constantFrom(1, 2, Infinity),
      leases: fc.constantFrom(0, 1, Infinity),
    }),
    partitions: fc.constantFrom('two-way splits' as const, 'isolate one' as const, 'one-way cuts' as const),
    effectless: fc.constantFrom('ignored' as const, 'counted' as const),
    restartKeeps: fc.constantFrom('written', 'synced', 'nothing', 'a prefix', 'a torn prefix') as fc.Arbitrary<
      NonNullable<ExploredWorld['restartKeeps']>
    >,
    whileDown: fc.constantFrom('gone' as const, 'visible' as const),
    crashPoints: fc.constantFrom('between events' as const, 'between effects' as const),
    timerOrder: fc.constantFrom('free' as const, 'by delay' as const),
    timersFire: fc.constantFrom('any time' as const, 'when quiet' as const),
    random: fc.constantFrom('branches' as const, 'zero' as const),
  })
  .map(({ tables, clients, whileDown, timersFire, effectless, network, faults, ...rest }) => ({
    ...rest,
    nodes: tables.map((table, index) => ({ id: `n${index + 1}`, protocol: tableProtocol(table) })),
    clients: clients.map((table) => ({
      id: 'c1',
      protocol: tableProtocol(table),
      begins: effectless === 'counted' ? ('at once' as const) : ('any time' as const),
      operations: [
        { f: 'do', value: 1 },
        { f: 'do', value: 2 },
      ],
    })),
    network,
    faults: { ...faults, duplicates: network === 'unordered' ? faults.duplicates : 0 },
    effectless,
    whileDown: rest.crashPoints === 'between effects' ? ('gone' as const) : whileDown,
    timersFire: effectless === 'counted' && network !== 'duplicating' ? timersFire : ('any time' as const),
    leases: (_node: string, timer: string) => timer === 'long' && rest.random === 'zero',
    clock: { steps: [0, 10], until: 10 },
    properties: [
      alwaysPair('not both', 'two nodes are never at 2 together', (one, other) =>
        [one, other].every(({ state }) => (state as Table['state'] | undefined)?.at === 2) ? 'both are' : undefined,
      ),
      alwaysEach('short records', 'no log is longer than one', ({ disk }) =>
        (disk.logs['log']?.records.length ?? 0) > 1 ? 'it is' : undefined,
      ),
    ],
    checks: clients.length === 0 ? [] : [neverTwo],
  }));

describe('drawn worlds', () => {
  property.prop([world], { numRuns: 80 })('have the same states and violations in both engines', (drawn) => {
    both(drawn, { maxLevels: 4, auditEvery: 2 });
  });

  test('break their properties often enough that agreement says something', () => {
    const broken = fc
      .sample(world, { seed: 3, numRuns: 300 })
      .flatMap((drawn) => explore(drawn, { stop: 'never', maxLevels: 4 }).violations.map(({ property: name }) => name));
    for (const name of ['not both', 'short records', 'never 2']) expect(broken).toContain(name);
    expect(broken.length).toBeGreaterThan(30);
  });

  test('take every kind of action', () => {
    const taken = new Set<string>();
    for (const drawn of fc.sample(world, { seed: 5, numRuns: 150 })) {
      const prepared = prepare(drawn);
      let states = initialStates(prepared);
      for (let level = 0; level < 3; level++) {
        const transitions = states.slice(0, 20).flatMap((state) => transitionsOf(prepared, state));
        for (const { action } of transitions) taken.add(action.type);
        states = transitions.map(({ state }) => state);
      }
    }
    expect([...taken].sort()).toEqual([...eventKinds].sort());
  });

  property.prop([world, fc.array(fc.nat(1_000), { maxLength: 12 })], { numRuns: 60 })(
    'make runs that can be told, drawn and recorded, whatever happens in them',
    (drawn, choices) => {
      const prepared = prepare(drawn);
      let [state] = initialStates(prepared);
      const actions: Action[] = [];
      for (const choice of choices) {
        const transitions = state === undefined ? [] : transitionsOf(prepared, state);
        const taken = transitions[choice % Math.max(1, transitions.length)];
        if (taken === undefined) break;
        actions.push(taken.action);
        ({ state } = taken);
      }
      const retraced = retrace(drawn, actions);
      const told = narrate(retraced);
      expect(told).toHaveLength(actions.length);
      const run = runOf(retraced, { scenario: 'drawn', parameters: {} });
      expect(run.statistics.delivered + run.statistics.lost).toBeGreaterThanOrEqual(
        actions.filter(({ type }) => type === 'deliver' || type === 'drop').length,
      );
      expect(transcript(run).join('\n')).not.toContain('undefined');
      expect(timelineOf(run, { story: '', version: '', reproduce: '' }).lanes).toHaveLength(prepared.processes.length);
    },
  );
});

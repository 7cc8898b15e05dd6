// Small worlds of drawn protocols: nodes that follow a drawn table, with faults, timers, and clients whose history is
// judged. What an optimisation does to a verdict shows in some of them.
import fc from 'fast-check';
import { alwaysAll, alwaysPair, noDeadlock, reachable, type ExploredWorld } from '../../../checkers/explore/index.ts';
import { linearizable, register } from '../../../checkers/index.ts';
import { registerClient } from '../../../protocols/models/register-client.ts';
import type { AnyProtocol, Context, Protocol } from '../../../sim/index.ts';

interface Rule {
  readonly next: number;
  /** Peers, by place, and what they are sent. */
  readonly sends: readonly (readonly [peer: number, message: number])[];
  readonly timer: boolean;
}

/** By state and message: what a node does. The last column is for its timer. */
type Table = readonly (readonly Rule[])[];

interface Tabled {
  state: { at: number; fuel: number; value: string | null };
  message: { readonly type: string; readonly n?: number; readonly request?: string; readonly value?: string };
  timer: 'tick';
  request: never;
  response: never;
}

const states = 3;
const messages = 2;

const rule: fc.Arbitrary<Rule> = fc.record({
  next: fc.nat(states - 1),
  sends: fc.array(fc.tuple(fc.nat(2), fc.nat(messages - 1)), { maxLength: 2 }),
  timer: fc.boolean(),
});
const table: fc.Arbitrary<Table> = fc.array(fc.array(rule, { minLength: messages + 1, maxLength: messages + 1 }), {
  minLength: states,
  maxLength: states,
});

export interface DrawnWorld {
  readonly nodes: number;
  readonly clients: number;
  readonly tables: readonly Table[];
  readonly fuel: number;
  readonly network: ExploredWorld['network'];
  readonly effectless: NonNullable<ExploredWorld['effectless']>;
  readonly faults: NonNullable<ExploredWorld['faults']>;
  readonly forbidden: readonly [one: number, other: number];
  readonly begins: 'at once' | 'any time';
}

export const drawnWorld: fc.Arbitrary<DrawnWorld> = fc.record({
  nodes: fc.integer({ min: 2, max: 3 }),
  clients: fc.nat(2),
  tables: fc.array(table, { minLength: 3, maxLength: 3 }),
  fuel: fc.integer({ min: 1, max: 2 }),
  network: fc.constantFrom('unordered' as const, 'duplicating' as const, 'ordered' as const),
  effectless: fc.constantFrom('ignored' as const, 'counted' as const),
  faults: fc.record({
    crashes: fc.constantFrom(0, 0, 1),
    drops: fc.constantFrom(0, 0, 1),
    timeouts: fc.constantFrom(1, 2, Infinity),
    maxDown: fc.integer({ min: 1, max: 2 }),
  }),
  forbidden: fc.tuple(fc.nat(states - 1), fc.nat(states - 1)),
  begins: fc.constantFrom('at once' as const, 'any time' as const),
});

/** The world of a draw. With `alike` all nodes follow one table, and are told apart by nothing. */
export function worldOf(drawn: DrawnWorld, alike = false): ExploredWorld {
  const ids = Array.from({ length: drawn.nodes }, (_, index) => `n${index + 1}`);
  const operations = [
    { f: 'write', value: 'x' },
    { f: 'read', value: null },
  ];
  return {
    nodes: ids.map((id, index) => ({ id, protocol: tabled(drawn.tables[alike ? 0 : index]!, drawn.fuel, alike) })),
    clients: Array.from({ length: alike ? 0 : drawn.clients }, (_, index) => ({
      id: `c${index + 1}`,
      protocol: registerClient(ids, index),
      operations: [operations[index % 2]!],
      begins: drawn.begins,
    })),
    network: drawn.network,
    effectless: drawn.effectless,
    faults: drawn.faults,
    properties: [
      alwaysPair('pair', '', (one, other) => {
        const [left, right] = drawn.forbidden;
        const found = [placeOf(one.state), placeOf(other.state)];
        return (found[0] === left && found[1] === right) || (found[0] === right && found[1] === left)
          ? 'both'
          : undefined;
      }),
      alwaysAll('all', '', (nodes) =>
        nodes.every(({ state }, index) => index >= drawn.nodes || placeOf(state) === drawn.forbidden[0])
          ? 'all there'
          : undefined,
      ),
      reachable('elsewhere', '', (nodes) => nodes.every(({ state }) => placeOf(state) !== drawn.forbidden[1])),
      noDeadlock('', (nodes) => placeOf(nodes[0]?.state) !== drawn.forbidden[1]),
    ],
    checks: alike || drawn.clients === 0 ? [] : [linearizable(register())],
  };
}

function placeOf(state: unknown): number {
  return (state as Tabled['state'] | undefined)?.at ?? -1;
}

/** Every action but the answer to a client costs fuel, so all runs end. @param alike whether peers are addressed all alike. */
function tabled(rules: Table, fuel: number, alike: boolean): AnyProtocol {
  const act = (state: Tabled['state'], { next, sends, timer }: Rule, ctx: Context<Tabled>): void => {
    if (state.fuel === 0) return;
    state.fuel--;
    state.at = next;
    for (const [peer, n] of sends) {
      const named = ctx.peers[peer % ctx.peers.length]!;
      for (const to of alike ? ctx.peers : [named]) ctx.send(to, { type: 'n', n });
    }
    if (timer) ctx.setTimer('tick', 0);
  };
  const protocol: Protocol<Tabled> = {
    start: (ctx) => {
      ctx.setTimer('tick', 0);
      return { at: 0, fuel, value: null };
    },
    onMessage: (state, from, { type, n, request, value }, ctx) => {
      if (type === 'n') return act(state, rules[state.at]![n!]!, ctx);
      if (type === 'put') state.value = value!;
      if (type === 'put') ctx.send(from, { type: 'put ok', request: request! });
      if (type === 'get') ctx.send(from, { type: 'get ok', request: request!, value: state.value! });
    },
    onTimer: (state, _timer, ctx) => act(state, rules[state.at]![messages]!, ctx),
  };
  return protocol;
}

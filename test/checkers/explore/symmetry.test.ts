// Symmetry: one state of each orbit, the verdicts of the whole, and no mercy for protocols that are not symmetric.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alwaysEach,
  explore,
  noDeadlock,
  retrace,
  type Exploration,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';
import { encode } from '../../../checkers/explore/encoding.ts';
import { initialStates, transitionsOf, type PlainState } from '../../../checkers/explore/plain.ts';
import { prepare } from '../../../checkers/explore/prepared-world.ts';
import { relabel } from '../../../checkers/explore/relabel.ts';
import { linearizable, register } from '../../../checkers/index.ts';
import { registerClient } from '../../../protocols/models/register-client.ts';
import { singleCopy } from '../../../protocols/models/single-copy.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { raftWorld } from '../../../scenarios/models/raft.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import type { Context, Protocol } from '../../../sim/index.ts';
import { drawnWorld, worldOf } from './drawn-worlds.ts';

describe('two-phase commit', () => {
  test.each([
    [2, 34],
    [3, 80],
    [4, 166],
    [5, 314],
    [6, 553],
  ])('with %i resource managers has as many orbits as states that differ in more than names', (managers, orbits) => {
    const whole = explore(twoPhaseWorld(managers));
    const found = explore(twoPhaseWorld(managers), { symmetry: true });
    expect(found).toMatchObject({
      unique: orbits,
      levels: whole.levels,
      complete: true,
      violations: [],
      unreached: [],
    });
  });

  test('that commits on one vote is caught, with a trace that runs', () => {
    const world = twoPhaseWorld(3);
    const [manager, ...others] = world.nodes;
    const hasty: ExploredWorld['nodes'][number] = {
      ...manager!,
      protocol: { ...manager!.protocol, onMessage: (_state, _from, _message, ctx) => ctx.setTimer('commit', 0) },
    };
    sameVerdicts({ ...world, nodes: [hasty, ...others] });
  });
});

describe('Raft that forgets', () => {
  test('elects two leaders in a term after as many actions, in a run that it has', () => {
    const [violation] = explore(forgetfulRaftWorld(), { symmetry: true }).violations;
    expect(violation).toMatchObject({ property: 'election safety', trace: { length: 8 } });
    const { objections } = retrace(forgetfulRaftWorld(), violation?.trace ?? []);
    expect(objections.map(({ reason }) => reason)).toEqual([violation?.reason]);
  });

  test('has a sixth of the states on late levels', () => {
    const whole = explore(forgetfulRaftWorld(), { maxLevels: 7 });
    const found = explore(forgetfulRaftWorld(), { maxLevels: 7, symmetry: true });
    expect(found).toMatchObject({ levels: 7, violations: [], unreached: [] });
    expect(found.unique).toBeLessThan(whole.unique / 5);
  });
});

test('Raft itself is symmetric, as far as it is followed', () => {
  sameVerdicts(raftWorld({ timeouts: 2, crashes: 1 }), 8);
});

describe('worlds of drawn protocols whose nodes are alike', () => {
  test('have exactly the orbits that trying all permutations finds, and the same verdicts', { timeout: 60_000 }, () => {
    let violated = 0;
    fc.assert(
      fc.property(drawnWorld, (drawn) => {
        const world = alike(worldOf(drawn, true));
        const whole = explore(world, { stop: 'never', maxStates: 300 });
        fc.pre(whole.complete);
        expect(explore(world, { stop: 'never', symmetry: true }).unique).toBe(orbitsOf(world));
        sameVerdicts(world);
        violated += whole.violations.length;
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(violated).toBeGreaterThan(20);
  });
});

describe('clients', () => {
  /** Clients that all read, and one that writes. */
  const world: ExploredWorld = {
    nodes: [{ id: 's1', protocol: singleCopy }],
    clients: ['w', 'r1', 'r2', 'r3'].map((id) => ({
      id,
      protocol: anonymousClient(),
      operations: id === 'w' ? [{ f: 'write', value: 'x' }] : [{ f: 'read', value: null }],
    })),
    network: 'unordered',
    symmetric: [['r1', 'r2', 'r3']],
    properties: [],
    checks: [linearizable(register())],
  };

  test('are symmetric with their histories', () => {
    const whole = explore(world);
    const found = explore(world, { symmetry: true });
    expect(found).toMatchObject({ complete: true, levels: whole.levels, violations: [] });
    expect(found.unique).toBeLessThan(whole.unique / 2);
    sameVerdicts({ ...world, nodes: [{ id: 's1', protocol: forgetfulCopy }] });
  });

  test('that put their names into longer strings are refused', () => {
    const named = world.clients!.map((client) => ({ ...client, protocol: registerClient(['s1'], 0) }));
    expect(() => explore({ ...world, clients: named }, { symmetry: true })).toThrow('r1 and r2 are not symmetric');
  });
});

describe('what is not symmetric is refused', () => {
  const ids = ['n1', 'n2', 'n3'];
  const bully: Protocol<{
    state: { leader: string };
    message: { readonly type: 'me' };
    timer: 'stand';
    request: never;
    response: never;
  }> = {
    start: (ctx) => (ctx.setTimer('stand', 0), { leader: '' }),
    onTimer: (_state, _timer, ctx) => ctx.peers.forEach((peer) => ctx.send(peer, { type: 'me' })),
    onMessage: (state, from) => {
      if (from > state.leader) state.leader = from;
    },
  };
  const world = (protocol: typeof bully, more: Partial<ExploredWorld> = {}): ExploredWorld => ({
    nodes: ids.map((id) => ({ id, protocol })),
    network: 'unordered',
    symmetric: [ids],
    properties: [],
    ...more,
  });
  const polite = { ...bully, onMessage: (state: { leader: string }, from: string) => void (state.leader ||= from) };

  test('when a handler compares names', () => {
    expect(() => explore(world(bully), { symmetry: true })).toThrow(/are not symmetric: onMessage of n\d .* differs/);
    expect(explore(world(polite), { symmetry: true })).toMatchObject({ complete: true });
  });

  test('when a property names one of them', () => {
    const named = alwaysEach('n2 leads nobody', '', ({ id, state }) =>
      id === 'n1' && (state as { readonly leader: string }).leader === 'n2' ? 'it leads' : undefined,
    );
    expect(() => explore(world(polite, { properties: [named] }), { symmetry: true })).toThrow(
      'property n2 leads nobody differs',
    );
  });

  test('when they start differently', () => {
    const nodes = ids.map((id) => ({ id, protocol: { ...polite, start: () => ({ leader: id === 'n1' ? 'x' : '' }) } }));
    expect(() => explore(world(polite, { nodes }), { symmetry: true })).toThrow('the way they start differs');
  });

  test('when a sorted list of names is not declared to be a set', () => {
    const { idSets: _, ...undeclared } = twoPhaseWorld(3);
    expect(() => explore(undeclared, { symmetry: true })).toThrow(/rm\d and rm\d are not symmetric/);
  });

  test.each<[string, Partial<ExploredWorld>, object?]>([
    ['declares no symmetric processes', { symmetric: [] }],
    ['n9 is not in the world', { symmetric: [['n1', 'n9']] }],
    [
      'n1 is named twice',
      {
        symmetric: [
          ['n1', 'n2'],
          ['n1', 'n3'],
        ],
      },
    ],
    ['knows no partitions', { faults: { partitions: 1 } }],
    ['not combined', {}, { por: true }],
  ])('when it %s', (message, more, options) => {
    expect(() => explore(world(polite, more), { symmetry: true, ...options })).toThrow(message);
  });
});

/** The verdicts with and without symmetry are equal, after as many actions, and traces run. */
function sameVerdicts(world: ExploredWorld, maxLevels = Infinity): void {
  const whole = explore(world, { stop: 'never', maxLevels });
  const found = explore(world, { stop: 'never', maxLevels, symmetry: true });
  expect(verdicts(found)).toEqual(verdicts(whole));
  for (const { property, verdict, reason, trace } of found.violations) {
    expect(retrace(world, trace).objections).toContainEqual({ property, verdict, reason });
  }
}

function verdicts({ violations, unreached, levels, complete }: Exploration) {
  const found = violations.map(({ property, trace }) => `${property} after ${trace.length}`).sort();
  return { found, unreached, levels, complete };
}

/** A drawn world with properties that no node is special to. */
function alike(world: ExploredWorld): ExploredWorld {
  const ids = world.nodes.map(({ id }) => id);
  const properties = world.properties.filter(({ type }) => type !== 'end');
  const done = noDeadlock('', (nodes) =>
    nodes.some(({ state }) => (state as { readonly at: number } | undefined)?.at === 0),
  );
  return { ...world, symmetric: [ids], properties: [...properties, done] };
}

/** Orbits counted the plain way: all states are visited, and each is named by the least of all its permutations. */
function orbitsOf(world: ExploredWorld): number {
  const prepared = prepare(world);
  const orders = permutationsOf(world.nodes.map((_, index) => index));
  const nameOf = (state: PlainState): string => orders.map((order) => permuted(world, state, order)).sort()[0]!;
  const seen = new Set<string>();
  const orbits = new Set<string>();
  const pending = [...initialStates(prepared)];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const text = encode(state, 'a state');
    if (seen.has(text)) continue;
    seen.add(text);
    orbits.add(nameOf(state));
    for (const transition of transitionsOf(prepared, state)) pending.push(transition.state);
  }
  return orbits.size;
}

function permuted(world: ExploredWorld, { components, network, budgets }: PlainState, to: readonly number[]): string {
  const ids = world.nodes.map(({ id }) => id);
  const renaming = { names: new Map(to.map((node, index) => [ids[index]!, ids[node]!])), sets: new Set<string>() };
  const moved = to.map((_, node) => {
    const { process: _process, ...component } = components[to.indexOf(node)]!;
    return relabel(component, renaming);
  });
  const links = new Map<string, unknown[]>();
  for (const { from, to: receiver, message } of network) {
    const link = `${to[from]}>${to[receiver]}`;
    links.set(link, [...(links.get(link) ?? []), message]);
  }
  const queues = [...links].map(([link, messages]) => {
    const texts = messages.map((message) => encode(message, 'a message'));
    return `${link}:${(world.network === 'ordered' ? texts : texts.sort()).join()}`;
  });
  return encode([moved, queues.sort(), budgets], 'a state');
}

function permutationsOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function anonymousClient(): Protocol<{
  state: { waits: boolean };
  message: { readonly type: string; readonly value?: string };
  timer: never;
  request: { readonly f: string; readonly value: unknown };
  response: string | null;
}> {
  return {
    start: () => ({ waits: false }),
    onRequest: (state, { f, value }, ctx: Context<never>) => {
      state.waits = true;
      ctx.send('s1', (f === 'write' ? { type: 'put', request: '1', value } : { type: 'get', request: '1' }) as never);
    },
    onMessage: (state, _from, message, ctx) => {
      if (!state.waits) return;
      state.waits = false;
      ctx.ok(message.type === 'get ok' ? message.value! : null);
    },
  };
}

/** Answers the first read from nothing, whatever was written. */
const forgetfulCopy: Protocol<{
  state: { value: string | null; reads: number };
  message: { readonly type: string; readonly value?: string };
  timer: never;
  request: never;
  response: never;
}> = {
  start: () => ({ value: null, reads: 0 }),
  onMessage: (state, from, { type, value }, ctx) => {
    if (type === 'put') state.value = value!;
    else state.reads++;
    ctx.send(
      from,
      type === 'put' ? { type: 'put ok' } : { type: 'get ok', value: state.reads > 1 ? state.value! : null! },
    );
  },
};

// What must happen eventually, on every fair run: traps that other explorers fall into, and drawn worlds judged by another
// algorithm on the states of the plain engine.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeAction,
  explore,
  inevitable,
  retrace,
  type ExploredWorld,
  type NodeInWorld,
  type Violation,
} from '../../../checkers/explore/index.ts';
import { encode } from '../../../checkers/explore/encoding.ts';
import { initialStates, transitionsOf, viewsOf, type PlainState } from '../../../checkers/explore/plain.ts';
import { prepare } from '../../../checkers/explore/prepared-world.ts';
import { paxosWorld, singleCopyWorld } from '../../../scenarios/models/register.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import type { Protocol } from '../../../sim/index.ts';
import { tickWorld, type Tally } from './worlds.ts';

interface Machine {
  state: { at: number };
  message: { readonly type: 'go'; readonly n: number };
  timer: string;
  request: never;
  response: never;
}

/** One node that moves along these edges: from a place, each timer leads to another one. */
function machine(edges: readonly (readonly number[])[], goal: number): ExploredWorld {
  const protocol: Protocol<Machine> = {
    start: (ctx) => {
      edges[0]!.forEach((_, choice) => ctx.setTimer(`${choice}`, 0));
      return { at: 0 };
    },
    onMessage: () => undefined,
    onTimer: (state, timer, ctx) => {
      edges[state.at]!.forEach((_, choice) => ctx.clearTimer(`${choice}`));
      state.at = edges[state.at]![Number(timer)]!;
      edges[state.at]!.forEach((_, choice) => ctx.setTimer(`${choice}`, 0));
    },
  };
  const arrives = inevitable('arrives', '', ([node]) => (node!.state as Machine['state']).at === goal);
  return { nodes: [{ id: 'n1', protocol }], network: 'unordered', properties: [arrives] };
}

describe('what must happen', () => {
  test('is missed by a run that ends, where its way joins one on which it happened', () => {
    // 0 goes to 1 (the goal) and to 2; both lead to 3, where runs end
    const { violations } = explore(machine([[1, 2], [3], [3], []], 1));
    expect(violations).toMatchObject([{ property: 'arrives', reason: 'the run ends and it has never held' }]);
    expect(violations[0]?.trace.map(describeAction)).toEqual(['n1 timer 1 fires', 'n1 timer 0 fires']);
    expect(violations[0]?.cycle).toBeUndefined();
  });

  test('is missed by a run that goes round for ever, though it might leave', () => {
    // 0 and 1 take turns; 1 may also go to 2, the goal: one class of events, so fairness does not force it
    const world = machine([[1], [0, 2], []], 2);
    const [violation] = explore(world).violations;
    expect(violation?.trace).toEqual([]);
    expect(violation?.cycle?.map(describeAction)).toEqual(['n1 timer 0 fires', 'n1 timer 0 fires']);
    proves(world, violation);
  });

  test('is not missed where every way leads there, by joins and after cycles', () => {
    expect(explore(machine([[1, 2], [3], [3], [4], [4]], 3)).violations).toEqual([]);
    expect(explore(machine([[1], [2], [1]], 1)).violations).toEqual([]); // the cycle is behind it
  });

  test('is missed by a way that enters a cycle late', () => {
    const [violation] = explore(machine([[1, 4], [2], [3], [2], []], 4)).violations;
    expect(violation).toMatchObject({ trace: { length: 2 }, cycle: { length: 2 } });
  });

  test('is not missed by steps that change nothing', () => {
    expect(explore(machine([[0, 1], []], 1)).violations).toHaveLength(0);
  });
});

describe('fairness', () => {
  const spin = (on: NonNullable<ExploredWorld['timers']>): ExploredWorld => ({
    nodes: ['n1', 'n2'].map((id) => ({ id, protocol: spinner })),
    network: 'unordered',
    timers: on,
    properties: [inevitable('the second moves', '', ([, two]) => (two!.state as Machine['state']).at > 0)],
  });
  const spinner: Protocol<Machine> = {
    start: (ctx) => (ctx.setTimer('tick', 0), { at: 0 }),
    onMessage: () => undefined,
    onTimer: (state, _timer, ctx) => {
      state.at = 1 - state.at;
      ctx.setTimer('tick', 0);
    },
  };

  test('is owed to every node whose timer stays set', () => {
    expect(explore(spin(() => true)).violations).toEqual([]);
    const [violation] = explore(spin((node) => node === 'n1')).violations;
    expect(violation).toMatchObject({ cycle: { length: 2 } });
  });

  test('owes messages their delivery and nodes their restart, but no fault', () => {
    const arrives = inevitable('two arrive', '', ([, two]) => (two!.state as Tally['state'] | undefined)?.seen === 2);
    expect(explore(tickWorld(2, { properties: [arrives] })).violations).toEqual([]);
    const lossy = tickWorld(2, { faults: { drops: 1 }, properties: [arrives] });
    proves(lossy, explore(lossy).violations[0]);
    const wakes = inevitable('somebody crashes', '', (nodes) => nodes.some(({ up }) => !up));
    expect(explore(tickWorld(1, { faults: { crashes: 1 }, properties: [wakes] })).violations).toHaveLength(1);
  });
});

describe('models', () => {
  test('two-phase commit decides, unless the manager may wait for ever', () => {
    const decides = inevitable('all decide', '', (nodes) =>
      nodes.slice(1).every(({ state }) => ['committed', 'aborted'].includes((state as { phase: string }).phase)),
    );
    const world = { ...twoPhaseWorld(3), properties: [decides] };
    expect(explore(world).violations).toEqual([]);
    const patient = { ...world, timers: (node: string) => node !== 'tm' };
    proves(patient, explore(patient).violations[0]);
  });

  test('every client of a single copy is answered; a reader of Paxos may wait for ever', () => {
    const answers = inevitable('all are answered', '', (all) =>
      all.slice(1).every(({ state }) => (state as { sent?: number }).sent === undefined || isAnswered(state)),
    );
    expect(explore({ ...singleCopyWorld({ clients: 2 }), properties: [answers] }).violations).toEqual([]);
    const paxos = { ...paxosWorld({ clients: 2 }), properties: [answers] };
    proves(paxos, explore(paxos).violations[0]);
  });
});

test('worlds of drawn machines are judged as a fixpoint over their plain states judges them', () => {
  const moves = fc.array(fc.record({ next: fc.nat(2), send: fc.option(fc.nat(1)) }), { minLength: 3, maxLength: 3 });
  const drawn = fc.record({ ticks: fc.array(moves, { minLength: 2, maxLength: 2 }), goes: moves, goal: fc.nat(2) });
  const found = { some: 0, none: 0, cycles: 0 };
  fc.assert(
    fc.property(drawn, ({ ticks, goes, goal }) => {
      const world = drawnMachines(ticks, goes, goal);
      const [violation] = explore(world).violations;
      expect(violation !== undefined).toBe(violatedPlainly(world));
      if (violation !== undefined) proves(world, violation);
      found[violation === undefined ? 'none' : 'some']++;
      if (violation?.cycle !== undefined) found.cycles++;
    }),
    { numRuns: 150, seed: 3 },
  );
  expect(Math.min(found.some, found.none, found.cycles)).toBeGreaterThan(15);
});

test('it is refused with what leaves out transitions', () => {
  const world = machine([[1], []], 1);
  for (const options of [{ por: true }, { symmetry: true }]) {
    expect(() => explore({ ...world, symmetric: [['n1']] }, options)).toThrow();
  }
  expect(() => explore({ ...world, within: () => true })).toThrow('expected no within');
});

type Moves = readonly { readonly next: number; readonly send: number | null }[];

/** Two nodes: a timer each while a node is not in place 2, and a set of messages that stay. */
function drawnMachines(ticks: readonly Moves[], goes: Moves, goal: number): ExploredWorld {
  const protocol = (own: Moves): Protocol<Machine> => ({
    start: (ctx) => (ctx.setTimer('tick', 0), { at: 0 }),
    onMessage: (state, _from, { n }, ctx) => {
      if (n === 0) state.at = goes[state.at]!.next;
      if (state.at !== 2) ctx.setTimer('tick', 0);
    },
    onTimer: (state, _timer, ctx) => {
      const { next, send } = own[state.at]!;
      state.at = next;
      if (send !== null) ctx.send(ctx.peers[0]!, { type: 'go', n: send });
      if (state.at !== 2) ctx.setTimer('tick', 0);
    },
  });
  return {
    nodes: ticks.map((own, index) => ({ id: `n${index + 1}`, protocol: protocol(own) })),
    network: 'duplicating',
    properties: [
      inevitable('both are there', '', (nodes) => nodes.every(({ state }) => (state as Machine['state']).at === goal)),
    ],
  };
}

/** Emerson and Lei's greatest fixpoint (1986): states from which a fair run avoids the property for ever. */
function violatedPlainly(world: ExploredWorld): boolean {
  const prepared = prepare(world);
  const [property] = world.properties;
  const holds = (nodes: readonly NodeInWorld[]): boolean => property!.type === 'eventually' && property!.holds(nodes);
  const next = new Map<string, readonly { readonly to: string; readonly owed: string }[]>();
  const visit = (state: PlainState): string => {
    const text = encode(state, 'a state');
    if (next.has(text) || holds(viewsOf(prepared, state))) return text;
    const edges: { to: string; owed: string }[] = [];
    next.set(text, edges);
    for (const { action, state: to } of transitionsOf(prepared, state)) {
      const owed =
        action.type === 'deliver' ? `deliver ${action.to}` : `${action.type} ${'node' in action ? action.node : ''}`;
      const reached = visit(to);
      if (reached !== text) edges.push({ to: reached, owed });
    }
    return text;
  };
  const initial = initialStates(prepared).map(visit);
  const owed = new Set([...next.values()].flatMap((edges) => edges.map((edge) => edge.owed)));
  let safe = new Set(next.keys()); // from here some fair run goes on for ever, or ends
  for (let before = -1; before !== safe.size;) {
    before = safe.size;
    for (const one of owed) safe = reaching(next, safe, one);
    safe = new Set([...safe].filter((text) => isEnd(next, text) || next.get(text)!.some(({ to }) => safe.has(to))));
  }
  return initial.some((text) => safe.has(text));
}

type Next = ReadonlyMap<string, readonly { readonly to: string; readonly owed: string }[]>;

function isEnd(next: Next, text: string): boolean {
  return next.get(text)!.length === 0;
}

/** The states of a set from which a way inside of it leads to where this is not owed, is done, or the run ends. */
function reaching(next: Next, inside: ReadonlySet<string>, owed: string): Set<string> {
  const reached = new Set<string>();
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const text of inside) {
      const edges = next.get(text)!;
      const isDone = !edges.some((edge) => edge.owed === owed);
      if (isDone || edges.some((edge) => inside.has(edge.to) && (edge.owed === owed || reached.has(edge.to))))
        reached.add(text);
    }
  }
  return reached;
}

/** The plain engine runs the trace, and the cycle leads back to where it began. */
function proves(world: ExploredWorld, violation: Violation | undefined): void {
  const { trace, cycle = [] } = violation!;
  const [property] = world.properties;
  const there = retrace(world, trace).states;
  const again = retrace(world, [...trace, ...cycle]).states;
  expect(again.at(-1)).toEqual(there.at(-1));
  for (const nodes of again) expect(property!.type === 'eventually' && property!.holds(nodes)).toBe(false);
}

function isAnswered(state: unknown): boolean {
  const { awaiting, sent } = state as { readonly awaiting: string | null; readonly sent: number };
  return awaiting === null && sent === 2;
}

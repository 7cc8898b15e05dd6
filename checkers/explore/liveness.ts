// `eventually` under weak fairness, judged on the graph of all transitions: a run violates it if it never visits a state in
// which the property holds, and is fair: it ends where nothing is left to do, or goes round for ever while each class of events
// (deliveries to one node, its timers, its operations, its restart, the healing of the network) is disabled or taken again and
// again. Faults are never owed. As in TLA+'s WF (Lamport 1994, section 8.4), a step that changes nothing is no step.
//
// What was visited before is no part of a state here, so neither a cycle nor two ways that meet can hide a violation: the
// states that runs reach without the property are one graph, and in it a strongly connected component is a fair cycle or
// contains none (a class that is enabled in all of it and never taken is so in every part of it).
import { beginKind, deliverKind, healKind, kindOf, restartKind, timerKind } from './events.ts';
import type { TransitionGraph } from './transition-graph.ts';

/** A run, as places of edges: to a state, and then round. */
export interface Lasso {
  readonly initial: number;
  readonly stem: readonly number[];
  /** Empty if the run ends. */
  readonly cycle: readonly number[];
}

export interface LivenessInput {
  readonly graph: TransitionGraph;
  readonly states: number;
  readonly initial: readonly number[];
  readonly processOf: (event: number) => number;
  readonly holds: (state: number) => boolean;
}

const kinds = 5;

/** A fair run on which the property never holds, with a shortest way to where it ends or goes round; undefined if none. */
export function findLasso(input: LivenessInput): Lasso | undefined {
  const { graph } = input;
  const reached = reachWithout(input);
  const end = reached.order.find(
    (state) => graph.isExpanded(state) && !edgesOf(graph, state).some((place) => classOf(place, input) !== -1),
  );
  if (end !== undefined) return { ...stemTo(end, reached, graph), cycle: [] };
  const component = components(input, reached);
  for (const state of reached.order) {
    const members = component.members[component.of[state]!];
    if (members === undefined || members.length < 2 || members[0] !== state) continue;
    const cycle = fairCycle(state, members, component.of, input);
    if (cycle !== undefined) return { ...stemTo(state, reached, graph), cycle };
  }
  return undefined;
}

interface Reached {
  /** In the order of a search breadth first. */
  readonly order: readonly number[];
  /** By state: the edge that led there, -1 for an initial state, -2 where no run without the property leads. */
  readonly by: Int32Array;
}

function reachWithout({ graph, states, initial, holds }: LivenessInput): Reached {
  const by = new Int32Array(states).fill(-2);
  const order: number[] = [];
  const visit = (state: number, edge: number): void => {
    if (by[state] !== -2 || holds(state)) return;
    by[state] = edge;
    order.push(state);
  };
  for (const state of initial) visit(state, -1);
  for (const state of order) for (const place of edgesOf(graph, state)) visit(graph.target(place), place);
  return { order, by };
}

function stemTo(state: number, { by }: Reached, graph: TransitionGraph): { initial: number; stem: number[] } {
  const stem: number[] = [];
  let on = state;
  for (let edge = by[on]!; edge >= 0; edge = by[on]!) {
    stem.unshift(edge);
    on = graph.source(edge);
  }
  return { initial: on, stem };
}

/** Tarjan's components (1972) of what was reached, without recursion; each in the order in which it was reached. */
function components({ graph, states }: LivenessInput, { order, by }: Reached) {
  const of = new Int32Array(states).fill(-1);
  const index = new Int32Array(states).fill(-1);
  const low = new Int32Array(states);
  const open: number[] = [];
  let found = 0;
  let indices = 0;
  for (const root of order) {
    if (index[root] !== -1) continue;
    const calls: { readonly state: number; place: number }[] = [];
    const enter = (state: number): void => {
      index[state] = low[state] = indices++;
      open.push(state);
      calls.push({ state, place: graph.firstEdge(state) });
    };
    enter(root);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { state } = call;
      if (call.place < graph.firstEdge(state + 1)) {
        const target = graph.target(call.place++);
        if (by[target] === -2) continue;
        if (index[target] === -1) enter(target);
        else if (of[target] === -1) low[state] = Math.min(low[state]!, index[target]!);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller !== undefined) low[caller.state] = Math.min(low[caller.state]!, low[state]!);
      if (low[state] !== index[state]) continue;
      for (let member = open.pop()!; ; member = open.pop()!) {
        of[member] = found;
        if (member === state) break;
      }
      found++;
    }
  }
  const members: number[][] = Array.from({ length: found }, () => []);
  for (const state of order) members[of[state]!]!.push(state);
  return { of, members };
}

/** A cycle through a state of a component that is fair to every class; undefined if the component is not. */
function fairCycle(
  start: number,
  members: readonly number[],
  componentOf: Int32Array,
  input: LivenessInput,
): readonly number[] | undefined {
  const { graph } = input;
  const own = componentOf[start]!;
  const inside = (state: number): readonly number[] =>
    edgesOf(graph, state).filter((place) => componentOf[graph.target(place)] === own && graph.target(place) !== state);
  const enabled = new Map(
    members.map((state) => [state, new Set(edgesOf(graph, state).map((place) => classOf(place, input)))]),
  );
  const classes = new Set([...enabled.values()].flatMap((some) => [...some]).filter((one) => one !== -1));
  const cycle: number[] = [];
  let at = start;
  for (const owed of classes) {
    const isTaken = (place: number): boolean => classOf(place, input) === owed;
    const isDisabled = (state: number): boolean => enabled.get(state)?.has(owed) === false;
    const visited = [start, ...cycle.map((place) => graph.target(place))];
    if (cycle.some(isTaken) || visited.some(isDisabled)) continue;
    const way = wayTo(at, inside, graph, (place) => isTaken(place) || isDisabled(graph.target(place)));
    if (way === undefined) return undefined;
    for (const place of way) cycle.push(place);
    at = graph.target(cycle.at(-1)!);
  }
  if (at !== start || cycle.length === 0) {
    const back = wayTo(at, inside, graph, (place) => graph.target(place) === start) ?? [];
    for (const place of back) cycle.push(place);
  }
  return cycle;
}

/** A shortest way that ends with an edge of this kind. */
function wayTo(
  start: number,
  edges: (state: number) => readonly number[],
  graph: TransitionGraph,
  isLast: (place: number) => boolean,
): number[] | undefined {
  const by = new Map<number, number>([[start, -1]]);
  for (const state of by.keys()) {
    for (const place of edges(state)) {
      if (isLast(place)) {
        const way = [place];
        for (let edge = by.get(state)!; edge !== -1; edge = by.get(graph.source(edge))!) way.unshift(edge);
        return way;
      }
      if (!by.has(graph.target(place))) by.set(graph.target(place), place);
    }
  }
  return undefined;
}

/** The fairness class of an edge; -1 for faults and for steps that change nothing. */
function classOf(place: number, { graph, processOf }: LivenessInput): number {
  if (graph.source(place) === graph.target(place)) return -1;
  const event = graph.event(place);
  const kind = [deliverKind, timerKind, beginKind, restartKind, healKind].indexOf(kindOf(event));
  return kind === -1 ? -1 : (processOf(event) + 1) * kinds + kind;
}

function edgesOf(graph: TransitionGraph, state: number): number[] {
  const first = graph.firstEdge(state);
  return Array.from({ length: graph.firstEdge(state + 1) - first }, (_, index) => first + index);
}

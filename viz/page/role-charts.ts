// The charts that protocols are held to, and a run's way through them: which states there are, which moves they allow, who
// was in which state when, and which moves were made.
import type { Json } from '../../sim/protocol.ts';
import { roleChart as raftChart } from '../../protocols/raft/chart.ts';
import { lockClientChart } from '../../protocols/redlock/chart.ts';
import { memberChart } from '../../protocols/swim/chart.ts';
import { zabChart } from '../../protocols/zab/chart.ts';
import { kindOf, payloadOf, type Model } from './model.ts';

/** A state chart without its nesting: a state within a state is named by both, `LEADING BROADCAST`. */
export interface RoleChart {
  readonly about: string;
  readonly states: readonly string[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  /** What makes it happen; several when there are several reasons. */
  readonly events: readonly string[];
}

/** Somebody enters a state; `from` is empty where it begins, `to` where it ends. */
export interface Move {
  readonly time: number;
  readonly who: string;
  readonly from: string;
  readonly to: string;
}

/** A chart and a run's moves on it, in order of time. */
export interface ChartedRun {
  readonly chart: RoleChart;
  readonly moves: readonly Move[];
}

const raft = chartFrom(raftChart, 'The roles of a Raft server');
const zab = chartFrom(zabChart, 'The roles and phases of a Zab server');
const redlock = chartFrom(lockClientChart, 'The life of a lock client');
const swim = chartFrom(memberChart, 'The life of a member in the eyes of the others');

/** The chart that fits what a run noted; undefined for protocols without one. */
export function chartedRun(model: Model): ChartedRun | undefined {
  const roles = new Set(model.data.roles.map(({ role }) => role));
  for (const chart of [raft, redlock]) {
    if (roles.size > 0 && [...roles].every((role) => chart.states.includes(role)))
      return { chart, moves: roleMoves(model, ({ role }) => role) };
  }
  if (roles.has('LOOKING') || roles.has('LEADING'))
    return { chart: zab, moves: roleMoves(model, ({ role, detail }) => stateOf(zab, role, detail)) };
  const moves = roles.size === 0 ? memberMoves(model) : [];
  return moves.length === 0 ? undefined : { chart: swim, moves };
}

/** Who is in which state at a time, and what led there. */
export interface ChartMoment {
  readonly inState: ReadonlyMap<string, readonly string[]>;
  /** How often each edge was taken, as `from>to`. */
  readonly taken: ReadonlyMap<string, number>;
  readonly last: Move | undefined;
}

export function chartAt({ moves }: ChartedRun, time: number): ChartMoment {
  const at = new Map<string, string>();
  const taken = new Map<string, number>();
  let last: Move | undefined;
  for (const move of moves) {
    if (move.time > time) break;
    if (move.to === '') at.delete(move.who);
    else at.set(move.who, move.to);
    if (move.from === '' || move.to === '') continue;
    const edge = `${move.from}>${move.to}`;
    taken.set(edge, (taken.get(edge) ?? 0) + 1);
    last = move;
  }
  const inState = new Map<string, string[]>();
  for (const [who, state] of at) inState.set(state, [...(inState.get(state) ?? []), who]);
  return { inState, taken, last };
}

type Span = Model['data']['roles'][number];

/** The moves that role notes tell of. A span that ends before the next begins is the end of a process. */
function roleMoves({ data, rolesByLane }: Model, nameOf: (span: Span) => string): Move[] {
  const moves = rolesByLane.flatMap((spans, lane) => {
    const who = data.lanes[lane]?.id ?? '';
    return spans.flatMap((span, index) => {
      const before = spans[index - 1];
      const isLinked = before !== undefined && before.to === span.from;
      const [from, to] = [isLinked ? nameOf(before) : '', nameOf(span)];
      const begins = from === to ? [] : [{ time: span.from, who, from, to }];
      const isFollowed = spans[index + 1]?.from === span.to || span.to >= data.end;
      return isFollowed ? begins : [...begins, { time: span.to, who, from: to, to: '' }];
    });
  });
  return moves.sort((one, other) => one.time - other.time);
}

function stateOf({ states }: RoleChart, role: string, detail: string): string {
  const whole = `${role} ${detail.split(',')[0]}`;
  return states.includes(whole) ? whole : role;
}

/** What members noted of each other: everybody has a view of everybody. */
function memberMoves(model: Model): Move[] {
  const moves: Move[] = [];
  const { rows, data } = model;
  for (let row = 0; row < rows.length; row++) {
    if (kindOf(rows, row) !== 'note') continue;
    const note = payloadOf(rows, row) as { readonly [field: string]: Json | undefined } | null;
    if (note?.['kind'] !== 'member') continue;
    const { member, status, before } = note;
    const observer = data.lanes[rows.node[row] as number]?.id ?? '';
    const from = typeof before === 'string' ? before : 'unknown';
    if (typeof member !== 'string' || typeof status !== 'string' || from === status) continue;
    moves.push({ time: rows.time[row] as number, who: `${member} to ${observer}`, from, to: status });
  }
  return moves;
}

/** What is read of an xstate chart. */
interface ChartNode {
  readonly path: readonly string[];
  readonly states: { readonly [name: string]: ChartNode };
  readonly on: { readonly [event: string]: readonly { readonly target?: readonly unknown[] | undefined }[] };
  readonly initial: { readonly target: readonly unknown[] };
}

function chartFrom({ root }: { readonly root: unknown }, about: string): RoleChart {
  const tops = Object.values((root as ChartNode).states);
  const leaves = (node: ChartNode): ChartNode[] => {
    const inner = Object.values(node.states);
    return inner.length === 0 ? [node] : inner.flatMap(leaves);
  };
  const nameOf = ({ path }: ChartNode): string => path.join(' ');
  const entered = (node: ChartNode): ChartNode =>
    Object.keys(node.states).length === 0 ? node : entered(node.initial.target[0] as ChartNode);
  const edges = new Map<string, { from: string; to: string; events: string[] }>();
  const add = (from: ChartNode, node: ChartNode): void => {
    for (const [event, transitions] of Object.entries(node.on)) {
      for (const target of transitions.flatMap((each) => (each.target ?? []) as ChartNode[])) {
        const [one, other] = [nameOf(from), nameOf(entered(target))];
        const edge = edges.get(`${one}>${other}`) ?? { from: one, to: other, events: [] };
        edge.events.push(event);
        edges.set(`${one}>${other}`, edge);
      }
    }
  };
  for (const top of tops) {
    for (const leaf of leaves(top)) {
      add(leaf, leaf);
      if (leaf !== top) add(leaf, top);
    }
  }
  return { about, states: tops.flatMap(leaves).map(nameOf), edges: [...edges.values()] };
}

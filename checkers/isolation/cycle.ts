// A cycle as people see it: its transactions by short names, each step with the reason why the one precedes the other.
import type { Operation } from '../operations.ts';
import type { CycleName } from './anomalies.ts';
import type { FoundCycle } from './cycle-search.ts';
import { process, realtime, rw, wr, ww, type EdgeList } from './graph.ts';
import { shortestWay } from './shortcuts.ts';
import type { Transactions } from './transactions.ts';
import { showRead, showTransaction, showValue } from './words.ts';

/** Write after write, read of a write, write over what was read (anti-dependency), order of a session, of real time. */
export type DependencyType = 'ww' | 'wr' | 'rw' | 'process' | 'realtime';

export interface CycleTransaction {
  /** `T1`, `T2`, … in the order of the cycle. */
  readonly name: string;
  /** The id of its operation. */
  readonly operation: number;
  readonly process: number;
  /** What it did: `append x 1, r y []`. */
  readonly text: string;
}

export interface CycleStep {
  readonly from: string;
  readonly to: string;
  readonly type: DependencyType;
  /** Why `from` precedes `to`, as a sentence. */
  readonly reason: string;
}

/** Transactions of which each must precede the next, and the last one the first. */
export interface DependencyCycle {
  readonly name: CycleName;
  /** `write skew`: two transactions that each read what the other overwrote, of different keys (Hermitage). */
  readonly form: 'write skew' | undefined;
  readonly transactions: readonly CycleTransaction[];
  /** Step i leads from transaction i to the next; the last one leads back. */
  readonly steps: readonly CycleStep[];
  /** False if a shorter cycle of the kind may exist: the search for one stopped at a bound of steps. */
  readonly minimal: boolean;
}

/** Why one version follows another that is not the one right before it in a list; undefined for lists. */
export type WhyOrdered = ((before: number, after: number) => string) | undefined;

/** Two transactions in a row of a cycle, and the edge between them: its number, or the order that holds between them. */
interface Hop {
  readonly from: number;
  readonly to: number;
  readonly edge: number | 'process' | 'realtime';
}

const typeNames: ReadonlyMap<number, DependencyType> = new Map([
  [ww, 'ww'],
  [wr, 'wr'],
  [rw, 'rw'],
  [process, 'process'],
  [realtime, 'realtime'],
]);

/** Puts a cycle into words. */
export function describeCycle(
  transactions: Transactions,
  edges: EdgeList,
  found: FoundCycle,
  why: WhyOrdered,
): DependencyCycle {
  const hops = shorten(transactions.operations, edges, found);
  const names = new Map(hops.map(({ from }, place) => [from, `T${place + 1}`]));
  const steps = hops.map((hop) => describeStep(transactions, edges, hop, names, why));
  return {
    name: found.name,
    form: isWriteSkew(transactions, edges, hops) ? 'write skew' : undefined,
    transactions: hops.map(({ from }) => {
      const { id, process: session } = transactions.operations[from]!;
      return { name: names.get(from)!, operation: id, process: session, text: showTransaction(transactions, from) };
    }),
    steps,
    minimal: found.minimal,
  };
}

/** How many transactions of a long cycle are told. */
const shownTransactions = 16;

/** The cycle as text: who takes part, why each precedes the next, and that this cannot be. */
export function explainCycle({ transactions, steps }: DependencyCycle): string {
  const lines = transactions.map(
    ({ name, operation, process: session, text }) =>
      `  ${name} = operation ${operation} of process ${session}: ${text}`,
  );
  const reasons = steps.map(({ reason }) => `  ${reason}.`);
  return [...abridge(lines), ...abridge(reasons), `  So ${transactions[0]!.name} would precede itself.`].join('\n');
}

function abridge(lines: readonly string[]): readonly string[] {
  if (lines.length <= shownTransactions) return lines;
  return [
    ...lines.slice(0, shownTransactions / 2),
    `  … ${lines.length - shownTransactions} more …`,
    ...lines.slice(-shownTransactions / 2),
  ];
}

/**
 * Takes shortcuts where sessions or real time order two transactions of the cycle further apart: those orders are transitive
 * but the graph only holds their reduction. The first edge, which is one of the data, stays.
 */
function shorten(
  operations: readonly Operation[],
  edges: EdgeList,
  { name, transactions, edges: numbers }: FoundCycle,
): Hop[] {
  const at = (place: number) => transactions[place % transactions.length]!;
  const hops: Hop[] = numbers.map((edge, place) => ({ from: at(place), to: at(place + 1), edge }));
  const order = name.endsWith('-realtime') ? 'realtime' : name.endsWith('-process') ? 'process' : undefined;
  if (order === undefined) return hops;
  const places = Array.from({ length: transactions.length + 1 }, (_, place) => operations[at(place)]!);
  const way = shortestWay(places, ({ process: session }) => (order === 'realtime' ? 0 : session)).map(
    ({ from, to, isShortcut }): Hop => (isShortcut ? { from: at(from), to: at(to), edge: order } : hops[from]!),
  );
  return [hops[0]!, ...way].map((hop) => nameOrder(edges, hop));
}

/** Edges of sessions and real time need no number: they speak for themselves. */
function nameOrder(edges: EdgeList, hop: Hop): Hop {
  if (typeof hop.edge !== 'number') return hop;
  const type = typeNames.get(edges.kind[hop.edge]!);
  return type === 'process' || type === 'realtime' ? { ...hop, edge: type } : hop;
}

function isWriteSkew({ key }: Transactions, edges: EdgeList, hops: readonly Hop[]): boolean {
  if (hops.length !== 2) return false;
  const keys = hops.map(({ edge }) =>
    typeof edge === 'number' && edges.kind[edge] === rw ? key[edges.fromMicro[edge]!] : undefined,
  );
  return keys[0] !== undefined && keys[1] !== undefined && keys[0] !== keys[1];
}

function describeStep(
  transactions: Transactions,
  edges: EdgeList,
  { from, to, edge }: Hop,
  names: ReadonlyMap<number, string>,
  why: WhyOrdered,
): CycleStep {
  const step = { from: names.get(from)!, to: names.get(to)! };
  if (edge === 'process') {
    const { process: session } = transactions.operations[from]!;
    const reason = `process ${session} ran ${step.from} before ${step.to} (process)`;
    return { ...step, type: edge, reason };
  }
  if (edge === 'realtime') {
    const end = transactions.operations[from]!.returned?.index;
    const begin = transactions.operations[to]!.called.index;
    const reason = `${step.from} had completed (line ${end}) when ${step.to} was invoked (line ${begin}) (realtime)`;
    return { ...step, type: edge, reason };
  }
  const type = typeNames.get(edges.kind[edge]!)!;
  const before = edges.fromMicro[edge]!;
  const after = edges.toMicro[edge]!;
  const fact = describeDependency(transactions, type, before, after, step, why);
  return { ...step, type, reason: `${fact}, so ${step.from} precedes ${step.to} (${type})` };
}

function describeDependency(
  transactions: Transactions,
  type: DependencyType,
  before: number,
  after: number,
  { from, to }: { readonly from: string; readonly to: string },
  why: WhyOrdered,
): string {
  const { key, keys, value, workload } = transactions;
  const name = showValue(keys[key[after]!]!);
  const isList = workload === 'list-append';
  const wrote = (micro: number) => showValue(value[micro]!);
  const read = (micro: number) => `${name} = ${showRead(transactions, micro)}`;
  if (type === 'wr') {
    return isList
      ? `${to} read ${read(after)}, which shows ${from}'s append of ${wrote(before)}`
      : `${to} read ${read(after)}, which ${from} wrote`;
  }
  if (isList) {
    if (type === 'ww')
      return `${from} appended ${wrote(before)} to ${name}, and ${to} appended ${wrote(after)} after it`;
    return `${from} read ${read(before)}, which lacks ${to}'s append of ${wrote(after)}`;
  }
  const later = `and ${to} wrote ${wrote(after)}, a later version: ${why?.(before, after) ?? ''}`;
  return type === 'ww'
    ? `${from} wrote ${name} = ${wrote(before)}, ${later}`
    : `${from} read ${read(before)}, ${later}`;
}

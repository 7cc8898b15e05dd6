// What the isolation models mean, tried out on all orders of a few transactions: nothing is shared with the checker.
import type { Json } from '../../../sim/protocol.ts';
import type { SmallTransaction } from './arbitrary-transactions.ts';

/** Whether some order of the transactions, run one after another, gives every result that was told. */
export function isSerializable(
  transactions: readonly SmallTransaction[],
  order: 'any' | 'sessions' | 'real time' = 'any',
): boolean {
  return worlds(transactions).some((chosen) =>
    permutations(chosen).some((run) => respects(run, order) && tellsTheTruth(run)),
  );
}

/** Whether transactions that read from a snapshot and commit if nobody else wrote their keys meanwhile give these results. */
export function isSnapshotIsolated(transactions: readonly SmallTransaction[]): boolean {
  return worlds(transactions).some((chosen) => schedules(chosen).some((events) => runsOnSnapshots(events)));
}

/** With those of unknown outcome or without; those that failed never. */
function worlds(transactions: readonly SmallTransaction[]): readonly (readonly SmallTransaction[])[] {
  const sure = transactions.filter(({ type }) => type === 'ok');
  const open = transactions.filter(({ type }) => type === 'info');
  return Array.from({ length: 1 << open.length }, (_, bits) => [
    ...sure,
    ...open.filter((_open, place) => (bits & (1 << place)) !== 0),
  ]);
}

export function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, place) => permutations(items.toSpliced(place, 1)).map((rest) => [item, ...rest]));
}

function respects(run: readonly SmallTransaction[], order: 'any' | 'sessions' | 'real time'): boolean {
  if (order === 'any') return true;
  return run.every((one, place) =>
    run.slice(0, place).every((earlier) => {
      const isBefore = one.type === 'ok' && one.completed < earlier.invoked;
      return !isBefore || (order === 'sessions' && one.process !== earlier.process);
    }),
  );
}

type Store = Record<string, readonly Json[]>;

function tellsTheTruth(run: readonly SmallTransaction[]): boolean {
  const store: Record<string, Json[]> = {};
  return run.every((transaction) => execute(transaction, store));
}

/** Runs a transaction on a store of lists, or of registers as lists of their versions; false if it told something else. */
function execute({ micros, type }: SmallTransaction, store: Record<string, Json[]>): boolean {
  return micros.every(([f, key, content]) => {
    const list = (store[key] ??= []);
    if (f !== 'r') return list.push(content) > 0;
    if (type !== 'ok') return true;
    const truth = Array.isArray(content) ? list : (list.at(-1) ?? null);
    return JSON.stringify(truth) === JSON.stringify(content);
  });
}

type Event = readonly ['start' | 'commit', SmallTransaction];

/** All orders of starts and commits in which each starts before it commits. */
function schedules(transactions: readonly SmallTransaction[]): readonly (readonly Event[])[] {
  if (transactions.length === 0) return [[]];
  const [first, ...rest] = transactions;
  return schedules(rest).flatMap((events) =>
    events.concat([['start', first!]]).flatMap((_start, start) => {
      const started = events.toSpliced(start, 0, ['start', first!]);
      return Array.from({ length: events.length - start + 1 }, (_commit, later) =>
        started.toSpliced(start + 1 + later, 0, ['commit', first!]),
      );
    }),
  );
}

function runsOnSnapshots(events: readonly Event[]): boolean {
  const store: Store = {};
  const snapshots = new Map<SmallTransaction, Record<string, Json[]>>();
  const versions: Record<string, readonly Json[]> = store;
  const starts = new Map<SmallTransaction, Store>();
  for (const [what, transaction] of events) {
    if (what === 'start') {
      const copy = Object.fromEntries(Object.entries(versions).map(([key, list]) => [key, [...list]]));
      snapshots.set(transaction, copy);
      starts.set(transaction, { ...versions });
      continue;
    }
    const own = snapshots.get(transaction)!;
    if (!execute(transaction, own)) return false;
    for (const key of new Set(transaction.micros.flatMap(([f, name]) => (f === 'r' ? [] : [name])))) {
      if (versions[key] !== starts.get(transaction)![key]) return false; // another committed it meanwhile
      versions[key] = own[key]!;
    }
  }
  return true;
}

/** Whether a commit order explains registers at a weak level: the axioms of Biswas & Enea, taken literally. */
export function isWeaklyConsistent(
  transactions: readonly SmallTransaction[],
  level: 'read-committed' | 'read-atomic' | 'causal',
): boolean {
  const chosen = transactions.filter(({ type }) => type === 'ok');
  const reads = chosen.flatMap((reader) => externalReads(reader).map((read) => ({ reader, ...read })));
  const writerOf = (key: string, value: Json) => chosen.find(({ micros }) => finalWrite(micros, key) === value);
  const sources = reads.map((read) => ({
    ...read,
    writer: read.value === null ? undefined : writerOf(read.key, read.value),
  }));
  if (sources.some(({ value, writer, reader }) => value !== null && (writer === undefined || writer === reader)))
    return false;
  const follows = (one: SmallTransaction, other: SmallTransaction) =>
    (one.process === other.process && one.completed < other.invoked) ||
    sources.some(({ reader, writer }) => reader === other && writer === one);
  const reach = (one: SmallTransaction, other: SmallTransaction, steps = chosen.length): boolean =>
    follows(one, other) ||
    (steps > 0 && chosen.some((middle) => follows(one, middle) && reach(middle, other, steps - 1)));
  const knows = (one: SmallTransaction, { reader, place }: { reader: SmallTransaction; place: number }): boolean => {
    if (level === 'causal') return reach(one, reader);
    if (level === 'read-atomic') return follows(one, reader);
    return sources.some((source) => source.reader === reader && source.writer === one && source.place < place);
  };
  return permutations(chosen).some((order) => {
    const at = (one: SmallTransaction | undefined) => (one === undefined ? -1 : order.indexOf(one));
    const isExtension = chosen.every((one) => chosen.every((other) => !follows(one, other) || at(one) < at(other)));
    return (
      isExtension &&
      sources.every((source) =>
        chosen.every((one) => {
          if (one === source.writer || one === source.reader || finalWrite(one.micros, source.key) === undefined)
            return true;
          return !knows(one, source) || at(one) < at(source.writer);
        }),
      )
    );
  });
}

interface Read {
  readonly key: string;
  readonly value: Json;
  readonly place: number;
}

/** Reads of keys that the transaction did not write before. */
function externalReads({ micros }: SmallTransaction): readonly Read[] {
  return micros.flatMap(([f, key, value], place) =>
    f === 'r' && !micros.slice(0, place).some(([other, name]) => other !== 'r' && name === key)
      ? [{ key, value, place }]
      : [],
  );
}

function finalWrite(micros: SmallTransaction['micros'], key: string): Json | undefined {
  return micros.findLast(([f, name]) => f !== 'r' && name === key)?.[2];
}

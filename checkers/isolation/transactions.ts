// Transactions: the operations of a history flattened into columns of micro-operations, so that a million of them are
// cheap to walk, with keys and written values interned.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';

/** Whether keys hold lists that grow by unique appends, or registers that are overwritten by unique writes. */
export type Workload = 'list-append' | 'rw-register';

/** Transaction number i is `operations[i]`; its micro-operations are numbers `start[i]` to `start[i + 1]` of the columns. */
export interface Transactions {
  readonly workload: Workload;
  readonly operations: readonly Operation[];
  readonly start: Int32Array;
  /** 1 for appends and writes, 0 for reads. */
  readonly isWrite: Uint8Array;
  /** The number of the key in `keys`. */
  readonly key: Int32Array;
  /** What was written; what was read, null if that is not known. */
  readonly value: readonly Json[];
  /** The transaction of each micro-operation. */
  readonly owner: Int32Array;
  /** The micro-operation of the same transaction that touched the key before, -1 if there is none; and the one after. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** By key: the writes in the order of the transactions. */
  readonly writes: readonly (readonly number[])[];
  readonly keys: readonly Json[];
}

/** A value as a map key: two values are the same exactly if their tokens are identical. */
export type Token = string | number | boolean | null;

/** The token of a value: itself if it is primitive, otherwise its canonical text with a mark that no string starts with. */
export function tokenOf(value: Json): Token {
  if (typeof value === 'string') return value.startsWith('\u0000') ? `\u0000${value}` : value;
  return value === null || typeof value !== 'object' ? value : `\u0000 ${canonical(value)}`;
}

/**
 * Reads the transactions of a history. Whether it is of lists or registers follows from its micro-operations unless given.
 * @throws HistoryError on a history that pairs badly and on a malformed micro-operation, naming the line.
 */
export function readTransactions(history: History, given: Workload | undefined): Transactions {
  const operations = pairOperations(history);
  const workload = given ?? guessWorkload(operations);
  const write = workload === 'list-append' ? 'append' : 'w';
  const start = new Int32Array(operations.length + 1);
  let count = 0;
  operations.forEach((operation, index) => {
    const list = microOperations(operation);
    count += list.length;
    start[index + 1] = count;
  });
  const isWrite = new Uint8Array(count);
  const key = new Int32Array(count);
  const owner = new Int32Array(count);
  const value: Json[] = [];
  const keys: Json[] = [];
  const writes: number[][] = [];
  const numbers = new Map<Token, number>();
  operations.forEach((operation, index) => {
    for (const micro of microOperations(operation)) {
      const position = value.length;
      const [f, name, content] = readMicroOperation(operation, micro, write);
      const token = tokenOf(name);
      let number = numbers.get(token);
      if (number === undefined) {
        number = keys.push(name) - 1;
        writes.push([]);
        numbers.set(token, number);
      }
      isWrite[position] = f === 'r' ? 0 : 1;
      key[position] = number;
      owner[position] = index;
      if (f !== 'r') writes[number]!.push(position);
      value.push(f === 'r' && operation.type !== 'ok' ? null : content);
    }
  });
  return {
    workload,
    operations,
    start,
    isWrite,
    key,
    value,
    owner,
    ...linkTouches(key, owner, keys.length),
    writes,
    keys,
  };
}

function linkTouches(key: Int32Array, owner: Int32Array, keys: number): Pick<Transactions, 'before' | 'after'> {
  const before = new Int32Array(key.length).fill(-1);
  const after = new Int32Array(key.length).fill(-1);
  const latest = new Int32Array(keys).fill(-1);
  for (let micro = 0; micro < key.length; micro++) {
    const earlier = latest[key[micro]!]!;
    latest[key[micro]!] = micro;
    if (earlier < 0 || owner[earlier] !== owner[micro]) continue;
    before[micro] = earlier;
    after[earlier] = micro;
  }
  return { before, after };
}

/** The last write of a key in a transaction, -1 if there is none. */
export function lastWrite({ writes, owner }: Transactions, transaction: number, key: number): number {
  const list = writes[key]!;
  let low = 0;
  for (let high = list.length; low < high;) {
    const middle = (low + high) >> 1;
    if (owner[list[middle]!]! <= transaction) low = middle + 1;
    else high = middle;
  }
  return low > 0 && owner[list[low - 1]!] === transaction ? list[low - 1]! : -1;
}

/** The list that a completed transaction returned, or that one without a result was called with. */
function microOperations(operation: Operation): readonly Json[] {
  const list = operation.type === 'ok' ? operation.result : operation.value;
  if (isArray(list)) return list;
  throw new HistoryError(lineOf(operation), 'a list of micro-operations', canonical(list));
}

function readMicroOperation(operation: Operation, micro: Json, write: string): readonly [string, Json, Json] {
  const expected = `a micro-operation [r key value] or [${write} key value]`;
  if (!isArray(micro) || micro.length < 2 || micro.length > 3) {
    throw new HistoryError(lineOf(operation), expected, canonical(micro));
  }
  const [f, key, value = null] = micro;
  if ((f !== 'r' && f !== write) || key === undefined || (f === write && micro.length < 3)) {
    throw new HistoryError(lineOf(operation), expected, canonical(micro));
  }
  if (f === 'r' && write === 'append' && operation.type === 'ok' && value !== null && !isArray(value)) {
    throw new HistoryError(lineOf(operation), 'a list or null as the value of a read', canonical(micro));
  }
  return [f, key, value];
}

/** The line that holds the micro-operations: the completion of a transaction that is ok, otherwise its invocation. */
function lineOf({ type, called, returned }: Operation): number {
  return type === 'ok' && returned !== undefined ? returned.index : called.index;
}

/** Lists if anything is appended or a read returned a list, otherwise registers. */
function guessWorkload(operations: readonly Operation[]): Workload {
  let readsLists = false;
  for (const operation of operations) {
    for (const micro of microOperations(operation)) {
      if (!isArray(micro)) continue;
      if (micro[0] === 'append') return 'list-append';
      if (micro[0] === 'w') return 'rw-register';
      readsLists ||= isArray(micro[2] ?? null);
    }
  }
  return readsLists ? 'list-append' : 'rw-register';
}

// What a history holds, seen from its functions and values: enough to tell which checker and model fit it.
import { canonical } from '../checkers/canonical.ts';
import type { History, HistoryEvent, Json } from '../sim/index.ts';

export interface Profile {
  /** Operations that clients invoked. */
  readonly operations: number;
  /** Functions, the most frequent first. */
  readonly functions: readonly string[];
  /** Whether all values are lists of micro-operations such as [r x 1]. */
  readonly isTransactions: boolean;
  /** Whether transactions append to lists. */
  readonly hasAppends: boolean;
  /** Whether each transaction touches one key only. */
  readonly isOfSingleKeys: boolean;
  /** Whether there are transactions that send to logs and poll them. */
  readonly hasLogs: boolean;
  /** Whether there are transactions with reads by predicate, insertions or deletions: [rp predicate objects], [delete x]. */
  readonly hasPredicates: boolean;
  /** Whether all values are `[key, value]`. */
  readonly isKeyed: boolean;
  /** Whether an acquire returned a fencing token or a lease. */
  readonly hasGrants: boolean;
  /** What reads returned. */
  readonly reads: { readonly lists: number; readonly numbers: number; readonly maps: number; readonly others: number };
}

export function profileOf(history: History): Profile {
  const functions = new Map<string, number>();
  const reads = { lists: 0, numbers: 0, maps: 0, others: 0 };
  let operations = 0;
  let transactions = 0;
  let keyed = 0;
  let predicates = 0;
  let logs = 0;
  let hasGrants = false;
  let hasAppends = false;
  let singles = 0;
  for (const event of history) {
    if (event.type === 'invoke') {
      operations++;
      functions.set(event.f, (functions.get(event.f) ?? 0) + 1);
      if (isTransaction(event.value)) {
        transactions++;
        hasAppends ||= event.value.some(([f]) => f === 'append');
        if (touchesOneKey(event.value)) singles++;
      } else if (isTransaction(event.value, predicateMicros)) predicates++;
      else if (isTransaction(event.value, logMicros)) logs++;
      if (isKeyed(event)) keyed++;
    } else if (event.type === 'ok' && event.f === 'read') reads[kindOf(event.value)]++;
    else if (event.type === 'ok' && event.f === 'acquire' && isGrant(event.value)) hasGrants = true;
  }
  return {
    operations,
    functions: [...functions].sort(([, one], [, other]) => other - one).map(([f]) => f),
    isTransactions: operations > 0 && transactions === operations,
    hasPredicates: predicates > 0,
    hasLogs: logs > 0,
    hasAppends,
    isOfSingleKeys: operations > 0 && singles === operations,
    hasGrants,
    isKeyed: operations > 0 && keyed === operations,
    reads,
  };
}

/** Empty transactions touch none. */
function touchesOneKey([first, ...others]: readonly Micro[]): boolean {
  return first !== undefined && others.every(([, key]) => canonical(key) === canonical(first[1]));
}

type Micro = readonly [f: string, key: Json, ...Json[]];

function isTransaction(value: Json, known: ReadonlySet<string> = micros): value is readonly Micro[] {
  return (
    Array.isArray(value) &&
    value.every(
      (micro) =>
        Array.isArray(micro) &&
        micro.length >= (micro[0] === 'poll' ? 1 : 2) &&
        typeof micro[0] === 'string' &&
        known.has(micro[0]),
    )
  );
}

const micros = new Set(['r', 'w', 'append']);
const logMicros = new Set(['send', 'poll']);
const predicateMicros = new Set([...micros, 'rp', 'insert', 'delete']);

/** A cas without a key has a pair as its value, too: with one, the second part of the pair is a pair. */
function isKeyed({ f, value }: HistoryEvent): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const inner = value[1] as Json;
  return f !== 'cas' || (Array.isArray(inner) && inner.length === 2);
}

function isGrant(value: Json): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && ('lease' in value || 'token' in value);
}

function kindOf(value: Json): keyof Profile['reads'] {
  if (Array.isArray(value)) return 'lists';
  if (typeof value === 'number') return 'numbers';
  return value !== null && typeof value === 'object' ? 'maps' : 'others';
}

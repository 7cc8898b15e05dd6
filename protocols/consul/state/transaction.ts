// Transactions on the key-value store: up to 64 operations that all take place at one index, or none of them.
import { applyKv, consulKvRules, getKey, listKeys, quoted, type KvRules, type KvWrite } from './kv.ts';
import type { ConsulState, KvEntry } from './types.ts';

export const maxTransactionOperations = 64;

export type TransactionOperation = KvWrite | ReadOperation;

export type ReadOperation =
  | { readonly verb: 'get' | 'get-tree' | 'check-not-exists'; readonly key: string }
  | { readonly verb: 'check-index'; readonly key: string; readonly index: number }
  | { readonly verb: 'check-session'; readonly key: string; readonly session: string };

export interface TransactionError {
  readonly opIndex: number;
  readonly what: string;
}

export type TransactionOutcome =
  | { readonly type: 'committed'; readonly results: readonly KvEntry[] }
  | { readonly type: 'rolled-back'; readonly errors: readonly TransactionError[] };

/** Whether a transaction only reads, and so needs no entry in the log. */
export function isReadOnly(operations: readonly TransactionOperation[]): operations is readonly ReadOperation[] {
  return operations.every(({ verb }) => verb.startsWith('get') || verb.startsWith('check'));
}

/** Runs a transaction that only reads. */
export function readTransaction(state: ConsulState, operations: readonly ReadOperation[]): TransactionOutcome {
  return applyTransaction(state, operations, 0, consulKvRules);
}

/** Tries all operations on a copy of the tables they touch; only if none fails does the state change. */
export function applyTransaction(
  state: ConsulState,
  operations: readonly TransactionOperation[],
  index: number,
  rules: KvRules,
): TransactionOutcome {
  const draft: ConsulState = {
    ...state,
    kv: new Map(state.kv),
    graveyard: new Map(state.graveyard),
    tables: { ...state.tables },
  };
  const results: KvEntry[] = [];
  const errors: TransactionError[] = [];
  for (const [opIndex, operation] of operations.entries()) {
    const what = applyOne(draft, operation, index, rules, results);
    if (what !== undefined) errors.push({ opIndex, what });
  }
  if (errors.length > 0) return { type: 'rolled-back', errors };
  if (!isReadOnly(operations)) adopt(state, draft);
  return { type: 'committed', results };
}

function adopt(state: ConsulState, draft: ConsulState): void {
  for (const table of ['kv', 'graveyard'] as const) {
    const [into, from] = [state[table] as Map<string, unknown>, draft[table] as Map<string, unknown>];
    into.clear();
    for (const [key, value] of from) into.set(key, value);
    state.tables[table] = draft.tables[table];
  }
}

/** Adds what it returns to the results; what went wrong as Consul words it, or undefined. */
function applyOne(
  state: ConsulState,
  operation: TransactionOperation,
  index: number,
  rules: KvRules,
  results: KvEntry[],
): string | undefined {
  const { key } = operation;
  const entry = state.kv.get(key);
  switch (operation.verb) {
    case 'get': {
      const { found } = getKey(state, key);
      if (found === undefined) return `key ${quoted(key)} doesn't exist`;
      results.push(found);
      return undefined;
    }
    case 'get-tree':
      results.push(...listKeys(state, key).found);
      return undefined;
    case 'check-index':
      if (entry === undefined) return `failed to check index, key ${quoted(key)} doesn't exist`;
      if (entry.modifyIndex === operation.index) break;
      return `failed index check for key ${quoted(key)}, current modify index ${entry.modifyIndex} != ${operation.index}`;
    case 'check-session':
      if (entry === undefined) return `failed to check session, key ${quoted(key)} doesn't exist`;
      if (entry.session === operation.session) break;
      return `failed session check for key ${quoted(key)}, current session ${quoted(entry.session)} != ${quoted(operation.session)}`;
    case 'check-not-exists':
      return entry === undefined ? undefined : `key ${quoted(key)} exists`;
    default:
      return write(state, operation, index, rules, results);
  }
  results.push(withoutValue(entry));
  return undefined;
}

function write(
  state: ConsulState,
  operation: KvWrite,
  index: number,
  rules: KvRules,
  results: KvEntry[],
): string | undefined {
  const outcome = applyKv(state, operation, index, rules);
  if (outcome.type === 'error') return outcome.error;
  if (outcome.type === 'not-done') return refusalOf(operation);
  const entry = state.kv.get(operation.key);
  if (entry !== undefined) results.push(withoutValue(entry)); // nothing is left of what was deleted
  return undefined;
}

/** Only what was asked for with `get` comes with its value. */
function withoutValue(entry: KvEntry): KvEntry {
  return { ...entry, value: '' };
}

function refusalOf({ verb, key }: KvWrite): string {
  switch (verb) {
    case 'cas':
      return `failed to set key ${quoted(key)}, index is stale`;
    case 'delete-cas':
      return `failed to delete key ${quoted(key)}, index is stale`;
    case 'lock':
      return `failed to lock key ${quoted(key)}, lock is already held`;
    case 'unlock':
      return `failed to unlock key ${quoted(key)}, lock isn't held, or is held by another session`;
    case 'set':
    case 'delete':
    case 'delete-tree':
      return `failed to apply ${verb} to key ${quoted(key)}`;
  }
}

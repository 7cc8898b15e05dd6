// What a member refuses before it proposes anything: requests that are malformed whatever the store holds.
import type { EtcdRequest, Operation, TxnRequest } from './api.ts';
import { refusals, type Refusal } from './errors.ts';
import { byteLength, holdsKey, type KeyInterval } from './keys.ts';

export interface RequestLimits {
  /** Bytes of one request; 1.5 MiB by default, as `--max-request-bytes`. */
  readonly requestBytes: number;
  /** Operations in one branch of a transaction, or compares; 128 by default, as `--max-txn-ops`. */
  readonly txnOperations: number;
}

export const defaultLimits: RequestLimits = { requestBytes: 1_572_864, txnOperations: 128 };

/** The seconds that a lease may live at most. */
const longestTtl = 9_000_000_000;

/** Why the request is refused, if it is. */
export function requestFault(request: EtcdRequest, limits: RequestLimits = defaultLimits): Refusal | undefined {
  switch (request.type) {
    case 'range':
    case 'put':
    case 'deleteRange':
      return operationFault(request, limits.txnOperations) ?? sizeFault(request, limits);
    case 'txn':
      return (
        operationFault(request, limits.txnOperations) ??
        duplicateFault(request.success ?? []) ??
        duplicateFault(request.failure ?? []) ??
        sizeFault(request, limits)
      );
    case 'leaseGrant':
      return request.ttl > longestTtl ? refusals.leaseTtlTooLarge : undefined;
    default:
      return undefined;
  }
}

function operationFault(request: Operation, limit: number): Refusal | undefined {
  switch (request.type) {
    case 'range':
    case 'deleteRange':
      return request.key === '' ? refusals.emptyKey : undefined;
    case 'put':
      if (request.key === '') return refusals.emptyKey;
      if (request.ignoreValue === true && (request.value ?? '') !== '') return refusals.valueProvided;
      if (request.ignoreLease === true && (request.lease ?? 0) !== 0) return refusals.leaseProvided;
      return undefined;
    case 'txn':
      return txnFault(request, limit);
  }
}

/** A nested transaction may have as many operations as the longest list of the one around it leaves. */
function txnFault({ compare = [], success = [], failure = [] }: TxnRequest, limit: number): Refusal | undefined {
  const longest = Math.max(compare.length, success.length, failure.length);
  if (longest > limit) return refusals.tooManyOperations;
  if (compare.some(({ key }) => key === '')) return refusals.emptyKey;
  for (const operation of [...success, ...failure]) {
    const fault = operationFault(operation, limit - longest);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function duplicateFault(operations: readonly Operation[]): Refusal | undefined {
  return writtenBy(operations) === undefined ? refusals.duplicateKey : undefined;
}

interface Written {
  readonly puts: ReadonlySet<string>;
  readonly deletes: readonly KeyInterval[];
}

/**
 * What a list of operations may put and delete; undefined if it may put a key twice, or put one and delete it. Deleting
 * twice is no harm, and the two branches of a nested transaction exclude each other.
 */
function writtenBy(operations: readonly Operation[]): Written | undefined {
  const puts = new Set<string>();
  const deletes: KeyInterval[] = operations.filter(({ type }) => type === 'deleteRange') as KeyInterval[];
  const nested = operations.filter((operation) => operation.type === 'txn');
  for (const { success = [], failure = [] } of nested) {
    const one = writtenBy(success);
    const other = writtenBy(failure);
    if (one === undefined || other === undefined) return undefined;
    const both = new Set([...one.puts, ...other.puts]);
    for (const key of both) {
      if (puts.has(key) || isDeleted(deletes, key)) return undefined;
    }
    for (const key of both) puts.add(key);
    // A later sibling is compared with these deletes; so are the puts of this level, further down.
    deletes.push(...one.deletes, ...other.deletes);
  }
  for (const operation of operations) {
    if (operation.type !== 'put') continue;
    if (puts.has(operation.key) || isDeleted(deletes, operation.key)) return undefined;
    puts.add(operation.key);
  }
  return { puts, deletes };
}

function isDeleted(deletes: readonly KeyInterval[], key: string): boolean {
  return deletes.some((interval) => holdsKey(interval, key));
}

/** The size of the request is that of its keys and values, with a few bytes for every field. */
function sizeFault(request: EtcdRequest, { requestBytes }: RequestLimits): Refusal | undefined {
  return sizeOf(request) > requestBytes ? refusals.requestTooLarge : undefined;
}

function sizeOf(part: unknown): number {
  if (typeof part === 'string') return byteLength(part) + 2;
  if (Array.isArray(part)) return (part as unknown[]).reduce<number>((sum, item) => sum + sizeOf(item) + 2, 0);
  if (typeof part !== 'object' || part === null) return 2;
  const { type: _type, ...fields } = part as Record<string, unknown>;
  return Object.values(fields).reduce<number>((sum, field) => sum + sizeOf(field), 0);
}

// Put, delete and transactions: everything that a request writes happens at one revision. Compares, those of nested
// transactions too, are evaluated on the store as it was before the transaction wrote anything (as in etcd's apply).
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  Executed,
  KeyValue,
  Operation,
  OperationResponse,
  PutRequest,
  PutResponse,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from './api.ts';
import { refusals, type Refusal } from './errors.ts';
import { compareKeys } from './keys.ts';
import { range, rangeFault } from './range.ts';
import { deleteKey, keyAt, keysIn, leaseOf, putKey, type Store } from './store.ts';

/** Executes an operation as a transaction of its own; one that is refused changes nothing. */
export function executeOperation(store: Store, operation: Operation): Executed<OperationResponse> {
  const planned = plan(store, operation);
  const fault = planFault(store, planned);
  if (fault !== undefined) return fault;
  const before = store.nextOrder;
  const response = perform(store, planned, before);
  if (store.nextOrder > before) store.revision++;
  return response;
}

/** An operation with the branches taken of all transactions in it. */
type Planned =
  | { readonly type: 'single'; readonly request: Exclude<Operation, TxnRequest> }
  | { readonly type: 'txn'; readonly succeeded: boolean; readonly operations: readonly Planned[] };

function plan(store: Store, operation: Operation): Planned {
  if (operation.type !== 'txn') return { type: 'single', request: operation };
  const succeeded = (operation.compare ?? []).every((compare) => compareHolds(store, compare));
  const operations = (succeeded ? operation.success : operation.failure) ?? [];
  return { type: 'txn', succeeded, operations: operations.map((nested) => plan(store, nested)) };
}

/** Why the store refuses what was planned: all is checked before anything is written. */
function planFault(store: Store, planned: Planned): Refusal | undefined {
  if (planned.type === 'txn') {
    for (const nested of planned.operations) {
      const fault = planFault(store, nested);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  const { request } = planned;
  if (request.type === 'range') return rangeFault(request, store);
  return request.type === 'put' ? putFault(store, request) : undefined;
}

function putFault(store: Store, { key, lease = 0, ignoreValue, ignoreLease }: PutRequest): Refusal | undefined {
  if ((ignoreValue === true || ignoreLease === true) && keyAt(store, key) === undefined) return refusals.keyNotFound;
  return lease !== 0 && leaseOf(store, lease) === undefined ? refusals.leaseNotFound : undefined;
}

function perform(store: Store, planned: Planned, before: number): OperationResponse {
  if (planned.type === 'txn') {
    const responses = planned.operations.map((nested) => perform(store, nested, before));
    return {
      type: 'txn',
      header: headerOf(store, before),
      succeeded: planned.succeeded,
      responses,
    } satisfies TxnResponse;
  }
  const { request } = planned;
  switch (request.type) {
    case 'range':
      return range(store, request, headerOf(store, before).revision) as RangeResponse; // its faults were looked for before
    case 'put':
      return put(store, request);
    case 'deleteRange':
      return deleteRange(store, request, before);
  }
}

/** Once something is written, the revision is the transaction's own. */
function headerOf({ revision, nextOrder }: Store, before: number): { readonly revision: number } {
  return { revision: nextOrder > before ? revision + 1 : revision };
}

function put(store: Store, request: PutRequest): PutResponse {
  const { key, prevKv, ignoreValue, ignoreLease } = request;
  const previous = keyAt(store, key);
  const value = ignoreValue === true ? (previous as KeyValue).value : (request.value ?? '');
  const lease = ignoreLease === true ? (previous as KeyValue).lease : (request.lease ?? 0);
  const header = { revision: putKey(store, key, value, lease).modRevision };
  return { type: 'put', header, ...(prevKv === true && previous !== undefined ? { prevKv: previous } : {}) };
}

function deleteRange(store: Store, request: DeleteRangeRequest, before: number): DeleteRangeResponse {
  const found = keysIn(store, request);
  for (const keyValue of found) deleteKey(store, keyValue);
  const prevKvs = request.prevKv === true ? found : [];
  return { type: 'deleteRange', header: headerOf(store, before), deleted: found.length, prevKvs };
}

/** Over an interval it must hold for every key. Where there is no key, its numbers are 0, and its value equals nothing. */
export function compareHolds(store: Store, compare: Compare): boolean {
  const found = keysIn(store, compare);
  if (found.length > 0) return found.every((keyValue) => holdsFor(compare, keyValue));
  return compare.target !== 'value' && holdsFor(compare, missing);
}

const missing: KeyValue = { key: '', createRevision: 0, modRevision: 0, version: 0, value: '', lease: 0 };

function holdsFor(compare: Compare, keyValue: KeyValue): boolean {
  const sign = differenceOf(compare, keyValue);
  switch (compare.result) {
    case 'equal':
      return sign === 0;
    case 'not-equal':
      return sign !== 0;
    case 'greater':
      return sign > 0;
    case 'less':
      return sign < 0;
  }
}

function differenceOf(compare: Compare, { createRevision, modRevision, version, value, lease }: KeyValue): number {
  switch (compare.target) {
    case 'create':
      return createRevision - compare.than;
    case 'mod':
      return modRevision - compare.than;
    case 'version':
      return version - compare.than;
    case 'lease':
      return lease - compare.than;
    case 'value':
      return compareKeys(value, compare.than);
  }
}

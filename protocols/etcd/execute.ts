// Executing a request against a store: what every member does with a committed entry, and with a read that may be answered.
import type {
  AlarmResponse,
  CompactionResponse,
  Executed,
  LeaseResponse,
  Operation,
  OperationResponse,
  TxnRequest,
  WriteRequest,
} from './api.ts';
import { compact, keepsLast, type KeepsLast } from './compaction.ts';
import { grantLease, revokeLease } from './lease.ts';
import { alarmFault, executeAlarm } from './quota.ts';
import { executeOperation } from './transaction.ts';
import type { Store } from './store.ts';

/** What executing depends on besides the store: the same on every member. */
export interface ExecutionOptions {
  /** Seconds to which shorter times to live are raised. */
  readonly shortestTtl: number;
  readonly keepsLast?: KeepsLast;
}

/** A lease lives at least one and a half election time-outs of 1 s, in whole seconds. */
export const defaultExecution: ExecutionOptions = { shortestTtl: 2 };

/** Deterministic: the same request on the same store always comes to the same. A request that is refused changes nothing. */
export function execute(
  store: Store,
  request: Operation | WriteRequest,
  options: ExecutionOptions = defaultExecution,
): Executed<OperationResponse | CompactionResponse | AlarmResponse | LeaseResponse> {
  const fault = alarmFault(store, request);
  if (fault !== undefined) return fault;
  switch (request.type) {
    case 'range':
    case 'put':
    case 'deleteRange':
    case 'txn':
      return executeOperation(store, request);
    case 'compact':
      return compact(store, request, options.keepsLast ?? keepsLast);
    case 'alarm':
      return executeAlarm(store, request);
    case 'leaseGrant':
      return grantLease(store, request.id ?? 0, request.ttl, options.shortestTtl);
    case 'leaseRevoke':
      return revokeLease(store, request);
  }
}

/** Plain ranges, alone or in one transaction, go past the log; nested transactions never do, as in etcd. */
export function isReadOnly(operation: Operation): boolean {
  return operation.type === 'range' || (operation.type === 'txn' && operationsOf(operation).every(isRange));
}

/**
 * Whether a read may be answered from a member's own store. A transaction that only compares says nothing of that, and is
 * answered from a store that is up to date (etcd itself takes it to be serializable).
 */
export function isSerializable(operation: Operation): boolean {
  if (operation.type === 'range') return operation.serializable === true;
  if (operation.type !== 'txn') return false;
  const operations = operationsOf(operation);
  return operations.length > 0 && operations.every((nested) => nested.type === 'range' && nested.serializable === true);
}

function operationsOf({ success = [], failure = [] }: TxnRequest): readonly Operation[] {
  return [...success, ...failure];
}

function isRange({ type }: Operation): boolean {
  return type === 'range';
}

// The space that a store may take (`--quota-backend-bytes`). The member that is asked for more raises the `NOSPACE` alarm, in
// the log, so that all members refuse what takes space from the same entry on until somebody ends the alarm.
import type { AlarmRequest, AlarmResponse, EtcdRequest, Operation } from './api.ts';
import { refusals, type Refusal } from './errors.ts';
import { byteLength } from './keys.ts';
import { firstNotBefore, type Store } from './store.ts';

/** What etcd adds to the size of a key and its value: about what the record of a revision takes. */
const recordBytes = 256;

/** What etcd takes for a lease. */
const leaseBytes = 64;

/** All changes that are kept, and the leases. Deleting takes space as well; compaction makes some. */
export function bytesOf({ changes, leases }: Store): number {
  const kept = changes.reduce((sum, change) => sum + costOfPut(change), 0);
  return kept + leases.length * leaseBytes;
}

/** What a request may add: of a transaction the dearer branch; 0 for what never does. */
export function costOf(request: EtcdRequest): number {
  switch (request.type) {
    case 'put':
      return costOfPut(request);
    case 'leaseGrant':
      return leaseBytes;
    case 'txn':
      return Math.max(costOfAll(request.success), costOfAll(request.failure));
    default:
      return 0;
  }
}

/** While an alarm is raised, deleting, compacting and reading go on, and so does whatever puts nothing. */
export function alarmFault({ alarms }: Store, request: EtcdRequest): Refusal | undefined {
  return alarms.length > 0 && costOf(request) > 0 ? refusals.noSpace : undefined;
}

/** Raises an alarm twice, or ends one that is not raised: nothing changes. */
export function executeAlarm(store: Store, { action, member }: AlarmRequest): AlarmResponse {
  const { alarms } = store;
  if (action === 'activate' && member !== undefined && !alarms.includes(member)) {
    alarms.splice(
      firstNotBefore(alarms, (other) => other < member),
      0,
      member,
    );
  }
  if (action === 'deactivate') store.alarms = alarms.filter((other) => member !== undefined && other !== member);
  const raised = store.alarms.map((each) => ({ member: each, alarm: 'NOSPACE' as const }));
  return { type: 'alarm', header: { revision: store.revision }, alarms: raised };
}

function costOfAll(operations: readonly Operation[] = []): number {
  return operations.reduce((sum, operation) => sum + costOf(operation), 0);
}

function costOfPut({ key, value = '' }: { readonly key: string; readonly value?: string }): number {
  return recordBytes + byteLength(key) + byteLength(value);
}

// Leases in the replicated store: which there are, their granted times to live, and the keys attached. How much is left of
// one is not replicated: only the leader measures that, on its own clock (`lessor.ts`).
import type { Executed, LeaseResponse, LeaseRevokeRequest } from './api.ts';
import { refusals } from './errors.ts';
import { deleteKey, firstNotBefore, keyAt, leaseOf, type Store } from './store.ts';

/** Grants a lease under an id that must be new. @param shortest seconds to which shorter times to live are raised */
export function grantLease(store: Store, id: number, ttl: number, shortest: number): Executed<LeaseResponse> {
  if (id === 0) return refusals.leaseNotFound;
  if (leaseOf(store, id) !== undefined) return refusals.leaseExists;
  const granted = Math.max(ttl, shortest);
  const at = firstNotBefore(store.leases, (other) => other.id < id);
  store.leases.splice(at, 0, { id, ttl: granted, keys: [] });
  return { type: 'leaseGrant', header: { revision: store.revision }, id, ttl: granted };
}

/** Deletes all keys of a lease at one revision, in their order, and the lease itself. */
export function revokeLease(store: Store, { id }: LeaseRevokeRequest): Executed<LeaseResponse> {
  const lease = leaseOf(store, id);
  if (lease === undefined) return refusals.leaseNotFound;
  const keys = [...lease.keys];
  for (const key of keys) {
    const keyValue = keyAt(store, key);
    if (keyValue !== undefined) deleteKey(store, keyValue);
  }
  if (keys.length > 0) store.revision++;
  store.leases = store.leases.filter((other) => other !== lease);
  return { type: 'leaseRevoke', header: { revision: store.revision } };
}

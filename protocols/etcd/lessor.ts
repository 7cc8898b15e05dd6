// Leases as the leader keeps them (etcd's lessor): it alone measures how much each has left, on its own monotonic clock, and
// proposes to revoke those that have run out. A new leader cannot know, and gives every lease its whole time again.
import { ms, seconds, type Micros } from '../../sim/index.ts';
import type { EtcdCommand } from './messages.ts';
import type { EtcdContext, EtcdResult, EtcdState, Member } from './state.ts';
import { leaseOf } from './store.ts';
import { submit } from './writes.ts';

/** A leader takes the leases over: each has its granted time to live, and an election time-out on top. */
export function promote(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const { lessor, raft } = state;
  lessor.term = raft.currentTerm;
  clear(state);
  const now = ctx.monotonic();
  for (const { id, ttl } of raft.machine.leases)
    lessor.expiries[id] = now + member.config.election + seconds(member.rules.restartsLeaseAt(ttl));
  ctx.setTimer('leases', member.config.leaseCheck);
}

/** Whoever does not lead knows nothing of what leases have left. */
export function demote(state: EtcdState): void {
  state.lessor.term = 0;
  clear(state);
}

/** Keeps up with what was applied: a lease that was granted begins, one that was revoked is over. */
export function followLeases(state: EtcdState, { request }: EtcdCommand, result: EtcdResult, ctx: EtcdContext): void {
  const { lessor } = state;
  if (lessor.term === 0 || result.type === 'error') return;
  if (result.type === 'leaseGrant') lessor.expiries[result.id] = ctx.monotonic() + seconds(result.ttl);
  if (request.type === 'leaseRevoke') delete lessor.expiries[request.id];
}

/** Gives a lease its whole time again; its seconds, or 0 if there is no such lease or it has run out already. */
export function renew(state: EtcdState, id: number, ctx: EtcdContext): number {
  const lease = leaseOf(state.raft.machine, id);
  const expiry = state.lessor.expiries[id];
  if (lease === undefined || expiry === undefined || expiry <= ctx.monotonic()) return 0;
  state.lessor.expiries[id] = ctx.monotonic() + seconds(lease.ttl);
  return lease.ttl;
}

/** What a lease has left, in whole seconds. */
export function remainingSeconds(state: EtcdState, id: number, ctx: EtcdContext): number {
  const left: Micros = (state.lessor.expiries[id] ?? 0) - ctx.monotonic();
  return Math.max(0, Math.floor(left / seconds(1)));
}

/** Looks for leases that have run out; they are revoked a moment later, one that is not gone then again after a while. */
export function checkLeases(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const { lessor, raft } = state;
  if (lessor.term === 0) return;
  const now = ctx.monotonic();
  for (const { id } of raft.machine.leases) {
    if ((lessor.expiries[id] ?? Infinity) > now || (lessor.retryAt[id] ?? 0) > now) continue;
    lessor.retryAt[id] = now + member.config.revokeRetry;
    lessor.expired.push({ id, term: lessor.term });
  }
  if (lessor.expired.length > 0) ctx.setTimer('revoke', revokeDelay);
  ctx.setTimer('leases', member.config.leaseCheck);
}

/** Finding and revoking are two steps, as they are two threads in etcd: meanwhile another may have been elected. */
const revokeDelay = ms(5);

/**
 * Proposes to revoke what was found expired. If this member does not lead any more that goes to the new leader, who
 * measures the lease anew: whether it has expired for him too is judged where it is applied.
 */
export function revokeExpired(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const { expired } = state.lessor;
  state.lessor.expired = [];
  for (const { id, term } of expired) {
    ctx.note('lease expired', { id, term });
    const startedAt = ctx.monotonic();
    submit(
      member,
      state,
      {
        id: `${ctx.id}/${state.serial++}`,
        request: { type: 'leaseRevoke', id, expiredIn: term },
        waiter: { type: 'nobody' },
        startedAt,
        deadline: startedAt,
        stage: 'queued',
      },
      ctx,
    );
  }
}

function clear({ lessor }: EtcdState): void {
  lessor.expiries = {};
  lessor.retryAt = {};
}

// Reads that must see everything acknowledged before they were asked: confirmed through Raft's ReadIndex, a batch at a time
// (etcd's `linearizableReadLoop`), then answered from the member's own store.
import { requestRead } from '../raft/index.ts';
import { answer } from './answers.ts';
import { executeCluster } from './cluster.ts';
import { refusals } from './errors.ts';
import { execute } from './execute.ts';
import { atLeader } from './relay.ts';
import { remainingSeconds, renew } from './lessor.ts';
import type { Pending } from './messages.ts';
import type { EtcdContext, EtcdState, Member } from './state.ts';

export function startRead(member: Member, state: EtcdState, pending: Pending, ctx: EtcdContext): void {
  if (pending.request.type === 'leaseKeepAlive' && !member.rules.confirmsRenewals)
    return executeRead(member, state, pending, ctx);
  pending.stage = 'reading';
  state.reads.next.push(pending.id);
  if (state.reads.current.length === 0) confirmNext(member, state, ctx);
}

/** Begins to confirm what waits. */
function confirmNext(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const { reads } = state;
  reads.current = reads.next;
  reads.next = [];
  if (reads.current.length > 0) ask(member, state, ctx);
}

/** Asks for a confirmation under a new number, so that the answer to an older question is not taken for one to this. */
function ask(member: Member, state: EtcdState, ctx: EtcdContext): void {
  ctx.setTimer('reads', member.config.readRetry);
  requestRead(member.raft, state, ++state.reads.id, ctx);
}

/** The confirmation is late, or was lost with its leader: it is asked for again. */
export function onReadRetry(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const isWaiting = new Set(state.pending.map(({ id }) => id));
  state.reads.current = state.reads.current.filter((id) => isWaiting.has(id));
  if (state.reads.current.length > 0) ask(member, state, ctx);
  else confirmNext(member, state, ctx);
}

/** Everything committed when the batch was asked about is applied here. */
export function onReadReady(member: Member, state: EtcdState, id: number, ctx: EtcdContext): void {
  if (id !== state.reads.id || state.reads.current.length === 0) return;
  const ids = new Set(state.reads.current);
  state.reads.current = [];
  ctx.clearTimer('reads');
  for (const pending of state.pending.filter((other) => ids.has(other.id))) executeRead(member, state, pending, ctx);
  if (state.reads.current.length === 0) confirmNext(member, state, ctx);
}

/** There is a new leader: what the old one was asked to confirm fails, for it may never be confirmed. */
export function failReads(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const ids = new Set(state.reads.current);
  state.reads.current = [];
  for (const pending of state.pending.filter((other) => ids.has(other.id))) {
    if (pending.request.type === 'leaseKeepAlive' || pending.request.type === 'leaseTimeToLive')
      state.reads.next.push(pending.id);
    else answer(state, pending, refusals.leaderChanged, ctx);
  }
  confirmNext(member, state, ctx);
}

/** Answers a read from what is applied here. */
export function executeRead(member: Member, state: EtcdState, pending: Pending, ctx: EtcdContext): void {
  const { request } = pending;
  const { machine } = state.raft;
  const header = { revision: machine.revision };
  switch (request.type) {
    case 'range':
    case 'txn':
      return answer(state, pending, execute(machine, request), ctx);
    case 'leaseLeases':
      return answer(state, pending, { type: 'leaseLeases', header, leases: machine.leases.map(({ id }) => id) }, ctx);
    case 'memberList':
      return answer(state, pending, executeCluster(member, state, request, ctx), ctx);
    case 'leaseKeepAlive':
      return atLeader(member, state, pending, ctx, () => {
        const ttl = renew(state, request.id, ctx);
        answer(state, pending, { type: 'leaseKeepAlive', header, id: request.id, ttl }, ctx);
      });
    case 'leaseTimeToLive':
      return atLeader(member, state, pending, ctx, () => {
        const lease = machine.leases.find(({ id }) => id === request.id);
        const ttl = lease === undefined ? -1 : remainingSeconds(state, request.id, ctx);
        const keys = request.keys === true ? [...(lease?.keys ?? [])] : [];
        const grantedTtl = lease?.ttl ?? 0;
        answer(state, pending, { type: 'leaseTimeToLive', header, id: request.id, ttl, grantedTtl, keys }, ctx);
      });
    default:
      throw new TypeError(`${request.type} is not a read`);
  }
}

// The life of a request at a member: taken on from a connection, refused if it is malformed, sent to the part that serves
// it, and failed when its time is over.
import type { NodeId } from '../../sim/index.ts';
import { answer } from './answers.ts';
import type { EtcdRequest } from './api.ts';
import { executeCluster, startMemberChange } from './cluster.ts';
import { requestTimeout } from './config.ts';
import { refusals, type Refusal } from './errors.ts';
import { isReadOnly, isSerializable } from './execute.ts';
import type { ClientMessage, Pending } from './messages.ts';
import { executeRead, startRead } from './reads.ts';
import { atLeader } from './relay.ts';
import type { EtcdContext, EtcdState, Member } from './state.ts';
import { requestFault } from './validate.ts';
import { startWrite } from './writes.ts';

/** Takes a call that came on the client's present connection, once. */
export function onCall(
  member: Member,
  state: EtcdState,
  client: NodeId,
  message: Extract<ClientMessage, { type: 'Call' }>,
  ctx: EtcdContext,
): void {
  const connection = state.connections[client];
  if (connection?.number !== message.connection)
    return ctx.send(client, { type: 'Reset', connection: message.connection });
  if (message.call <= connection.lastCall) return;
  connection.lastCall = message.call;
  serve(member, state, message.request, { type: 'client', client, call: message.call }, ctx);
}

export function serve(
  member: Member,
  state: EtcdState,
  request: EtcdRequest,
  waiter: Pending['waiter'],
  ctx: EtcdContext,
): void {
  const startedAt = ctx.monotonic();
  const deadline = startedAt + requestTimeout(member.config);
  const id = `${ctx.id}/${state.serial++}`;
  const pending: Pending = { id, request, waiter, startedAt, deadline, stage: 'queued' };
  const fault = faultOf(member, state, request, ctx);
  if (fault !== undefined) return answer(state, pending, fault, ctx);
  state.pending.push(pending);
  start(member, state, pending, ctx);
  if (state.pending.length > 0) armDeadline(state, ctx);
}

/** There is a leader: starts what waited for one, and asks it again what an earlier one was asked about leases. */
export function resume(member: Member, state: EtcdState, ctx: EtcdContext): void {
  for (const pending of [...state.pending]) {
    const isRelayed = pending.stage === 'proposed' && asksAboutLease(pending.request);
    if (pending.stage === 'queued' || isRelayed) start(member, state, pending, ctx);
  }
}

function asksAboutLease({ type }: EtcdRequest): boolean {
  return type === 'leaseKeepAlive' || type === 'leaseTimeToLive';
}

/** Fails what has waited for too long: nobody knows what becomes of it. */
export function onDeadline(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const now = ctx.monotonic();
  for (const pending of state.pending.filter(({ deadline }) => deadline <= now)) {
    const { leader, leaderSince } = state;
    const lostLeader = leader !== null && pending.startedAt < leaderSince;
    const failedWithIt = lostLeader && pending.startedAt > leaderSince - 2 * member.config.election;
    answer(state, pending, failedWithIt ? refusals.timeoutLeaderFailure : refusals.timeout, ctx);
  }
  if (state.pending.length > 0) armDeadline(state, ctx);
}

function armDeadline({ pending }: EtcdState, ctx: EtcdContext): void {
  const first = pending.reduce((least, { deadline }) => Math.min(least, deadline), Infinity);
  ctx.setTimer('requests', first - ctx.monotonic());
}

function faultOf(member: Member, state: EtcdState, request: EtcdRequest, ctx: EtcdContext): Refusal | undefined {
  const isLocal = request.type === 'status' || (request.type === 'range' && request.serializable === true);
  if (!isLocal && state.raft.configuration.learners.includes(ctx.id)) return refusals.notSupportedForLearner;
  if (state.pending.length >= member.config.maxPending) return refusals.tooManyRequests;
  return requestFault(request, member.config.limits);
}

function start(member: Member, state: EtcdState, pending: Pending, ctx: EtcdContext): void {
  const { request } = pending;
  switch (request.type) {
    case 'range':
    case 'txn':
      if (!isReadOnly(request)) return startWrite(member, state, pending, ctx);
      if (isSerializable(request)) return executeRead(member, state, pending, ctx);
      return startRead(member, state, pending, ctx);
    case 'put':
    case 'deleteRange':
    case 'compact':
    case 'alarm':
    case 'leaseRevoke':
      return startWrite(member, state, pending, ctx);
    case 'leaseGrant':
      return startWrite(member, state, withLeaseId(state, pending, ctx), ctx);
    case 'leaseKeepAlive':
    case 'leaseTimeToLive':
      return atLeader(member, state, pending, ctx, () => startRead(member, state, pending, ctx));
    case 'leaseLeases':
    case 'memberList':
      return startRead(member, state, pending, ctx);
    case 'memberAdd':
    case 'memberRemove':
    case 'memberPromote':
      return atLeader(member, state, pending, ctx, () => startMemberChange(member, state, pending, request, ctx));
    case 'moveLeader':
    case 'status':
    case 'hashKv':
      return answer(state, pending, executeCluster(member, state, request, ctx), ctx);
  }
}

/** The member draws the id of a lease that was asked for without one: what is in the log must say it. */
function withLeaseId(state: EtcdState, pending: Pending, ctx: EtcdContext): Pending {
  const { request } = pending;
  if (request.type !== 'leaseGrant' || (request.id ?? 0) !== 0) return pending;
  const drawn: Pending = { ...pending, request: { ...request, id: 1 + ctx.random(2 ** 48) } };
  state.pending[state.pending.indexOf(pending)] = drawn;
  return drawn;
}

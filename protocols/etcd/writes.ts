// Writes: a member that leads appends them to the log, one that does not forwards them to the leader it knows of, and keeps
// them while it knows of none. Whoever took a write on answers it when it applies it.
import type { NodeId } from '../../sim/index.ts';
import { propose } from '../raft/index.ts';
import { answer } from './answers.ts';
import type { EtcdRequest, WriteRequest } from './api.ts';
import { bytesOf, costOf } from './quota.ts';
import { refusals } from './errors.ts';
import type { EtcdCommand, MemberMessage, Pending } from './messages.ts';
import type { EtcdContext, EtcdResult, EtcdState, Member } from './state.ts';

export function startWrite(member: Member, state: EtcdState, pending: Pending, ctx: EtcdContext): void {
  const { commitIndex, lastApplied } = state.raft;
  if (commitIndex - lastApplied > member.config.maxApplyLag)
    return answer(state, pending, refusals.tooManyRequests, ctx);
  if (exceedsQuota(member, state, pending.request)) {
    raiseAlarm(member, state, pending, ctx);
    return answer(state, pending, refusals.noSpace, ctx);
  }
  submit(member, state, pending, ctx);
}

function exceedsQuota({ config }: Member, { raft: { machine } }: EtcdState, request: EtcdRequest): boolean {
  const cost = config.quotaBytes > 0 ? costOf(request) : 0;
  return cost > 0 && bytesOf(machine) + cost > config.quotaBytes;
}

/** All members have to know, from the same entry on. */
function raiseAlarm(member: Member, state: EtcdState, { startedAt, deadline }: Pending, ctx: EtcdContext): void {
  if (state.raft.machine.alarms.includes(ctx.id)) return;
  const request = { type: 'alarm', action: 'activate', member: ctx.id } as const;
  const id = `${ctx.id}/${state.serial++}`;
  const alarm: Pending = { id, request, waiter: { type: 'nobody' }, startedAt, deadline, stage: 'queued' };
  state.pending.push(alarm);
  submit(member, state, alarm, ctx);
}

/** Proposes or forwards a write; without a leader it stays queued. */
export function submit(member: Member, state: EtcdState, pending: Pending, ctx: EtcdContext): void {
  pending.stage = 'proposed'; // in a cluster of one it is applied and answered before `propose` returns
  const command: EtcdCommand = {
    id: pending.id,
    request: member.rules.proposes(pending.request as WriteRequest, state.raft.machine),
  };
  const proposal = propose(member.raft, state, command, ctx);
  if (proposal.type === 'accepted') return;
  if (proposal.reason !== 'not-leader') return answer(state, pending, refusals.proposalDropped, ctx);
  if (proposal.leader === null || proposal.leader === ctx.id) pending.stage = 'queued';
  else {
    const { life } = state;
    ctx.send(proposal.leader, { type: 'Forward', term: state.raft.currentTerm, life, command });
  }
}

/**
 * A write that another member forwarded. A member leads at most once in a term and knows since then what came, so that a
 * copy of it is told from it; what is meant for another term is dropped, and its sender's client will not hear of it. A
 * sender that restarts numbers its writes anew, so that they are compared with those of the same life only.
 */
export function onForward(
  member: Member,
  state: EtcdState,
  from: NodeId,
  { term, life, command }: Extract<MemberMessage, { type: 'Forward' }>,
  ctx: EtcdContext,
): void {
  if (term !== state.raft.currentTerm || state.raft.role !== 'leader') return;
  const { forwarded } = state;
  if (forwarded.term !== term) {
    forwarded.term = term;
    for (const sender of Object.keys(forwarded.last)) delete forwarded.last[sender];
  }
  const serial = Number(command.id.slice(command.id.lastIndexOf('/') + 1));
  const sender = `${from}/${life}`;
  if (serial <= (forwarded.last[sender] ?? -1)) return;
  forwarded.last[sender] = serial;
  propose(member.raft, state, command, ctx);
}

/** A write was applied here: if it was taken on here, its client gets the answer. */
export function answerWrite(state: EtcdState, { id }: EtcdCommand, result: EtcdResult, ctx: EtcdContext): void {
  const pending = state.pending.find((other) => other.id === id);
  if (pending !== undefined) answer(state, pending, result, ctx);
}

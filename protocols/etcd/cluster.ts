// The cluster service: who is a member and who a learner, changes of that, handing leadership over, status and hashes.
import type { NodeId } from '../../sim/index.ts';
import { changeMembership, statusOf, transferLeadership } from '../raft/index.ts';
import { answer } from './answers.ts';
import type { ClusterRequest, ClusterResponse, Executed } from './api.ts';
import { refusals, type Refusal } from './errors.ts';
import { hashKv } from './hash.ts';
import type { Pending } from './messages.ts';
import type { EtcdContext, EtcdState, Member } from './state.ts';

type MemberChange = Extract<ClusterRequest, { type: 'memberAdd' | 'memberRemove' | 'memberPromote' }>;

/** Answers what needs no round trip. */
export function executeCluster(
  member: Member,
  state: EtcdState,
  request: Exclude<ClusterRequest, MemberChange>,
  ctx: EtcdContext,
): Executed<ClusterResponse> {
  const { machine } = state.raft;
  const header = { revision: machine.revision };
  switch (request.type) {
    case 'memberList':
      return { type: 'memberList', header, ...membersOf(state) };
    case 'moveLeader':
      return moveLeader(member, state, request.target, ctx);
    case 'status': {
      const { leader, term, lastIndex, appliedIndex } = statusOf(state.raft);
      const isLearner = membersOf(state).learners.includes(ctx.id);
      const indices = { raftTerm: term, raftIndex: lastIndex, raftAppliedIndex: appliedIndex };
      return { type: 'status', header, leader, isLearner, ...indices };
    }
    case 'hashKv': {
      const { revision = 0 } = request;
      if (revision > machine.revision) return refusals.futureRevision;
      if (revision > 0 && revision < machine.compacted) return refusals.compacted;
      const hash = hashKv(machine, revision === 0 ? machine.revision : revision);
      return { type: 'hashKv', header, hash, compactRevision: machine.compacted };
    }
  }
}

/** A change that is well-formed is proposed by the leader, and answered when it is in force. */
export function startMemberChange(
  member: Member,
  state: EtcdState,
  pending: Pending,
  request: MemberChange,
  ctx: EtcdContext,
): void {
  const fault = changeFault(state, request);
  if (fault !== undefined) return answer(state, pending, fault, ctx);
  const changed = changeMembership(member.raft, state, { changes: [changeOf(request)], transition: 'auto' }, ctx);
  if (changed.type === 'accepted') {
    pending.stage = 'proposed';
    pending.index = changed.index;
    onConfigured(state, ctx); // alone, it is in force already
  } else answer(state, pending, refusals.unhealthy, ctx);
}

/** A configuration is in force: answers who asked for it. */
export function onConfigured(state: EtcdState, ctx: EtcdContext): void {
  const { lastApplied } = state.raft;
  const done = state.pending.filter(({ index }) => index !== undefined && index <= lastApplied);
  for (const pending of done) {
    const { type } = pending.request as MemberChange;
    answer(state, pending, { type, header: { revision: state.raft.machine.revision }, ...membersOf(state) }, ctx);
  }
}

function membersOf({ raft: { configuration } }: EtcdState): {
  members: readonly NodeId[];
  learners: readonly NodeId[];
} {
  return { members: configuration.voters, learners: configuration.learners };
}

function moveLeader(member: Member, state: EtcdState, target: NodeId, ctx: EtcdContext): Executed<ClusterResponse> {
  if (state.raft.role !== 'leader') return refusals.notLeader;
  if (!membersOf(state).members.includes(target)) return refusals.badTransferee;
  const moved = target === ctx.id ? undefined : transferLeadership(member.raft, state, target, ctx);
  if (moved !== undefined && moved.type !== 'accepted') return refusals.badTransferee;
  return { type: 'moveLeader', header: { revision: state.raft.machine.revision } };
}

/** A learner may be promoted when it has at least nine tenths of what the leader has. */
const readyShare = 0.9;

function changeFault(state: EtcdState, request: MemberChange): Refusal | undefined {
  const { members, learners } = membersOf(state);
  const known = [...members, ...learners].includes(request.member);
  switch (request.type) {
    case 'memberAdd':
      if (known) return refusals.memberExists;
      return request.isLearner === true && learners.length > 0 ? refusals.tooManyLearners : undefined;
    case 'memberRemove':
      if (!known) return refusals.memberNotFound;
      return members.length === 1 && members.includes(request.member) ? refusals.notEnoughStarted : undefined;
    case 'memberPromote': {
      if (!known) return refusals.memberNotFound;
      if (!learners.includes(request.member)) return refusals.memberNotLearner;
      const { matchIndex, lastIndex } = statusOf(state.raft);
      return (matchIndex[request.member] ?? 0) < lastIndex * readyShare ? refusals.learnerNotReady : undefined;
    }
  }
}

function changeOf(request: MemberChange): {
  readonly type: 'add-voter' | 'add-learner' | 'remove';
  readonly server: NodeId;
} {
  const server = request.member;
  if (request.type === 'memberRemove') return { type: 'remove', server };
  return { type: request.type === 'memberAdd' && request.isLearner === true ? 'add-learner' : 'add-voter', server };
}

// Leader election (section 5.2) with the restriction that keeps committed entries in every leader's log (section 5.4.1), and
// with the question whether one would win asked first (thesis, section 9.6).
import { ms, type NodeId } from '../../sim/index.ts';
import { lastIndex, lastTerm } from './log.ts';
import { quorumIndex, tally } from './quorum.ts';
import { adoptTerm, becomeFollower, becomeLeader, changeRole, mayCampaign, resetElectionTimer } from './roles.ts';
import type { Turn } from './server.ts';
import { saveHardState, syncBeforeReply } from './storage.ts';
import type { RequestPreVote, RequestPreVoteReply, RequestVote, RequestVoteReply, TimeoutNow } from './types.ts';

/** The time-out passed: a leader counts who is there, everybody else may stand for election. */
export function onElectionTimeout(turn: Turn): void {
  const { raft, server } = turn;
  if (raft.role === 'leader') return server.config.leaderLease > 0 ? checkLease(turn) : checkQuorum(turn);
  if (!mayCampaign(turn) || isStillLed(turn)) return resetElectionTimer(turn);
  if (server.config.preVote) askForPreVotes(turn);
  else standForElection(turn, false);
}

/** Stands for election in the next term, and votes for itself. */
export function standForElection(turn: Turn, transfer: boolean): void {
  const { raft, ctx } = turn;
  raft.currentTerm++;
  raft.votedFor = ctx.id;
  beginCandidacy(turn, 'candidate');
  saveHardState(turn);
  ctx.disk.sync();
  ctx.note('vote', { term: raft.currentTerm, for: ctx.id });
  resetElectionTimer(turn);
  sendToVoters(turn, {
    type: 'RequestVote',
    term: raft.currentTerm,
    lastLogIndex: lastIndex(raft),
    lastLogTerm: lastTerm(raft),
    transfer,
  });
  countVotes(turn);
}

export function onRequestVote(turn: Turn, from: NodeId, message: RequestVote): void {
  const { raft, ctx, server } = turn;
  const { rules } = server;
  const granted =
    message.term === raft.currentTerm &&
    rules.isFreeToVote(raft, from) &&
    rules.isUpToDate(raft, message.lastLogIndex, message.lastLogTerm);
  if (granted && raft.votedFor !== from) {
    raft.votedFor = from;
    saveHardState(turn);
  }
  syncBeforeReply(turn);
  ctx.send(from, { type: 'RequestVoteReply', term: raft.currentTerm, granted });
  if (granted) ctx.note('vote', { term: raft.currentTerm, for: from, at: ctx.monotonic() });
  if (raft.role !== 'leader' && rules.resetsTimer(granted)) resetElectionTimer(turn);
}

export function onRequestVoteReply(turn: Turn, from: NodeId, reply: RequestVoteReply): void {
  const { raft, server } = turn;
  if (raft.role !== 'candidate' || !server.rules.countsVote(raft, reply.term)) return;
  recordVote(turn, from, reply.granted);
  countVotes(turn);
}

/** A vote that would be given: it costs the voter nothing, and says nothing about terms to come. */
export function onRequestPreVote(turn: Turn, from: NodeId, message: RequestPreVote): void {
  const { raft, ctx, server } = turn;
  const granted =
    message.term > raft.currentTerm && server.rules.isUpToDate(raft, message.lastLogIndex, message.lastLogTerm);
  ctx.send(from, { type: 'RequestPreVoteReply', term: granted ? message.term : raft.currentTerm, granted });
}

export function onRequestPreVoteReply(turn: Turn, from: NodeId, reply: RequestPreVoteReply): void {
  const { raft, server } = turn;
  if (!reply.granted && server.rules.isNewerTerm(raft, reply.term)) return adoptTerm(turn, reply.term);
  if (raft.role !== 'pre-candidate') return;
  if (reply.granted && !server.rules.countsPreVote(raft, reply.term)) return;
  recordVote(turn, from, reply.granted);
  countVotes(turn);
}

/** The leader hands over: its successor need not ask first whether it would win (thesis, section 3.10). */
export function onTimeoutNow(turn: Turn, message: TimeoutNow): void {
  const { raft, ctx } = turn;
  if (message.term !== raft.currentTerm || raft.role === 'leader' || !mayCampaign(turn)) return;
  ctx.note('take-over', { term: raft.currentTerm });
  standForElection(turn, true);
}

/** A candidate that hears from a leader it would have to depose is not heard, within the time-out (thesis, 4.2.3). */
export function isIgnored({ raft, server, ctx }: Turn, transfer: boolean): boolean {
  const { config, rules } = server;
  if (!config.stickiness || transfer) return false;
  if (raft.role === 'leader') return config.checkQuorum; // it would step down by itself
  const mayHaveVoted = config.reads === 'lease'; // a server that restarted may have promised a lease before
  return (
    (raft.leader !== null || mayHaveVoted) && rules.isSticky(ctx.monotonic() - raft.heardAt, config.electionTimeout)
  );
}

/** The timer ran through although the leader was heard of: it was not late, only looked for too early. */
function isStillLed({ raft, ctx, server: { config } }: Turn): boolean {
  if (config.electionTimer === 'reset' || raft.role !== 'follower' || raft.leader === null) return false;
  return ctx.monotonic() - raft.heardAt < config.electionTimeout;
}

function askForPreVotes(turn: Turn): void {
  const { raft } = turn;
  beginCandidacy(turn, 'pre-candidate');
  resetElectionTimer(turn);
  sendToVoters(turn, {
    type: 'RequestPreVote',
    term: raft.currentTerm + 1,
    lastLogIndex: lastIndex(raft),
    lastLogTerm: lastTerm(raft),
  });
  countVotes(turn);
}

function beginCandidacy(turn: Turn, role: 'pre-candidate' | 'candidate'): void {
  const { raft, ctx } = turn;
  raft.votes = [ctx.id];
  raft.refusals = [];
  raft.leader = null;
  raft.incoming = null;
  changeRole(turn, role);
}

function sendToVoters({ raft, ctx, server }: Turn, request: RequestVote | RequestPreVote): void {
  for (const peer of new Set(server.rules.halves(raft.configuration).flat())) {
    if (peer !== ctx.id) ctx.send(peer, request);
  }
}

function recordVote({ raft, server }: Turn, from: NodeId, granted: boolean): void {
  if (granted && server.rules.isNewVote(raft, from)) raft.votes.push(from);
  if (!granted && !raft.refusals.includes(from)) raft.refusals.push(from);
}

function countVotes(turn: Turn): void {
  const { raft, server } = turn;
  switch (tally(server.rules, raft.configuration, raft.votes, raft.refusals)) {
    case 'open':
      return;
    case 'lost':
      return becomeFollower(turn, null);
    case 'won':
      if (raft.role === 'pre-candidate') standForElection(turn, false);
      else becomeLeader(turn);
  }
}

/** A leader that no quorum answered for an election time-out does not know whether it still leads (thesis, 6.2). */
function checkQuorum(turn: Turn): void {
  const { raft, ctx, server } = turn;
  if (!server.config.checkQuorum) return;
  const active = raft.followers.filter((id) => raft.progress[id]?.active === true);
  if (tally(server.rules, raft.configuration, [ctx.id, ...active], []) !== 'won') return becomeFollower(turn, null);
  for (const progress of Object.values(raft.progress)) progress.active = false;
  ctx.setTimer('election', server.config.electionTimeout);
}

/** The same to the moment: the lease runs from the last answer that made a quorum (hashicorp/raft, checkLeaderLease). */
function checkLease(turn: Turn): void {
  const { raft, ctx, server } = turn;
  if (!server.config.checkQuorum) return;
  const { leaderLease } = server.config;
  const now = ctx.monotonic();
  const heardAt = quorumIndex(
    server.rules,
    raft.configuration,
    ctx.id,
    now,
    (peer) => raft.progress[peer]?.heardAt ?? 0,
  );
  if (now - heardAt > leaderLease) return becomeFollower(turn, null);
  ctx.setTimer('election', Math.max(ms(10), heardAt + leaderLease - now));
}

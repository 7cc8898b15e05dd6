// Leader election (section 5.2) with the restriction that keeps committed entries in every leader's log (section 5.4.1).
import type { Context, NodeId } from '../../sim/index.ts';
import { broadcast, proposeNoop } from './replication.ts';
import type { Server } from './raft.ts';
import { saveHardState, syncBeforeReply } from './storage.ts';
import type { Raft, RaftState, RequestVote, RequestVoteReply, Role } from './types.ts';

/** Election time-outs are drawn anew each time, so that split votes are rare and soon resolved (section 5.2). */
export function resetElectionTimer({ config }: Server, ctx: Context<Raft>): void {
  ctx.setTimer('election', config.electionTimeout + ctx.random(config.electionSpread + 1));
}

/** The time-out passed without a leader: stand for election in the next term, and vote for oneself. */
export function standForElection(server: Server, state: RaftState, ctx: Context<Raft>): void {
  state.currentTerm++;
  state.votedFor = ctx.id;
  state.votes = [ctx.id];
  state.leader = null;
  changeRole(state, 'candidate', ctx);
  saveHardState(state, server.rules, ctx);
  ctx.disk.sync();
  ctx.note('vote', { term: state.currentTerm, for: ctx.id });
  resetElectionTimer(server, ctx);
  const lastLogTerm = state.log.at(-1)?.term ?? 0;
  const request: RequestVote = {
    type: 'RequestVote',
    term: state.currentTerm,
    lastLogIndex: state.log.length,
    lastLogTerm,
  };
  for (const peer of ctx.peers) ctx.send(peer, request);
  if (server.rules.isQuorum(1, 1 + ctx.peers.length)) becomeLeader(server, state, ctx);
}

export function onRequestVote(
  server: Server,
  state: RaftState,
  from: NodeId,
  message: RequestVote,
  ctx: Context<Raft>,
): void {
  const { rules } = server;
  const granted =
    message.term === state.currentTerm &&
    rules.isFreeToVote(state, from) &&
    rules.isUpToDate(state, message.lastLogIndex, message.lastLogTerm);
  if (granted) {
    if (state.votedFor !== from) {
      state.votedFor = from;
      saveHardState(state, rules, ctx);
    }
    resetElectionTimer(server, ctx);
  }
  syncBeforeReply(rules, ctx);
  ctx.send(from, { type: 'RequestVoteReply', term: state.currentTerm, granted });
  if (granted) ctx.note('vote', { term: state.currentTerm, for: from });
}

export function onRequestVoteReply(
  server: Server,
  state: RaftState,
  from: NodeId,
  reply: RequestVoteReply,
  ctx: Context<Raft>,
): void {
  const { rules } = server;
  if (state.role !== 'candidate' || !reply.granted || !rules.countsVote(state, reply.term)) return;
  if (rules.isNewVote(state, from)) state.votes.push(from);
  if (rules.isQuorum(state.votes.length, 1 + ctx.peers.length)) becomeLeader(server, state, ctx);
}

/** A higher term was seen: whoever this was, it is a follower of that term now (Figure 2, all servers). */
export function adoptTerm(server: Server, state: RaftState, term: number, ctx: Context<Raft>): void {
  state.currentTerm = term;
  state.votedFor = server.rules.voteInNewTerm(state);
  state.leader = null;
  saveHardState(state, server.rules, ctx);
  if (state.role === 'follower') changeRole(state, 'follower', ctx);
  else becomeFollower(server, state, ctx);
}

export function becomeFollower(server: Server, state: RaftState, ctx: Context<Raft>): void {
  const left = state.role === 'leader' ? [...state.waiting, ...state.reads] : [];
  changeRole(state, 'follower', ctx);
  state.votes = [];
  state.progress = {};
  state.waiting = [];
  state.reads = [];
  ctx.clearTimer('heartbeat');
  resetElectionTimer(server, ctx);
  // What they asked for may yet be committed: they ask the next leader, who recognizes a command it already has.
  for (const { client, sequence } of left) {
    ctx.send(client, { type: 'ClientReply', sequence, answer: { type: 'not-leader', leader: null } });
  }
}

/** Elected: followers are assumed to match until they say otherwise; a no-op commits what earlier terms left (section 8). */
function becomeLeader(server: Server, state: RaftState, ctx: Context<Raft>): void {
  changeRole(state, 'leader', ctx);
  state.leader = ctx.id;
  state.votes = [];
  state.round = 0;
  for (const peer of ctx.peers) {
    state.progress[peer] = { nextIndex: state.log.length + 1, matchIndex: 0, probing: true, ackedRound: 0 };
  }
  ctx.clearTimer('election');
  ctx.setTimer('heartbeat', server.config.heartbeat);
  broadcast(server, state, ctx);
  proposeNoop(server, state, ctx);
}

function changeRole(state: RaftState, role: Role, ctx: Context<Raft>): void {
  state.role = role;
  ctx.note('role', { role, term: state.currentTerm });
}

// How a server moves between its roles (Figure 4), and what comes and goes with each: timers, votes, progress, waiting reads.
import type { NodeId } from '../../sim/index.ts';
import { initialConfiguration } from './configuration.ts';
import { configurationAt, lastIndex } from './log.ts';
import { trackMembers } from './progress.ts';
import { dropReads } from './reads.ts';
import { broadcast, proposeNoop } from './replication.ts';
import { firstVoters, hostContext, type Turn } from './server.ts';
import { saveHardState } from './storage.ts';
import type { Role } from './types.ts';

/** Election time-outs are drawn anew each time, so that split votes are rare and soon resolved (section 5.2). */
export function resetElectionTimer({ server: { config }, ctx }: Turn): void {
  ctx.setTimer('election', config.electionTimeout + ctx.random(config.electionSpread + 1));
}

/** A higher term was seen: whoever this was, it is a follower of that term now (Figure 2, all servers). */
export function adoptTerm(turn: Turn, term: number): void {
  const { server, raft } = turn;
  raft.currentTerm = term;
  raft.votedFor = server.rules.voteInNewTerm(raft);
  saveHardState(turn);
  becomeFollower(turn, null);
}

/** Follows `leader`, or nobody yet. */
export function becomeFollower(turn: Turn, leader: NodeId | null): void {
  const { raft, ctx, server, host } = turn;
  const before = raft.role;
  changeRole(turn, restingRole(turn));
  raft.leader = leader;
  raft.votes = [];
  raft.refusals = [];
  raft.transfer = null;
  if (before !== 'follower' && before !== 'learner') resetElectionTimer(turn);
  dropReads(turn);
  if (before !== 'leader') return;
  raft.followers = [];
  raft.progress = {};
  raft.rounds = [];
  ctx.clearTimer('heartbeat');
  server.hooks.lostLeadership?.(host, hostContext(turn));
}

/** Hears from the leader of its term. */
export function followLeader(turn: Turn, leader: NodeId): void {
  const { raft, ctx, server } = turn;
  if (raft.role !== 'follower' && raft.role !== 'learner') becomeFollower(turn, leader);
  else if (raft.leader !== leader) dropReads(turn);
  raft.leader = leader;
  const { stickiness, electionTimer } = server.config;
  if (stickiness || electionTimer === 'sampled') raft.heardAt = ctx.monotonic();
  if (electionTimer === 'reset') resetElectionTimer(turn);
}

/** Elected: members are assumed to match until they say otherwise; a no-op commits what earlier terms left (section 8). */
export function becomeLeader(turn: Turn): void {
  const { raft, ctx, server, host } = turn;
  changeRole(turn, 'leader');
  raft.leader = ctx.id;
  raft.votes = [];
  raft.refusals = [];
  raft.flushedIndex = lastIndex(raft);
  raft.round = 0;
  raft.rounds = [];
  raft.leaseUntil = 0;
  raft.leaseForfeited = false;
  raft.uncommittedBytes = 0;
  raft.incoming = null;
  raft.progress = {};
  dropReads(turn);
  trackMembers(turn);
  const { checkQuorum, leaderLease, electionTimeout } = server.config;
  if (checkQuorum) ctx.setTimer('election', leaderLease > 0 ? leaderLease : electionTimeout);
  else ctx.clearTimer('election');
  ctx.setTimer('heartbeat', server.config.heartbeat);
  broadcast(turn);
  proposeNoop(turn);
  if (raft.role === 'leader') server.hooks.becameLeader?.(host, hostContext(turn));
}

export function changeRole({ raft, ctx }: Turn, role: Role): void {
  raft.role = role;
  ctx.note('role', { role, term: raft.currentTerm });
}

/** A follower if it may stand for election, else a learner. */
export function restingRole({ raft, ctx, server }: Turn): 'follower' | 'learner' {
  return mayCampaign({ raft, ctx, server }) ? 'follower' : 'learner';
}

/** Brings the role in line with a configuration that came into force, or was committed. */
export function refreshRole(turn: Turn): void {
  const { role } = turn.raft;
  if (role !== 'follower' && role !== 'learner') return;
  const resting = restingRole(turn);
  if (resting !== role) changeRole(turn, resting);
}

export function mayCampaign({ raft, ctx, server }: Omit<Turn, 'host'>): boolean {
  const { rules } = server;
  if (raft.configurationIndex <= raft.commitIndex) return rules.mayCampaign(raft, ctx.id, raft.configuration);
  const initial = initialConfiguration(firstVoters(server, ctx));
  const committed = configurationAt(raft, Math.min(raft.commitIndex, lastIndex(raft)), initial);
  return rules.mayCampaign(raft, ctx.id, committed.configuration);
}

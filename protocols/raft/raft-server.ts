// A Raft server's life: it starts from what is on disk, and hands each message and time-out to the part of the protocol that
// it belongs to (Figure 2).
import type { Context, NodeId } from '../../sim/index.ts';
import { applyCommitted } from './apply.ts';
import { initialConfiguration } from './configuration.ts';
import {
  isIgnored,
  onElectionTimeout,
  onRequestPreVote,
  onRequestPreVoteReply,
  onRequestVote,
  onRequestVoteReply,
  onTimeoutNow,
} from './election.ts';
import { onAppendEntries } from './follower.ts';
import { configurationAt } from './log.ts';
import { onReadIndex, onReadIndexReply } from './reads.ts';
import { broadcast, flush, onAppendEntriesReply } from './replication.ts';
import { adoptTerm, resetElectionTimer, restingRole } from './roles.ts';
import { firstVoters, type RaftContext, type RaftHost, type RaftServer, type Turn } from './server.ts';
import { machineOf, onInstallSnapshot, onInstallSnapshotReply } from './snapshot.ts';
import { recover } from './storage.ts';
import { giveUpTransfer } from './transfer.ts';
import type { RaftMessage, RaftState, RaftTimer } from './types.ts';

const messageTypes: ReadonlySet<string> = new Set<RaftMessage['type']>([
  'AppendEntries',
  'AppendEntriesReply',
  'RequestVote',
  'RequestVoteReply',
  'RequestPreVote',
  'RequestPreVoteReply',
  'InstallSnapshot',
  'InstallSnapshotReply',
  'TimeoutNow',
  'ReadIndex',
  'ReadIndexReply',
]);

export function isRaftMessage<T extends { readonly type: string }>(
  message: T,
): message is Extract<T, { readonly type: RaftMessage['type'] }> {
  return messageTypes.has(message.type);
}

export function isRaftTimer(timer: string): timer is RaftTimer {
  return timer === 'election' || timer === 'heartbeat' || timer === 'apply' || timer === 'flush';
}

/** Starts a server, at birth and after each crash, from what its disk holds. */
export function startRaft<H extends RaftHost, M, C, R>(
  server: RaftServer<H, M, C, R>,
  ctx: Context<H>,
): RaftState<M, C> {
  return start(server, ctx) as RaftState<M, C>;
}

export function onRaftMessage(
  server: RaftServer,
  host: { readonly raft: RaftState },
  from: NodeId,
  message: RaftMessage<unknown>,
  ctx: RaftContext,
): void {
  const { raft } = host;
  const turn: Turn = { server, raft, host, ctx };
  switch (message.type) {
    case 'RequestPreVote':
      if (!isIgnored(turn, false)) onRequestPreVote(turn, from, message);
      return;
    case 'RequestPreVoteReply':
      return onRequestPreVoteReply(turn, from, message); // it speaks of a term that may never come
    case 'ReadIndex':
      return onReadIndex(turn, from, message);
    case 'ReadIndexReply':
      return onReadIndexReply(turn, message);
    case 'RequestVote':
      if (message.term > raft.currentTerm && isIgnored(turn, message.transfer)) return;
      break;
    default:
      break;
  }
  if (server.rules.isNewerTerm(raft, message.term)) adoptTerm(turn, message.term);
  dispatch(turn, from, message as TermMessage);
}

export function onRaftTimer(
  server: RaftServer,
  host: { readonly raft: RaftState },
  timer: RaftTimer,
  ctx: RaftContext,
): void {
  const turn: Turn = { server, raft: host.raft, host, ctx };
  switch (timer) {
    case 'election':
      return onElectionTimeout(turn);
    case 'heartbeat':
      if (host.raft.role !== 'leader') return;
      ctx.setTimer('heartbeat', server.config.heartbeat);
      giveUpTransfer(turn);
      return broadcast(turn);
    case 'apply':
      return applyCommitted(turn);
    case 'flush':
      return flush(turn);
  }
}

type TermMessage = Exclude<
  RaftMessage,
  { readonly type: 'RequestPreVote' | 'RequestPreVoteReply' | 'ReadIndex' | 'ReadIndexReply' }
>;

function dispatch(turn: Turn, from: NodeId, message: TermMessage): void {
  switch (message.type) {
    case 'AppendEntries':
      return onAppendEntries(turn, from, message);
    case 'AppendEntriesReply':
      return onAppendEntriesReply(turn, from, message);
    case 'RequestVote':
      return onRequestVote(turn, from, message);
    case 'RequestVoteReply':
      return onRequestVoteReply(turn, from, message);
    case 'InstallSnapshot':
      return onInstallSnapshot(turn, from, message);
    case 'InstallSnapshotReply':
      return onInstallSnapshotReply(turn, from, message);
    case 'TimeoutNow':
      return onTimeoutNow(turn, message);
  }
}

function start(server: RaftServer, ctx: RaftContext): RaftState {
  const { rules, service, config } = server;
  const { currentTerm, votedFor, snapshot, log } = rules.recovers(recover(ctx, rules), ctx.id);
  const applied = snapshot === null ? 0 : rules.appliedAfterRestart(snapshot, log.base);
  const raft: RaftState = {
    currentTerm,
    votedFor,
    log,
    snapshot,
    role: 'follower',
    leader: null,
    heardAt: config.reads === 'lease' ? ctx.monotonic() : 0,
    commitIndex: applied,
    lastApplied: applied,
    machine: snapshot === null ? service.initial() : machineOf({ server }, snapshot.data),
    configuration: initialConfiguration(firstVoters(server, ctx)),
    configurationIndex: 0,
    incoming: null,
    reads: [],
    nextReadNumber: ctx.random(2 ** 30),
    votes: [],
    refusals: [],
    followers: [],
    progress: {},
    flushedIndex: 0,
    round: 0,
    rounds: [],
    leaseUntil: 0,
    leaseForfeited: false,
    transfer: null,
    uncommittedBytes: 0,
  };
  const found = configurationAt(raft, rules.configurationHorizon(raft), raft.configuration);
  raft.configuration = found.configuration;
  raft.configurationIndex = found.index;
  const turn: Turn = { server, raft, host: { raft }, ctx };
  raft.role = restingRole(turn);
  ctx.note('role', { role: raft.role, term: currentTerm, starts: true });
  ctx.note('configuration', { index: found.index, role: raft.role, ...found.configuration });
  resetElectionTimer(turn);
  return raft;
}

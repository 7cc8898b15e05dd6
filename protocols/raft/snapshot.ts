// Log compaction (section 7; thesis, chapter 5): a server replaces the entries that it has applied by a snapshot, and sends
// the snapshot, chunk after chunk, to a follower that needs entries which are gone.
import type { NodeId } from '../../sim/index.ts';
import { commitTo } from './apply.ts';
import { initialConfiguration } from './configuration.ts';
import { configurationAt, termAt } from './log.ts';
import { adoptConfiguration } from './membership.ts';
import { fromText, toText } from './plain-text.ts';
import { beginSnapshot, markActive, progressOf } from './progress.ts';
import { answerReads } from './reads.ts';
import { onMatch, sendNext } from './replication.ts';
import { followLeader } from './roles.ts';
import { firstVoters, hostContext, type Turn } from './server.ts';
import { replaceLog, saveHardState, saveSnapshot, syncBeforeReply } from './storage.ts';
import type { InstallSnapshot, InstallSnapshotReply, Progress, RaftState, Snapshot } from './types.ts';

/** The machine as a snapshot keeps it. */
export function machineText({ server }: Pick<Turn, 'server'>, machine: unknown): string {
  return toText(server.service.save === undefined ? machine : server.service.save(machine));
}

/** The machine that a snapshot kept. */
export function machineOf({ server }: Pick<Turn, 'server'>, text: string): unknown {
  const saved = fromText(text);
  return server.service.load === undefined ? saved : server.service.load(saved);
}

export function takeSnapshotIfDue(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const { snapshotThreshold, trailing } = server.config;
  const index = raft.lastApplied;
  if (snapshotThreshold === 0 || index - (raft.snapshot?.index ?? 0) < snapshotThreshold) return;
  const initial = initialConfiguration(firstVoters(server, ctx));
  const { configuration } = configurationAt(raft, index, initial);
  const snapshot: Snapshot = {
    index,
    term: termAt(raft, index),
    configuration: server.rules.snapshotConfiguration(raft, configuration, initial),
    data: machineText(turn, raft.machine),
  };
  const base = Math.max(raft.log.base, index - trailing);
  saveSnapshot(turn, snapshot, base, termAt(raft, base));
  ctx.note('snapshot', { index, term: snapshot.term, base });
}

/** Sends the chunk that the follower wants next; it serves as a heartbeat as well. */
export function sendSnapshot({ raft, ctx, server }: Turn, peer: NodeId, progress: Progress): void {
  if (progress.mode !== 'snapshot') beginSnapshot(progress, raft.snapshot as Snapshot);
  const { index, term, configuration, data } = progress.snapshot as Snapshot;
  const offset = progress.snapshotOffset;
  const end = Math.min(data.length, offset + server.config.snapshotChunk);
  ctx.send(peer, {
    type: 'InstallSnapshot',
    term: raft.currentTerm,
    lastIndex: index,
    lastTerm: term,
    configuration,
    offset,
    data: data.slice(offset, end),
    done: end === data.length,
    round: raft.round,
  });
}

export function onInstallSnapshotReply(turn: Turn, from: NodeId, reply: InstallSnapshotReply): void {
  const { raft, server } = turn;
  const progress = progressOf(turn, from);
  if (raft.role !== 'leader' || !server.rules.isCurrentReply(raft, reply.term) || progress === undefined) return;
  markActive(turn, progress);
  if (reply.round > progress.ackedRound) progress.ackedRound = reply.round;
  answerReads(turn);
  if (reply.matchIndex > 0) {
    onMatch(turn, from, progress, reply.matchIndex);
    if (raft.role === 'leader') sendNext(turn, from, progress);
  } else if (reply.lastIndex === progress.snapshot?.index) {
    // Only the answer to the chunk under way moves on; should it be lost, a heartbeat repeats the chunk.
    if (reply.answers !== progress.snapshotOffset || reply.offset === progress.snapshotOffset) return;
    progress.snapshotOffset = reply.offset;
    sendSnapshot(turn, from, progress);
  }
}

export function onInstallSnapshot(turn: Turn, from: NodeId, message: InstallSnapshot): void {
  const { raft, server } = turn;
  const { lastIndex: index, lastTerm: term } = message;
  if (message.term < raft.currentTerm) {
    if (server.rules.answersLowerTerm) reply(turn, from, message, 0, 0);
    return;
  }
  followLeader(turn, from);
  if (!server.rules.isNewSnapshot(raft, index)) return reply(turn, from, message, 0, raft.commitIndex);
  if (termAt(raft, index) === term) {
    // The log has it all: only the commit index was behind.
    syncBeforeReply(turn);
    commitTo(turn, index);
    return reply(turn, from, message, 0, index);
  }
  const isNext = raft.incoming?.index === index && raft.incoming.term === message.term;
  if (!isNext) raft.incoming = { index, term: message.term, data: '' };
  const incoming = raft.incoming as NonNullable<RaftState['incoming']>;
  if (message.offset === incoming.data.length) incoming.data += message.data;
  const isComplete = message.done && message.offset + message.data.length === incoming.data.length;
  if (!isComplete) return reply(turn, from, message, incoming.data.length, 0);
  install(turn, { index, term, configuration: message.configuration, data: incoming.data });
  reply(turn, from, message, 0, index);
}

/** The snapshot takes the place of the log and of the machine. */
function install(turn: Turn, snapshot: Snapshot): void {
  const { raft, ctx, server, host } = turn;
  raft.currentTerm = server.rules.termAfterSnapshot(raft, snapshot.term);
  raft.incoming = null;
  saveHardState(turn);
  replaceLog(turn, snapshot);
  raft.machine = machineOf(turn, snapshot.data);
  ctx.note('restore', { index: snapshot.index, term: snapshot.term });
  raft.commitIndex = snapshot.index;
  raft.lastApplied = snapshot.index;
  adoptConfiguration(turn);
  server.hooks.restored?.(host, hostContext(turn));
}

function reply(turn: Turn, to: NodeId, message: InstallSnapshot, offset: number, matchIndex: number): void {
  syncBeforeReply(turn);
  turn.ctx.send(to, {
    type: 'InstallSnapshotReply',
    term: turn.raft.currentTerm,
    lastIndex: message.lastIndex,
    answers: message.offset,
    offset,
    matchIndex,
    round: message.round,
  });
}

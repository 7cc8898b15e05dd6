// What the leader knows of the other members, and how much it sends them: one message at a time while it probes where the
// logs agree, many on trust once it knows, chunks of a snapshot when entries are gone.
import type { Micros, NodeId } from '../../sim/index.ts';
import { membersOf } from './configuration.ts';
import { lastIndex } from './log.ts';
import type { Turn } from './server.ts';
import type { Progress, Snapshot } from './types.ts';

/** Adds members that are new and forgets those that are gone. */
export function trackMembers({ raft, ctx, server }: Turn): void {
  const members = membersOf(raft.configuration).filter((id) => id !== ctx.id);
  const before = raft.progress;
  const now = server.config.leaderLease > 0 ? ctx.monotonic() : 0;
  raft.followers = members;
  raft.progress = Object.fromEntries(members.map((id) => [id, before[id] ?? newProgress(lastIndex(raft) + 1, now)]));
  if (raft.transfer !== null && !raft.configuration.voters.includes(raft.transfer.target)) raft.transfer = null;
}

export function progressOf({ raft }: Turn, peer: NodeId): Progress | undefined {
  return raft.progress[peer];
}

/** A member answered, whatever it said. */
export function markActive({ server, ctx }: Turn, progress: Progress): void {
  progress.active = true;
  if (server.config.leaderLease > 0) progress.heardAt = ctx.monotonic();
}

/** Where the logs agree is not known (any more): what was sent on trust may be lost. */
export function becomeProbing(progress: Progress, nextIndex: number): void {
  progress.mode = 'probe';
  progress.snapshot = null;
  progress.nextIndex = Math.max(nextIndex, progress.matchIndex + 1);
  progress.inflight.length = 0;
}

export function becomeReplicating(progress: Progress): void {
  progress.mode = 'replicate';
  progress.nextIndex = progress.matchIndex + 1;
  progress.inflight.length = 0;
}

export function beginSnapshot(progress: Progress, snapshot: Snapshot): void {
  progress.mode = 'snapshot';
  progress.snapshot = snapshot;
  progress.snapshotOffset = 0;
  progress.inflight.length = 0;
}

/** The follower's log equals the leader's up to `match`. False if that was known. */
export function advanceMatch(progress: Progress, match: number): boolean {
  if (match <= progress.matchIndex) return false;
  progress.matchIndex = match;
  if (progress.nextIndex <= match) progress.nextIndex = match + 1;
  const { inflight } = progress;
  let acknowledged = 0;
  while (acknowledged < inflight.length && (inflight[acknowledged]?.last ?? 0) <= match) acknowledged++;
  if (acknowledged > 0) inflight.splice(0, acknowledged);
  return true;
}

/** Whether another message with entries may be sent on trust. */
export function hasRoom({ inflight }: Progress, { server: { config } }: Turn): boolean {
  if (inflight.length >= config.maxInflight) return false;
  if (config.maxInflightBytes === Infinity) return true;
  return inflight.reduce((sum, { bytes }) => sum + bytes, 0) < config.maxInflightBytes;
}

function newProgress(nextIndex: number, heardAt: Micros): Progress {
  return {
    mode: 'probe',
    nextIndex,
    matchIndex: 0,
    inflight: [],
    ackedRound: 0,
    active: true,
    heardAt,
    snapshot: null,
    snapshotOffset: 0,
  };
}

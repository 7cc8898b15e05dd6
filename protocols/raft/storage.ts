// What a Raft server keeps on disk: term and vote in one cell, its latest snapshot in another, and the log. Nothing is told
// to anybody before it is synced (Figure 2: "updated on stable storage before responding to RPCs").
import { DiskError, type Json, type NodeId } from '../../sim/index.ts';
import type { Configuration } from './configuration.ts';
import { lastIndex, termAt } from './log.ts';
import type { Rules } from './rules.ts';
import type { RaftContext, Turn } from './server.ts';
import type { Entry, Log, Snapshot } from './types.ts';

/** The names that a host must not use for its own data. */
export const cells = { hardState: 'hard-state', snapshot: 'snapshot', log: 'log' } as const;

export interface HardState {
  readonly term: number;
  readonly vote: NodeId | null;
  readonly [key: string]: NodeId | number | null;
}

/** A snapshot on disk, with the entry before the first one that is kept in the log. */
export interface SavedSnapshot extends Snapshot {
  readonly base: number;
  readonly baseTerm: number;
  readonly [key: string]: string | number | Configuration;
}

export interface Recovered {
  readonly currentTerm: number;
  readonly votedFor: NodeId | null;
  readonly snapshot: Snapshot | null;
  readonly log: Log<unknown>;
}

/**
 * Reads what survived. A torn tail was never acknowledged and is cut off; a corrupt record was, so the server refuses.
 * @throws DiskError when a record in the log, or a cell, is corrupt.
 */
export function recover(ctx: RaftContext, rules: Rules): Recovered {
  const hard = ctx.disk.get<HardState>(cells.hardState);
  const saved = ctx.disk.get<SavedSnapshot>(cells.snapshot) ?? null;
  return {
    currentTerm: hard?.term ?? 0,
    votedFor: hard?.vote ?? null,
    snapshot:
      saved === null
        ? null
        : { index: saved.index, term: saved.term, configuration: saved.configuration, data: saved.data },
    log: recoverLog(ctx, rules, saved),
  };
}

/** Writes term and vote; `sync` makes them durable. */
export function saveHardState({ raft, server: { rules }, ctx }: Turn): void {
  ctx.disk.set(cells.hardState, {
    term: rules.persistsTerm ? raft.currentTerm : 0,
    vote: rules.persistsVote ? raft.votedFor : null,
  });
}

export function appendEntry({ raft, ctx }: Turn, entry: Entry<unknown>): void {
  raft.log.entries.push(entry);
  const place = ctx.disk.append(cells.log, entry as Json);
  if (place + 1 !== lastIndex(raft))
    throw new Error(`entry ${lastIndex(raft)} was written at place ${place} of the log`);
}

/** Drops the entries from `index` on: a leader of a later term overwrites them. */
export function truncateFrom({ raft, ctx }: Turn, index: number): void {
  ctx.note('truncate', { from: index, to: lastIndex(raft), term: termAt(raft, index) });
  raft.log.entries.length = index - 1 - raft.log.base;
  ctx.disk.truncate(cells.log, index - 1);
}

/** Call before each reply that promises anything. */
export function syncBeforeReply({ server, ctx }: Turn): void {
  if (server.rules.syncsBeforeReply) ctx.disk.sync();
}

/** Makes a snapshot durable, and only then forgets the entries before `base` (section 7). */
export function saveSnapshot({ raft, ctx }: Turn, snapshot: Snapshot, base: number, baseTerm: number): void {
  ctx.disk.set(cells.snapshot, { ...snapshot, base, baseTerm });
  ctx.disk.sync();
  ctx.disk.trim(cells.log, base);
  raft.log.entries.splice(0, base - raft.log.base);
  raft.log.base = base;
  raft.log.baseTerm = baseTerm;
  raft.snapshot = snapshot;
}

/** Makes a snapshot durable that takes the place of the whole log: another history led to it. */
export function replaceLog({ raft, ctx }: Turn, snapshot: Snapshot): void {
  const { log } = raft;
  ctx.disk.set(cells.snapshot, { ...snapshot, base: snapshot.index, baseTerm: snapshot.term });
  ctx.disk.truncate(cells.log, log.base);
  ctx.disk.trim(cells.log, snapshot.index);
  ctx.disk.sync();
  log.entries.length = 0;
  log.base = snapshot.index;
  log.baseTerm = snapshot.term;
  raft.snapshot = snapshot;
}

/** The log behind the snapshot; a crash may have come between making the snapshot durable and trimming the log. */
function recoverLog(ctx: RaftContext, rules: Rules, saved: SavedSnapshot | null): Log<unknown> {
  const { first, records, damage } = ctx.disk.read(cells.log);
  if (damage !== undefined && (damage.type === 'torn' || rules.truncatesCorruption))
    ctx.disk.truncate(cells.log, damage.index);
  else if (damage !== undefined) throw new DiskError('corrupt', `log entry ${damage.index + 1} has a wrong checksum`);
  const { base, baseTerm, index, term } = saved ?? { base: 0, baseTerm: 0, index: 0, term: 0 };
  if (first > base) throw new DiskError('corrupt', `the log begins behind entry ${first}, the snapshot at ${base}`);
  const all = records as unknown as Entry<unknown>[];
  // What the snapshot covers is in the log, or the log is of another history than the snapshot.
  const isSameHistory = index === first || all[index - 1 - first]?.term === term;
  if (!isSameHistory) ctx.disk.truncate(cells.log, first);
  const begin = isSameHistory ? base : index;
  if (first < begin) ctx.disk.trim(cells.log, begin);
  return isSameHistory
    ? { base, baseTerm, entries: all.slice(base - first) }
    : { base: index, baseTerm: term, entries: [] };
}

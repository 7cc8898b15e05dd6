// What a Raft server keeps on disk: term and vote in one cell, the log in one append-only log. Nothing is told to anybody
// before it is synced (Figure 2: "updated on stable storage before responding to RPCs").
import { DiskError, type Context, type NodeId } from '../../sim/index.ts';
import type { Rules } from './rules.ts';
import type { Entry, Raft, RaftState } from './types.ts';

interface HardState {
  readonly term: number;
  readonly vote: NodeId | null;
  readonly [key: string]: NodeId | number | null;
}

export interface Recovered {
  readonly currentTerm: number;
  readonly votedFor: NodeId | null;
  readonly log: Entry[];
}

/**
 * Reads what survived. A torn tail was never acknowledged and is cut off; a corrupt record was, so the server refuses.
 * @throws DiskError when a record in the log is corrupt.
 */
export function recover(ctx: Context<Raft>): Recovered {
  const hard = ctx.disk.get<HardState>('hard-state');
  const { records, damage } = ctx.disk.read('log');
  if (damage?.type === 'corrupt') throw new DiskError('corrupt', `log entry ${damage.index + 1} has a wrong checksum`);
  if (damage?.type === 'torn') ctx.disk.truncate('log', damage.index);
  return { currentTerm: hard?.term ?? 0, votedFor: hard?.vote ?? null, log: records as unknown as Entry[] };
}

/** Writes term and vote; `sync` makes them durable. */
export function saveHardState(state: RaftState, rules: Rules, ctx: Context<Raft>): void {
  ctx.disk.set('hard-state', { term: state.currentTerm, vote: rules.persistsVote ? state.votedFor : null });
}

export function appendEntry(state: RaftState, entry: Entry, ctx: Context<Raft>): void {
  state.log.push(entry);
  ctx.disk.append('log', entry as unknown as { readonly [key: string]: never });
}

/** Drops the entries from `index` on: a leader of a later term overwrites them. */
export function truncateFrom(state: RaftState, index: number, ctx: Context<Raft>): void {
  state.log.length = index - 1;
  ctx.disk.truncate('log', index - 1);
}

/** Call before each reply that promises anything. */
export function syncBeforeReply(rules: Rules, ctx: Context<Raft>): void {
  if (rules.syncsBeforeReply) ctx.disk.sync();
}

// What Zab's servers note, with types, and what properties read of their disks.
import type { Json, NodeView, Touch } from '../../../sim/index.ts';
import type { ZabServerState } from '../server.ts';
import type { Snapshot } from '../storage.ts';
import type { Entry, Phase, Role, ZabState } from '../types.ts';
import type { Zxid } from '../zxid.ts';

/** The data of each kind of note. */
export interface Notes {
  starts: { readonly boot: number; readonly accepted: number; readonly current: number };
  role: { readonly role: Role; readonly phase: Phase; readonly epoch: number };
  vote: {
    readonly round: number;
    /** It begins the round with this vote. */
    readonly isFirst: boolean;
    readonly leader: string;
    readonly zxid: Zxid;
    readonly epoch: number;
  };
  elects: { readonly leader: string; readonly round: number };
  'accepts-epoch': { readonly epoch: number };
  'initial-history': { readonly epoch: number; readonly last: Zxid; readonly previousEpoch: number };
  synchronizes: { readonly learner: string; readonly by: string };
  'accepts-history': { readonly epoch: number; readonly leader: string; readonly last: Zxid };
  establishes: { readonly epoch: number; readonly last: Zxid };
  serves: { readonly epoch: number; readonly applied: Zxid; readonly last: Zxid };
  proposes: { readonly zxid: Zxid; readonly request: string };
  logs: { readonly first: Zxid; readonly last: Zxid; readonly epoch: number };
  commits: { readonly zxid: Zxid; readonly epoch: number };
  delivers: { readonly zxid: Zxid; readonly previous: Zxid; readonly request: string };
  truncates: { readonly to: Zxid; readonly last: Zxid; readonly applied: Zxid };
  bad: { readonly what: string; readonly about: string };
}

/** The note that this property listens to, typed by its kind; undefined if the touch is of another kind. */
export function noteOf<K extends keyof Notes>(touch: Touch, kind: K): Notes[K] | undefined {
  return touch.note?.kind === kind ? (touch.note.data as unknown as Notes[K]) : undefined;
}

/** The state of a server that lives. */
export function zabOf({ state }: NodeView): ZabState | undefined {
  return (state as ZabServerState | undefined)?.zab;
}

export function durableCell<T extends Json>({ durable }: NodeView, cell: string): T | undefined {
  return durable.cells.get(cell) as T | undefined;
}

/** What a restart would find: the history after `base`, with the snapshot's transaction. */
export function durableHistory(node: NodeView): {
  readonly base: Zxid;
  readonly snapshotZxid: Zxid;
  readonly entries: readonly Entry[];
} {
  const snapshot = node.durable.cells.get('zab-snapshot') as unknown as Snapshot | undefined;
  const log = node.durable.logs.get('zab-log');
  const { from = 0, base = 0, zxid: snapshotZxid = 0 } = snapshot ?? {};
  if (log === undefined) return { base, snapshotZxid, entries: [] };
  const end = Math.min(log.records.length, (log.tornAt ?? Infinity) - log.first);
  return { base, snapshotZxid, entries: log.records.slice(Math.max(0, from - log.first), end) as unknown as Entry[] };
}

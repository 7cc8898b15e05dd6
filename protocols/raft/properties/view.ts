// How properties look at a Raft server: its state, its notes, and what of its disk would survive a power loss.
import type { AnyProtocol, NodeId, NodeView, Touch, View } from '../../../sim/index.ts';
import { cells, type HardState, type SavedSnapshot } from '../storage.ts';
import type { Entry, RaftState } from '../types.ts';

/** What a note says, by the type of the note that the property listens to. */
export function dataOf<T>(note: Touch['note']): T {
  if (note === undefined) throw new Error('a property that listens to notes was judged without one');
  return note.data as T;
}

/** The Raft server of a node that lives. */
export function raftOf({ state }: NodeView): RaftState | undefined {
  return (state as { readonly raft?: RaftState } | undefined)?.raft;
}

export function hardStateOf({ durable }: NodeView): HardState | undefined {
  return durable.cells.get(cells.hardState) as HardState | undefined;
}

export function savedSnapshotOf({ durable }: NodeView): SavedSnapshot | undefined {
  return durable.cells.get(cells.snapshot) as SavedSnapshot | undefined;
}

/**
 * The term of the entry that a restart would find at this index: nothing behind a torn record is found. `covered` by a
 * snapshot counts as there.
 */
export function durableTerm(node: NodeView, index: number): number | 'covered' | undefined {
  if (index <= (savedSnapshotOf(node)?.index ?? 0)) return 'covered';
  const log = node.durable.logs.get(cells.log);
  if (log === undefined || index - 1 >= (log.tornAt ?? Infinity)) return undefined;
  return (log.records[index - 1 - log.first] as unknown as Entry | undefined)?.term;
}

/** Whether a restart would find this entry, or a snapshot that covers it. */
export function holdsDurably(node: NodeView, index: number, term: number): boolean {
  const found = durableTerm(node, index);
  return found === 'covered' || found === term;
}

/** Who leads in the highest term, for faults aimed at `@leader`. */
export function currentLeader(server: AnyProtocol): (view: View) => string | undefined {
  return (view) => {
    let best: { readonly id: string; readonly term: number } | undefined;
    for (const node of view.nodes) {
      const raft = node.protocol === server ? raftOf(node) : undefined;
      if (raft?.role !== 'leader' || raft.currentTerm <= (best?.term ?? -1)) continue;
      best = { id: node.id, term: raft.currentTerm };
    }
    return best?.id;
  };
}

/** The halves of every configuration that one of these servers knows: each uses the latest in its log (thesis, section 4.1). */
export function knownVoters(
  server: AnyProtocol,
): (view: View, knownTo: readonly NodeId[]) => readonly (readonly NodeId[])[] {
  return (view, knownTo) =>
    view.nodes
      .filter(({ id, protocol }) => protocol === server && knownTo.includes(id))
      .flatMap((node) => raftOf(node)?.configuration ?? [])
      .flatMap(({ voters, outgoing }) => (outgoing.length === 0 ? [voters] : [voters, outgoing]));
}

// Properties of linearizable reads, whether a quorum confirms them or a lease does (thesis, section 6.4).
import { alwaysOn, formatDuration, type Micros, type Property } from '../../../sim/index.ts';
import type { Role } from '../types.ts';
import { dataOf, raftOf } from './view.ts';

/** A read is served from a state that holds everything that was committed anywhere when it arrived. */
export function freshReads(): Property {
  const about = 'a read sees everything that was committed when it arrived';
  return alwaysOn(['commit', 'read-arrives', 'read-served'], 'fresh reads', about, () => {
    let committed = 0;
    const arrivals = new Map<string, number>();
    return (view, { node, note }) => {
      const { to, read, index, at } = dataOf<{ to: number; read: number; index: number; at: Micros }>(note);
      if (note?.kind === 'commit') {
        committed = Math.max(committed, to);
        return undefined;
      }
      const name = `${node.id} ${node.incarnation} ${read}`;
      if (note?.kind === 'read-arrives') {
        // A server that was paused tells of it late: what was committed meanwhile need not be seen.
        if (at === view.monotonic(node.id)) arrivals.set(name, committed);
        return undefined;
      }
      const needed = arrivals.get(name) ?? 0;
      arrivals.delete(name);
      return index >= needed
        ? undefined
        : `${node.id} serves a read at index ${index}, although ${needed} was committed when it came`;
    };
  });
}

/** Questions to the leader bear numbers that no earlier life of the server used: an answer may come late (thesis, section 6.4). */
export function unusedNumbers(): Property {
  const about = 'a server that restarts does not ask its leader under a number that it has used before';
  return alwaysOn(['role', 'read-arrives'], 'unused numbers', about, () => {
    const lives = new Map<string, { incarnation: number; from: number; to: number }[]>();
    return (_view, { node }) => {
      const next = raftOf(node)?.nextReadNumber;
      if (next === undefined) return undefined;
      const known = lives.get(node.id) ?? [];
      lives.set(node.id, known);
      const life = known.at(-1);
      if (life?.incarnation === node.incarnation) life.to = next;
      else known.push({ incarnation: node.incarnation, from: next, to: next });
      const isUsed = known.slice(0, -1).some(({ from, to }) => from <= next && next < to);
      return isUsed ? `${node.id} will ask its leader under number ${next}, as it did before it restarted` : undefined;
    };
  });
}

/** Nobody is elected as long as another leader may still trust its lease, whether or not it reads (thesis, section 6.4.1). */
export function leaseSafety(): Property {
  const about = 'nobody is elected while another leader holds a lease';
  return alwaysOn(['role'], 'lease safety', about, () => (view, { node, note }, near) => {
    const { role, term } = dataOf<{ role: Role; term: number }>(note);
    if (role !== 'leader') return undefined;
    for (const other of view.nodes) {
      const raft = other.id === node.id ? undefined : raftOf(other);
      if (raft?.role !== 'leader' || raft.currentTerm >= term || raft.leaseForfeited) continue;
      const over = view.monotonic(other.id) - raft.leaseUntil;
      // The margin, by doublings of a millisecond.
      near?.(32 - Math.clz32(Math.floor(Math.max(0, over) / 1_000)));
      if (over < 0)
        return `${node.id} became leader of term ${term}, and ${other.id}, leader of term ${raft.currentTerm}, holds its lease for another ${formatDuration(-over)}`;
    }
    return undefined;
  });
}

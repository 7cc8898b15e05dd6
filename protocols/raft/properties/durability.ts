// Properties of what is on disk: promises, quorums, and what a leader believes of the others (section 5.4.2; Figure 2).
import { alwaysOn, type NodeView, type Property, type View } from '../../../sim/index.ts';
import { isJoint, type Configuration } from '../configuration.ts';
import { termAt } from '../log.ts';
import type { CommitNote } from './ledger.ts';
import { dataOf, durableTerm, hardStateOf, holdsDurably, raftOf, savedSnapshotOf } from './view.ts';

/**
 * When a leader commits, the entry is of its own term and durable on a majority of each half of the configuration in force
 * (CommittedIsDurableInv); when a follower does, no quorum is without it (QuorumLogInv).
 */
export function quorumDurability(): Property {
  const about = 'what a leader commits is of its term and durable on a quorum';
  return alwaysOn(['configuration', 'commit'], 'quorum durability', about, () => {
    const inForce = new Map<string, Configuration>();
    return (view, { node, note }, near) => {
      if (note?.kind === 'configuration') {
        inForce.set(node.id, dataOf<Configuration>(note));
        return undefined;
      }
      const configuration = inForce.get(node.id);
      const raft = raftOf(node);
      if (raft === undefined || configuration === undefined) return undefined;
      const { to, role, term } = dataOf<CommitNote>(note);
      if (role !== 'leader') return quorumWithout(view, node, configuration, to);
      const held = termAt(raft, to);
      if (held !== 0 && held !== term) return `${node.id}, leader of term ${term}, commits index ${to} of term ${held}`;
      for (const half of halvesOf(configuration)) {
        const holders = half.filter((id) => holdsDurably(view.node(id), to, term));
        if (holders.length * 2 > half.length) {
          // How many of them could lose it before no quorum holds it.
          near?.(holders.length - Math.floor(half.length / 2) - 1);
          continue;
        }
        const where = holders.join(', ') || 'no server';
        return `${node.id} commits index ${to} of term ${term}, which is durable on ${where} only, of ${half.join(', ')}`;
      }
      return undefined;
    };
  });
}

/** What a leader believes a follower to hold, it holds: on its disk, and the same entry. */
export function truthfulProgress(): Property {
  const about = 'what a leader takes for acknowledged is on the follower’s disk';
  return alwaysOn(['append', 'commit'], 'truthful progress', about, () => (view, { node }) => {
    const raft = raftOf(node);
    if (raft?.role !== 'leader') return undefined;
    for (const peer of raft.followers) {
      const match = raft.progress[peer]?.matchIndex ?? 0;
      const isDeposed = (hardStateOf(view.node(peer))?.term ?? 0) > raft.currentTerm;
      if (match <= raft.log.base || isDeposed) continue;
      const term = termAt(raft, match);
      if (term !== 0 && holdsDurably(view.node(peer), match, term)) continue;
      return `${node.id} believes that ${peer} holds entry ${match} of term ${term}, but it has ${durableTerm(view.node(peer), match) ?? 'none'}`;
    }
    return undefined;
  });
}

/** What a server votes for or acknowledges is on its disk by then (Figure 2: updated before responding to RPCs). */
export function durablePromises(): Property {
  const about = 'a vote, an acknowledged entry and a snapshot are on disk';
  return alwaysOn(['vote', 'append', 'snapshot', 'restore'], 'durable promises', about, () => {
    return (_view, { node, note }) => {
      if (note?.kind === 'snapshot' || note?.kind === 'restore') {
        const { index } = dataOf<{ index: number }>(note);
        return (savedSnapshotOf(node)?.index ?? 0) >= index
          ? undefined
          : `${node.id} goes by a snapshot of index ${index}, which is not on its disk`;
      }
      if (note?.kind === 'vote') {
        const { term, for: candidate } = dataOf<{ term: number; for: string }>(note);
        const hard = hardStateOf(node);
        return hard?.term === term && hard.vote === candidate
          ? undefined
          : `${node.id} votes for ${candidate} in term ${term}, but has on disk: ${JSON.stringify(hard ?? null)}`;
      }
      const { from, to, term } = dataOf<{ from: number; to: number; term: number }>(note);
      if ((hardStateOf(node)?.term ?? 0) < term)
        return `${node.id} acknowledges in term ${term}, which is not on its disk`;
      for (let index = from; index <= to; index++) {
        if (durableTerm(node, index) === undefined)
          return `${node.id} acknowledges entry ${index}, which is not on its disk`;
      }
      return undefined;
    };
  });
}

/** A quorum of servers none of which holds the entry could elect a leader without it. */
function quorumWithout(view: View, node: NodeView, configuration: Configuration, index: number): string | undefined {
  const raft = raftOf(node);
  const term = raft === undefined ? 0 : termAt(raft, index);
  if (term === 0) return undefined;
  const without = halvesOf(configuration).map((half) => half.filter((id) => !holdsDurably(view.node(id), index, term)));
  const isQuorum = halvesOf(configuration).every((half, place) => (without[place]?.length ?? 0) * 2 > half.length);
  return isQuorum
    ? `${node.id} commits index ${index} of term ${term}, which a quorum lacks: ${without.flat().join(', ')}`
    : undefined;
}

/** Written anew: a property does not judge by the rules that it judges. */
function halvesOf(configuration: Configuration): readonly (readonly string[])[] {
  return isJoint(configuration) ? [configuration.voters, configuration.outgoing] : [configuration.voters];
}

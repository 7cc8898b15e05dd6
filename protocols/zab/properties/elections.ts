// What an election promises: servers change their minds for the better only, and elect whom a quorum stands behind.
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { compareIds } from '../quorum.ts';
import type { ZabConfig } from '../types.ts';
import { formatZxid } from '../zxid.ts';
import { noteOf, type Notes } from './notes.ts';

/** Within a round of an election a server changes its vote only for a better one. */
export function votesImprove(): Property {
  const about = 'within a round, votes change only for better ones: votes are totally ordered';
  return alwaysOn(['vote'], 'votes improve', about, () => {
    const votes = new Map<string, Notes['vote']>();
    return (_view, touch) => {
      const { id } = touch.node;
      const vote = noteOf(touch, 'vote');
      if (vote === undefined) return undefined;
      const before = votes.get(id);
      votes.set(id, vote);
      if (before === undefined || vote.isFirst) return undefined;
      const order = vote.epoch - before.epoch || vote.zxid - before.zxid || compareIds(vote.leader, before.leader);
      return order > 0
        ? undefined
        : `in round ${vote.round} ${id} goes from ${inWords(before)} to ${inWords(vote)}, which is not better`;
    };
  });
}

/** A server elects whom a quorum of voters voted for, or elected, in the same round (ZooKeeper's FastLeaderElection). */
export function quorumsElect(config: Partial<ZabConfig>): Property {
  const about = 'a server elects whom a quorum of voters stands behind in one round';
  return alwaysOn(['vote', 'elects'], 'quorums elect', about, () => {
    const supporters = new Map<string, Set<string>>();
    return ({ nodes }, touch) => {
      const { id, protocol } = touch.node;
      const note = noteOf(touch, 'vote') ?? noteOf(touch, 'elects');
      if (note === undefined) return undefined;
      const candidacy = `${note.leader} in round ${note.round}`;
      const behind = supporters.get(candidacy) ?? new Set();
      supporters.set(candidacy, behind.add(id));
      if (touch.note?.kind !== 'elects') return undefined;
      const servers = nodes.filter((node) => node.protocol === protocol).map((node) => node.id);
      const voters = servers.filter((voter) => config.observers?.includes(voter) !== true);
      const weigh = (ids: readonly string[]): number =>
        ids.reduce((sum, each) => sum + (config.weights?.[each] ?? 1), 0);
      const own = voters.filter((voter) => behind.has(voter));
      if (weigh(own) * 2 > weigh(voters)) return undefined;
      return `${id} elects ${candidacy}, behind whom only ${own.join(', ') || 'nobody'} stands`;
    };
  });
}

function inWords({ leader, epoch, zxid }: Notes['vote']): string {
  return `${leader} (epoch ${epoch}, ${formatZxid(zxid)})`;
}

// Properties of changes of membership: no two quorums that could decide apart (thesis, chapter 4).
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { isJoint, type Configuration } from '../configuration.ts';
import { entryAt } from '../log.ts';
import type { RaftState, Role } from '../types.ts';
import type { CommitNote } from './ledger.ts';
import { dataOf, raftOf } from './view.ts';

interface Known {
  incarnation: number;
  configuration: Configuration | undefined;
  index: number;
  commitIndex: number;
  /** Of its latest change of role: what it notes later in the same instant may find its state further on. */
  term: number;
  /** The latest term that the server committed in as leader. */
  committedIn: number;
}

/**
 * A leader changes the configuration only when the one before it is committed, and so is an entry of its own term; the
 * quorums of the two overlap; and every server goes by the latest configuration in its log.
 */
export function configurationSafety(): Property {
  const about = 'configurations follow each other one at a time, with overlapping quorums';
  const kinds = ['configuration', 'commit', 'restore', 'append', 'role'];
  return alwaysOn(kinds, 'configuration safety', about, () => {
    const servers = new Map<string, Known>();
    return (_view, { node, note }) => {
      let known = servers.get(node.id);
      if (known?.incarnation !== node.incarnation) {
        const commitIndex = raftOf(node)?.snapshot?.index ?? 0;
        known = {
          incarnation: node.incarnation,
          configuration: undefined,
          index: 0,
          commitIndex,
          term: 0,
          committedIn: 0,
        };
        servers.set(node.id, known);
      }
      switch (note?.kind) {
        case 'commit': {
          const { to, role, term } = dataOf<CommitNote>(note);
          const isSettled = known.configuration !== undefined && known.index <= known.commitIndex;
          known.commitIndex = to;
          if (role === 'leader' && isSettled && !hasVote(known.configuration, node.id))
            return `${node.id} leads on, although its removal at index ${known.index} is committed`;
          if (role === 'leader') known.committedIn = term;
          return undefined;
        }
        case 'restore':
          known.commitIndex = dataOf<{ index: number }>(note).index;
          return behindItsLog(node.id, raftOf(node), { from: 1, to: 0 });
        case 'append':
          return behindItsLog(node.id, raftOf(node), dataOf<{ from: number; to: number }>(note));
        case 'configuration': {
          const configuration = dataOf<Configuration & { index: number; role: Role }>(note);
          const objection = objectionTo(node.id, known, configuration);
          known.configuration = configuration;
          known.index = configuration.index;
          return objection;
        }
        case 'role':
          known.term = dataOf<{ term: number }>(note).term;
          return undefined;
        default:
          return undefined;
      }
    };
  });
}

function objectionTo(
  id: string,
  known: Known,
  next: Configuration & { readonly index: number; readonly role: Role },
): string | undefined {
  if (next.voters.length === 0) return `${id} goes by a configuration without voters`;
  if (next.role !== 'leader' || known.configuration === undefined) return undefined;
  const what = `${id} changes the configuration at index ${next.index}`;
  if (known.index > known.commitIndex) return `${what} before the one at ${known.index} is committed`;
  if (known.committedIn !== known.term) return `${what} before an entry of its term ${known.term} is committed`;
  return overlap(known.configuration, next)
    ? undefined
    : `${what} from voters ${describe(known.configuration)} to ${describe(next)}: two quorums could decide apart`;
}

/** A server goes by the latest configuration in its log, committed or not, which its snapshot counts as part of. */
function behindItsLog(
  id: string,
  raft: RaftState | undefined,
  { from, to }: { from: number; to: number },
): string | undefined {
  if (raft === undefined) return undefined;
  if (!isSame(raft.configuration, sourceOf(raft)))
    return `${id} goes by a configuration at index ${raft.configurationIndex}, which is not in its log any more`;
  for (let index = from; index <= to; index++) {
    if (entryAt(raft, index)?.type === 'configuration' && raft.configurationIndex < index)
      return `${id} has a configuration at index ${index} in its log, and goes by the one at ${raft.configurationIndex}`;
  }
  return undefined;
}

/** The configuration that is at the index by which a server goes: in its log, else in its snapshot, else the first of all. */
function sourceOf(raft: RaftState): Configuration | undefined {
  const { configuration, configurationIndex, snapshot } = raft;
  const entry = entryAt(raft, configurationIndex);
  if (entry?.type === 'configuration') return entry.configuration;
  if (configurationIndex > (snapshot?.index ?? 0)) return undefined;
  return snapshot?.configuration ?? configuration;
}

/** It usually is the very same object. */
function isSame(one: Configuration, other: Configuration | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Whether every quorum of the one shares a server with every quorum of the other. */
function overlap(one: Configuration, other: Configuration): boolean {
  const halves = ({ voters, outgoing }: Configuration): (readonly string[])[] =>
    outgoing.length > 0 ? [voters, outgoing] : [voters];
  return halves(one).some((left) =>
    halves(other).some((right) => {
      const union = new Set([...left, ...right]).size;
      return Math.floor(left.length / 2) + 1 + Math.floor(right.length / 2) + 1 > union;
    }),
  );
}

function hasVote(configuration: Configuration | undefined, id: string): boolean {
  return configuration === undefined || configuration.voters.includes(id) || configuration.outgoing.includes(id);
}

function describe(configuration: Configuration): string {
  const { voters, outgoing } = configuration;
  return isJoint(configuration) ? `${voters.join(' ')} and ${outgoing.join(' ')}` : voters.join(' ');
}

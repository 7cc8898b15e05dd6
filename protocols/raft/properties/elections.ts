// Properties of votes, terms and roles (section 5.2; thesis, sections 4.2.3 and 9.6).
import { alwaysOn, formatDuration, type Micros, type Property } from '../../../sim/index.ts';
import { roleMoves } from '../chart.ts';
import { lastIndex, termAt } from '../log.ts';
import type { Role } from '../types.ts';
import { dataOf, hardStateOf, raftOf } from './view.ts';

/** At most one leader can be elected in a given term (section 5.2). */
export function electionSafety(): Property {
  return alwaysOn(['role'], 'election safety', 'at most one leader is elected in a term', () => {
    const leaders = new Map<number, string>();
    const candidates = new Map<number, string>();
    return (_view, { node, note }, near) => {
      const { role, term } = dataOf<{ role: Role; term: number }>(note);
      if (role === 'candidate') {
        // Two who stand in one term split the votes; who stands in a term that has its leader comes later still.
        if (leaders.has(term)) near?.(0);
        else if ((candidates.get(term) ?? node.id) !== node.id) near?.(1);
        candidates.set(term, node.id);
      }
      if (role !== 'leader') return undefined;
      const other = leaders.get(term);
      leaders.set(term, node.id);
      return other === undefined || other === node.id
        ? undefined
        : `${other} and ${node.id} both became leader of term ${term}`;
    };
  });
}

/** Each server votes for at most one candidate in a term, first come, first served, also through crashes (section 5.2). */
export function oneVoteATerm(): Property {
  return alwaysOn(['vote'], 'one vote a term', 'a server votes for one candidate in a term', () => {
    const votes = new Map<string, { term: number; for: string }>();
    return (_view, { node, note }) => {
      const vote = dataOf<{ term: number; for: string }>(note);
      const before = votes.get(node.id);
      if (before === undefined || vote.term > before.term) votes.set(node.id, vote);
      return before?.term === vote.term && before.for !== vote.for
        ? `${node.id} votes for ${before.for} and for ${vote.for} in term ${vote.term}`
        : undefined;
    };
  });
}

/** A vote is an answer: who gets it has asked for it, as a candidate of that very term (section 5.2). */
export function askedVotes(): Property {
  return alwaysOn(['role', 'vote'], 'asked votes', 'a vote is for a candidate of its term', () => {
    const stood = new Map<string, Set<number>>();
    return (_view, { node, note }) => {
      if (note?.kind === 'role') {
        const { role, term } = dataOf<{ role: Role; term: number }>(note);
        if (role === 'candidate') stood.set(node.id, (stood.get(node.id) ?? new Set()).add(term));
        return undefined;
      }
      const { term, for: candidate } = dataOf<{ term: number; for: string }>(note);
      return stood.get(candidate)?.has(term) === true
        ? undefined
        : `${node.id} votes in term ${term} for ${candidate}, which never was a candidate in it`;
    };
  });
}

/** Offices end: who does not lead hands nothing over and tracks nobody, and who begins to lead holds no lease yet (3.10, 6.4.1). */
export function endedOffices(): Property {
  const about = 'nothing of an office is left when it ends, and none begins with a lease';
  return alwaysOn(['role'], 'ended offices', about, () => (_view, { node, note }) => {
    const { role } = dataOf<{ role: Role }>(note);
    const raft = raftOf(node);
    if (raft === undefined || raft.role !== role) return undefined; // it has moved on in the same turn
    const { id } = node;
    if (role === 'leader') {
      const { voters, outgoing } = raft.configuration;
      const needsNobody = voters.length === 1 && outgoing.length <= 1;
      // A note may come late, when the office has gone on: then somebody has answered.
      const isNew = Object.values(raft.progress).every(({ ackedRound }) => ackedRound === 0);
      return raft.leaseUntil === 0 || needsNobody || !isNew
        ? undefined
        : `${id} holds a lease as soon as it begins to lead`;
    }
    if (raft.transfer !== null) return `${id} is a ${role} and hands over to ${raft.transfer.target}`;
    return raft.followers.length === 0 ? undefined : `${id} is a ${role} and tracks ${raft.followers.join(', ')}`;
  });
}

/**
 * Who votes for somebody gives it an election time-out to become leader before it stands itself (section 5.2).
 * @param electionTimeout the shortest one, on the server's own clock.
 */
export function patientVoters(electionTimeout: Micros): Property {
  const about = 'who has voted waits for an election time-out before it stands itself';
  return alwaysOn(['vote', 'role', 'take-over'], 'patient voters', about, () => {
    const servers = new Map<string, { role: Role | undefined; votedAt: Micros }>();
    return (view, { node, note }) => {
      // A vote may leave long after it was given, if the server is paused meanwhile: it says when it was given.
      const { role, starts, at } = dataOf<{ role?: Role; starts?: boolean; at?: Micros }>(note);
      const known = servers.get(node.id) ?? { role: undefined, votedAt: -Infinity };
      servers.set(node.id, known);
      if (at !== undefined) known.votedAt = at;
      if (note?.kind === 'take-over' || starts === true) known.votedAt = -Infinity;
      if (note?.kind !== 'role') return undefined;
      const stands = (role === 'pre-candidate' || role === 'candidate') && known.role === 'follower';
      known.role = role;
      const waited = view.monotonic(node.id) - known.votedAt;
      return stands && waited < electionTimeout
        ? `${node.id} stands for election ${formatDuration(waited)} after it voted for somebody else, by its own clock`
        : undefined;
    };
  });
}

/** Whoever gets a vote holds everything that the voter knows to be committed (MoreUpToDateCorrectInv). */
export function upToDateVotes(): Property {
  const about = 'whoever gets a vote holds everything that the voter knows to be committed';
  return alwaysOn(['vote'], 'up-to-date votes', about, () => (view, { node, note }) => {
    const { term, for: candidate } = dataOf<{ term: number; for: string }>(note);
    const [voter, elected] = [raftOf(node), raftOf(view.node(candidate))];
    if (voter === undefined || elected === undefined || candidate === node.id) return undefined;
    const { commitIndex } = voter;
    const known = termAt(voter, commitIndex);
    const held = commitIndex <= elected.log.base ? known : termAt(elected, commitIndex);
    return known === held && commitIndex <= lastIndex(elected)
      ? undefined
      : `${node.id} votes in term ${term} for ${candidate}, which lacks entry ${commitIndex} of term ${known}, known to be committed`;
  });
}

/** A server's term never goes back, not even through a crash. */
export function termMonotonicity(): Property {
  const about = 'a durable term is never forgotten';
  return alwaysOn(['role', 'vote', 'append', 'restore'], 'term monotonicity', about, () => {
    const known = new Map<string, number>();
    return (_view, { node, note }) => {
      const term = note?.kind === 'restore' ? raftOf(node)?.currentTerm : dataOf<{ term: number }>(note).term;
      const before = known.get(node.id) ?? 0;
      known.set(node.id, Math.max(before, hardStateOf(node)?.term ?? 0));
      return term === undefined || term >= before
        ? undefined
        : `${node.id} is in term ${term}, although it had term ${before} on its disk`;
    };
  });
}

/** Every role change is a move that the chart allows. */
export function roleChartIsKept(): Property {
  return alwaysOn(['role', 'append'], 'role chart', 'every role change is a move of the chart', () => {
    const roles = new Map<string, Role>();
    return (_view, { node, note }) => {
      const before = roles.get(node.id) ?? 'start';
      if (note?.kind === 'append') {
        const isStanding = before === 'candidate' || before === 'pre-candidate';
        return isStanding ? `${node.id} accepts entries while it is a ${before}` : undefined;
      }
      const { role, starts } = dataOf<{ role: Role; starts?: boolean }>(note);
      roles.set(node.id, role);
      const from = starts === true ? 'start' : before;
      return roleMoves.has(`${from}>${role}`) ? undefined : `${node.id} went from ${from} to ${role}`;
    };
  });
}

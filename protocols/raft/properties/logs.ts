// Properties of logs: that they match, that what is committed stays, and that all commit the same (sections 5.3 and 5.4).
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { lastIndex, termAt } from '../log.ts';
import type { Role } from '../types.ts';
import { ledgerOf, type CommitNote } from './ledger.ts';
import { dataOf, raftOf } from './view.ts';

/** If two logs hold an entry with the same index and term, they are identical up to it (section 5.3); by induction. */
export function logMatching(): Property {
  const about = 'logs that agree on index and term of an entry agree on everything before it';
  return alwaysOn(['append'], 'log matching', about, () => {
    return (view, { node, note }) => ledgerOf(view).append(node, note);
  });
}

/** Only what conflicts is dropped, never by a leader, and never what is committed (sections 5.3 and 5.4). */
export function truncation(): Property {
  const about = 'only a follower drops entries, only where they conflict, and none that is committed';
  return alwaysOn(['role', 'commit', 'restore', 'truncate'], 'truncation', about, () => {
    const committed = new Map<string, { incarnation: number; index: number }>();
    return (_view, { node, note }) => {
      const { id, incarnation } = node;
      const raft = raftOf(node);
      const data = dataOf<{ from: number; to: number; term: number; index: number }>(note);
      if (note?.kind === 'commit') committed.set(id, { incarnation, index: data.to });
      if (note?.kind === 'restore') committed.set(id, { incarnation, index: data.index });
      if (note?.kind !== 'truncate' || raft === undefined) return undefined;
      const { from, to, term } = data;
      const known = committed.get(id);
      if (raft.role === 'leader') return `${id} drops entries ${from} to ${to} while it leads`;
      if (known?.incarnation === incarnation && from <= known.index)
        return `${id} drops entry ${from}, and has committed up to ${known.index}`;
      return termAt(raft, from) === term ? `${id} drops entry ${from}, which does not conflict` : undefined;
    };
  });
}

/** A committed entry is in the log of every later leader (section 5.4). */
export function leaderCompleteness(): Property {
  const about = 'a committed entry is in the log of every later leader';
  return alwaysOn(['append', 'role', 'commit'], 'leader completeness', about, () => {
    return (view, { node, note }, near) => {
      const ledger = ledgerOf(view);
      if (note?.kind === 'append') ledger.append(node, note);
      if (note?.kind === 'commit') {
        const commit = dataOf<CommitNote>(note);
        if (commit.role === 'leader') ledger.commit(commit);
      }
      if (note?.kind !== 'role') return undefined;
      const { role, term } = dataOf<{ role: Role; term: number }>(note);
      const raft = raftOf(node);
      if (role !== 'leader' || raft === undefined) return undefined;
      // How many entries it has beyond what is committed.
      near?.(Math.max(0, Math.min(8, lastIndex(raft) - ledger.committed.length)));
      for (let index = raft.log.base + 1; index <= ledger.committed.length; index++) {
        const known = ledger.committed[index - 1];
        if (known === undefined || known.by >= term || termAt(raft, index) === known.term) continue;
        return `${node.id} became leader of term ${term} without the committed entry ${index} of term ${known.term}`;
      }
      return undefined;
    };
  });
}

/** No two servers apply different commands at the same index (5.4.3), and none what no leader committed. */
export function stateMachineSafety(): Property {
  const about = 'no two servers apply different entries at one index, and none what no leader committed';
  return alwaysOn(['append', 'commit'], 'state machine safety', about, () => {
    return (view, { node, note }) => {
      const ledger = ledgerOf(view);
      if (note?.kind === 'append') {
        ledger.append(node, note);
        return undefined;
      }
      const commit = dataOf<CommitNote>(note);
      const { to } = commit;
      if (commit.role === 'leader') {
        const contradicted = ledger.commit(commit);
        return contradicted === undefined
          ? undefined
          : `${node.id} commits another entry at index ${contradicted} than was committed there`;
      }
      const raft = raftOf(node);
      const known = ledger.committed[to - 1];
      if (to > ledger.committed.length) return `${node.id} commits index ${to}, which no leader has committed`;
      if (raft === undefined || known === undefined || to <= raft.log.base) return undefined;
      const term = termAt(raft, to);
      return term === known.term
        ? undefined
        : `${node.id} commits an entry of term ${term} at index ${to}, where one of term ${known.term} was committed`;
    };
  });
}

/** A server commits every index once and in order while it lives, and goes on behind its snapshot when it comes back. */
export function commitMonotonicity(): Property {
  const about = 'a commit index never goes back, nor skips an entry';
  return alwaysOn(['role', 'commit', 'restore'], 'commit monotonicity', about, () => {
    const last = new Map<string, { incarnation: number; index: number }>();
    return (_view, { node, note }) => {
      const { id, incarnation } = node;
      const before = last.get(id);
      if (before?.incarnation !== incarnation) {
        // The first note of a life is that of its role at the start.
        last.set(id, { incarnation, index: raftOf(node)?.snapshot?.index ?? 0 });
        return undefined;
      }
      if (note?.kind === 'restore') {
        const { index } = dataOf<{ index: number }>(note);
        last.set(id, { incarnation, index });
        return index > before.index
          ? undefined
          : `${id} installs a snapshot of index ${index}, and had committed up to ${before.index}`;
      }
      if (note?.kind !== 'commit') return undefined;
      const { from, to } = dataOf<{ from: number; to: number }>(note);
      last.set(id, { incarnation, index: to });
      const { lastApplied = 0, commitIndex = 0 } = raftOf(node) ?? {};
      if (lastApplied > commitIndex)
        return `${id} has applied up to ${lastApplied}, and committed up to ${commitIndex}`;
      return from === before.index + 1 && to >= from
        ? undefined
        : `the commit index of ${id} went from ${before.index} to ${from - 1}, then to ${to}`;
    };
  });
}

/** A follower commits what its leader has, as far as the very message compared their logs (Figure 2, AppendEntries, 5). */
export function comparedCommits(): Property {
  const about = 'a follower commits only what was compared with its leader’s log';
  return alwaysOn(['commit'], 'compared commits', about, () => (_view, { node, note }) => {
    const { to, compared, term } = dataOf<CommitNote & { compared?: number }>(note);
    return compared === undefined || to <= compared
      ? undefined
      : `${node.id} commits up to ${to} in term ${term}, where its log was compared up to ${compared} only`;
  });
}

/** What a leader takes for acknowledged was acknowledged to it in this term: logs may have changed since an earlier one. */
export function currentAcknowledgements(): Property {
  const about = 'a leader goes by acknowledgements of its own term';
  return alwaysOn(['replicate'], 'current acknowledgements', about, () => (_view, { node, note }) => {
    const { peer, match, answer } = dataOf<{ peer: string; match: number; answer: number }>(note);
    const raft = raftOf(node);
    return raft?.role !== 'leader' || raft.currentTerm === answer
      ? undefined
      : `${node.id}, leader of term ${raft.currentTerm}, takes ${peer} to hold everything up to ${match}, which it acknowledged in term ${answer}`;
  });
}

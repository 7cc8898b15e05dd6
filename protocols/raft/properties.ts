// What Raft guarantees (Figure 3 of the paper), as white-box properties judged at the moment that matters: when a leader is
// elected, when entries are appended, when they are committed.
import {
  alwaysOn,
  eventually,
  sometimesNoted,
  type Json,
  type Micros,
  type NodeView,
  type Property,
  type Protocol,
  type Touch,
  type View,
} from '../../sim/index.ts';
import { roleMoves } from './chart.ts';
import type { Entry, Raft, RaftState, Role } from './types.ts';

/** All properties of a cluster whose servers run `server`; `progressWithin` bounds the first command after healing. */
export function raftProperties(server: Protocol<Raft>, progressWithin: Micros): Property[] {
  return [
    electionSafety(),
    logMatching(),
    leaderCompleteness(),
    stateMachineSafety(),
    quorumDurability(server),
    durablePromises(),
    termMonotonicity(),
    freshReads(),
    commitMonotonicity(),
    roleChartIsKept(),
    sometimesNoted('truncate', 'a follower drops entries that conflict with its leader’s'),
    progress(progressWithin),
  ];
}

/** At most one leader can be elected in a given term (section 5.2). */
export function electionSafety(): Property {
  return alwaysOn(['role'], 'election safety', 'at most one leader is elected in a term', () => {
    const leaders = new Map<number, string>();
    return (_view, { node, note }) => {
      const { role, term } = dataOf<{ role: Role; term: number }>(note);
      if (role !== 'leader') return undefined;
      const other = leaders.get(term);
      leaders.set(term, node.id);
      return other === undefined || other === node.id
        ? undefined
        : `${other} and ${node.id} both became leader of term ${term}`;
    };
  });
}

/** If two logs hold an entry with the same index and term, they are identical up to it (section 5.3); by induction. */
export function logMatching(): Property {
  const about = 'logs that agree on index and term of an entry agree on everything before it';
  return alwaysOn(['append'], 'log matching', about, () => {
    const seen = new Map<string, string>();
    return (_view, { node, note }) => {
      if (node.state === undefined) return undefined;
      const { from, to } = dataOf<{ from: number; to: number }>(note);
      const { log } = stateOf(node);
      for (let index = from; index <= Math.min(to, log.length); index++) {
        const entry = log[index - 1] as Entry;
        const name = `${index}/${entry.term}`;
        const content = `${log[index - 2]?.term ?? 0} ${JSON.stringify(entry.command)}`;
        const other = seen.get(name);
        if (other !== undefined && other !== content) {
          return `${node.id} holds at index ${index}, term ${entry.term} (term before, command): ${content}; elsewhere it is ${other}`;
        }
        seen.set(name, content);
      }
      return undefined;
    };
  });
}

/** A committed entry is in the log of every later leader (section 5.4). */
export function leaderCompleteness(): Property {
  return alwaysOn(
    ['role', 'commit'],
    'leader completeness',
    'a committed entry is in the log of every later leader',
    () => {
      const committed: { term: number; by: number }[] = []; // by index - 1: the entry's term, and the term it was committed in
      return (_view, { node, note }) => {
        if (node.state === undefined) return undefined;
        const { log } = stateOf(node);
        const data = dataOf<{ role: Role; term: number; from: number; to: number }>(note);
        if (note?.kind === 'commit') {
          for (let index = data.from; index <= data.to; index++) {
            committed[index - 1] ??= { term: log[index - 1]?.term ?? 0, by: data.term };
          }
          return undefined;
        }
        if (data.role !== 'leader') return undefined;
        const missing = committed.findIndex(({ term, by }, place) => by < data.term && log[place]?.term !== term);
        return missing < 0
          ? undefined
          : `${node.id} became leader of term ${data.term} without the committed entry ${missing + 1} of term ${committed[missing]?.term}`;
      };
    },
  );
}

/** No two servers apply different commands at the same index (section 5.4.3). */
export function stateMachineSafety(): Property {
  return alwaysOn(['commit'], 'state machine safety', 'no two servers apply different entries at one index', () => {
    const applied: string[] = [];
    return (_view, { node, note }) => {
      if (node.state === undefined) return undefined;
      const { from, to } = dataOf<{ from: number; to: number }>(note);
      const { log } = stateOf(node);
      for (let index = from; index <= to; index++) {
        const entry = JSON.stringify(log[index - 1] ?? null);
        const other = (applied[index - 1] ??= entry);
        if (other !== entry)
          return `${node.id} commits ${entry} at index ${index}, where another server committed ${other}`;
      }
      return undefined;
    };
  });
}

/** When a leader commits, the entry is durable on a majority, and is of the leader's own term (section 5.4.2). */
export function quorumDurability(server: Protocol<Raft>): Property {
  const about = 'what a leader commits is of its term and durable on a majority';
  return alwaysOn(['commit'], 'quorum durability', about, () => (view, { node, note }) => {
    const { to, role, term } = dataOf<{ to: number; role: Role; term: number }>(note);
    if (role !== 'leader' || node.state === undefined) return undefined;
    const entry = stateOf(node).log[to - 1];
    if (entry !== undefined && entry.term !== term)
      return `${node.id}, leader of term ${term}, commits index ${to} of term ${entry.term}`;
    const servers = view.nodes.filter(({ protocol }) => protocol === server);
    const holders = servers.filter((each) => durableTerm(each, to) === term).map(({ id }) => id);
    return holders.length * 2 > servers.length
      ? undefined
      : `${node.id} commits index ${to} of term ${term}, which is durable on ${holders.join(', ') || 'no server'} only`;
  });
}

/** What a server votes for or acknowledges is on its disk by then (Figure 2: updated before responding to RPCs). */
export function durablePromises(): Property {
  return alwaysOn(['vote', 'append'], 'durable promises', 'a vote or an acknowledged entry is on disk', () => {
    return (_view, { node, note }) => {
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

/** A server's term never goes back, not even through a crash. */
export function termMonotonicity(): Property {
  return alwaysOn(['role', 'vote', 'append'], 'term monotonicity', 'a durable term is never forgotten', () => {
    const known = new Map<string, number>();
    return (_view, { node, note }) => {
      const { term } = dataOf<{ term: number }>(note);
      const before = known.get(node.id) ?? 0;
      known.set(node.id, Math.max(before, hardStateOf(node)?.term ?? 0));
      return term >= before ? undefined : `${node.id} is in term ${term}, although it had term ${before} on its disk`;
    };
  });
}

/** A read is served from a state that holds everything that was committed anywhere when it arrived (thesis, section 6.4). */
export function freshReads(): Property {
  const about = 'a read sees everything that was committed when it arrived';
  return alwaysOn(['commit', 'read-arrives', 'read-served'], 'fresh reads', about, () => {
    let committed = 0;
    const arrivals = new Map<string, number[]>(); // a client may ask again: its reads are served in order
    return (_view, { node, note }) => {
      const data = dataOf<{ to: number; client: string; sequence: number; index: number }>(note);
      if (note?.kind === 'commit') committed = Math.max(committed, data.to);
      const read = `${node.id} ${data.client} ${data.sequence}`;
      const waiting = arrivals.get(read) ?? [];
      if (note?.kind === 'read-arrives') arrivals.set(read, [...waiting, committed]);
      if (note?.kind !== 'read-served') return undefined;
      const needed = waiting.shift() ?? 0;
      if (waiting.length === 0) arrivals.delete(read);
      return data.index >= needed
        ? undefined
        : `${node.id} serves a read of ${data.client} at index ${data.index}, although ${needed} was committed when it came`;
    };
  });
}

/** A server commits every index once and in order while it lives. */
export function commitMonotonicity(): Property {
  return alwaysOn(['commit'], 'commit monotonicity', 'a commit index never goes back, nor skips an entry', () => {
    const last = new Map<string, { incarnation: number; index: number }>();
    return (_view, { node, note }) => {
      const { from, to } = dataOf<{ from: number; to: number }>(note);
      const before = last.get(node.id);
      last.set(node.id, { incarnation: node.incarnation, index: to });
      const index = before?.incarnation === node.incarnation ? before.index : 0;
      return from === index + 1 && to >= from
        ? undefined
        : `the commit index of ${node.id} went from ${index} to ${from - 1}, then to ${to}`;
    };
  });
}

/** Every role change is a move that the chart allows. */
export function roleChartIsKept(): Property {
  return alwaysOn(['role', 'append'], 'role chart', 'every role change is a move of the chart', () => {
    const roles = new Map<string, { role: Role; incarnation: number }>();
    return (_view, { node, note }) => {
      const before = roles.get(node.id);
      if (note?.kind === 'append') {
        return before?.role === 'candidate' ? `${node.id} accepts entries while it is a candidate` : undefined;
      }
      const { role } = dataOf<{ role: Role }>(note);
      roles.set(node.id, { role, incarnation: node.incarnation });
      const from = before?.incarnation === node.incarnation ? before.role : 'follower';
      return roleMoves.has(`${from}>${role}`) ? undefined : `${node.id} went from ${from} to ${role}`;
    };
  });
}

/** After everything has healed, a command commits within the bound (liveness; section 5.6 on timing). */
export function progress(within: Micros): Property {
  const about = 'an operation that was invoked after the world had healed succeeds';
  return eventually('progress', about, within, (view, healedAt) => {
    const invoked = new Set<number>();
    for (const event of historySince(view, healedAt)) {
      if (event.type === 'invoke') invoked.add(event.operation);
      if (event.type === 'ok' && invoked.has(event.operation)) return undefined;
    }
    return `none of ${invoked.size} operations succeeded`;
  });
}

/** Who leads in the highest term, for faults aimed at `@leader`. */
export function currentLeader(server: Protocol<Raft>): (view: View) => string | undefined {
  return (view) => {
    const leaders = view.running(server).filter(({ state }) => state.role === 'leader');
    return leaders.reduce<(typeof leaders)[number] | undefined>(
      (best, each) => (best === undefined || each.state.currentTerm > best.state.currentTerm ? each : best),
      undefined,
    )?.id;
  };
}

/** What a note says, by the type of the note that the property listens to. */
function dataOf<T>(note: Touch['note']): T {
  if (note === undefined) throw new Error('a property that listens to notes was judged without one');
  return note.data as T;
}

function stateOf({ state }: NodeView): RaftState {
  return state as RaftState;
}

function historySince({ history }: View, time: Micros): View['history'] {
  let first = history.length;
  while (first > 0 && (history[first - 1]?.time ?? 0) >= time) first--;
  return history.slice(first);
}

function hardStateOf({ durable }: NodeView): { readonly term: number; readonly vote: string | null } | undefined {
  return durable.cells.get('hard-state') as { term: number; vote: string | null } | undefined;
}

/** The term of the entry that a restart would find at this index: nothing behind a torn record is found. */
function durableTerm({ durable }: NodeView, index: number): Json | undefined {
  const log = durable.logs.get('log');
  if (log === undefined || index - 1 >= (log.tornAt ?? Infinity)) return undefined;
  return (log.records[index - 1 - log.first] as Entry | undefined)?.term;
}

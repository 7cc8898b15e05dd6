// The simulator's own Raft, explored: a few servers of the very protocol that scenarios run, within a budget of time-outs and
// crashes, from an empty disk or from the middle of a story. A crash loses what was not synced.
import { alwaysPair, reachableByOne, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { nodeIds, type Json } from '../../sim/index.ts';
import {
  raft,
  type Configuration,
  type Entry,
  type RaftConfig,
  type RaftState,
  type Rules,
} from '../../protocols/raft/index.ts';

export interface ExploredRaftOptions {
  /** Rules of the paper to break. */
  readonly rules?: Partial<Rules>;
  /** Knobs that differ from those of the paper. */
  readonly config?: Partial<RaftConfig>;
  /** Servers: n1, n2 and so on; 3 unless told. */
  readonly servers?: number;
  /** Election and heartbeat time-outs in a run; 3 unless told. */
  readonly timeouts?: number;
  /** Crashes in a run; none unless told. */
  readonly crashes?: number;
  /** Messages that arrive twice; none unless told. A lost message needs no budget: it is one that is late for ever. */
  readonly duplicates?: number;
  /** Who stands for election, where not everybody does; nobody's heartbeat then runs out. */
  readonly candidates?: readonly string[];
  /** What servers have on their disks at birth; nothing unless told. */
  readonly starts?: Readonly<Record<string, RaftStart>>;
}

/** A server in the middle of a story. */
export interface RaftStart {
  readonly term: number;
  /** Its vote in that term, where it gave one. */
  readonly vote?: string;
  /** The terms of its entries, which say nothing; an entry may also be a configuration. */
  readonly log: readonly (number | { readonly term: number; readonly configuration: Configuration })[];
}

export function raftWorld(options: ExploredRaftOptions = {}): ExploredWorld {
  const { rules = {}, config = {}, servers = 3, timeouts = 3, crashes = 0, duplicates = 0 } = options;
  const { candidates, starts } = options;
  const protocol = raft({ ...paperConfig, ...config }, rules);
  const ids = nodeIds('n', servers);
  const areAlike = candidates === undefined && starts === undefined;
  return {
    nodes: ids.map((id) => {
      const start = starts?.[id];
      return start === undefined ? { id, protocol } : { id, protocol, disk: diskOf(start) };
    }),
    ...(areAlike && { symmetric: [ids], idSets: ['voters', 'followers'] }),
    network: 'unordered',
    faults: { timeouts, crashes, duplicates },
    ...(candidates !== undefined && {
      timers: (node: string, timer: string) => timer === 'election' && candidates.includes(node),
    }),
    random: 'zero', // it draws nothing but delays
    clock: 0, // and reads its clock for leases and notes only
    restartKeeps: 'synced',
    properties: [electionSafety, logMatching, stateMachineSafety, leaderCompleteness, committed],
  };
}

/** Raft as in the paper, without what later work added: fewer messages, fewer states. */
const paperConfig = { preVote: false, checkQuorum: false, stickiness: false, snapshotThreshold: 0 } as const;

const electionSafety = alwaysPair('election safety', 'No term has two leaders (section 5.2).', (one, other) => {
  const [left, right] = [stateOf(one), stateOf(other)];
  if (left?.role !== 'leader' || right?.role !== 'leader' || left.currentTerm !== right.currentTerm) return undefined;
  return `${one.id} and ${other.id} both lead term ${left.currentTerm}`;
});

const logMatching = alwaysPair(
  'log matching',
  'Logs that agree on index and term agree on what comes before (5.3).',
  (one, other) => {
    const [left, right] = [stateOf(one)?.log.entries ?? [], stateOf(other)?.log.entries ?? []];
    const same = left.findLastIndex((entry, index) => entry.term === right[index]?.term);
    const parted = left.findIndex((entry, index) => index <= same && !isSame(entry, right[index]));
    return parted === -1 ? undefined : `${one.id} and ${other.id} differ at index ${parted + 1}`;
  },
);

const stateMachineSafety = alwaysPair(
  'state machine safety',
  'Nobody applies another command at an index (5.4.3).',
  (one, other) => {
    const [left, right] = [stateOf(one), stateOf(other)];
    if (left === undefined || right === undefined) return undefined;
    const applied = left.log.entries.slice(0, Math.min(left.lastApplied, right.lastApplied));
    const parted = applied.findIndex((entry, index) => !isSame(entry, right.log.entries[index]));
    return parted === -1 ? undefined : `${one.id} and ${other.id} applied different commands at ${parted + 1}`;
  },
);

const leaderCompleteness = alwaysPair(
  'leader completeness',
  'What was committed is in the logs of the leaders of all later terms (5.4).',
  (one, other) => lackOf(one, other) ?? lackOf(other, one),
);

const committed = reachableByOne(
  'an entry is committed',
  'Some run elects a leader and commits.',
  (node) => (stateOf(node)?.commitIndex ?? 0) > 0,
);

/** Where a leader lacks what a server committed that has not heard of a later term than the leader's. */
function lackOf(leader: NodeInWorld, server: NodeInWorld): string | undefined {
  const [leading, serving] = [stateOf(leader), stateOf(server)];
  if (leading?.role !== 'leader' || serving === undefined || serving.currentTerm > leading.currentTerm)
    return undefined;
  const kept = serving.log.entries.slice(0, serving.commitIndex);
  const missing = kept.findIndex((entry, index) => !isSame(entry, leading.log.entries[index]));
  if (missing === -1) return undefined;
  return `${leader.id} leads term ${leading.currentTerm} without entry ${missing + 1}, which ${server.id} committed`;
}

function diskOf({ term, vote, log }: RaftStart): NonNullable<ExploredWorld['nodes'][number]['disk']> {
  const records = log.map((entry): Json =>
    typeof entry === 'number'
      ? { term: entry, type: 'noop' }
      : { term: entry.term, type: 'configuration', configuration: entry.configuration },
  );
  const hardState: Json = { term, vote: vote ?? null };
  return { cells: { 'hard-state': hardState }, logs: { log: { first: 0, records } } };
}

function stateOf({ state }: NodeInWorld): RaftState | undefined {
  return (state as { readonly raft: RaftState } | undefined)?.raft;
}

function isSame(one: Entry, other: Entry | undefined): boolean {
  return other !== undefined && one.term === other.term && JSON.stringify(one) === JSON.stringify(other);
}

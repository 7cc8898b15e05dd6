// The simulator's own Raft, explored: three servers of the very protocol that scenarios run, within a budget of time-outs and
// crashes. A crash loses what was not synced.
import { alwaysPair, reachableByOne, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { raft, type Entry, type RaftState, type Rules } from '../../protocols/raft/index.ts';

export interface ExploredRaftOptions {
  /** Rules of the paper to break. */
  readonly rules?: Partial<Rules>;
  /** Election and heartbeat time-outs in a run; 3 unless told. */
  readonly timeouts?: number;
  /** Crashes in a run; none unless told. */
  readonly crashes?: number;
  /** Messages that arrive twice; none unless told. A lost message needs no budget: it is one that is late for ever. */
  readonly duplicates?: number;
}

export function raftWorld(options: ExploredRaftOptions = {}): ExploredWorld {
  const { rules = {}, timeouts = 3, crashes = 0, duplicates = 0 } = options;
  const protocol = raft(paperConfig, rules);
  const ids = ['n1', 'n2', 'n3'];
  return {
    nodes: ids.map((id) => ({ id, protocol })),
    symmetric: [ids],
    idSets: ['voters'],
    network: 'unordered',
    faults: { timeouts, crashes, duplicates },
    random: 'zero', // it draws nothing but delays
    restartKeeps: 'synced',
    properties: [
      alwaysPair('election safety', 'No term has two leaders (section 5.2).', (one, other) => {
        const [left, right] = [stateOf(one), stateOf(other)];
        if (left?.role !== 'leader' || right?.role !== 'leader' || left.currentTerm !== right.currentTerm)
          return undefined;
        return `${one.id} and ${other.id} both lead term ${left.currentTerm}`;
      }),
      alwaysPair(
        'log matching',
        'Logs that agree on index and term agree on what comes before (5.3).',
        (one, other) => {
          const [left, right] = [stateOf(one)?.log.entries ?? [], stateOf(other)?.log.entries ?? []];
          const same = left.findLastIndex((entry, index) => entry.term === right[index]?.term);
          const parted = left.findIndex((entry, index) => index <= same && !isSame(entry, right[index]));
          return parted === -1 ? undefined : `${one.id} and ${other.id} differ at index ${parted + 1}`;
        },
      ),
      alwaysPair('state machine safety', 'Nobody applies another command at an index (5.4.3).', (one, other) => {
        const [left, right] = [stateOf(one), stateOf(other)];
        if (left === undefined || right === undefined) return undefined;
        const applied = left.log.entries.slice(0, Math.min(left.lastApplied, right.lastApplied));
        const parted = applied.findIndex((entry, index) => !isSame(entry, right.log.entries[index]));
        return parted === -1 ? undefined : `${one.id} and ${other.id} applied different commands at ${parted + 1}`;
      }),
      reachableByOne(
        'an entry is committed',
        'Some run elects a leader and commits.',
        (node) => (stateOf(node)?.commitIndex ?? 0) > 0,
      ),
    ],
  };
}

/** Raft as in the paper, without what later work added: fewer messages, fewer states. */
const paperConfig = { preVote: false, checkQuorum: false, stickiness: false, snapshotThreshold: 0 } as const;

function stateOf({ state }: NodeInWorld): RaftState | undefined {
  return (state as { readonly raft: RaftState } | undefined)?.raft;
}

function isSame(one: Entry, other: Entry | undefined): boolean {
  return other !== undefined && one.term === other.term && JSON.stringify(one) === JSON.stringify(other);
}

// A world to explore: nodes with the very protocols that the simulator runs, clients with their operations, a network, and
// bounds for each class of fault. There is no time in it: whatever may happen next, happens next in some run.
import type { AnyProtocol, Json, NodeId } from '../../sim/protocol.ts';
import type { Request } from '../../sim/scenario.ts';
import type { Micros } from '../../sim/time.ts';
import type { Check } from '../../sim/verdict.ts';
import type { WorldProperty } from './properties.ts';

export interface ExploredWorld {
  readonly nodes: readonly ExploredNode[];
  readonly clients?: readonly ExploredClient[];
  readonly network: NetworkKind;
  /** What may go wrong; nothing unless told. */
  readonly faults?: FaultBounds;
  /** The partitions that may occur, within `faults.partitions`; all two-way splits of the nodes unless told. */
  readonly partitions?: PartitionChoice;
  /** Which set timers may fire; all unless told. */
  readonly timers?: (node: NodeId, timer: string) => boolean;
  /** Timers that guard leases: they fire within `faults.leases`, and in no order with others, as if on a clock of their own. */
  readonly leases?: (node: NodeId, timer: string) => boolean;
  /**
   * `free` (the default): set timers fire in any order. `by delay`: the timers of a node keep the order that their delays force
   * on them, whatever the time between handlers; nothing is assumed of the clocks of two nodes, or of messages.
   */
  readonly timerOrder?: 'free' | 'by delay';
  /**
   * `any time` (the default), or `when quiet`: only while no message can arrive, which is what protocols assume that take a
   * time-out for a proof of death (a synchronous system). A quiet network must deliver what has no effect.
   */
  readonly timersFire?: 'any time' | 'when quiet';
  /**
   * Whether an event that changes nothing and sends nothing is a transition. `ignored` (the default) leaves its message in
   * the network, as if it was never delivered; `counted` delivers it.
   */
  readonly effectless?: 'ignored' | 'counted';
  /**
   * What a restart finds on disk: all that was written (the default), what was synced, nothing at all, what was synced and any
   * prefix of the writes since, or such a prefix whose last append may be half written (`read` then tells of the damage).
   */
  readonly restartKeeps?: 'written' | 'synced' | 'nothing' | 'a prefix' | 'a torn prefix';
  /** Whether crashes fall between events only (the default), or also between any two effects of a handler. */
  readonly crashPoints?: 'between events' | 'between effects';
  /** Whether the state of a node that is down is `gone` (the default), or still `visible` to properties and told apart. */
  readonly whileDown?: 'gone' | 'visible';
  /** Whether `ctx.random(n)` explores all outcomes (the default, for n up to 64) or draws 0 always. */
  readonly random?: 'branches' | 'zero';
  /**
   * What all clocks show always, in microseconds, or clocks that run freely. Unless given, a handler that reads a clock is
   * refused.
   */
  readonly clock?: Micros | FreeClock;
  /** Runs are not followed past a state in which this is false of some node: how terms and ballots are bounded. */
  readonly within?: (node: NodeInWorld) => boolean;
  /**
   * Groups of processes that are interchangeable, for searches with `symmetry`: protocols treat their members alike (they never
   * compare names), members start alike, and names occur in states, disks, timers and messages as whole strings only.
   */
  readonly symmetric?: readonly (readonly NodeId[])[];
  /** Properties of states, disks and messages whose arrays are sets of names, which the protocol keeps in ascending order. */
  readonly idSets?: readonly string[];
  readonly properties: readonly WorldProperty[];
  /** Judges of the client history. Unless there is one, histories are not kept, and runs that differ in them are one. */
  readonly checks?: readonly Check[];
}

export interface ExploredNode {
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  /** What is on its disk at birth, all of it synced; nothing unless told. So a world can begin in the middle of a story. */
  readonly disk?: DiskContents;
  /** A guard in TLA+'s manner: a message that it refuses in this state is no enabled action, and stays in the network. */
  accepts?(state: object, message: object, from: NodeId): boolean;
}

/**
 * Clocks that are read as branches: each reading shows the last one of the same process plus any of `steps`, wall and
 * monotonic clock alike. So a clock never goes back, and no two clocks agree on anything.
 */
export interface FreeClock {
  /** Microseconds; 0 has the clock stand still. */
  readonly steps: readonly Micros[];
  /** No clock shows more than this: what keeps the world finite. */
  readonly until: Micros;
}

/** Which links are cut together: those between groups (who is in no group keeps all links), or those in one direction. */
export type Partition =
  | { readonly groups: readonly (readonly NodeId[])[] }
  | { readonly from: readonly NodeId[]; readonly to: readonly NodeId[] };

/** `one-way cuts` are those of all that one node sends to the other nodes, or hears from them. Clients reach everybody. */
export type PartitionChoice = 'two-way splits' | 'isolate one' | 'one-way cuts' | readonly Partition[];

/** A client process. It runs its operations one at a time, in order. */
export interface ExploredClient extends ExploredNode {
  readonly operations: readonly Request[];
  /** It begins an operation in the same step in which it gets free (the default), or at any time afterwards. */
  readonly begins?: 'at once' | 'any time';
}

/**
 * `unordered`: a multiset; any message may be next. `duplicating`: a set; what was sent stays and may arrive again and again.
 * `ordered`: each link between two processes is a queue.
 */
export type NetworkKind = 'unordered' | 'duplicating' | 'ordered';

/** How often each kind of fault may happen in a run; `Infinity` for as often as it likes. Finite ones are part of the state. */
export interface FaultBounds {
  readonly crashes?: number;
  /** How many nodes may be down at the same time; 1 unless told. */
  readonly maxDown?: number;
  /** Messages lost. */
  readonly drops?: number;
  /** Messages of an unordered network that arrive once more. */
  readonly duplicates?: number;
  /** Timers that fire; `Infinity` unless told. */
  readonly timeouts?: number;
  /** Timers that guard leases and fire; `Infinity` unless told. */
  readonly leases?: number;
  /**
   * Partitions, one at a time. What is sent over a cut link is lost, and what is on its way there is lost, or arrives after
   * the heal, which costs nothing.
   */
  readonly partitions?: number;
  /** Clients that die in the middle of an operation, which may have happened then or not, and start afresh at once. */
  readonly clientCrashes?: number;
}

/** A node as properties see it. Nothing in it may be mutated. */
export interface NodeInWorld {
  readonly id: NodeId;
  readonly up: boolean;
  /** The protocol's state; undefined while the node is down, unless the world keeps it visible. */
  readonly state: unknown;
  readonly timers: readonly string[];
  /** Cells and logs of its disk, as written. */
  readonly disk: DiskContents;
}

export interface DiskContents {
  readonly cells: Readonly<Record<string, Json>>;
  readonly logs: Readonly<Record<string, LoggedRecords>>;
}

export interface LoggedRecords {
  readonly first: number;
  readonly records: readonly Json[];
  /** Where half a record lies; what was appended behind it cannot be read back until it is truncated. */
  readonly tornAt?: number;
}

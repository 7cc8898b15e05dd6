// A world to explore: nodes with the very protocols that the simulator runs, clients with their operations, a network, and
// bounds for each class of fault. There is no clock in it: whatever may happen next, happens next in some run.
import type { AnyProtocol, Json, NodeId } from '../../sim/protocol.ts';
import type { Request } from '../../sim/scenario.ts';
import type { Check } from '../../sim/verdict.ts';
import type { WorldProperty } from './properties.ts';

export interface ExploredWorld {
  readonly nodes: readonly ExploredNode[];
  readonly clients?: readonly ExploredClient[];
  readonly network: NetworkKind;
  /** What may go wrong; nothing unless told. */
  readonly faults?: FaultBounds;
  /** Which set timers may fire, at any time and in any order; all unless told. */
  readonly timers?: (node: NodeId, timer: string) => boolean;
  /**
   * Whether an event that changes nothing and sends nothing is a transition. `ignored` (the default) leaves its message in
   * the network, as if it was never delivered; `counted` delivers it.
   */
  readonly effectless?: 'ignored' | 'counted';
  /** What a restart finds on disk: all that was written (the default), what was synced, or nothing at all. */
  readonly restartKeeps?: 'written' | 'synced' | 'nothing';
  /** Whether the state of a node that is down is `gone` (the default), or still `visible` to properties and told apart. */
  readonly whileDown?: 'gone' | 'visible';
  /** Whether `ctx.random(n)` explores all outcomes (the default, for n up to 64) or draws 0 always. */
  readonly random?: 'branches' | 'zero';
  /** What all clocks show always, in microseconds. Unless given, a handler that reads a clock is refused. */
  readonly clock?: number;
  /** Runs are not followed past a state in which this is false of some node: how terms and ballots are bounded. */
  readonly within?: (node: NodeInWorld) => boolean;
  readonly properties: readonly WorldProperty[];
  /** Judges of the client history. Unless there is one, histories are not kept, and runs that differ in them are one. */
  readonly checks?: readonly Check[];
}

export interface ExploredNode {
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  /** A guard in TLA+'s manner: a message that it refuses in this state is no enabled action, and stays in the network. */
  accepts?(state: object, message: object, from: NodeId): boolean;
}

/** A client process, which never crashes. It runs its operations one at a time, in order. */
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
  readonly logs: Readonly<Record<string, { readonly first: number; readonly records: readonly Json[] }>>;
}

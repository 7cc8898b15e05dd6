// What the clients saw, in Jepsen's shape: each operation is invoked by a process and completes as ok, fail or info.
// A process runs one operation at a time; one whose operation ended as info goes on under a new process number.
import type { Json, NodeId } from './protocol.ts';
import type { Micros } from './time.ts';

/** `fail` means surely not happened; `info` means unknown: it may have happened, or may happen later. */
export type HistoryEventType = 'invoke' | 'ok' | 'fail' | 'info';

/** One line of a history. */
export interface HistoryEvent {
  /** Position in the history, from 0. */
  readonly index: number;
  /** True virtual time, in microseconds. */
  readonly time: Micros;
  readonly process: number;
  readonly type: HistoryEventType;
  /** The function of the operation: `read`, `write`, `cas`, `acquire`, … */
  readonly f: string;
  /** The argument at the invocation, the result at the completion. A keyed operation's value is `[key, value]`. */
  readonly value: Json;
  /** Why it failed or is unknown. */
  readonly error?: string;
  /** The client node that ran it. */
  readonly client: NodeId;
  /** The operation's id in the workload: the same on the invocation and the completion. */
  readonly operation: number;
}

export type History = readonly HistoryEvent[];

// What clients and members say to each other. A call travels on a connection that the member has accepted in its present
// life: a copy of it that arrives twice, or after the member restarted, is not executed again, as TCP guarantees.
import type { Micros, NodeId } from '../../sim/index.ts';
import type { RaftMessage } from '../raft/index.ts';
import type { EtcdRequest, EtcdResponse, ResponseHeader, WriteRequest } from './api.ts';
import type { Refusal } from './errors.ts';
import type { WatchEvent, WatchFilter } from './events.ts';

/** A request in the log. Its id tells the member that proposed it which answer is its own. */
export interface EtcdCommand {
  readonly id: string;
  readonly request: WriteRequest;
}

/** A response with the whole header. */
export type Answered<R = EtcdResponse> = R extends EtcdResponse
  ? Omit<R, 'header'> & { header: ResponseHeader }
  : never;

export type EtcdMessage = RaftMessage<EtcdCommand> | ClientMessage | MemberMessage;

export type ClientMessage =
  /** Opens a connection; what an earlier life of the client left behind is forgotten. */
  | { readonly type: 'Dial'; readonly epoch: number }
  | { readonly type: 'Dialed'; readonly epoch: number; readonly connection: number }
  /** The connection is not of this life of the member: what was sent on it may or may not have been executed. */
  | { readonly type: 'Reset'; readonly connection: number }
  | { readonly type: 'Call'; readonly connection: number; readonly call: number; readonly request: EtcdRequest }
  | { readonly type: 'Answer'; readonly call: number; readonly answer: Answered | Refusal }
  | WatchMessage;

export type WatchMessage =
  /** Opens a watch; `stream` is unique among all of the client's, so that nothing of an older one is taken for its own. */
  | {
      readonly type: 'WatchCreate';
      readonly connection: number;
      readonly stream: number;
      readonly filter: WatchFilter;
      /** The first revision to tell; 0 for what happens from now on. */
      readonly startRevision: number;
      /** End the watch when this member has been without a leader for a while (`WithRequireLeader`). */
      readonly requireLeader?: boolean;
    }
  | WatchResponse
  | { readonly type: 'WatchAck'; readonly stream: number; readonly serial: number }
  /** Asks for a response without events as soon as everything up to the store's revision has been told. */
  | { readonly type: 'WatchProgress'; readonly stream: number }
  | { readonly type: 'WatchCancel'; readonly stream: number };

export interface WatchResponse {
  readonly type: 'WatchResponse';
  readonly stream: number;
  /** Counts the responses of a stream from 0; a gap says that one was lost. */
  readonly serial: number;
  readonly header: ResponseHeader;
  /** Without events, unless created or canceled, it tells that everything up to the header's revision has been told. */
  readonly events: readonly WatchEvent[];
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly cancelReason?: string;
  /** Above 0 if the watch began before what is compacted. */
  readonly compactRevision?: number;
}

export type MemberMessage =
  /** A write on its way to the leader of a term; it is dropped by whoever does not lead in that very term. */
  | {
      readonly type: 'Forward';
      readonly term: number;
      /** The life of its sender that it comes from: numbers grow within one only. */
      readonly life: number;
      readonly command: EtcdCommand;
    }
  /** A request that only the leader can answer. */
  | { readonly type: 'Relay'; readonly id: string; readonly request: EtcdRequest }
  | { readonly type: 'RelayAnswer'; readonly id: string; readonly answer: EtcdResponse | Refusal };

/** A request that a member has taken on and not yet answered. */
export interface Pending {
  readonly id: string;
  readonly request: EtcdRequest;
  /** Who waits: a client with the number of its call, another member with its own id, or nobody. */
  readonly waiter:
    | { readonly type: 'client'; readonly client: NodeId; readonly call: number }
    | { readonly type: 'member'; readonly member: NodeId; readonly id: string }
    | { readonly type: 'nobody' };
  readonly startedAt: Micros;
  readonly deadline: Micros;
  /** `queued` until there is a leader; then in the log, or on its way there. */
  stage: 'queued' | 'proposed' | 'reading';
  /** For membership changes: where in the log. */
  index?: number;
}

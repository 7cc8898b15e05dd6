// What the members of a Plumtree tell each other and remember: a small overlay that repairs itself (HyParView), and on its links
// a tree that each broadcast follows (Plumtree).
import { ms, type Micros, type NodeId } from '../../sim/index.ts';

/** HyParView's messages (Leitão, Pereira, Rodrigues: "HyParView", DSN 2007, algorithm 1 and section 4.4). */
export type OverlayMessage =
  | { readonly type: 'Join' }
  /** Walks at random through the overlay so that the newcomer gets neighbours everywhere. */
  | { readonly type: 'ForwardJoin'; readonly newcomer: NodeId; readonly ttl: number }
  /** Asks to be a neighbour; whoever has none asks with priority and is never refused. */
  | { readonly type: 'Neighbor'; readonly priority: 'high' | 'low' }
  | { readonly type: 'NeighborReply'; readonly accepted: boolean }
  | { readonly type: 'Disconnect' }
  | { readonly type: 'Shuffle'; readonly origin: NodeId; readonly nodes: readonly NodeId[]; readonly ttl: number }
  | { readonly type: 'ShuffleReply'; readonly nodes: readonly NodeId[] }
  /** Stands for the connection that breaks: who is silent for a while is gone. */
  | { readonly type: 'KeepAlive' };

/** Plumtree's messages (Leitão, Pereira, Rodrigues: "Epidemic Broadcast Trees", SRDS 2007, algorithms 1 and 2). */
export type TreeMessage =
  | { readonly type: 'Gossip'; readonly id: number; readonly round: number }
  | { readonly type: 'IHave'; readonly id: number; readonly round: number }
  | { readonly type: 'Graft'; readonly id: number | null; readonly round: number }
  | { readonly type: 'Prune' };

export type ClientMessage =
  { readonly type: 'broadcast'; readonly id: number } | { readonly type: 'broadcasting'; readonly id: number };

export type PlumtreeMessage = OverlayMessage | TreeMessage | ClientMessage;

export interface PlumtreeState {
  /** Neighbours, by when each was last heard of on the own monotonic clock. */
  readonly active: Map<NodeId, Micros>;
  /** Others that it has heard of, to replace neighbours that fail. */
  passive: NodeId[];
  /** Of the neighbours, those that broadcasts are pushed to; the others only hear that there is something. */
  readonly eager: Set<NodeId>;
  /** Broadcasts that were delivered, and in which round each came. */
  readonly delivered: Map<number, number>;
  /** Broadcasts that others have, in the order in which they said so. */
  readonly missing: Map<number, { readonly from: NodeId; readonly round: number }[]>;
  /** Whom it asked to be its neighbour and has not heard from. */
  asked: NodeId | null;
}

export interface Plumtree {
  state: PlumtreeState;
  message: PlumtreeMessage;
  timer: 'keep-alive' | 'shuffle' | `missing ${number}`;
  request: never;
  response: never;
}

export interface PlumtreeOptions {
  /** Neighbours at most: the fan-out and one; 5 in the paper for 10,000 nodes. */
  readonly activeView: number;
  /** 30 in the paper. */
  readonly passiveView: number;
  /** Steps of the random walk of a newcomer, and after how many of them it is put into a passive view: 6 and 3. */
  readonly activeWalk: number;
  readonly passiveWalk: number;
  /** How many neighbours and others a shuffle tells of: 3 and 4. */
  readonly shuffleActive: number;
  readonly shufflePassive: number;
  readonly shuffleEvery: Micros;
  /** With one of so many shuffles it takes a new neighbour, whether it needs one or not. Default 4. */
  readonly mixOneIn: number;
  /** How many of the latest broadcasts are announced to a new neighbour. Default 10. */
  readonly announced: number;
  readonly keepAliveEvery: Micros;
  /** A neighbour that was silent for so long has failed. */
  readonly failedAfter: Micros;
  /** How long to wait for a broadcast that others have, the first time and the times after. */
  readonly graftAfter: Micros;
  readonly graftAgainAfter: Micros;
}

export const plumtreeDefaults: PlumtreeOptions = {
  activeView: 5,
  passiveView: 30,
  activeWalk: 6,
  passiveWalk: 3,
  shuffleActive: 3,
  shufflePassive: 4,
  shuffleEvery: ms(500),
  mixOneIn: 4,
  announced: 10,
  keepAliveEvery: ms(100),
  failedAfter: ms(350),
  graftAfter: ms(60),
  graftAgainAfter: ms(30),
};

/** The steps that broken variants leave out. */
export interface PlumtreeRules {
  /** Now and then a stranger becomes a neighbour, so that an overlay that was split grows together. */
  readonly mixes: boolean;
  /** A broadcast that others have and that does not come is asked for (Plumtree 3.6). */
  readonly grafts: boolean;
  /** What was delivered is not delivered again. */
  isNew(state: PlumtreeState, id: number): boolean;
}

export const plumtreeRules: PlumtreeRules = {
  mixes: true,
  grafts: true,
  isNew: (state, id) => !state.delivered.has(id),
};

// The rules that the service's promises hang on, each a small function. Known bugs replace one of them by a one-liner.
import type { PendingNode } from './pending.ts';
import type { Tree } from './tree.ts';
import type { SessionId } from './types.ts';
import type { Zxid } from '../zab/zxid.ts';

/** What the leader asks while it prepares a request. */
export interface PrepareRules {
  /** Whether a session may still change anything: one that is closed or expired may not (ZOOKEEPER-1496, 1208). */
  readonly isOpen: (tree: Tree, session: SessionId) => boolean;
  /** Whether a session's requests may come from this server: not once the client has moved (SessionMovedException). */
  readonly isOwner: (tree: Tree, session: SessionId, server: string) => boolean;
  /** The number of the next sequential child: creates are counted, so that no number comes twice. */
  readonly sequenceOf: (parent: PendingNode) => number;
}

export interface ServiceRules extends PrepareRules {
  /** Whether a server has not yet seen what a client has: it must refuse it, or the client would see the past. */
  readonly isBehind: (lastApplied: Zxid, lastSeen: Zxid) => boolean;
  /** Whether a sync is answered by the leader, behind everything that it has proposed, or by the server itself at once. */
  readonly syncsAtLeader: boolean;
  /** Whether a read waits for the writes before it on its connection. */
  readonly readsInOrder: boolean;
  /** Whether watch events go out before the answers that follow the change. */
  readonly eventsFirst: boolean;
  /** What a client that comes back missed since it was last connected is told at once. */
  readonly isMissed: (zxid: Zxid, relativeZxid: Zxid) => boolean;
}

/** The rules as the service's documentation has them. */
export const serviceRules: ServiceRules = {
  isOpen: (tree, session) => tree.sessions[session] !== undefined,
  isOwner: (tree, session, server) => (tree.owners[session] ?? server) === server,
  sequenceOf: ({ creates }) => creates,
  isBehind: (lastApplied, lastSeen) => lastSeen > lastApplied,
  syncsAtLeader: true,
  readsInOrder: true,
  eventsFirst: true,
  isMissed: (zxid, relativeZxid) => zxid > relativeZxid,
};

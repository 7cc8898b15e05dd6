// The words of the service: znodes and their stat, requests, the transactions that the leader makes of them, and results.
import type { ErrorName } from './errors.ts';
import type { Zxid } from '../zab/zxid.ts';

/**
 * A session's id: the server that opened it above 44 bits, then a time, then a counter, as in ZooKeeper, but within what a
 * double holds exactly. 0 is nobody.
 */
export type SessionId = number;

/** Bits of an access control entry's `perms`. */
export const perms = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

/** Who: `world anyone`, `auth` (whoever sets it), `digest user:base64(sha1(user:password))`, `ip address`. */
export type Identity = {
  readonly scheme: string;
  readonly id: string;
};

export type Acl = Identity & { readonly perms: number };

/** Everybody may do everything: what clients give who care about nothing. */
export const openAcl: readonly Acl[] = [{ scheme: 'world', id: 'anyone', perms: perms.all }];

/** A node's stat as clients see it. Times are milliseconds of the leader's wall clock. */
export type Stat = {
  readonly czxid: Zxid;
  readonly mzxid: Zxid;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  /** Changes of the set of children: creates and deletes. */
  readonly cversion: number;
  readonly aversion: number;
  /** The session of an ephemeral node; 0 for a persistent one; negative for containers and nodes with a time to live. */
  readonly ephemeralOwner: SessionId;
  /** Bytes. */
  readonly dataLength: number;
  readonly numChildren: number;
  /** The last transaction that created or deleted a child. */
  readonly pzxid: Zxid;
};

export type CreateMode =
  | 'persistent'
  | 'persistent-sequential'
  | 'ephemeral'
  | 'ephemeral-sequential'
  | 'container'
  | 'ttl'
  | 'ttl-sequential';

/** What a sub-operation of a multi may be. `create2` differs from `create` in that its result has the stat, too. */
export type WriteOperation =
  | {
      readonly type: 'create' | 'create2';
      readonly path: string;
      readonly data?: string | null;
      readonly acl?: readonly Acl[];
      readonly mode?: CreateMode;
      /** Milliseconds; for the ttl modes only. */
      readonly ttl?: number;
    }
  | { readonly type: 'delete'; readonly path: string; readonly version?: number }
  | { readonly type: 'setData'; readonly path: string; readonly data: string | null; readonly version?: number }
  | { readonly type: 'check'; readonly path: string; readonly version?: number };

/** What goes through the leader. Versions are -1, which is any, unless given. */
export type WriteRequest =
  | WriteOperation
  | { readonly type: 'setACL'; readonly path: string; readonly acl: readonly Acl[]; readonly version?: number }
  | { readonly type: 'multi'; readonly operations: readonly WriteOperation[] }
  /** Milliseconds, as negotiated. */
  | { readonly type: 'createSession'; readonly timeout: number }
  | { readonly type: 'closeSession' }
  /** By the leader itself: an empty container, or a node whose time to live is over. */
  | { readonly type: 'deleteContainer'; readonly path: string };

export type ReadOperation =
  | {
      readonly type: 'exists' | 'getData' | 'getChildren' | 'getChildren2';
      readonly path: string;
      readonly watch?: boolean;
    }
  | { readonly type: 'getACL' | 'getAllChildrenNumber' | 'getEphemerals'; readonly path: string };

/** What the server that the client is connected to answers itself. */
export type ReadRequest = ReadOperation | { readonly type: 'multiRead'; readonly operations: readonly ReadOperation[] };

export type TransactionBody =
  | {
      readonly type: 'create' | 'create2';
      readonly path: string;
      readonly data: string | null;
      readonly acl: readonly Acl[];
      readonly owner: SessionId;
      readonly kind: NodeKind;
      /** The parent's count of creates from now on. */
      readonly parentCreates: number;
    }
  | { readonly type: 'delete'; readonly path: string }
  | { readonly type: 'setData'; readonly path: string; readonly data: string | null; readonly version: number }
  | { readonly type: 'setACL'; readonly path: string; readonly acl: readonly Acl[]; readonly version: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }
  /** Milliseconds; and the server that the client is connected to. */
  | { readonly type: 'createSession'; readonly timeout: number; readonly server: string }
  | { readonly type: 'closeSession'; readonly paths: readonly string[] }
  /** A refused request: it changes nothing and has a zxid all the same. */
  | { readonly type: 'error'; readonly error: ErrorName }
  | { readonly type: 'multi'; readonly parts: readonly TransactionBody[] };

/** An idempotent change, made by the leader, which every server applies alike. */
export type Transaction = {
  readonly session: SessionId;
  /** The client's number for its request; 0 for what servers ask for themselves. */
  readonly cxid: number;
  /** Milliseconds of the leader's wall clock. */
  readonly time: number;
  readonly body: TransactionBody;
};

export type NodeKind =
  | { readonly type: 'persistent' | 'ephemeral' | 'container' }
  /** Milliseconds. */
  | { readonly type: 'ttl'; readonly ttl: number };

/** What came of a request; only what its type asks for is there. */
export type Result = {
  readonly error: ErrorName;
  readonly path?: string;
  readonly stat?: Stat;
  readonly data?: string | null;
  readonly children?: readonly string[];
  readonly acl?: readonly Acl[];
  readonly number?: number;
  /** Who the client has proved to be. */
  readonly identities?: readonly Identity[];
  /** Of a multi or multiRead, one for each operation. */
  readonly results?: readonly Result[];
};

/** What a transaction did to a node, for watches. */
export type Change = { readonly type: 'created' | 'deleted' | 'changed'; readonly path: string };

/** What applying a transaction gives: the answer for whoever asked, and what watchers may want to know. */
export type Applied = {
  readonly result: Result;
  readonly changes: readonly Change[];
};

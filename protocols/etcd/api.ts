// etcd's API v3 as data: requests and responses of the key-value, lease, watch, cluster and maintenance services, with the
// fields of `rpc.proto` in camel case. A field that is absent has the default of protobuf: 0, "" or false.
import type { NodeId } from '../../sim/index.ts';
import type { Refusal } from './errors.ts';
import type { KeyInterval } from './keys.ts';

/** A key as it was after its last change. */
export interface KeyValue {
  readonly key: string;
  /** The revision of the put that created the key after it was last absent. */
  readonly createRevision: number;
  /** The revision of its last put. */
  readonly modRevision: number;
  /** Puts since it was created, that one included; deletion resets it. */
  readonly version: number;
  readonly value: string;
  /** The lease that it is attached to, or 0. */
  readonly lease: number;
}

export interface ResponseHeader {
  readonly clusterId: number;
  readonly memberId: number;
  /** The revision of the store when the request was executed. */
  readonly revision: number;
  readonly raftTerm: number;
}

/** What executing a request against a store knows of the header. */
export type StoreHeader = Pick<ResponseHeader, 'revision'>;

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';
export type SortOrder = 'none' | 'ascend' | 'descend';

export interface RangeRequest extends KeyInterval {
  readonly type: 'range';
  /** At most so many keys; 0 for all. */
  readonly limit?: number;
  /** The store as it was at this revision; 0 for now. */
  readonly revision?: number;
  readonly sortOrder?: SortOrder;
  readonly sortTarget?: SortTarget;
  /** Answer from this member's own store, without asking whether it is up to date. */
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResponse {
  readonly type: 'range';
  readonly header: StoreHeader;
  readonly kvs: readonly KeyValue[];
  /** Keys are left that the limit cut off. */
  readonly more: boolean;
  /** Keys in the interval, whatever the limit and the bounds of revisions. */
  readonly count: number;
}

export interface PutRequest {
  readonly type: 'put';
  readonly key: string;
  readonly value?: string;
  readonly lease?: number;
  readonly prevKv?: boolean;
  /** Keep the value that the key has; it must exist. */
  readonly ignoreValue?: boolean;
  /** Keep the lease that the key has; it must exist. */
  readonly ignoreLease?: boolean;
}

export interface PutResponse {
  readonly type: 'put';
  readonly header: StoreHeader;
  readonly prevKv?: KeyValue;
}

export interface DeleteRangeRequest extends KeyInterval {
  readonly type: 'deleteRange';
  readonly prevKv?: boolean;
}

export interface DeleteRangeResponse {
  readonly type: 'deleteRange';
  readonly header: StoreHeader;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

/** What is compared, how, and with what; over an interval it must hold for every key. */
export type Compare = KeyInterval & { readonly result: 'equal' | 'not-equal' | 'greater' | 'less' } & (
    | { readonly target: 'version' | 'create' | 'mod' | 'lease'; readonly than: number }
    | { readonly target: 'value'; readonly than: string }
  );

export type Operation = RangeRequest | PutRequest | DeleteRangeRequest | TxnRequest;
export type OperationResponse = RangeResponse | PutResponse | DeleteRangeResponse | TxnResponse;

export interface TxnRequest {
  readonly type: 'txn';
  readonly compare?: readonly Compare[];
  readonly success?: readonly Operation[];
  readonly failure?: readonly Operation[];
}

export interface TxnResponse {
  readonly type: 'txn';
  readonly header: StoreHeader;
  readonly succeeded: boolean;
  readonly responses: readonly OperationResponse[];
}

export interface CompactionRequest {
  readonly type: 'compact';
  /** What happened before this revision is forgotten. */
  readonly revision: number;
  /** Answer only when it is done; here it always is. */
  readonly physical?: boolean;
}

/** Requests about leases. Times to live are in seconds, ids are safe integers. */
export type LeaseRequest =
  | { readonly type: 'leaseGrant'; readonly ttl: number; readonly id?: number }
  | LeaseRevokeRequest
  | { readonly type: 'leaseKeepAlive'; readonly id: number }
  | { readonly type: 'leaseTimeToLive'; readonly id: number; readonly keys?: boolean }
  | { readonly type: 'leaseLeases' };

export interface LeaseRevokeRequest {
  readonly type: 'leaseRevoke';
  readonly id: number;
  /** Set by a leader that found the lease expired: the term in which it did. */
  readonly expiredIn?: number;
}

export type LeaseResponse =
  | { readonly type: 'leaseGrant'; readonly header: StoreHeader; readonly id: number; readonly ttl: number }
  | { readonly type: 'leaseRevoke'; readonly header: StoreHeader }
  /** A time to live of 0 says that there is no such lease. */
  | { readonly type: 'leaseKeepAlive'; readonly header: StoreHeader; readonly id: number; readonly ttl: number }
  /** What is left, in whole seconds, or -1 if there is no such lease. */
  | {
      readonly type: 'leaseTimeToLive';
      readonly header: StoreHeader;
      readonly id: number;
      readonly ttl: number;
      readonly grantedTtl: number;
      readonly keys: readonly string[];
    }
  | { readonly type: 'leaseLeases'; readonly header: StoreHeader; readonly leases: readonly number[] };

/** Requests about the cluster. */
export type ClusterRequest =
  | { readonly type: 'memberAdd'; readonly member: NodeId; readonly isLearner?: boolean }
  | { readonly type: 'memberRemove'; readonly member: NodeId }
  | { readonly type: 'memberPromote'; readonly member: NodeId }
  | { readonly type: 'memberList' }
  | { readonly type: 'moveLeader'; readonly target: NodeId }
  | { readonly type: 'status' }
  | { readonly type: 'hashKv'; readonly revision?: number };

export type ClusterResponse =
  | {
      readonly type: 'memberAdd' | 'memberRemove' | 'memberPromote' | 'memberList';
      readonly header: StoreHeader;
      readonly members: readonly NodeId[];
      readonly learners: readonly NodeId[];
    }
  | { readonly type: 'moveLeader'; readonly header: StoreHeader }
  | {
      readonly type: 'status';
      readonly header: StoreHeader;
      readonly leader: NodeId | null;
      readonly isLearner: boolean;
      readonly raftTerm: number;
      readonly raftIndex: number;
      readonly raftAppliedIndex: number;
    }
  | { readonly type: 'hashKv'; readonly header: StoreHeader; readonly hash: number; readonly compactRevision: number };

/**
 * Lists, raises or ends alarms. As long as a member's `NOSPACE` alarm is raised, nothing that takes space is executed; it is
 * ended by hand, when space was made.
 */
export interface AlarmRequest {
  readonly type: 'alarm';
  readonly action: 'get' | 'activate' | 'deactivate';
  /** Whose alarm; absent for every member's. */
  readonly member?: NodeId;
}

export interface AlarmResponse {
  readonly type: 'alarm';
  readonly header: StoreHeader;
  readonly alarms: readonly { readonly member: NodeId; readonly alarm: 'NOSPACE' }[];
}

/** What goes through the log. */
export type WriteRequest =
  | PutRequest
  | DeleteRangeRequest
  | TxnRequest
  | CompactionRequest
  | AlarmRequest
  | Extract<LeaseRequest, { type: 'leaseGrant' | 'leaseRevoke' }>;

export type CompactionResponse = { readonly type: 'compact'; readonly header: StoreHeader };

export type EtcdRequest = RangeRequest | WriteRequest | LeaseRequest | ClusterRequest;
export type EtcdResponse = OperationResponse | CompactionResponse | AlarmResponse | LeaseResponse | ClusterResponse;

/** What executing a request comes to. */
export type Executed<R = EtcdResponse> = R | Refusal;

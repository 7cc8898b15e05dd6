// What clients ask of a Consul server and what comes back: the HTTP API as values, path and query in named fields.
import type { Json, Micros } from '../../sim/index.ts';
import type { Deregistration, Registration } from './state/catalog.ts';
import type { SessionRequest } from './state/sessions.ts';
import type { CatalogService, CheckStatus } from './state/types.ts';
import { isReadOnly, type ReadOperation, type TransactionOperation } from './state/transaction.ts';

/** Which server may answer a read: the leader, the leader after it has asked a quorum, or anybody. */
export type Consistency = 'default' | 'consistent' | 'stale';

/** A blocking query answers when what it reads has a greater index, or when `wait` is over; without `index`, at once. */
export interface Query {
  readonly consistency?: Consistency;
  readonly index?: number;
  /** Default 5 minutes, at most 10; up to a sixteenth of it is added at random. */
  readonly wait?: Micros;
  /** A stale read at a server that has not heard of the leader for longer is answered as a default read (`discovery_max_stale`). */
  readonly maxStale?: Micros;
}

export type ReadRequest = Query &
  (
    | { readonly type: 'kv-get'; readonly key: string }
    | { readonly type: 'kv-list'; readonly prefix: string }
    | { readonly type: 'kv-keys'; readonly prefix: string; readonly separator?: string }
    | { readonly type: 'session-info'; readonly session: string }
    | { readonly type: 'session-list'; readonly node?: string }
    | { readonly type: 'catalog-nodes' }
    /** A node with its services. */
    | { readonly type: 'catalog-node'; readonly node: string }
    | { readonly type: 'catalog-services' }
    /** With `tags` only the instances that have them all, however they are written. */
    | { readonly type: 'catalog-service'; readonly service: string; readonly tags?: readonly string[] }
    | {
        readonly type: 'health-service';
        readonly service: string;
        readonly passing?: boolean;
        readonly tags?: readonly string[];
      }
    | { readonly type: 'health-node'; readonly node: string }
    | { readonly type: 'health-state'; readonly state: 'any' | 'passing' | 'warning' | 'critical' }
    /** What a transaction without writes becomes: it needs no entry in the log, and never blocks. */
    | { readonly type: 'transaction-read'; readonly operations: readonly ReadOperation[] }
  );

export type WriteRequest =
  /** At most one of `cas`, `acquire` and `release`. */
  | {
      readonly type: 'kv-put';
      readonly key: string;
      readonly value: string;
      readonly flags?: number;
      readonly cas?: number;
      readonly acquire?: string;
      readonly release?: string;
    }
  | { readonly type: 'kv-delete'; readonly key: string; readonly recurse?: boolean; readonly cas?: number }
  /** `consistency` counts where it only reads. */
  | {
      readonly type: 'transaction';
      readonly operations: readonly TransactionOperation[];
      readonly consistency?: Consistency;
    }
  /** The server draws the ID; the node is that of the agent asked, unless told. */
  | { readonly type: 'session-create'; readonly session: SessionOffer }
  | { readonly type: 'session-destroy'; readonly session: string }
  | { readonly type: 'session-renew'; readonly session: string }
  | { readonly type: 'catalog-register'; readonly registration: Registration }
  | { readonly type: 'catalog-deregister'; readonly deregistration: Deregistration };

export type SessionOffer = Omit<SessionRequest, 'id' | 'node'> & { readonly node?: string };

/** Who leads, who has a vote, and which datacenters there are, as this server knows it: answered on the spot. */
export interface StatusRequest {
  readonly type: 'status-leader' | 'status-peers' | 'catalog-datacenters';
}

/** What is asked of the agent itself: its own services and checks, and whom it sees. Client agents answer all of it, servers
 * the last two. */
export type AgentRequest =
  | { readonly type: 'agent-register-service'; readonly service: ServiceOffer; readonly checks?: readonly CheckOffer[] }
  | { readonly type: 'agent-deregister-service'; readonly id: string }
  | { readonly type: 'agent-register-check'; readonly check: CheckOffer }
  | { readonly type: 'agent-deregister-check'; readonly id: string }
  /** A sign of life of a TTL check: from now on it has its time again. */
  | { readonly type: 'agent-update-check'; readonly id: string; readonly status: CheckStatus; readonly output?: string }
  | { readonly type: 'agent-services' }
  | { readonly type: 'agent-checks' }
  | { readonly type: 'agent-members' }
  | { readonly type: 'agent-leave' };

export type ServiceOffer = Pick<CatalogService, 'id' | 'service' | 'tags' | 'port'>;

/** A check that is critical when nobody has said otherwise for `ttl`. */
export interface CheckOffer {
  readonly id: string;
  readonly name: string;
  readonly ttl: Micros;
  /** Default critical. */
  readonly status?: CheckStatus;
  /** The service that it watches, or '' for the node. */
  readonly serviceId: string;
}

/** `dc` names the datacenter that is to answer, if not this one. */
export type ConsulRequest = (ReadRequest | WriteRequest | StatusRequest | AgentRequest) & { readonly dc?: string };

export interface ConsulResponse {
  readonly status: number;
  readonly body: Json;
  /** X-Consul-Index, X-Consul-KnownLeader and X-Consul-LastContact (milliseconds), of reads. */
  readonly index?: number;
  readonly knownLeader?: boolean;
  readonly lastContact?: number;
}

export function isRead(request: ConsulRequest): request is ReadRequest {
  return /^(kv-get|kv-list|kv-keys|session-info|session-list|catalog-node|catalog-service|health-|transaction-read)/.test(
    request.type,
  );
}

export function isStatus(request: ConsulRequest): request is StatusRequest & { readonly dc?: string } {
  return /^(status-|catalog-datacenters)/.test(request.type);
}

export function isAgent(request: ConsulRequest): request is AgentRequest & { readonly dc?: string } {
  return request.type.startsWith('agent-');
}

export const failure = (status: number, body: string): ConsulResponse => ({ status, body });

/** What the agent asked makes of a request: a session that names no node is bound to its own, a transaction without writes is
 * a read. */
export function completed(request: ConsulRequest, node: string): ConsulRequest {
  if (request.type === 'session-create') return { ...request, session: { node, ...request.session } };
  if (request.type !== 'transaction' || !isReadOnly(request.operations)) return request;
  const { operations, consistency = 'default', dc } = request;
  return { type: 'transaction-read', operations, consistency, ...(dc !== undefined && { dc }) };
}

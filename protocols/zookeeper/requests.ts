// Requests on an open connection: writes go to the leader at once, reads are answered here; answers leave in the order of the
// requests, so a read waits for the writes before it (CommitProcessor, FinalRequestProcessor).
import { digestOfPassword } from './sha1.ts';
import { closeConnection, dropConnection, sendOn } from './connections.ts';
import { awaitTicket } from './deliveries.ts';
import type { ServiceRequest } from './messages.ts';
import { readTree } from './read.ts';
import { maxBuffer, requestSize } from './request-size.ts';
import {
  treeOf,
  type Connection,
  type QueuedRequest,
  type Server,
  type ServerContext,
  type ServerState,
} from './server-types.ts';
import type { Identity, ReadRequest, Result, WriteRequest } from './types.ts';
import { answerWatchRequest, isWatchRequest, setWatchesOf } from './watch-requests.ts';

/** Takes the next request of a connection. */
export function takeRequest(
  server: Server,
  state: ServerState,
  connection: Connection,
  { xid, request }: { readonly xid: number; readonly request: ServiceRequest },
  ctx: ServerContext,
): void {
  if (requestSize(request) > maxBuffer) return closeConnection(state, connection, ctx);
  const { name } = connection;
  const queued: QueuedRequest = { xid, request, identities: connection.identities, outcome: null };
  connection.queue.push(queued);
  if (request.type === 'auth') return authenticate(server, state, connection, queued, ctx);
  if (request.type === 'sync' && server.rules.syncsAtLeader) {
    awaitTicket(server, state, server.zab.sync(state, ctx), { connection: name, xid }, ctx);
  } else if (isWrite(request)) {
    const { session, identities } = connection;
    const ticket = server.zab.submit(state, { session, cxid: xid, identities, request }, ctx);
    awaitTicket(server, state, ticket, { connection: name, xid }, ctx);
  } else if (!server.rules.readsInOrder) {
    settle(server, state, queued, answer(server, state, connection, queued, ctx));
  }
  drain(server, state, connection, ctx);
}

/** Answers what can be answered, in order, up to the first request whose outcome is not known yet. */
export function drain(server: Server, state: ServerState, connection: Connection, ctx: ServerContext): void {
  for (let head = connection.queue[0]; head !== undefined; head = connection.queue[0]) {
    const { xid, request } = head;
    if (head.outcome === null && !isLocal(server, request)) return;
    if (head.outcome === null) settle(server, state, head, answer(server, state, connection, head, ctx));
    connection.queue.shift();
    const { zxid, result } = head.outcome!;
    // A moved session is the connection's fault, not the request's: the client must not take it for an answer.
    if (isMoved(result)) return closeConnection(state, connection, ctx);
    sendOn(connection, { type: 'Reply', xid, zxid, result }, ctx);
    if (request.type === 'closeSession') return dropConnection(state, connection);
    if (request.type === 'auth' && result.error !== 'OK') return closeConnection(state, connection, ctx);
  }
}

/** Of a transaction with several parts, too. */
function isMoved({ error, results = [] }: Result): boolean {
  return error === 'SessionMoved' || results.some((part) => part.error === 'SessionMoved');
}

/** Writes down the outcome of a request that the server answers by itself; its zxid is that of the state it was read from. */
export function settle(server: Server, state: ServerState, queued: QueuedRequest, result: Result): void {
  queued.outcome = { zxid: server.zab.status(state).lastApplied, result };
}

function answer(
  server: Server,
  state: ServerState,
  connection: Connection,
  { request, identities }: QueuedRequest,
  ctx: ServerContext,
): Result {
  if (isWatchRequest(request)) return answerWatchRequest(server, state, connection, request, ctx);
  switch (request.type) {
    case 'ping':
      return { error: 'OK' };
    case 'sync':
      return { error: 'OK', path: request.path };
    case 'whoAmI':
      return { error: 'OK', identities: identities.map(({ scheme, id }) => ({ scheme, id: userOf(scheme, id) })) };
    default: {
      const read = request as ReadRequest;
      const result = readTree(treeOf(state), read, { session: connection.session, identities });
      setWatchesOf(state.watches, connection.name, read, result);
      return result;
    }
  }
}

function authenticate(
  server: Server,
  state: ServerState,
  connection: Connection,
  queued: QueuedRequest,
  ctx: ServerContext,
): void {
  const { scheme, auth } = queued.request as Extract<ServiceRequest, { type: 'auth' }>;
  if (scheme === 'digest') {
    const id = digestOfPassword(auth);
    if (id === server.config.superDigest) prove(connection, { scheme: 'super', id: '' });
    prove(connection, { scheme, id });
  }
  const isKnown = scheme === 'digest' || scheme === 'ip';
  settle(server, state, queued, { error: isKnown ? 'OK' : 'AuthFailed' });
  drain(server, state, connection, ctx);
}

/** What is proved twice counts once. */
function prove(connection: Connection, { scheme, id }: Identity): void {
  const { identities } = connection;
  if (identities.some((known) => known.scheme === scheme && known.id === id)) return;
  connection.identities = [...identities, { scheme, id }];
}

/** Who somebody is without what proves it. */
function userOf(scheme: string, id: string): string {
  return scheme === 'digest' ? id.slice(0, id.indexOf(':')) : id;
}

function isWrite(
  request: ServiceRequest,
): request is Exclude<WriteRequest, { type: 'createSession' | 'deleteContainer' }> {
  switch (request.type) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
    case 'setACL':
    case 'check':
    case 'multi':
    case 'closeSession':
      return true;
    default:
      return false;
  }
}

function isLocal({ rules }: Server, request: ServiceRequest): boolean {
  return !isWrite(request) && (request.type !== 'sync' || !rules.syncsAtLeader);
}

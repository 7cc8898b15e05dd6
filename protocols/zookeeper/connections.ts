// Connections of clients to a server: how a session is opened or taken up again on one, and how it ends
// (ZooKeeperServer.processConnectRequest). Only the leader can say whether a session still lives.
import type { NodeId } from '../../sim/index.ts';
import { awaitTicket } from './deliveries.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import { negotiate, passwordOf } from './sessions.ts';
import { newInbound } from './stream.ts';
import type { Connection, Server, ServerContext, ServerState } from './server-types.ts';
import { isLeading, revalidateHere, takeTouch } from './session-tracking.ts';
import { removeWatcher } from './watches.ts';

/** So many names of closed connections are remembered. */
const closedLimit = 256;

/** A client's first message on a connection. */
export function openConnection(
  server: Server,
  state: ServerState,
  client: NodeId,
  message: Extract<ClientMessage, { type: 'Connect' }>,
  ctx: ServerContext,
): void {
  const { connection: name, session, lastZxid } = message;
  if (state.closed.includes(name) || state.connections[name] !== undefined) return;
  const { isActive, lastApplied } = server.zab.status(state);
  if (!isActive || server.rules.isBehind(lastApplied, lastZxid)) {
    if (isActive) ctx.note('client refused', { client, lastZxid, lastApplied });
    rememberClosed(state, name);
    return ctx.send(client, { type: 'Closed', connection: name });
  }
  const timeout = negotiate(message.timeout, server.config.minSessionTimeout, server.config.maxSessionTimeout);
  const connection: Connection = {
    name,
    client,
    session,
    timeout,
    phase: session === 0 ? 'opening' : 'revalidating',
    identities: [{ scheme: 'ip', id: '127.0.0.1' }],
    sent: 0,
    inbound: { ...newInbound(), next: 1 },
    queue: [],
  };
  state.connections[name] = connection;
  if (session === 0) return openSession(server, state, connection, ctx);
  for (const other of Object.values(state.connections)) {
    if (other !== connection && other.session === session) closeConnection(state, other, ctx);
  }
  if (message.password !== passwordOf(session)) return refuse(state, connection, ctx);
  if (isLeading(server, state))
    answerRevalidation(state, connection, revalidateHere(server, state, session, timeout, ctx.id, ctx), ctx);
  else askLeader(server, state, connection, ctx);
}

/** Tells the leader that a session's client is here now, and asks whether it still lives; again until it answers. */
export function askLeader(server: Server, state: ServerState, connection: Connection, ctx: ServerContext): void {
  const { leader } = server.zab.status(state);
  const { name, session, timeout } = connection;
  if (leader !== null) ctx.send(leader, { type: 'Revalidate', session, timeout, connection: name });
}

/** The leader has spoken: the session goes on here, or it is over. */
export function answerRevalidation(
  state: ServerState,
  connection: Connection,
  isValid: boolean,
  ctx: ServerContext,
): void {
  if (connection.phase !== 'revalidating') return;
  if (isValid) greet(state, connection, ctx);
  else refuse(state, connection, ctx);
}

/** The session is open: the client may send. */
export function greet(state: ServerState, connection: Connection, ctx: ServerContext): void {
  const { session, timeout } = connection;
  connection.phase = 'open';
  ctx.note('attaches', { session });
  takeTouch(state, session);
  sendOn(connection, { type: 'Connected', session, password: passwordOf(session), timeout }, ctx);
}

/** What goes out on a connection, but for its name and place. */
type Outbound<M = Exclude<ServerMessage, { type: 'Closed' }>> = M extends unknown
  ? Omit<M, 'connection' | 'place'>
  : never;

export function sendOn(connection: Connection, message: Outbound, ctx: ServerContext): void {
  const { name, client } = connection;
  ctx.send(client, { ...message, connection: name, place: connection.sent++ });
}

/** Ends a connection and tells the client, who may not hear it. Its session goes on. */
export function closeConnection(state: ServerState, connection: Connection, ctx: ServerContext): void {
  dropConnection(state, connection);
  ctx.send(connection.client, { type: 'Closed', connection: connection.name });
}

export function dropConnection(state: ServerState, { name }: Connection): void {
  delete state.connections[name];
  removeWatcher(state.watches, name);
  rememberClosed(state, name);
}

function openSession(server: Server, state: ServerState, connection: Connection, ctx: ServerContext): void {
  connection.session = state.nextSession++;
  const timeout = Math.floor(connection.timeout / 1000);
  const request = { type: 'createSession', timeout } as const;
  const ticket = server.zab.submit(state, { session: connection.session, identities: [], request }, ctx);
  if (ticket === null) return closeConnection(state, connection, ctx);
  awaitTicket(server, state, ticket, { connection: connection.name, xid: undefined }, ctx);
}

/** The session is over, or the password is not its: the client is told by session 0. */
function refuse(state: ServerState, connection: Connection, ctx: ServerContext): void {
  sendOn(connection, { type: 'Connected', session: 0, password: '', timeout: 0 }, ctx);
  dropConnection(state, connection);
}

function rememberClosed(state: ServerState, name: string): void {
  state.closed.push(name);
  if (state.closed.length > closedLimit) state.closed.shift();
}

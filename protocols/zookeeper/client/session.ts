// The client library: it keeps a session with whichever server answers. It sends a heartbeat when a third of the time-out has
// passed in silence, and looks for another server when two thirds have (ClientCnxn, SendThread).
import { ms, type NodeId } from '../../../sim/index.ts';
import type { ServerMessage, ServiceRequest } from '../messages.ts';
import type { ErrorName } from '../errors.ts';
import { newInbound, receive } from '../stream.ts';
import type { Listener, PendingRequest, SessionContext, SessionNews, SessionOptions, SessionState } from './types.ts';
import { noteWatch, takeWatches, watchesToRestore } from './watch-register.ts';

/** The one timer of the library. */
export const sessionTimer = 'zookeeper-session';

/** Begins to connect. */
export function startSession(options: SessionOptions, nodes: readonly NodeId[], ctx: SessionContext): SessionState {
  const session: SessionState = {
    phase: 'connecting',
    servers: [...(options.servers ?? nodes)],
    at: options.servers === undefined ? ctx.random(nodes.length) : 0,
    connection: '',
    attempts: 0,
    life: ctx.random(2 ** 30),
    session: 0,
    password: '',
    timeout: options.timeout,
    lastZxid: 0,
    nextXid: 1,
    sent: 0,
    inbound: newInbound(),
    pending: [],
    auths: [],
    watches: { data: [], exists: [], child: [], persistent: [], recursive: [] },
    lastHeard: 0,
    lastSent: 0,
  };
  connect(session, ctx);
  return session;
}

export function isAlive({ phase }: SessionState): boolean {
  return phase === 'connecting' || phase === 'connected';
}

/** Sends a request, now or once connected; the answer comes to the listener under `tag`. False if the session is over. */
export function submit(session: SessionState, request: ServiceRequest, tag: string, ctx: SessionContext): boolean {
  if (!isAlive(session)) return false;
  if (request.type === 'auth') session.auths.push({ scheme: request.scheme, auth: request.auth });
  const pending: PendingRequest = { xid: session.nextXid++, request, tag, isSent: false };
  session.pending.push(pending);
  if (session.phase === 'connected') sendPending(session, pending, ctx);
  return true;
}

/** Leaves the server and goes to another one, or to the one named; what is under way is lost. */
export function move<C extends SessionContext>(
  session: SessionState,
  to: NodeId | undefined,
  listener: Listener<C>,
  ctx: C,
): void {
  if (!isAlive(session)) return;
  disconnect(session, listener, ctx);
  if (to !== undefined) session.at = Math.max(0, session.servers.indexOf(to));
  connect(session, ctx);
}

/** Takes up a session that another process opened, or that this one had before. */
export function attach<C extends SessionContext>(
  session: SessionState,
  as: Pick<SessionState, 'session' | 'password' | 'lastZxid'>,
  listener: Listener<C>,
  ctx: C,
): void {
  if (isAlive(session)) disconnect(session, listener, ctx);
  Object.assign(session, as);
  session.phase = 'connecting';
  connect(session, ctx);
}

export function onSessionMessage<C extends SessionContext>(
  session: SessionState,
  message: ServerMessage,
  listener: Listener<C>,
  ctx: C,
): void {
  if (message.connection !== session.connection || !isAlive(session)) return;
  if (message.type === 'Closed') return reconnect(session, listener, ctx);
  const ready = receive(session.inbound, message, ctx.monotonic());
  if (ready === 'broken') return reconnect(session, listener, ctx);
  for (const each of ready) {
    if (session.connection !== each.connection || !isAlive(session)) return;
    session.lastHeard = ctx.monotonic();
    take(session, each, listener, ctx);
  }
  armTimer(session, ctx);
}

export function onSessionTimer<C extends SessionContext>(session: SessionState, listener: Listener<C>, ctx: C): void {
  if (!isAlive(session)) return;
  const now = ctx.monotonic();
  // Between two attempts there is no connection, and the timer is the pause.
  if (session.connection === '') return connect(session, ctx);
  const isSilent = now >= silenceEnds(session);
  if (isSilent) return reconnect(session, listener, ctx);
  if (session.phase === 'connected' && now >= session.lastSent + heartbeatAfter(session)) {
    submit(session, { type: 'ping' }, '', ctx);
  }
  armTimer(session, ctx);
}

/** The server's machine says that nobody listens there. */
export function onSessionRefused<C extends SessionContext>(
  session: SessionState,
  peer: NodeId,
  listener: Listener<C>,
  ctx: C,
): void {
  if (isAlive(session) && session.connection !== '' && session.servers[session.at] === peer) {
    reconnect(session, listener, ctx);
  }
}

/** Opens a connection to the server whose turn it is. */
function connect(session: SessionState, ctx: SessionContext): void {
  const { servers, timeout, lastZxid, password } = session;
  session.connection = `${session.life}.${++session.attempts}`;
  session.inbound = newInbound();
  session.sent = 0;
  session.lastHeard = ctx.monotonic();
  const { connection } = session;
  const hello = { type: 'Connect', connection, session: session.session, password, timeout, lastZxid } as const;
  ctx.send(servers[session.at]!, { ...hello, place: session.sent++ });
  session.lastSent = ctx.monotonic();
  armTimer(session, ctx);
}

/** Breaks the connection: what was under way may have happened or not. */
function disconnect<C extends SessionContext>(session: SessionState, listener: Listener<C>, ctx: C): void {
  const wasConnected = session.phase === 'connected';
  if (session.connection !== '') {
    ctx.send(session.servers[session.at]!, { type: 'Hangup', connection: session.connection });
  }
  session.connection = '';
  session.phase = 'connecting';
  if (wasConnected) listener.news('Disconnected', ctx);
  failPending(session, 'ConnectionLoss', listener, ctx);
}

/** Goes to the next server, after a pause once all have been tried. */
function reconnect<C extends SessionContext>(session: SessionState, listener: Listener<C>, ctx: C): void {
  disconnect(session, listener, ctx);
  if (session.connection !== '' || !isAlive(session)) return; // the application has moved on meanwhile
  session.at = (session.at + 1) % session.servers.length;
  ctx.setTimer(sessionTimer, ctx.random(Math.min(ms(1_000), Math.floor(session.timeout / 4))) + 1);
}

function take<C extends SessionContext>(
  session: SessionState,
  message: Extract<ServerMessage, { place: number }>,
  listener: Listener<C>,
  ctx: C,
): void {
  switch (message.type) {
    case 'Connected':
      if (message.session === 0) return end(session, 'expired', 'Expired', 'SessionExpired', listener, ctx);
      Object.assign(session, { phase: 'connected', session: message.session, password: message.password });
      session.timeout = message.timeout;
      resume(session, ctx);
      listener.news('SyncConnected', ctx);
      break;
    case 'Event':
      takeWatches(session, message.event);
      listener.event(message.event, message.zxid, ctx);
      break;
    case 'Reply': {
      const place = session.pending.findIndex(({ xid }) => xid === message.xid);
      if (place < 0) return;
      const [pending] = session.pending.splice(place, 1);
      const { request, tag } = pending!;
      if (message.zxid > 0) session.lastZxid = Math.max(session.lastZxid, message.zxid);
      noteWatch(session, request, message.result.error);
      if (tag !== '') listener.reply(tag, { request, zxid: message.zxid, result: message.result }, ctx);
      if (request.type === 'auth' && message.result.error !== 'OK') {
        end(session, 'auth-failed', 'AuthFailed', 'AuthFailed', listener, ctx);
      }
      if (request.type === 'closeSession') end(session, 'closed', 'Closed', 'SessionExpired', listener, ctx);
    }
  }
}

/** A new connection: first who it is and what it watched, then what the application has asked for meanwhile. */
function resume(session: SessionState, ctx: SessionContext): void {
  const waiting = session.pending;
  session.pending = [];
  const isAuth = ({ request }: PendingRequest): boolean => request.type === 'auth';
  const known = session.auths.slice(0, session.auths.length - waiting.filter(isAuth).length);
  const first: ServiceRequest[] = known.map((auth) => ({ type: 'auth', ...auth }));
  const watches = watchesToRestore(session);
  if (watches !== undefined) first.push(watches);
  for (const request of first) session.pending.push({ xid: session.nextXid++, request, tag: '', isSent: false });
  session.pending.push(...waiting);
  for (const pending of session.pending) sendPending(session, pending, ctx);
}

function end<C extends SessionContext>(
  session: SessionState,
  phase: SessionState['phase'],
  news: SessionNews,
  error: ErrorName,
  listener: Listener<C>,
  ctx: C,
): void {
  session.phase = phase;
  session.connection = '';
  ctx.clearTimer(sessionTimer);
  listener.news(news, ctx);
  failPending(session, error, listener, ctx);
}

function failPending<C extends SessionContext>(
  session: SessionState,
  error: ErrorName,
  listener: Listener<C>,
  ctx: C,
): void {
  const lost = session.pending;
  session.pending = [];
  for (const { request, tag } of lost)
    if (tag !== '') listener.reply(tag, { request, zxid: 0, result: { error } }, ctx);
}

function sendPending(session: SessionState, pending: PendingRequest, ctx: SessionContext): void {
  const { connection } = session;
  const { xid, request } = pending;
  pending.isSent = true;
  ctx.send(session.servers[session.at]!, { type: 'Request', connection, place: session.sent++, xid, request });
  session.lastSent = ctx.monotonic();
}

function armTimer(session: SessionState, ctx: SessionContext): void {
  if (session.connection === '') return;
  const heartbeat = session.phase === 'connected' ? session.lastSent + heartbeatAfter(session) : Infinity;
  ctx.setTimer(sessionTimer, Math.max(1, Math.min(silenceEnds(session), heartbeat) - ctx.monotonic()));
}

/** Without an answer it gives the connection up: two thirds of the time-out, or one server's share of it while connecting. */
function silenceEnds({ phase, timeout, servers, lastHeard }: SessionState): number {
  return lastHeard + Math.floor(phase === 'connected' ? (timeout * 2) / 3 : timeout / servers.length);
}

function heartbeatAfter({ timeout }: SessionState): number {
  return Math.min(Math.floor(timeout / 3), ms(10_000));
}

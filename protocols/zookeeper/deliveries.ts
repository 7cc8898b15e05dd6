// What a committed transaction means to this server's clients: whoever watches is told, then whoever asked is answered.
import type { Applied as Delivered } from '../zab/index.ts';
import { closeConnection, greet, sendOn } from './connections.ts';
import { drain } from './requests.ts';
import { isLeading } from './session-tracking.ts';
import { track, untrack } from './sessions.ts';
import type { Outcome, Server, ServerContext, ServerState, Waiting } from './server-types.ts';
import type { Applied, Change, Transaction, TransactionBody } from './types.ts';
import { trigger } from './watches.ts';

/** A transaction was applied here: first whoever watches is told, then whoever asked is answered. */
export function tellAndAnswer(
  server: Server,
  state: ServerState,
  { zxid, txn, answer, ticket }: Delivered<Transaction, Applied>,
  ctx: ServerContext,
): void {
  followSessions(server, state, txn, ctx);
  if (server.rules.eventsFirst) tellWatchers(state, answer.changes, zxid, ctx);
  const { session, cxid, body } = txn;
  if (ticket !== null && cxid > 0 && !isRefused(body)) ctx.note('applies', { session, cxid, zxid });
  if (ticket !== null) settleTicket(server, state, ticket, { zxid, result: answer.result }, ctx);
  if (!server.rules.eventsFirst) tellWatchers(state, answer.changes, zxid, ctx);
  if (body.type !== 'closeSession') return;
  for (const connection of Object.values(state.connections)) {
    if (connection.session === session) closeConnection(state, connection, ctx);
  }
}

/** Nothing of it took effect: of a multi all parts do, or none. */
function isRefused(body: TransactionBody): boolean {
  return body.type === 'error' || (body.type === 'multi' && body.parts.some(({ type }) => type === 'error'));
}

function followSessions(server: Server, state: ServerState, { session, body }: Transaction, ctx: ServerContext): void {
  if (body.type !== 'createSession' && body.type !== 'closeSession') return;
  ctx.note(body.type === 'createSession' ? 'session opens' : 'session closes', { session });
  if (!isLeading(server, state)) return;
  if (body.type === 'closeSession') untrack(state.expiry, session);
  else track(state.expiry, session, body.timeout * 1000, ctx.monotonic(), server.config.tickTime);
}

function tellWatchers(state: ServerState, changes: readonly Change[], zxid: number, ctx: ServerContext): void {
  for (const change of changes) {
    for (const { watcher, event } of trigger(state.watches, change)) {
      const connection = state.connections[watcher];
      if (connection !== undefined) sendOn(connection, { type: 'Event', event, zxid }, ctx);
    }
  }
}

/** Waits for what Zab answers to a ticket; null is that of a server that does not serve, whose connections are going. */
export function awaitTicket(
  server: Server,
  state: ServerState,
  ticket: number | null,
  waiting: Waiting,
  ctx: ServerContext,
): void {
  const { early } = state;
  state.early = {};
  if (ticket === null) return;
  state.waiting[ticket] = waiting;
  const outcome = early[ticket];
  if (outcome !== undefined) settleTicket(server, state, ticket, outcome, ctx);
}

/** What Zab answers to a ticket: the outcome of a transaction, or, without one, that a sync is done. */
export function settleTicket(
  server: Server,
  state: ServerState,
  ticket: number,
  outcome: Outcome | null,
  ctx: ServerContext,
): void {
  const waiting = state.waiting[ticket];
  if (waiting === undefined) {
    state.early[ticket] = outcome;
    return;
  }
  delete state.waiting[ticket];
  const connection = state.connections[waiting.connection];
  if (connection === undefined) return;
  if (waiting.xid === undefined) {
    greet(state, connection, ctx);
    return;
  }
  const queued = connection.queue.find(({ xid }) => xid === waiting.xid);
  if (queued === undefined) return;
  const { lastApplied } = server.zab.status(state);
  queued.outcome = outcome ?? { zxid: lastApplied, result: { error: 'OK', path: pathOf(queued.request) } };
  drain(server, state, connection, ctx);
}

function pathOf(request: object): string {
  return 'path' in request && typeof request.path === 'string' ? request.path : '';
}

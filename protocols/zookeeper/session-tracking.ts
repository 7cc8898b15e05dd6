// Who still lives: servers collect the signs of life of their clients and tell the leader twice a tick; the leader alone lets
// sessions expire, by a transaction like any other (LearnerSessionTracker, LeaderSessionTracker).
import type { Micros, NodeId } from '../../sim/index.ts';
import { bucketAfter, emptyExpiry, takeExpired, touch, track } from './sessions.ts';
import { treeOf, type Server, type ServerContext, type ServerState } from './server-types.ts';
import type { Tree } from './tree.ts';
import type { SessionId } from './types.ts';

export function isLeading(server: Server, state: ServerState): boolean {
  const { role, isActive } = server.zab.status(state);
  return isActive && role === 'LEADING';
}

/** A new leader knows no client's last sign of life, so every session gets all of its time-out again. */
export function trackAll(server: Server, state: ServerState, ctx: ServerContext): void {
  const { tickTime } = server.config;
  state.expiry = emptyExpiry();
  for (const [session, timeout] of Object.entries(treeOf(state).sessions)) {
    track(state.expiry, Number(session), timeout * 1000, ctx.monotonic(), tickTime);
  }
  state.reapAt = ctx.monotonic() + server.config.reapEvery;
  armExpiry(server, ctx);
}

/** A client of this server has been heard. */
export function takeTouch(state: ServerState, session: SessionId): void {
  if (!state.touched.includes(session)) state.touched.push(session);
}

/** Signs of life, at the leader. */
export function touchAll(server: Server, state: ServerState, sessions: readonly SessionId[], ctx: ServerContext): void {
  for (const session of sessions) touch(state.expiry, session, ctx.monotonic(), server.config.tickTime);
}

/** Twice a tick: what was collected goes to the leader, even if it is nothing: so a follower notices that its leader is gone. */
export function reportTouches(server: Server, state: ServerState, ctx: ServerContext): void {
  const { touched } = state;
  state.touched = [];
  const { leader } = server.zab.status(state);
  if (leader === ctx.id) touchAll(server, state, touched, ctx);
  else if (leader !== null) ctx.send(leader, { type: 'Touch', sessions: touched });
}

/**
 * At the leader: a session's client is at `owner` now. From here on requests of that session count only if they come from
 * there; what is under way from elsewhere is refused (SessionMovedException). Tells whether the session lives.
 */
export function revalidateHere(
  server: Server,
  state: ServerState,
  session: SessionId,
  timeout: Micros,
  owner: NodeId,
  ctx: ServerContext,
): boolean {
  if (state.expiry.sessions[session] === undefined) return false;
  track(state.expiry, session, timeout, ctx.monotonic(), server.config.tickTime);
  const ahead = state.zab.leading?.ahead as Tree | null | undefined;
  if (ahead?.sessions[session] !== undefined) ahead.owners[session] = owner;
  const isOpen = treeOf(state).sessions[session] !== undefined;
  ctx.note('revalidates', { session, owner, takenFrom: ahead?.owners[session] ?? owner, isOpen });
  return true;
}

/** At the end of a bucket: the leader proposes to close the sessions that it holds. */
export function expireSessions(server: Server, state: ServerState, ctx: ServerContext): void {
  if (!isLeading(server, state)) return;
  for (const session of takeExpired(state.expiry, ctx.monotonic())) {
    ctx.note('session expires', { session });
    server.zab.submit(state, { session, identities: [], request: { type: 'closeSession' } }, ctx);
  }
  armExpiry(server, ctx);
}

/** Now and then: the leader removes empty containers that had children, and nodes whose time to live is over. */
export function reapContainers(server: Server, state: ServerState, ctx: ServerContext): void {
  if (ctx.monotonic() < state.reapAt) return;
  state.reapAt = ctx.monotonic() + server.config.reapEvery;
  const now = Math.floor(ctx.now() / 1000);
  for (const [path, { kind, children, creates, mtime }] of Object.entries(treeOf(state).nodes)) {
    const isUsedUp = kind.type === 'container' && creates > 0;
    const isOver = kind.type === 'ttl' && now - mtime > kind.ttl;
    if (children.length > 0 || !(isUsedUp || isOver)) continue;
    server.zab.submit(state, { session: 0, identities: [], request: { type: 'deleteContainer', path } }, ctx);
  }
}

function armExpiry({ config: { tickTime } }: Server, ctx: ServerContext): void {
  const now = ctx.monotonic();
  ctx.setTimer('expire', bucketAfter(now, tickTime) - now);
}

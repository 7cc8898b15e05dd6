// Requests that another server has to answer: they are sent on to the leader, and held back for a while when there is none.
import { seconds, type Context, type NodeId } from '../../sim/index.ts';
import { answer, endBlocked, jitterFraction, maxWait, setWaitingTimer } from './queries.ts';
import type { Datacenter } from './datacenter.ts';
import { failure, isRead, type ConsulRequest } from './requests.ts';
import type { Answer, Asker, Consul, ConsulMessage, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

/** How long an answer of the leader may take that is not waited for on purpose. */
const forwardTimeout = seconds(30);

export const refusedConnection = failure(500, 'rpc error getting client: failed to get conn: connection refused');
export const brokenConnection = failure(500, 'rpc error making call: EOF');

/** To the leader, or to any server of another datacenter, which may ask on. */
export function forward(
  state: ConsulServerState,
  asker: Asker,
  request: ConsulRequest,
  server: NodeId,
  ctx: Ctx,
  isForLeader = true,
): void {
  const id = ++state.serial;
  const blocks = isRead(request) && request.index !== undefined ? maxWait + maxWait / jitterFraction : 0;
  state.forwarded.set(id, { ...asker, request, server, until: ctx.monotonic() + forwardTimeout + blocks });
  ctx.send(server, { type: 'Ask', id, request, isForwarded: isForLeader });
  setWaitingTimer(state, ctx);
}

/** Whether another datacenter has to answer. What goes wrong on the way there is told: only the own leader is waited for. */
export function isElsewhere({ config }: Datacenter, { dc = config.datacenter }: ConsulRequest): boolean {
  return dc !== config.datacenter;
}

/** A server that turned out not to lead is no answer: the request waits for the one that does. */
export function onForwardedAnswer(datacenter: Datacenter, state: ConsulServerState, message: Answer, ctx: Ctx): void {
  const asked = state.forwarded.get(message.id);
  if (asked === undefined) return;
  state.forwarded.delete(message.id);
  const { response } = message;
  const wasNoLeader = response.status === 500 && response.body === 'node is not the leader';
  if (wasNoLeader && !isElsewhere(datacenter, asked.request)) hold(datacenter, state, asked, asked.request, ctx);
  else answer(asked, response, ctx);
}

/** Nothing listens at a server: what it was asked before got lost with its connections, and only what changes nothing may be
 * asked again. */
export function onServerGone(
  datacenter: Datacenter,
  state: ConsulServerState,
  server: NodeId,
  refused: ConsulMessage,
  ctx: Ctx,
): void {
  for (const [id, asked] of state.forwarded) {
    if (asked.server !== server) continue;
    state.forwarded.delete(id);
    const wasRefused = refused.type === 'Ask' && refused.id === id;
    if (wasRefused) answer(asked, refusedConnection, ctx);
    else if (isRead(asked.request) && !isElsewhere(datacenter, asked.request))
      hold(datacenter, state, asked, asked.request, ctx);
    else answer(asked, brokenConnection, ctx);
  }
}

/** Keeps a request until a leader is known, or too long. */
export function hold(
  { config }: Datacenter,
  state: ConsulServerState,
  asker: Asker,
  request: ConsulRequest,
  ctx: Ctx,
): void {
  const { from, id } = asker;
  state.held.push({ from, id, request, until: ctx.monotonic() + config.rpcHoldTimeout });
  setWaitingTimer(state, ctx);
}

/** Takes all requests that wait for a leader. */
export function takeHeld(state: ConsulServerState): ConsulServerState['held'] {
  const { held } = state;
  state.held = [];
  return held;
}

/** Whatever waited too long is told so. */
export function expireWaiting(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const now = ctx.monotonic();
  endBlocked(datacenter, state, ctx);
  for (const held of state.held) if (held.until <= now) answer(held, failure(500, 'No cluster leader'), ctx);
  state.held = state.held.filter(({ until }) => until > now);
  for (const [id, asked] of state.forwarded) {
    if (asked.until > now) continue;
    state.forwarded.delete(id);
    answer(asked, brokenConnection, ctx);
  }
  setWaitingTimer(state, ctx);
}

// How a client agent asks servers: one of them until it fails, then the next; again while there is no leader, as nothing can have
// happened; and again after a broken connection only what changes nothing. (Consul's client.go: RPC, canRetry.)
import type { Context, NodeId } from '../../../sim/index.ts';
import { brokenConnection, refusedConnection } from '../forwarding.ts';
import { liveServers } from '../gossip.ts';
import { jitterFraction, maxWait } from '../queries.ts';
import { failure, isRead, type ConsulRequest, type ConsulResponse } from '../requests.ts';
import type { AgentParts, AgentState, Call, ConsulAgent, Purpose } from './types.ts';

type Ctx = Context<ConsulAgent>;

/** What is to be done with the answer to a call, or with its failure. */
export type Finish = (state: AgentState, purpose: Purpose, response: ConsulResponse, ctx: Ctx) => void;

export function call(
  { config }: AgentParts,
  state: AgentState,
  purpose: Purpose,
  request: ConsulRequest,
  ctx: Ctx,
  finish: Finish,
  retriesUntil = ctx.monotonic() + config.rpcHoldTimeout,
): void {
  const servers = liveServers(state.lan);
  if (servers.length === 0) return finish(state, purpose, failure(500, 'No known Consul servers'), ctx);
  const server = servers[state.preferred % servers.length] as NodeId;
  const id = ++state.serial;
  const blocks = isRead(request) && request.index !== undefined ? maxWait + maxWait / jitterFraction : 0;
  const until = ctx.monotonic() + config.rpcTimeout + blocks;
  state.calls.set(id, { purpose, request, server, retriesUntil, until, isWaiting: false });
  ctx.send(server, { type: 'Ask', id, request, isForwarded: false });
  setCallTimer(state, ctx);
}

export function onAnswer(
  parts: AgentParts,
  state: AgentState,
  id: number,
  response: ConsulResponse,
  ctx: Ctx,
  finish: Finish,
): void {
  const asked = state.calls.get(id);
  if (asked === undefined) return;
  state.calls.delete(id);
  const hadNoLeader = response.status === 500 && response.body === 'No cluster leader';
  if (hadNoLeader) retryLater(parts, state, asked, response, true, ctx, finish);
  else finish(state, asked.purpose, response, ctx);
}

/** Nothing listens at a server: its connections are gone, and with them what it was asked. */
export function onServerGone(
  parts: AgentParts,
  state: AgentState,
  server: NodeId,
  refused: ConsulAgent['message'],
  ctx: Ctx,
  finish: Finish,
): void {
  for (const [id, asked] of [...state.calls]) {
    if (asked.server !== server || asked.isWaiting) continue;
    state.calls.delete(id);
    const wasRefused = refused.type === 'Ask' && refused.id === id;
    const error = wasRefused ? refusedConnection : brokenConnection;
    retryLater(parts, state, asked, error, parts.rules.mayRepeat(asked.request), ctx, finish);
  }
}

export function onCallTimer(parts: AgentParts, state: AgentState, ctx: Ctx, finish: Finish): void {
  const now = ctx.monotonic();
  for (const [id, asked] of [...state.calls]) {
    if (asked.until > now) continue;
    state.calls.delete(id);
    const { purpose, request, retriesUntil, isWaiting } = asked;
    if (isWaiting) call(parts, state, purpose, request, ctx, finish, retriesUntil);
    else {
      retryLater(parts, state, asked, brokenConnection, parts.rules.mayRepeat(request), ctx, finish);
    }
  }
  setCallTimer(state, ctx);
}

/** The next server is asked from now on, this call after up to a sixteenth of `rpc_hold_timeout`, if it may be repeated at all. */
function retryLater(
  { config }: AgentParts,
  state: AgentState,
  asked: Call,
  response: ConsulResponse,
  isSafe: boolean,
  ctx: Ctx,
  finish: Finish,
): void {
  state.preferred++;
  const now = ctx.monotonic();
  if (!isSafe || now >= asked.retriesUntil) return finish(state, asked.purpose, response, ctx);
  const until = now + ctx.random(Math.floor(config.rpcHoldTimeout / jitterFraction) + 1);
  state.calls.set(++state.serial, { ...asked, until, isWaiting: true });
  setCallTimer(state, ctx);
}

function setCallTimer({ calls }: AgentState, ctx: Ctx): void {
  const next = Math.min(...[...calls.values()].map(({ until }) => until));
  if (next < Infinity) ctx.setTimer('calls', Math.max(0, next - ctx.monotonic()));
}

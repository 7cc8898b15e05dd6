// Answers to reads, and the queries that wait for a change: a blocking query is answered when what it reads has a greater index
// than the one it knows, or with the same one when its time is over. (Consul's rpc.go: blockingQuery.)
import { minutes, type Context, type Micros } from '../../sim/index.ts';
import { requestRead } from '../raft/index.ts';
import type { Datacenter } from './datacenter.ts';
import { readState } from './read.ts';
import { failure, type ConsulResponse, type ReadRequest } from './requests.ts';
import type { Asker, Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

export const defaultWait = minutes(5);
export const maxWait = minutes(10);
/** Up to this part of its wait is added to it at random, so that queries do not end all at once. */
export const jitterFraction = 16;

export function answer({ from, id }: Asker, response: ConsulResponse, ctx: Ctx): void {
  ctx.send(from, { type: 'Answer', id, response });
}

/**
 * Answers a read from the own state; a consistent one after a quorum has confirmed that this server leads.
 *
 * @param until when its wait is over, if it has begun already
 */
export function read(
  datacenter: Datacenter,
  state: ConsulServerState,
  asker: Asker,
  request: ReadRequest,
  ctx: Ctx,
  until: Micros | null = null,
): void {
  const { raft, rules } = datacenter;
  if (request.consistency !== 'consistent' || !rules.verifiesLeader) {
    return answerOrBlock(datacenter, state, asker, request, until, ctx);
  }
  const { from, id } = asker;
  const number = ++state.serial;
  state.reads.set(number, { from, id, request, until });
  if (requestRead(raft, state, number, ctx).type === 'accepted') return;
  state.reads.delete(number);
  answer(asker, failure(500, 'node is not the leader'), ctx);
}

export function readReady(datacenter: Datacenter, state: ConsulServerState, number: number, ctx: Ctx): void {
  const waiting = state.reads.get(number);
  state.reads.delete(number);
  if (waiting !== undefined) answerOrBlock(datacenter, state, waiting, waiting.request, waiting.until, ctx);
}

export function readDropped(state: ConsulServerState, number: number, ctx: Ctx): void {
  const waiting = state.reads.get(number);
  state.reads.delete(number);
  if (waiting !== undefined) answer(waiting, failure(500, 'leadership lost while committing log'), ctx);
}

/** Answers every blocking query that has something new to tell; consistent ones are verified again before. */
export function wakeBlocked(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  if (state.blocked.length === 0) return;
  const { machine } = state.raft;
  const hasNews = ({ index = 0, ...query }: ReadRequest): boolean => (readState(machine, query).index ?? 0) > index;
  const woken = state.blocked.filter(({ request }) => hasNews(request));
  if (woken.length === 0) return;
  state.blocked = state.blocked.filter((query) => !woken.includes(query));
  for (const { request, until, ...asker } of woken) read(datacenter, state, asker, request, ctx, until);
}

/** The state was replaced as a whole: its indices may be smaller, so nobody waits for the next one. */
export function answerAllBlocked(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  for (const query of state.blocked) answer(query, respond(datacenter, state, query.request, ctx), ctx);
  state.blocked = [];
}

/** Answers the queries whose time is over with what there is. */
export function endBlocked(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const now = ctx.monotonic();
  for (const query of state.blocked.filter(({ until }) => until <= now)) {
    answer(query, respond(datacenter, state, query.request, ctx), ctx);
  }
  state.blocked = state.blocked.filter(({ until }) => until > now);
}

/** How long ago this server heard of a leader; 0 on the leader, Infinity where it never did. */
export function silenceOf({ rules }: Datacenter, { raft, lastContact }: ConsulServerState, now: Micros): Micros {
  if (rules.leads(raft)) return 0;
  return lastContact === null ? Infinity : now - lastContact;
}

/** The timer of whatever waits fires when the first of it has waited long enough. */
export function setWaitingTimer(state: ConsulServerState, ctx: Ctx): void {
  const waiting = [...state.blocked, ...state.held, ...state.forwarded.values()];
  const next = Math.min(...waiting.map(({ until }) => until));
  if (next < Infinity) ctx.setTimer('waiting', Math.max(0, next - ctx.monotonic()));
}

function answerOrBlock(
  datacenter: Datacenter,
  state: ConsulServerState,
  asker: Asker,
  request: ReadRequest,
  until: Micros | null,
  ctx: Ctx,
): void {
  const response = respond(datacenter, state, request, ctx);
  const { index = 0 } = request;
  if (index === 0 || response.index === undefined || response.index > index) return answer(asker, response, ctx);
  const { from, id } = asker;
  state.blocked.push({ from, id, request, until: until ?? endOfWait(request, ctx) });
  setWaitingTimer(state, ctx);
}

function endOfWait({ wait = 0 }: ReadRequest, ctx: Ctx): Micros {
  const longest = wait <= 0 ? defaultWait : Math.min(wait, maxWait);
  return ctx.monotonic() + longest + ctx.random(Math.floor(longest / jitterFraction) + 1);
}

/** The response of this server, and how fresh its knowledge is. */
function respond(datacenter: Datacenter, state: ConsulServerState, request: ReadRequest, ctx: Ctx): ConsulResponse {
  const lastContact = Math.floor(silenceOf(datacenter, state, ctx.monotonic()) / 1_000);
  return { ...readState(state.raft.machine, request), knownLeader: state.raft.leader !== null, lastContact };
}

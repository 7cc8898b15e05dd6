// Answers, and the queries that wait for a change: a blocking query is answered when what it reads has a greater index than
// the one it knows, or with the same one when its time is over.
import { minutes, type Context } from '../../sim/index.ts';
import { readState } from './read.ts';
import type { ConsulResponse, ReadRequest } from './requests.ts';
import type { Asker, Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

export const defaultWait = minutes(5);
export const maxWait = minutes(10);
/** Milliseconds: the longest duration that Go knows, which is what a server says that never heard of a leader. */
const neverHeard = 9_223_372_036_854;

export function answer({ from, id }: Asker, response: ConsulResponse, ctx: Ctx): void {
  ctx.send(from, { type: 'Answer', id, response });
}

/** Answers a read now, or keeps it until there is something new. */
export function answerRead(state: ConsulServerState, asker: Asker, request: ReadRequest, ctx: Ctx): void {
  const response = respond(state, request, ctx);
  const { index = 0, wait = defaultWait } = request;
  if (index === 0 || (response.index ?? 0) > index) return answer(asker, response, ctx);
  const longest = Math.min(wait, maxWait);
  const until = ctx.monotonic() + longest + ctx.random(Math.floor(longest / 16) + 1);
  state.blocked.push({ ...asker, request, until });
  setWaitingTimer(state, ctx);
}

/** The response of this server, and how fresh its knowledge is. */
function respond(state: ConsulServerState, request: ReadRequest, ctx: Ctx): ConsulResponse {
  const isLeader = state.raft.role === 'leader';
  const heardAt = state.lastContact;
  const silence = heardAt === null ? neverHeard : Math.floor((ctx.monotonic() - heardAt) / 1_000);
  const lastContact = isLeader ? 0 : silence;
  return { ...readState(state.raft.machine, request), knownLeader: state.raft.leader !== null, lastContact };
}

/** Answers every blocking query that has something new to tell. */
export function wakeBlocked(state: ConsulServerState, ctx: Ctx): void {
  if (state.blocked.length === 0) return;
  const still: typeof state.blocked = [];
  for (const query of state.blocked) {
    const response = respond(state, query.request, ctx);
    if ((response.index ?? 0) > (query.request.index ?? 0)) answer(query, response, ctx);
    else still.push(query);
  }
  state.blocked = still;
}

/** Answers the queries whose time is over with what there is. */
export function endBlocked(state: ConsulServerState, ctx: Ctx): void {
  const now = ctx.monotonic();
  for (const query of state.blocked.filter(({ until }) => until <= now)) {
    answer(query, respond(state, query.request, ctx), ctx);
  }
  state.blocked = state.blocked.filter(({ until }) => until > now);
}

/** The timer of whatever waits fires when the first of it has waited long enough. */
export function setWaitingTimer(state: ConsulServerState, ctx: Ctx): void {
  const waiting = [...state.blocked, ...state.held, ...state.forwarded.values()];
  const next = Math.min(...waiting.map(({ until }) => until));
  if (next < Infinity) ctx.setTimer('waiting', Math.max(0, next - ctx.monotonic()));
}

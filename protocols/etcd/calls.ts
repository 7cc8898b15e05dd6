// The part that all clients share: a connection to one member, calls on it, and what becomes of them when the connection is
// lost. It tries again elsewhere only what cannot have happened: calls that were never sent, reads, and refusals that say so.
import { ms, seconds, type Micros, type NodeId, type Context, type Types } from '../../sim/index.ts';
import type { EtcdRequest } from './api.ts';
import { mayHaveHappened, refusals, type Refusal } from './errors.ts';
import { isReadOnly } from './execute.ts';
import type { Answered, ClientMessage, EtcdMessage } from './messages.ts';

/** A client's view of its connection and its open calls. Plain data. */
export interface Calls {
  /** The members that it knows, in the order in which it tries them. */
  readonly endpoints: readonly NodeId[];
  member: NodeId;
  /** Names the dialling under way or done. */
  epoch: number;
  /** Undefined until the member has accepted. */
  connection?: number;
  dialledAt: Micros;
  /** The number of the next call. */
  next: number;
  readonly open: OpenCall[];
}

export interface OpenCall {
  readonly call: number;
  readonly request: EtcdRequest;
  /** The number that it bears on its way, new whenever it is sent; undefined until then. */
  sentAs?: number;
  sentAt: Micros;
  /** When to ask again after a refusal; undefined if it is not waiting for that. */
  retryAt?: Micros;
}

export interface CallOptions {
  /** How long to wait for a member to accept the connection; default 500 ms. */
  readonly dialTimeout: Micros;
  /** How long to wait for an answer; default 8 s, a little more than a member takes to give up. */
  readonly callTimeout: Micros;
  /** How long to wait before asking again what was refused for now; default 50 ms. */
  readonly retryAfter: Micros;
  /** Asks again whatever is in doubt, writes too: not safe, and no real client's default. */
  readonly retriesWrites: boolean;
}

export const defaultCallOptions: CallOptions = {
  dialTimeout: ms(500),
  callTimeout: seconds(8),
  retryAfter: ms(50),
  retriesWrites: false,
};

/** What a call came to: an answer; surely nothing; or nobody knows. */
export type Settled = { readonly call: number; readonly request: EtcdRequest } & (
  | { readonly type: 'answered'; readonly answer: Answered }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'unknown'; readonly error: string }
);

/** A client that makes calls: its timers include `calls`. */
export interface CallHost extends Types {
  message: EtcdMessage;
  timer: string;
}

/** What calls need of their host's context. */
export type CallContext = Pick<
  Context<CallHost>,
  'id' | 'peers' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'note'
>;

/** A client begins with a random member, and with random numbers, so that no answer to an earlier life is taken for its own. */
export function startCalls(ctx: CallContext, endpoints: readonly NodeId[] = ctx.peers): Calls {
  const member = endpoints[ctx.random(endpoints.length)] as NodeId;
  return { endpoints, member, epoch: ctx.random(2 ** 30), dialledAt: -1, next: ctx.random(2 ** 30), open: [] };
}

/** Makes a call; its number comes back with what becomes of it. */
export function call(calls: Calls, request: EtcdRequest, options: CallOptions, ctx: CallContext): number {
  const number = calls.next++;
  calls.open.push({ call: number, request, sentAt: ctx.monotonic() });
  ensureConnected(calls, options, ctx);
  sendUnsent(calls, options, ctx);
  return number;
}

/** Dials if that has not been done. */
export function ensureConnected(calls: Calls, options: CallOptions, ctx: CallContext): void {
  if (calls.connection === undefined && calls.dialledAt < 0) dial(calls, options, ctx);
}

/** Gives the connection up and dials the next member; what was sent on it and may have happened is in doubt. */
export function reconnect(calls: Calls, options: CallOptions, ctx: CallContext): Settled[] {
  const lost = loseConnection(calls, options, 'the connection was lost');
  calls.member = calls.endpoints[(calls.endpoints.indexOf(calls.member) + 1) % calls.endpoints.length] as NodeId;
  dial(calls, options, ctx);
  return lost;
}

/** Takes a message that is about calls; what was settled by it. A watch that needs the connection looks at `connection`. */
export function onCallMessage(
  calls: Calls,
  from: NodeId,
  message: ClientMessage,
  options: CallOptions,
  ctx: CallContext,
): Settled[] {
  switch (message.type) {
    case 'Dialed':
      if (message.epoch !== calls.epoch || from !== calls.member || calls.connection !== undefined) return [];
      calls.connection = message.connection;
      sendUnsent(calls, options, ctx);
      return [];
    case 'Reset': {
      if (from !== calls.member || message.connection !== calls.connection) return [];
      const lost = loseConnection(calls, options, 'the member restarted');
      dial(calls, options, ctx);
      return lost;
    }
    case 'Answer':
      return onAnswer(calls, message, options, ctx);
    default:
      return [];
  }
}

/** Time has passed: a member that does not accept or does not answer is given up. */
export function onCallTimer(calls: Calls, options: CallOptions, ctx: CallContext): Settled[] {
  const now = ctx.monotonic();
  if (calls.connection === undefined) {
    if (calls.dialledAt < 0) return [];
    if (now - calls.dialledAt >= options.dialTimeout) return reconnect(calls, options, ctx);
  } else if (calls.open.some(({ sentAs, sentAt }) => sentAs !== undefined && now - sentAt >= options.callTimeout)) {
    return reconnect(calls, options, ctx);
  }
  sendUnsent(calls, options, ctx);
  return [];
}

function onAnswer(
  calls: Calls,
  { call: number, answer }: Extract<ClientMessage, { type: 'Answer' }>,
  options: CallOptions,
  ctx: CallContext,
): Settled[] {
  const open = calls.open.find(({ sentAs }) => sentAs === number);
  if (open === undefined) return [];
  const { request, call } = open;
  if (answer.type !== 'error') return [settle(calls, open, { call, request, type: 'answered', answer })];
  const isSafe = isRetryable(request, options) || !mayHaveHappened(answer);
  if (!isSafe) return [settle(calls, open, { call, request, type: 'unknown', error: answer.error })];
  if (!isPassing(answer)) return [settle(calls, open, { call, request, type: 'refused', refusal: answer })];
  replace(calls, open, ctx.monotonic() + options.retryAfter);
  arm(calls, options, ctx);
  return [];
}

/** Refusals that another moment, or another member, may not repeat. */
function isPassing(refusal: Refusal): boolean {
  return passing.has(refusal.error) || mayHaveHappened(refusal);
}

const passing = new Set<string>([
  refusals.tooManyRequests.error,
  refusals.noLeader.error,
  refusals.proposalDropped.error,
  refusals.notSupportedForLearner.error,
  refusals.unhealthy.error,
]);

/** Asking twice changes nothing. */
function isRetryable(request: EtcdRequest, { retriesWrites }: CallOptions): boolean {
  switch (request.type) {
    case 'range':
    case 'leaseKeepAlive':
    case 'leaseTimeToLive':
    case 'leaseLeases':
    case 'memberList':
    case 'status':
    case 'hashKv':
      return true;
    case 'alarm':
      return true;
    case 'txn':
      return retriesWrites || isReadOnly(request);
    default:
      return retriesWrites;
  }
}

function dial(calls: Calls, options: CallOptions, ctx: CallContext): void {
  delete calls.connection;
  calls.epoch++;
  calls.dialledAt = ctx.monotonic();
  ctx.send(calls.member, { type: 'Dial', epoch: calls.epoch });
  arm(calls, options, ctx);
}

/** What was sent and may be asked again will be sent anew under a new number; the rest is in doubt. */
function loseConnection(calls: Calls, options: CallOptions, error: string): Settled[] {
  const lost: Settled[] = [];
  for (const open of [...calls.open]) {
    if (open.sentAs === undefined) continue;
    if (isRetryable(open.request, options)) replace(calls, open);
    else lost.push(settle(calls, open, { call: open.call, request: open.request, type: 'unknown', error }));
  }
  return lost;
}

/** The call is to be sent once more; its host goes on knowing it by the same number. */
function replace(calls: Calls, open: OpenCall, retryAt?: Micros): void {
  const { call: number, request, sentAt } = open;
  const at = calls.open.indexOf(open);
  calls.open[at] = { call: number, request, sentAt, ...(retryAt === undefined ? {} : { retryAt }) };
}

function sendUnsent(calls: Calls, options: CallOptions, ctx: CallContext): void {
  const { connection } = calls;
  if (connection !== undefined) {
    const now = ctx.monotonic();
    for (const open of calls.open) {
      if (open.sentAs !== undefined || (open.retryAt ?? 0) > now) continue;
      open.sentAs = calls.next++;
      open.sentAt = now;
      ctx.send(calls.member, { type: 'Call', connection, call: open.sentAs, request: open.request });
    }
  }
  arm(calls, options, ctx);
}

function settle(calls: Calls, open: OpenCall, settled: Settled): Settled {
  calls.open.splice(calls.open.indexOf(open), 1);
  return settled;
}

/** Sets the one timer to whatever is due first. */
function arm(calls: Calls, { dialTimeout, callTimeout }: CallOptions, ctx: CallContext): void {
  let due = Infinity;
  if (calls.connection === undefined) due = calls.dialledAt + dialTimeout;
  else {
    for (const { sentAs, sentAt, retryAt } of calls.open)
      due = Math.min(due, sentAs === undefined ? (retryAt ?? Infinity) : sentAt + callTimeout);
  }
  if (due === Infinity) ctx.clearTimer('calls');
  else ctx.setTimer('calls', Math.max(0, due - ctx.monotonic()));
}

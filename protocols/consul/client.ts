// Clients of Consul's HTTP API: one that sends requests as they are, and one that works on keys as a replicated register does.
import { ms, type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import { isRead, type Consistency, type ConsulRequest, type ConsulResponse } from './requests.ts';
import type { ConsulMessage } from './types.ts';

export interface ConsulClient {
  state: ConsulClientState;
  message: ConsulMessage;
  timer: 'give up';
  request: Request;
  response: Json;
}

export interface ConsulClientState {
  asked: number;
  request: ConsulRequest | null;
  operation: Request | null;
  /** The sessions that it created, by name. */
  readonly sessions: Record<string, string>;
}

export interface ConsulClientOptions {
  /** The servers that it asks, at random; default all nodes. */
  readonly servers?: readonly NodeId[];
  /** How long it waits for an answer before it gives up; default 10 s. A read that gives up did not happen. */
  readonly timeout?: Micros;
  /** How its reads are to be answered; default `default`. */
  readonly consistency?: Consistency;
  /** How long ago the server of a stale read may have heard of the leader; default any time. */
  readonly maxStale?: Micros;
  /** The datacenter that keeps a key, if it is not that of the servers asked. */
  readonly datacenterOf?: (key: string) => string | undefined;
  /** Reads complete with `[key, value, contact]`: how many milliseconds ago the server had heard of a leader; and with the bound
   * in milliseconds where there is one. */
  readonly tellsContact?: boolean;
  /** Takes a write that was answered with an error for one that did not happen. */
  readonly trustsErrors?: boolean;
}

type Ctx = Context<ConsulClient>;

/**
 * Operations are `http` with a request as value; the response is `{ status, body, index, ... }`, whatever the status. In a
 * request, `$name` stands for the session that the client created under that name.
 */
export function consulHttpClient(options: ConsulClientOptions = {}): Protocol<ConsulClient> {
  return client(options, ({ value }, { sessions }) => withSessions(value, sessions) as never, finishHttp);
}

function withSessions(value: Json, sessions: Readonly<Record<string, string>>): Json {
  if (typeof value === 'string') return value.startsWith('$') ? (sessions[value.slice(1)] ?? value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => withSessions(item, sessions));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withSessions(field ?? null, sessions)]),
  );
}

/** Operations on `[key, value]`: `read`, `write`, `delete`, and `cas [key, [from, to]]` by the index of what was read. */
export function consulKvClient(options: ConsulClientOptions = {}): Protocol<ConsulClient> {
  const { consistency = 'default', maxStale } = options;
  return client(
    options,
    ({ f, value }) => {
      const [key, text] = value as readonly [string, Json];
      const where = whereOf(options, key);
      if (f === 'delete') return { type: 'kv-delete', key, ...where };
      if (f === 'write') return { type: 'kv-put', key, value: JSON.stringify(text), ...where };
      return { type: 'kv-get', key, consistency, ...(maxStale !== undefined && { maxStale }), ...where };
    },
    (state, response, ctx) => finishKv(options, state, response, ctx),
  );
}

const defaultTimeout = ms(10_000);

function client(
  options: ConsulClientOptions,
  toRequest: (operation: Request, state: ConsulClientState) => ConsulRequest,
  finish: (state: ConsulClientState, response: ConsulResponse, ctx: Ctx) => void,
): Protocol<ConsulClient> {
  return {
    start: (ctx) => ({ asked: ctx.random(2 ** 30), request: null, operation: null, sessions: {} }),
    onRequest(state, operation, ctx) {
      state.operation = operation;
      state.request = toRequest(operation, state);
      ask(state, pickServer(options, ctx), ctx);
      ctx.setTimer('give up', options.timeout ?? defaultTimeout);
    },
    onMessage(state, _from, message, ctx) {
      if (message.type !== 'Answer' || message.id !== state.asked || state.request === null) return;
      finish(state, message.response, ctx);
    },
    onTimer: (state, _timer, ctx) => giveUp(state, 'no answer', ctx),
    onRefused: (state, _peer, _message, ctx) => end(state, ctx, () => ctx.fail('connection refused')),
  };
}

function ask(state: ConsulClientState, server: NodeId, ctx: Ctx): void {
  if (state.request === null) return;
  state.asked++;
  ctx.send(server, { type: 'Ask', id: state.asked, request: state.request, isForwarded: false });
}

function finishHttp(state: ConsulClientState, response: ConsulResponse, ctx: Ctx): void {
  const { request } = state;
  if (request?.type === 'session-create' && response.status === 200) {
    state.sessions[request.session.name ?? ''] = (response.body as { readonly ID: string }).ID;
  }
  end(state, ctx, () => ctx.ok({ ...response }));
}

function finishKv(options: ConsulClientOptions, state: ConsulClientState, response: ConsulResponse, ctx: Ctx): void {
  const { tellsContact, trustsErrors, maxStale } = options;
  const { operation, request } = state;
  if (operation === null || request === null) return;
  const [key, argument] = operation.value as readonly [string, Json];
  if (response.status >= 500) {
    const error = JSON.stringify(response.body);
    return trustsErrors === true ? end(state, ctx, () => ctx.fail(error)) : giveUp(state, error, ctx);
  }
  if (operation.f === 'write' || operation.f === 'delete') return end(state, ctx, () => ctx.ok([key, argument]));
  if (request.type === 'kv-put') {
    return end(state, ctx, () => (response.body === true ? ctx.ok(operation.value) : ctx.fail('index is stale')));
  }
  const entry = (response.body as readonly { readonly value: string; readonly modifyIndex: number }[] | null)?.[0];
  const found = entry === undefined ? null : (JSON.parse(entry.value) as Json);
  if (operation.f === 'read') {
    const bound = maxStale === undefined ? [] : [Math.floor(maxStale / ms(1))];
    const contact = tellsContact === true ? [response.lastContact ?? 0, ...bound] : [];
    return end(state, ctx, () => ctx.ok([key, found, ...contact]));
  }
  const [from, to] = argument as readonly [Json, Json];
  if (found !== from) return end(state, ctx, () => ctx.fail(`found ${JSON.stringify(found)}`));
  const cas = entry?.modifyIndex ?? 0;
  state.request = { type: 'kv-put', key, value: JSON.stringify(to), cas, ...whereOf(options, key) };
  ask(state, pickServer(options, ctx), ctx);
}

function pickServer({ servers }: ConsulClientOptions, ctx: Ctx): NodeId {
  const known = servers ?? ctx.peers;
  return known[ctx.random(known.length)] as NodeId;
}

function whereOf({ datacenterOf }: ConsulClientOptions, key: string): { readonly dc?: string } {
  const dc = datacenterOf?.(key);
  return dc === undefined ? {} : { dc };
}

/** A read that was not answered did not happen; a write may have, or may still. */
function giveUp(state: ConsulClientState, error: string, ctx: Ctx): void {
  const isSafe = state.request !== null && isRead(state.request);
  end(state, ctx, () => (isSafe ? ctx.fail(error) : ctx.unknown(error)));
}

function end(state: ConsulClientState, ctx: Ctx, tell: () => void): void {
  state.request = null;
  state.operation = null;
  ctx.clearTimer('give up');
  tell();
}

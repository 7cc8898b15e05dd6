// The replicated register of Attiya, Bar-Noy and Dolev ("Sharing Memory Robustly in Message-Passing Systems", JACM 1995):
// each operation asks a majority for the latest value, then writes one back to a majority. Any server coordinates.
import type { Context, Json, NodeId, Protocol } from '../../sim/index.ts';
import type { RegisterMessage, RequestId } from './register-client.ts';

/** The version of a value: ordered by count, then by the server that wrote it. */
export type Version = readonly [count: number, server: NodeId];

export interface Versioned {
  readonly version: Version;
  readonly value: Json;
}

export type AbdMessage =
  | RegisterMessage
  | { readonly type: 'query'; readonly request: RequestId }
  | ({ readonly type: 'query ok'; readonly request: RequestId } & Versioned)
  | ({ readonly type: 'record'; readonly request: RequestId } & Versioned)
  | { readonly type: 'record ok'; readonly request: RequestId };

export interface AbdServer {
  state: AbdState;
  message: AbdMessage;
  timer: never;
  request: never;
  response: never;
}

export interface AbdState {
  latest: Versioned;
  phase: Phase | null;
}

/** What this server coordinates: `write` is what a client writes, `read` is what it will be answered; null for the other. */
type Phase = { readonly request: RequestId; readonly client: NodeId } & (
  | {
      readonly type: 'query';
      readonly write: { readonly value: Json } | null;
      readonly answers: Record<NodeId, Versioned>;
    }
  | { readonly type: 'record'; readonly read: { readonly value: Json } | null; readonly stored: NodeId[] }
);

export interface AbdOptions {
  /** Whether a read writes back what it found before it answers; without it, a later read may see an older value. */
  readonly writesBack?: boolean;
}

type Ctx = Context<AbdServer>;

/** All other nodes of the world are servers as well. */
export function abdServer({ writesBack = true }: AbdOptions = {}): Protocol<AbdServer> {
  return {
    start: (ctx) => ({ latest: { version: [0, ctx.id], value: null }, phase: null }),
    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'put':
          return query(state, { request: message.request, client: from, write: { value: message.value } }, ctx);
        case 'get':
          return query(state, { request: message.request, client: from, write: null }, ctx);
        case 'query':
          return ctx.send(from, { type: 'query ok', request: message.request, ...state.latest });
        case 'query ok':
          return collect(state, from, message, ctx, writesBack);
        case 'record':
          store(state, { version: message.version, value: message.value });
          return ctx.send(from, { type: 'record ok', request: message.request });
        case 'record ok':
          return finish(state, from, message.request, ctx);
        case 'put ok':
        case 'get ok':
          return; // only clients get these
      }
    },
  };
}

function query(
  state: AbdState,
  asked: { readonly request: RequestId; readonly client: NodeId; readonly write: { readonly value: Json } | null },
  ctx: Ctx,
): void {
  if (state.phase !== null) return; // it is busy, and the client does not ask twice
  state.phase = { type: 'query', ...asked, answers: { [ctx.id]: state.latest } };
  for (const peer of ctx.peers) ctx.send(peer, { type: 'query', request: asked.request });
}

function collect(
  state: AbdState,
  from: NodeId,
  answer: { readonly request: RequestId } & Versioned,
  ctx: Ctx,
  writesBack: boolean,
): void {
  const { phase } = state;
  if (phase?.type !== 'query' || phase.request !== answer.request) return;
  phase.answers[from] = { version: answer.version, value: answer.value };
  const answers = Object.values(phase.answers);
  if (answers.length !== majority(ctx)) return;
  const latest = answers.reduce((one, other) => (compare(one.version, other.version) < 0 ? other : one));
  const { request, client, write } = phase;
  const chosen: Versioned = write === null ? latest : { version: [latest.version[0] + 1, ctx.id], value: write.value };
  if (write === null && !writesBack) {
    state.phase = null;
    return ctx.send(client, { type: 'get ok', request, value: chosen.value });
  }
  for (const peer of ctx.peers) ctx.send(peer, { type: 'record', request, ...chosen });
  store(state, chosen);
  const read = write === null ? { value: chosen.value } : null;
  state.phase = { type: 'record', request, client, read, stored: [ctx.id] };
}

function finish(state: AbdState, from: NodeId, request: RequestId, ctx: Ctx): void {
  const { phase } = state;
  if (phase?.type !== 'record' || phase.request !== request || phase.stored.includes(from)) return;
  phase.stored.push(from);
  phase.stored.sort();
  if (phase.stored.length !== majority(ctx)) return;
  state.phase = null;
  const { client, read } = phase;
  ctx.send(client, read === null ? { type: 'put ok', request } : { type: 'get ok', request, value: read.value });
}

function store(state: AbdState, { version, value }: Versioned): void {
  if (compare(version, state.latest.version) > 0) state.latest = { version, value };
}

function majority(ctx: Ctx): number {
  return Math.floor((ctx.peers.length + 1) / 2) + 1;
}

function compare(one: Version, other: Version): number {
  if (one[0] !== other[0]) return one[0] - other[0];
  return one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0;
}

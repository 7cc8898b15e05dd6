// A client process: a session and an application on it. The application is plain handlers over plain state, as protocols are;
// it asks by tags and is answered by them.
import type { Json, Micros, NodeId, Protocol, Request } from '../../../sim/index.ts';
import type { LockMessage } from '../../lock/messages.ts';
import type { ServiceRequest } from '../messages.ts';
import type { ZooKeeper } from '../server-types.ts';
import type { WatchEvent } from '../watches.ts';
import type { Zxid } from '../../zab/zxid.ts';
import {
  attach,
  isAlive,
  move,
  onSessionMessage,
  onSessionRefused,
  onSessionTimer,
  sessionTimer,
  startSession,
  submit,
} from './session.ts';
import type { Listener, Reply, SessionNews, SessionOptions, SessionState } from './types.ts';
import type { Context } from '../../../sim/index.ts';

export interface ClientProcess<S extends object> {
  state: { session: SessionState; app: S };
  /** What the servers say, and a store that is not theirs. */
  message: ZooKeeper['message'] | LockMessage;
  timer: string;
  request: Request;
  response: Json;
}

/** An application on a session. All handlers but `request` are called when something came of what it asked for. */
export interface App<S extends object> {
  start(): S;
  /** The world asks for an operation; end it with `ok`, `fail` or `unknown`. */
  request(app: S, request: Request, api: Api): void;
  reply(app: S, tag: string, reply: Reply, api: Api): void;
  event?(app: S, event: WatchEvent, zxid: Zxid, api: Api): void;
  news?(app: S, news: SessionNews, api: Api): void;
  timer?(app: S, name: string, api: Api): void;
  /** From a node that is no ZooKeeper server. */
  message?(app: S, message: LockMessage, api: Api): void;
}

/** What an application can do. */
export interface Api extends Pick<
  Context<ClientProcess<object>>,
  'id' | 'ok' | 'fail' | 'unknown' | 'note' | 'monotonic' | 'random' | 'setTimer' | 'clearTimer'
> {
  readonly session: Readonly<SessionState>;
  /** Asks the server; false if the session is over, and then there is no answer. */
  ask(request: ServiceRequest, tag: string): boolean;
  /** Goes to another server with its session. */
  move(to?: NodeId): void;
  attach(as: Pick<SessionState, 'session' | 'password' | 'lastZxid'>): void;
  /** A new session in place of one that is over. */
  renew(timeout?: Micros): void;
  send(to: NodeId, message: LockMessage): void;
}

/** The protocol of a client process that runs the application. */
export function clientProcess<S extends object>(options: SessionOptions, app: App<S>): Protocol<ClientProcess<S>> {
  type State = ClientProcess<S>['state'];
  type Ctx = Context<ClientProcess<S>>;
  const listener = (state: State): Listener<Ctx> => ({
    reply: (tag, reply, ctx) => app.reply(state.app, tag, reply, apiOf(state, ctx)),
    event: (event, zxid, ctx) => app.event?.(state.app, event, zxid, apiOf(state, ctx)),
    news: (news, ctx) => app.news?.(state.app, news, apiOf(state, ctx)),
  });
  const apiOf = (state: State, ctx: Ctx): Api => ({
    id: ctx.id,
    ok: (response) => ctx.ok(response),
    fail: (error) => ctx.fail(error),
    unknown: (error) => ctx.unknown(error),
    note: (kind, data) => ctx.note(kind, data),
    monotonic: () => ctx.monotonic(),
    random: (bound) => ctx.random(bound),
    setTimer: (name, delay) => ctx.setTimer(name, delay),
    clearTimer: (name) => ctx.clearTimer(name),
    session: state.session,
    ask: (request, tag) => submit(state.session, request, tag, ctx),
    move: (to) => move(state.session, to, listener(state), ctx),
    attach: (as) => attach(state.session, as, listener(state), ctx),
    renew: (timeout = options.timeout) => {
      if (!isAlive(state.session)) state.session = startSession({ ...options, timeout }, ctx.peers, ctx);
    },
    send: (to, message) => ctx.send(to, message),
  });
  return {
    start: (ctx) => ({ session: startSession(options, ctx.peers, ctx), app: app.start() }),
    onRequest: (state, request, ctx) => app.request(state.app, request, apiOf(state, ctx)),
    onMessage(state, _from, message, ctx) {
      if ('connection' in message) {
        if (isFromServer(message)) onSessionMessage(state.session, message, listener(state), ctx);
      } else app.message?.(state.app, message as LockMessage, apiOf(state, ctx));
    },
    onTimer(state, timer, ctx) {
      if (timer === sessionTimer) onSessionTimer(state.session, listener(state), ctx);
      else app.timer?.(state.app, timer, apiOf(state, ctx));
    },
    onRefused: (state, peer, _message, ctx) => onSessionRefused(state.session, peer, listener(state), ctx),
  };
}

type FromServer = Extract<ZooKeeper['message'], { type: 'Connected' | 'Reply' | 'Event' | 'Closed' }>;

function isFromServer(message: { readonly type: string }): message is FromServer {
  const { type } = message;
  return type === 'Connected' || type === 'Reply' || type === 'Event' || type === 'Closed';
}

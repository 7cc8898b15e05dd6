// An application that does what the workload says, request by request, and tells everything that came of it: for tests of
// the service, and to try it out by hand.
import type { Json, Request } from '../../../sim/index.ts';
import type { ServiceRequest } from '../messages.ts';
import type { Result } from '../types.ts';
import type { WatchEvent } from '../watches.ts';
import type { Zxid } from '../../zab/zxid.ts';
import type { Api, App } from './app.ts';
import type { Reply, SessionNews } from './types.ts';

export interface ScriptState {
  /** Answers of the operation under way, in the order in which they came. */
  answers: Answer[];
  /** How many are still to come. */
  open: number;
  /** An operation that waits for the session to be there. */
  waiting: boolean;
  /** Everything that the session told, in order. */
  log: LogEntry[];
}

/** One reply as the application sees it. */
export type Answer = { readonly zxid: Zxid; readonly result: Result };

export type LogEntry =
  | { readonly type: 'reply'; readonly request: string; readonly zxid: Zxid; readonly result: Result }
  | { readonly type: 'event'; readonly event: WatchEvent; readonly zxid: Zxid }
  | { readonly type: 'news'; readonly news: SessionNews };

/**
 * Its operations: `ask` with a request, or with a list of them that are sent without waiting: ends with the answer, or the
 * list of answers. `session` tells the session's id, password, time-out and last zxid once it is connected. `log` tells what
 * came since the last `log`. `move` goes to another server, `attach` takes its session up again, with any of `session`,
 * `password` and `lastZxid` replaced, `renew`
 * opens a new session with the given time-out; all three end when they are connected, or when that is refused.
 */
export function scriptApp(): App<ScriptState> {
  return {
    start: () => ({ answers: [], open: 0, waiting: false, log: [] }),
    request(app, request, api) {
      switch (request.f) {
        case 'ask':
          return askAll(app, request, api);
        case 'log': {
          const log = app.log;
          app.log = [];
          return api.ok(log as Json);
        }
        case 'session':
          return whenConnected(app, api);
        case 'move':
          api.move(request.value as string);
          return whenConnected(app, api);
        case 'attach': {
          const { session, password, lastZxid } = api.session;
          api.attach({ session, password, lastZxid, ...(request.value as object) });
          app.waiting = true;
          return;
        }
        case 'renew':
          api.renew(request.value as number);
          return whenConnected(app, api);
        default:
          throw new RangeError(`a script asks, logs, moves, attaches and renews; it cannot ${request.f}`);
      }
    },
    reply(app, tag, reply, api) {
      app.log.push({ type: 'reply', request: reply.request.type, zxid: reply.zxid, result: reply.result });
      collect(app, tag, reply, api);
    },
    event(app, event, zxid) {
      app.log.push({ type: 'event', event, zxid });
    },
    news(app, news, api) {
      app.log.push({ type: 'news', news });
      if (!app.waiting) return;
      if (news === 'SyncConnected') tellSession(app, api);
      if (news === 'Expired') {
        app.waiting = false;
        api.fail(news);
      }
    },
  };
}

function askAll(app: ScriptState, { value }: Request, api: Api): void {
  const requests = (Array.isArray(value) ? value : [value]) as ServiceRequest[];
  app.answers = [];
  app.open = requests.length;
  const tag = Array.isArray(value) ? 'list' : 'one';
  for (const request of requests) if (!api.ask(request, tag)) return api.fail('the session is over');
}

function collect(app: ScriptState, tag: string, { zxid, result }: Reply, api: Api): void {
  app.answers.push({ zxid, result });
  if (--app.open > 0) return;
  const isLost = result.error === 'ConnectionLoss' || result.error === 'SessionExpired';
  if (isLost) return api.unknown(result.error);
  api.ok(tag === 'one' ? app.answers[0]! : app.answers);
}

function whenConnected(app: ScriptState, api: Api): void {
  app.waiting = true;
  if (api.session.phase === 'connected') tellSession(app, api);
}

function tellSession(app: ScriptState, api: Api): void {
  const { session, password, timeout, lastZxid, servers, at } = api.session;
  app.waiting = false;
  api.ok({ session, password, timeout, lastZxid, server: servers[at]! });
}

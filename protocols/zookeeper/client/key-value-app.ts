// A key-value client: every key is a znode, a write is a setData or a create, a compare-and-set goes by the version. How it
// reads is a choice, which is the whole lesson: at its server at once, after a sync, or after something that a quorum has.
import type { Json, Request } from '../../../sim/index.ts';
import type { ServiceRequest } from '../messages.ts';
import type { Stat } from '../types.ts';
import type { Api, App } from './app.ts';
import type { Reply } from './types.ts';

/**
 * `local`: whatever the server has. `sync`: behind everything that the leader has proposed; but a leader that was cut off
 * answers a sync as well. `quorum`: behind a transaction of its own, which only a leader with a quorum can commit.
 */
export type ReadMode = 'local' | 'sync' | 'quorum';

export interface KeyValueState {
  step: 'idle' | 'read' | 'set' | 'create' | 'look' | 'swap';
  key: string;
  value: Json;
  /** What a compare-and-set expects to find. */
  expected: Json;
  /** A write was sent whose outcome is not known. */
  inDoubt: boolean;
}

/** Its operations: `read [key, null]`, `write [key, value]`, `cas [key, [from, to]]`. */
export function keyValueApp(reads: ReadMode): App<KeyValueState> {
  return {
    start: () => ({ step: 'idle', key: '', value: null, expected: null, inDoubt: false }),
    request(app, request, api) {
      begin(app, request);
      if (app.step === 'read' && reads === 'sync') api.ask({ type: 'sync', path: pathOf(app) }, 'before');
      if (app.step === 'read' && reads === 'quorum') {
        api.ask({ type: 'multi', operations: [{ type: 'check', path: '/' }] }, 'before');
      }
      askStep(app, api);
    },
    reply(app, tag, reply, api) {
      const { error } = reply.result;
      noteReply(reply, api);
      if (app.step === 'idle') return;
      if (error === 'ConnectionLoss' || error === 'SessionExpired') return giveUp(app, error, api);
      if (tag !== 'before') takeReply(app, reply, api);
    },
    news(_app, news, api) {
      if (news === 'Expired') api.renew();
    },
  };
}

function begin(app: KeyValueState, { f, value }: Request): void {
  const [key, argument] = value as [string, Json];
  Object.assign(app, { key, value: argument, expected: null, inDoubt: false });
  switch (f) {
    case 'read':
      app.step = 'read';
      break;
    case 'write':
      app.step = 'set';
      break;
    case 'cas':
      [app.expected, app.value] = argument as [Json, Json];
      app.step = 'look';
      break;
    default:
      throw new RangeError(`a key-value client reads, writes and compares-and-sets; it cannot ${f}`);
  }
}

function askStep(app: KeyValueState, api: Api, version = -1): void {
  const path = pathOf(app);
  const data = JSON.stringify(app.value);
  const request: ServiceRequest =
    app.step === 'read' || app.step === 'look'
      ? { type: 'getData', path }
      : app.step === 'create'
        ? { type: 'create2', path, data }
        : { type: 'setData', path, data, version };
  app.inDoubt ||= request.type !== 'getData';
  if (!api.ask(request, app.step)) giveUp(app, 'SessionExpired', api);
}

function takeReply(app: KeyValueState, { result }: Reply, api: Api): void {
  const { error, data, stat } = result;
  const found = data == null ? null : (JSON.parse(data) as Json);
  switch (app.step) {
    case 'idle':
      return;
    case 'read':
      app.step = 'idle';
      return error === 'OK' || error === 'NoNode' ? api.ok([app.key, found]) : api.fail(error);
    case 'look':
      app.step = 'swap';
      if (error === 'OK' && JSON.stringify(found) === JSON.stringify(app.expected))
        return askStep(app, api, stat!.version);
      app.step = 'idle';
      return api.fail(`found ${JSON.stringify(found)}`);
    case 'set':
    case 'create':
      if (error === 'NoNode' || error === 'NodeExists') {
        app.step = error === 'NoNode' ? 'create' : 'set';
        return askStep(app, api);
      }
      break;
    case 'swap':
  }
  const isWrite = app.step !== 'swap';
  app.step = 'idle';
  if (error === 'OK') api.ok([app.key, isWrite ? app.value : [app.expected, app.value]]);
  else api.fail(error);
}

/** A write that may be under way may have happened; anything else surely has not. */
function giveUp(app: KeyValueState, error: string, api: Api): void {
  app.step = 'idle';
  if (app.inDoubt) api.unknown(error);
  else api.fail(error);
}

/** For those who judge the order: what was written or seen at which zxid, in which session. */
function noteReply({ request, zxid, result }: Reply, api: Api): void {
  if (zxid === 0) return;
  const { session } = api.session;
  const stat: Stat | undefined = result.stat;
  if (request.type === 'getData') {
    const seen = { path: request.path, mzxid: stat?.mzxid ?? 0, data: result.data ?? null };
    api.note('answered', { session, zxid, ...seen });
  } else if (stat !== undefined && (request.type === 'setData' || request.type === 'create2')) {
    api.note('answered', { session, zxid, path: request.path, mzxid: stat.mzxid, data: request.data ?? null });
  } else api.note('answered', { session, zxid, path: '', mzxid: 0, data: null });
}

function pathOf({ key }: KeyValueState): string {
  return `/${key}`;
}

// Configuration that is watched: whoever follows a node reads it with a watch, and again when the watch is told. Changes in
// between are missed, as a watch is told once; but nobody goes back, and nobody stays behind.
import { ms, type Micros, type Request } from '../../../sim/index.ts';
import type { Api, App } from '../client/app.ts';
import type { Reply } from '../client/types.ts';
import type { WatchEvent } from '../watches.ts';
import type { Zxid } from '../../zab/zxid.ts';

export interface ConfigurationState {
  path: string;
  /** The operation under way. */
  task: 'publish' | 'follow' | null;
  follows: boolean;
  /** What it knows: the mzxid and version that it saw last. */
  mzxid: Zxid;
  version: number;
  /** It has a watch that has not been told. */
  isWatching: boolean;
}

/**
 * Its operations: `publish` with a text writes the configuration; `follow` reads it, and from then on keeps reading it
 * whenever it is told of a change. A follower also looks now and then without a watch (`lookEvery`), so that the order of
 * what it is told and what it sees can be judged.
 */
export function configurationApp(path = '/configuration', lookEvery: Micros = ms(35)): App<ConfigurationState> {
  return {
    start: () => ({ path, task: null, follows: false, mzxid: 0, version: -1, isWatching: false }),
    request(app, { f, value }: Request, api) {
      app.task = f === 'follow' ? 'follow' : 'publish';
      if (f === 'follow') {
        app.follows = true;
        api.setTimer('look', lookEvery);
        return read(app, api);
      }
      const data = JSON.stringify(value);
      if (!api.ask({ type: 'setData', path, data }, 'publish')) return end(app, () => api.fail('no session'));
      if (app.follows) api.ask({ type: 'getData', path }, 'look');
    },
    reply(app, tag, reply, api) {
      if (tag === 'publish') published(app, reply, api);
      else saw(app, tag === 'watch', reply, api);
    },
    event(app, event, _zxid, api) {
      told(app, event, api);
    },
    news(app, news, api) {
      if (news === 'Expired') {
        Object.assign(app, { isWatching: false, mzxid: 0, version: -1 });
        api.renew();
      }
      // Its watch comes along to the next server, and is told there of what was missed.
      if (news === 'SyncConnected' && app.follows && !app.isWatching) read(app, api);
    },
    timer(_app, _name, api) {
      if (api.session.phase === 'connected') api.ask({ type: 'getData', path }, 'look');
      api.setTimer('look', lookEvery);
    },
  };
}

function read(app: ConfigurationState, api: Api): void {
  api.ask({ type: 'getData', path: app.path, watch: true }, 'watch');
}

function published(app: ConfigurationState, { request, result }: Reply, api: Api): void {
  const { error } = result;
  if (error === 'OK') return end(app, () => api.ok(null));
  if (error === 'NoNode' && request.type === 'setData') {
    api.ask({ type: 'create', path: app.path, data: request.data }, 'publish');
  } else if (error === 'NodeExists') end(app, () => api.fail(error));
  else end(app, () => api.unknown(error));
}

function saw(app: ConfigurationState, isWatch: boolean, { result }: Reply, api: Api): void {
  if (result.error === 'ConnectionLoss' || result.error === 'SessionExpired') {
    if (app.task === 'follow') end(app, () => api.fail(result.error));
    return;
  }
  const { stat } = result;
  if (stat !== undefined) {
    const { session } = api.session;
    const { mzxid, version, isWatching } = app;
    api.note('sees', {
      session,
      mzxid: stat.mzxid,
      version: stat.version,
      before: mzxid,
      unwarned: isWatching && stat.mzxid > mzxid,
    });
    if (version >= 0 && stat.version > version + 1) api.note('misses', { from: version, to: stat.version });
    Object.assign(app, { mzxid: Math.max(mzxid, stat.mzxid), version: stat.version });
    if (isWatch) app.isWatching = true;
  } else if (isWatch) api.setTimer('look', ms(20)); // nothing is published yet
  if (app.task === 'follow') end(app, () => api.ok(null));
  else if (app.follows && !app.isWatching && !isWatch) read(app, api);
}

function told(app: ConfigurationState, { type }: WatchEvent, api: Api): void {
  app.isWatching = false;
  api.note('told', { session: api.session.session, type });
  if (api.session.phase === 'connected') read(app, api);
}

function end(app: ConfigurationState, tell: () => void): void {
  const before = app.task;
  app.task = null;
  if (before !== null) tell();
}

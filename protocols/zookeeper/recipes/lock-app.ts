// The lock of ZooKeeper's recipes, as Curator has it: an ephemeral sequential node, of which the lowest holds the lock, while
// each other one watches only whom it has to wait for. Readers wait for writers only. The leader of an election is whoever
// holds the lock for as long as it likes.
import type { Micros, NodeId, Request } from '../../../sim/index.ts';
import { ms } from '../../../sim/index.ts';
import type { Api, App } from '../client/app.ts';
import type { Reply } from '../client/types.ts';
import { blockerOf, prefixOf, type LockKind } from './sequence.ts';

export interface LockAppState {
  step:
    | 'idle'
    | 'parent'
    | 'creating'
    | 'searching'
    | 'listing'
    | 'waiting'
    | 'held'
    | 'reading'
    | 'working'
    | 'writing'
    | 'releasing';
  /** The operation under way: to take the lock, to let it go, or to add to the store under it. */
  task: 'acquire' | 'release' | 'add' | null;
  lock: string;
  kind: LockKind;
  guid: string;
  /** The path of its own node; empty if it has none that it knows of. */
  own: string;
  /** The czxid of its own node, which is greater than that of every holder before: the fencing token. */
  token: number;
  /** Nodes of its own that it could not delete: they are deleted once it is connected. */
  litter: string[];
  request: number;
  value: number;
  /** Events that it was told while it waited for the lock. */
  notified: number;
}

export interface LockAppOptions {
  /** The node that guards a number; without it there is no `add`. */
  readonly store?: NodeId;
  /** How long the work under the lock takes; default 40 ms. */
  readonly workFor?: Micros;
  /** Watches the whole list of waiters, so that every release wakes all of them; default false. */
  readonly herd?: boolean;
  /** Finds its own node again when the answer to its create was lost (ZOOKEEPER-1262); default true. */
  readonly guid?: boolean;
  /** Takes its lock for lost once it is disconnected, as the server may soon; default true. */
  readonly heedsSession?: boolean;
}

/**
 * Its operations: `acquire` with `[lock]` or `[lock, kind]`, ends with `[lock, { token }]`; `release` with `[lock]`; `add` with
 * a number that is unique in the run: takes the lock, reads the store, works, writes one more than it read, and lets go.
 */
export function lockApp(options: LockAppOptions = {}): App<LockAppState> {
  const { store = '', workFor = ms(40), herd = false, guid = true, heedsSession = true } = options;
  const rules = { herd, guid };
  return {
    start: () => ({
      ...{ step: 'idle', task: null, lock: '', kind: 'exclusive', guid: '', own: '', token: 0 },
      ...{ litter: [], request: 0, value: 0, notified: 0 },
    }),
    request: (app, request, api) => begin(app, request, api),
    reply: (app, tag, reply, api) => {
      const { error } = reply.result;
      if (tag === 'sweep' && error === 'ConnectionLoss') app.litter.push((reply.request as { path: string }).path);
      if (tag !== app.step) return;
      if (error === 'ConnectionLoss' || error === 'SessionExpired') return interrupted(app, api, rules);
      proceed(app, reply, api, { ...rules, store });
    },
    event: (app, { type }, _zxid, api) => {
      app.notified++;
      if (app.step === 'waiting' && type !== 'NodeCreated') list(app, api, herd);
    },
    news: (app, news, api) => {
      if (news === 'SyncConnected') reconnected(app, api, rules);
      if (news === 'Disconnected' && heedsSession && isHolding(app)) lose(app, 'disconnected', api);
      if (news !== 'Expired') return;
      app.litter = []; // the nodes went with the session
      if (heedsSession && isHolding(app)) lose(app, 'expired', api);
      else if (!isHolding(app) && app.task !== null) fail(app, 'expired', api);
      api.renew();
    },
    timer: (app, name, api) => {
      if (name === 'ask again' && app.step !== 'working') return askStore(app, api, store);
      if (name !== 'work done' || app.step !== 'working') return;
      app.step = 'writing';
      api.note('writes', { token: app.token });
      askStore(app, api, store);
    },
    message: (app, message, api) => {
      if (!('request' in message) || message.request !== app.request) return;
      if (message.type === 'value' && app.step === 'reading') {
        Object.assign(app, { value: message.value, step: 'working' });
        api.setTimer('work done', workFor);
      } else if (message.type === 'stored' && app.step === 'writing') {
        release(app, api);
        end(app, () => api.ok(app.value + 1));
      } else if (message.type === 'refused' && (app.step === 'reading' || app.step === 'writing')) {
        const wrote = app.step === 'writing';
        release(app, api);
        end(app, () => (wrote ? api.unknown('fenced off') : api.fail('fenced off')));
      }
    },
  };
}

function begin(app: LockAppState, { f, value }: Request, api: Api): void {
  app.task = f as 'acquire' | 'release' | 'add';
  if (f === 'release') {
    if (app.own === '') return end(app, () => api.fail('not held'));
    release(app, api);
    return end(app, () => api.ok(value));
  }
  const [lock, kind] = f === 'add' ? ['store', 'exclusive'] : (value as [string, LockKind?]);
  Object.assign(app, { lock, kind: kind ?? 'exclusive', own: '', token: 0, notified: 0 });
  if (f === 'add') app.request = value as number;
  app.guid = `${api.id}.${api.random(2 ** 30)}`;
  create(app, api);
}

interface LockRules {
  readonly herd: boolean;
  readonly guid: boolean;
  readonly store: NodeId;
}

function proceed(app: LockAppState, { result }: Reply, api: Api, { herd, store }: LockRules): void {
  switch (app.step) {
    case 'parent':
      return create(app, api);
    case 'creating':
      if (result.error === 'NoNode') {
        app.step = 'parent';
        return void (api.ask({ type: 'create', path: `/${app.lock}` }, 'parent') || fail(app, 'no session', api));
      }
      if (result.error !== 'OK') return fail(app, result.error, api);
      Object.assign(app, { own: result.path, token: result.stat!.czxid });
      return list(app, api, herd);
    case 'searching': {
      const found = result.children?.find((name) => name.startsWith(prefixOf(app.guid, app.kind)));
      if (found === undefined) return create(app, api);
      app.own = `/${app.lock}/${found}`;
      app.step = 'waiting';
      return void (api.ask({ type: 'exists', path: app.own }, 'waiting') || fail(app, 'no session', api));
    }
    case 'listing': {
      const names = result.children ?? [];
      const own = app.own.slice(app.lock.length + 2);
      if (!names.includes(own)) return fail(app, 'its node is gone', api);
      const blocker = blockerOf(names, own);
      if (blocker === undefined) return granted(app, api, store);
      app.step = 'waiting';
      // With a watch on the list already, there is nothing more to ask.
      if (!herd) api.ask({ type: 'exists', path: `/${app.lock}/${blocker}`, watch: true }, 'waiting');
      return;
    }
    case 'waiting':
      // Either its own node, found again, whose token it needs; or whom it waits for, who may be gone already.
      if (app.token === 0 && result.stat !== undefined) {
        app.token = result.stat.czxid;
        return list(app, api, herd);
      }
      if (result.error === 'NoNode') list(app, api, herd);
      return;
    default:
  }
}

function create(app: LockAppState, api: Api): void {
  app.step = 'creating';
  const path = `/${app.lock}/${prefixOf(app.guid, app.kind)}`;
  if (!api.ask({ type: 'create2', path, mode: 'ephemeral-sequential' }, 'creating')) fail(app, 'no session', api);
}

function list(app: LockAppState, api: Api, herd: boolean): void {
  app.step = 'listing';
  if (!api.ask({ type: 'getChildren', path: `/${app.lock}`, watch: herd }, 'listing')) fail(app, 'no session', api);
}

function granted(app: LockAppState, api: Api, store: NodeId): void {
  const { token, lock } = app;
  api.note('granted', { token, lock, notified: app.notified });
  if (app.task === 'add') {
    app.step = 'reading';
    askStore(app, api, store);
  } else {
    app.step = 'held';
    end(app, () => api.ok([lock, { token }]));
  }
}

/** Reads or writes the store under the token, again and again until it answers. */
function askStore(app: LockAppState, api: Api, store: NodeId): void {
  const { request, token, value } = app;
  if (app.step === 'reading') api.send(store, { type: 'read', request, token });
  else if (app.step === 'writing') api.send(store, { type: 'write', request, token, value: value + 1 });
  else return;
  api.setTimer('ask again', ms(60));
}

/** The connection broke under a request: what it asked for may have happened. It goes on once it is connected again. */
function interrupted(app: LockAppState, api: Api, { guid }: Pick<LockRules, 'guid'>): void {
  if (app.step === 'creating') app.step = guid ? 'searching' : 'parent';
  else if (app.step === 'listing' || app.step === 'waiting') app.step = 'waiting';
  if (api.session.phase === 'connected') reconnected(app, api, { herd: false });
}

function reconnected(app: LockAppState, api: Api, { herd }: Pick<LockRules, 'herd'>): void {
  for (const path of app.litter.splice(0)) api.ask({ type: 'delete', path }, 'sweep');
  const path = `/${app.lock}`;
  if (app.step === 'searching') api.ask({ type: 'getChildren', path }, 'searching');
  else if (app.step === 'parent') api.ask({ type: 'create', path }, 'parent');
  else if (app.step === 'waiting') {
    if (app.token === 0) api.ask({ type: 'exists', path: app.own }, 'waiting');
    else list(app, api, herd);
  }
}

function isHolding({ step }: LockAppState): boolean {
  return step === 'held' || step === 'reading' || step === 'working' || step === 'writing';
}

/** It can no longer be sure of the lock, and stops. A write that is on its way may arrive. */
function lose(app: LockAppState, why: string, api: Api): void {
  api.note('lost', { token: app.token, why });
  const wrote = app.step === 'writing';
  release(app, api);
  if (app.task !== null) end(app, () => (wrote ? api.unknown(`lost: ${why}`) : api.fail(`lost: ${why}`)));
}

function fail(app: LockAppState, why: string, api: Api): void {
  const isSure = app.task === 'add'; // it never came to write
  release(app, api);
  end(app, () => (isSure ? api.fail(why) : api.unknown(why)));
}

/** Lets go of its node, now or when it is connected again; a session that ends does it for it. */
function release(app: LockAppState, api: Api): void {
  app.step = 'idle';
  api.clearTimer('work done');
  api.clearTimer('ask again');
  if (app.own === '') return;
  if (api.session.phase === 'connected') api.ask({ type: 'delete', path: app.own }, 'sweep');
  else app.litter.push(app.own);
  app.own = '';
}

function end(app: LockAppState, tell: () => void): void {
  const before = app.task;
  app.task = null;
  if (before !== null) tell();
}

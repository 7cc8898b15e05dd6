// A lock on ZooKeeper by its recipe, tried once: an ephemeral sequential node, of which the lowest holds the lock. The zxid of
// its creation is the fencing token.
import type { Protocol } from '../../sim/index.ts';
import {
  clientProcess,
  type Api,
  type App,
  type ClientProcess,
  type Reply,
  type SessionOptions,
} from '../../protocols/zookeeper/index.ts';
import { inSequence } from '../../protocols/zookeeper/recipes/sequence.ts';
import { beginOperation, beginWrite, endAttempt, endRelease, onStore, startHolder, type Holder } from './holder.ts';

interface ZooKeeperLock {
  readonly holder: Holder;
  step: 'idle' | Step;
  /** The path of its own node; empty if it has none that it knows of. */
  own: string;
  token: number;
  /** What its nodes' names begin with, so that it finds one again whose creation it never heard of (ZOOKEEPER-1262). */
  guid: string;
  /** A node of its own may be left that only the end of its session would remove. */
  isLitterLeft: boolean;
}

type Step = 'opening' | 'sweeping' | 'creating' | 'listing' | 'deleting';

/** Operations are `open` (creates the lock's parent), `acquire` (one attempt), `write` of `{ lock, number }` and `release`. */
export function zooKeeperTryLock(session: SessionOptions): Protocol<ClientProcess<ZooKeeperLock>> {
  return clientProcess(session, app());
}

function app(): App<ZooKeeperLock> {
  return {
    start: () => ({ holder: startHolder(), step: 'idle', own: '', token: 0, guid: '', isLitterLeft: false }),
    request(state, request, api) {
      const { holder } = state;
      beginOperation(holder, request);
      switch (request.f) {
        case 'open':
          return ask(state, 'opening', { type: 'create', path: `/${holder.lock}` }, api);
        case 'acquire':
          state.own = '';
          if (state.guid === '') state.guid = `_c_${api.id}.${api.random(2 ** 30)}-`;
          if (state.isLitterLeft) return list(state, 'sweeping', api);
          return create(state, api);
        case 'write':
          return beginWrite(holder, request, api);
        default:
          if (state.own === '') return endRelease(holder, api);
          return ask(state, 'deleting', { type: 'delete', path: state.own }, api);
      }
    },
    reply(state, tag, reply, api) {
      if (tag === state.step) onReply(state, reply, api);
    },
    news(state, news, api) {
      if (news !== 'Expired') return;
      state.isLitterLeft = false; // it went with the session
      api.renew();
    },
    message: (state, message, api) => onStore(state.holder, message, api),
  };
}

function onReply(state: ZooKeeperLock, { result }: Reply, api: Api): void {
  const { step, holder } = state;
  const { error } = result;
  state.step = 'idle';
  switch (step) {
    case 'opening':
      return error === 'OK' || error === 'NodeExists' ? api.ok(null) : api.unknown(error);
    case 'sweeping': {
      if (error !== 'OK') return api.fail(error);
      state.isLitterLeft = false;
      const litter = (result.children ?? []).filter((name) => name.startsWith(state.guid));
      for (const name of litter) api.ask({ type: 'delete', path: `/${holder.lock}/${name}` }, 'swept');
      return create(state, api);
    }
    case 'creating':
      if (error !== 'OK') return inDoubt(state, error, api);
      Object.assign(state, { own: result.path, token: result.stat?.czxid });
      return list(state, 'listing', api);
    case 'listing': {
      if (error !== 'OK') return inDoubt(state, error, api);
      const lowest = inSequence(result.children ?? [])[0];
      return endAttempt(holder, `/${holder.lock}/${lowest}` === state.own ? state.token : null, api);
    }
    case 'deleting':
      if (error !== 'OK' && error !== 'NoNode') return inDoubt(state, error, api);
      state.own = '';
      return endRelease(holder, api);
    case 'idle':
  }
}

/** The connection broke: its node may be there or not, and a session that lives on keeps it. */
function inDoubt(state: ZooKeeperLock, error: string, api: Api): void {
  state.isLitterLeft = error !== 'SessionExpired';
  api.unknown(error);
}

function create(state: ZooKeeperLock, api: Api): void {
  const path = `/${state.holder.lock}/${state.guid}lock-`;
  ask(state, 'creating', { type: 'create2', path, mode: 'ephemeral-sequential' }, api);
}

function list(state: ZooKeeperLock, step: 'sweeping' | 'listing', api: Api): void {
  ask(state, step, { type: 'getChildren', path: `/${state.holder.lock}` }, api);
}

function ask(state: ZooKeeperLock, step: Step, request: Parameters<Api['ask']>[0], api: Api): void {
  state.step = step;
  if (api.ask(request, step)) return;
  state.step = 'idle';
  api.fail('no session');
}

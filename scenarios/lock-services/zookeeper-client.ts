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
import { beginWrite, endAttempt, endRelease, lockOf, onStore, startHolder, type Holder } from './holder.ts';

interface ZooKeeperLock {
  readonly holder: Holder;
  step: 'idle' | Step;
  /** The path of its own node; empty if it has none that it knows of. */
  own: string;
  token: number;
}

type Step = 'opening' | 'creating' | 'listing' | 'deleting';

/** Operations are `open` (creates the lock's parent), `acquire` (one attempt), `write` of `{ lock, number }` and `release`. */
export function zooKeeperTryLock(session: SessionOptions): Protocol<ClientProcess<ZooKeeperLock>> {
  return clientProcess(session, app());
}

function app(): App<ZooKeeperLock> {
  return {
    start: () => ({ holder: startHolder(), step: 'idle', own: '', token: 0 }),
    request(state, request, api) {
      const { holder } = state;
      holder.lock = lockOf(request);
      switch (request.f) {
        case 'open':
          return ask(state, 'opening', { type: 'create', path: `/${holder.lock}` }, api);
        case 'acquire':
          state.own = '';
          return ask(
            state,
            'creating',
            { type: 'create2', path: `/${holder.lock}/lock-`, mode: 'ephemeral-sequential' },
            api,
          );
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
    news(_state, news, api) {
      if (news === 'Expired') api.renew();
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
    case 'creating':
      if (error !== 'OK') return api.unknown(error);
      Object.assign(state, { own: result.path, token: result.stat?.czxid });
      return ask(state, 'listing', { type: 'getChildren', path: `/${holder.lock}` }, api);
    case 'listing': {
      if (error !== 'OK') return api.unknown(error);
      const lowest = inSequence(result.children ?? [])[0];
      return endAttempt(holder, `/${holder.lock}/${lowest}` === state.own ? state.token : null, api);
    }
    case 'deleting':
      if (error !== 'OK' && error !== 'NoNode') return api.unknown(error);
      state.own = '';
      return endRelease(holder, api);
    case 'idle':
  }
}

function ask(state: ZooKeeperLock, step: Step, request: Parameters<Api['ask']>[0], api: Api): void {
  state.step = step;
  if (api.ask(request, step)) return;
  state.step = 'idle';
  api.fail('no session');
}

// A store without a cluster, for tests of what requests mean: validated as a member validates, executed at once.
import type {
  EtcdResponse,
  KeyValue,
  Operation,
  PutRequest,
  RangeRequest,
  WriteRequest,
} from '../../../protocols/etcd/api.ts';
import { execute } from '../../../protocols/etcd/execute.ts';
import { emptyStore, type Store } from '../../../protocols/etcd/store.ts';
import { requestFault } from '../../../protocols/etcd/validate.ts';

export type Requested = Operation | WriteRequest;
export type Answered<R extends Requested> = Extract<EtcdResponse, { type: R['type'] }>;

export interface Local {
  readonly store: Store;
  /** Executes a request that must not be refused. */
  run<R extends Requested>(request: R): Answered<R>;
  /** The error of a request that must be refused, with its code. */
  refused(request: Requested): { error: string; code: number };
  put(key: string, value?: string, options?: Partial<PutRequest>): Answered<PutRequest>;
  get(key: string, options?: Partial<RangeRequest>): KeyValue | undefined;
  revision(): number;
}

export function local(store: Store = emptyStore()): Local {
  const answer = (request: Requested) => requestFault(request) ?? execute(store, request);
  const run = <R extends Requested>(request: R): Answered<R> => {
    const answered = answer(request);
    if (answered.type === 'error') throw new Error(answered.error);
    return answered as Answered<R>;
  };
  return {
    store,
    run,
    refused(request) {
      const before = JSON.stringify(store);
      const answered = answer(request);
      if (answered.type !== 'error') throw new Error(`expected a refusal, got ${JSON.stringify(answered)}`);
      if (JSON.stringify(store) !== before) throw new Error('a refused request changed the store');
      return { error: answered.error, code: answered.code };
    },
    put: (key, value = 'v', options = {}) => run({ type: 'put', key, value, ...options }),
    get: (key, options = {}) => run({ type: 'range', key, ...options }).kvs[0],
    revision: () => store.revision,
  };
}

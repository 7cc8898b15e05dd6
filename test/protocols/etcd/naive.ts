// etcd as simply as it can be said, to compare the real one with: a list of everything that ever happened, scanned from the
// beginning for every question. Written from the API's documentation, without a look at the store.
import type {
  Compare,
  EtcdResponse,
  KeyValue,
  Operation,
  RangeRequest,
  WriteRequest,
} from '../../../protocols/etcd/api.ts';

interface Happened {
  readonly revision: number;
  readonly key: string;
  /** Undefined for a deletion. */
  readonly value: string | undefined;
  readonly lease: number;
}

type Answer = EtcdResponse | { readonly type: 'error'; readonly error: string };

export class NaiveEtcd {
  readonly events: Happened[] = [];
  readonly leases = new Map<number, number>();
  revision = 1;
  compacted = -1;

  run(request: Operation | WriteRequest): Answer {
    switch (request.type) {
      case 'leaseGrant': {
        const { id = 0, ttl } = request;
        if (this.leases.has(id)) return failed('lease already exists');
        this.leases.set(id, ttl < 2 ? 2 : ttl);
        return { type: 'leaseGrant', header: this.#header(), id, ttl: ttl < 2 ? 2 : ttl };
      }
      case 'leaseRevoke': {
        if (!this.leases.delete(request.id)) return failed('requested lease not found');
        const doomed = this.#all().filter(({ lease }) => lease === request.id);
        for (const { key } of doomed) this.#happens(key, undefined, 0);
        if (doomed.length > 0) this.revision += 1;
        return { type: 'leaseRevoke', header: this.#header() };
      }
      case 'compact':
        if (request.revision <= this.compacted) return failed('mvcc: required revision has been compacted');
        if (request.revision > this.revision) return failed('mvcc: required revision is a future revision');
        this.compacted = request.revision;
        return { type: 'compact', header: this.#header() };
      case 'alarm':
        throw new Error('the model knows no alarms');
      default: {
        const before = new NaiveEtcd();
        before.events.push(...this.events);
        Object.assign(before, { revision: this.revision, compacted: this.compacted });
        for (const [id, ttl] of this.leases) before.leases.set(id, ttl);
        const fault = before.#faultOf(request);
        if (fault !== undefined) return failed(fault);
        const count = this.events.length;
        const answer = this.#perform(request, before, count);
        if (this.events.length > count) this.revision += 1;
        return answer;
      }
    }
  }

  #perform(request: Operation, before: NaiveEtcd, count: number): Answer {
    const header = () => ({ revision: this.revision + (this.events.length > count ? 1 : 0) });
    switch (request.type) {
      case 'range':
        return this.#range(request, header());
      case 'put': {
        const old = this.#find(request.key);
        const value = request.ignoreValue === true ? (old?.value ?? '') : (request.value ?? '');
        const lease = request.ignoreLease === true ? (old?.lease ?? 0) : (request.lease ?? 0);
        this.#happens(request.key, value, lease);
        return request.prevKv === true && old !== undefined
          ? { type: 'put', header: header(), prevKv: old }
          : { type: 'put', header: header() };
      }
      case 'deleteRange': {
        const doomed = this.#all().filter(({ key }) => isIn(request, key));
        for (const { key } of doomed) this.#happens(key, undefined, 0);
        const prevKvs = request.prevKv === true ? doomed : [];
        return { type: 'deleteRange', header: header(), deleted: doomed.length, prevKvs };
      }
      case 'txn': {
        const succeeded = (request.compare ?? []).every((compare) => before.#compares(compare));
        const branch = (succeeded ? request.success : request.failure) ?? [];
        const responses = branch.map((operation) => this.#perform(operation, before, count)) as never[];
        return { type: 'txn', header: header(), succeeded, responses };
      }
    }
  }

  /** The first operation, in order, of those that would be done that cannot be done. */
  #faultOf(request: Operation): string | undefined {
    switch (request.type) {
      case 'range': {
        const { revision = 0 } = request;
        if (revision > this.revision) return 'mvcc: required revision is a future revision';
        return revision !== 0 && revision < this.compacted ? 'mvcc: required revision has been compacted' : undefined;
      }
      case 'put': {
        const { key, lease = 0, ignoreLease, ignoreValue } = request;
        if ((ignoreLease === true || ignoreValue === true) && this.#find(key) === undefined) return 'key not found';
        return lease !== 0 && !this.leases.has(lease) ? 'requested lease not found' : undefined;
      }
      case 'deleteRange':
        return undefined;
      case 'txn': {
        const succeeded = (request.compare ?? []).every((compare) => this.#compares(compare));
        for (const operation of (succeeded ? request.success : request.failure) ?? []) {
          const fault = this.#faultOf(operation);
          if (fault !== undefined) return fault;
        }
        return undefined;
      }
    }
  }

  #range(request: RangeRequest, header: { revision: number }): Answer {
    const { revision = 0, limit = 0, sortOrder = 'none', sortTarget = 'key' } = request;
    const found = (revision === 0 ? this.#all() : this.#all(revision)).filter(({ key }) => isIn(request, key));
    const count = found.length;
    if (request.countOnly === true) return { type: 'range', header, kvs: [], more: false, count };
    const fields = {
      key: 'key',
      version: 'version',
      create: 'createRevision',
      mod: 'modRevision',
      value: 'value',
    } as const;
    const field = fields[sortTarget];
    const order = sortOrder === 'descend' ? -1 : 1;
    const sorted = found
      .filter(({ modRevision }) => modRevision >= (request.minModRevision ?? 0))
      .filter(({ modRevision }) => modRevision <= (request.maxModRevision || Infinity))
      .filter(({ createRevision }) => createRevision >= (request.minCreateRevision ?? 0))
      .filter(({ createRevision }) => createRevision <= (request.maxCreateRevision || Infinity))
      .sort((one, other) => (one[field] < other[field] ? -order : one[field] > other[field] ? order : 0));
    const cut = limit === 0 ? sorted : sorted.slice(0, limit);
    const kvs = request.keysOnly === true ? cut.map((kv) => ({ ...kv, value: '' })) : cut;
    return { type: 'range', header, kvs, more: cut.length < sorted.length, count };
  }

  #compares(compare: Compare): boolean {
    const found = this.#all().filter(({ key }) => isIn(compare, key));
    const fields = {
      version: 'version',
      create: 'createRevision',
      mod: 'modRevision',
      lease: 'lease',
      value: 'value',
    } as const;
    if (found.length === 0 && compare.target === 'value') return false;
    const values = found.length === 0 ? [0] : found.map((kv) => kv[fields[compare.target]]);
    return values.every((value) => {
      switch (compare.result) {
        case 'equal':
          return value === compare.than;
        case 'not-equal':
          return value !== compare.than;
        case 'greater':
          return value > compare.than;
        case 'less':
          return value < compare.than;
      }
    });
  }

  #happens(key: string, value: string | undefined, lease: number): void {
    this.events.push({ revision: this.revision + 1, key, value, lease });
  }

  #find(key: string): KeyValue | undefined {
    return this.#all().find((kv) => kv.key === key);
  }

  /** Every key that exists at a revision, by telling its whole story. */
  #all(at = Infinity): KeyValue[] {
    const keys = [...new Set(this.events.map(({ key }) => key))].sort();
    return keys.flatMap((key) => {
      let kv: KeyValue | undefined;
      for (const { revision, value, lease } of this.events.filter(
        (event) => event.key === key && event.revision <= at,
      )) {
        if (value === undefined) kv = undefined;
        else {
          const createRevision = kv?.createRevision ?? revision;
          kv = { key, value, lease, modRevision: revision, createRevision, version: (kv?.version ?? 0) + 1 };
        }
      }
      return kv === undefined ? [] : [kv];
    });
  }

  #header(): { revision: number } {
    return { revision: this.revision };
  }
}

function failed(error: string): Answer {
  return { type: 'error', error: `etcdserver: ${error}` };
}

/** Keys in the comparison are plain letters, so that any order of strings is that of their bytes. */
function isIn({ key, rangeEnd }: { key: string; rangeEnd?: string }, candidate: string): boolean {
  if (rangeEnd === undefined || rangeEnd === '') return candidate === key;
  return candidate >= key && (rangeEnd === '\0' || candidate < rangeEnd);
}

// The lock with a time to live, explored with clocks that run freely: no two clocks agree on how long a lease lasts, so that
// nothing but the fencing token can keep a late writer out.
import { reachableByOne, type ExploredWorld } from '../../checkers/explore/index.ts';
import { lockClient } from '../../protocols/lock/lock-client.ts';
import { lockServer, type LockServerState } from '../../protocols/lock/lock-server.ts';
import { store, type StoreOptions, type StoreState } from '../../protocols/lock/store.ts';
import { ms, type Check } from '../../sim/index.ts';

export interface LockWorldOptions extends StoreOptions {
  readonly clients: number;
  /** Additions of each client. */
  readonly additions: number;
  /** Timers that fire in a run: work that is done, and requests that are repeated. */
  readonly timeouts: number;
}

const ttl = ms(100);

export function lockExplored({ clients, additions, timeouts, ...options }: LockWorldOptions): ExploredWorld {
  const client = lockClient({ server: 'lock', store: 'store', lease: ms(50) });
  return {
    nodes: [
      { id: 'lock', protocol: lockServer(ttl) },
      { id: 'store', protocol: store(options) },
    ],
    clients: Array.from({ length: clients }, (_, index) => ({
      id: `c${index + 1}`,
      protocol: client,
      operations: Array.from({ length: additions }, (_addition, id) => ({ f: 'add', value: index * 100 + id })),
    })),
    network: 'unordered',
    faults: { timeouts },
    clock: { steps: [0, ttl], until: ttl },
    properties: [
      reachableByOne('a lease runs out', 'Some run grants the lock twice.', ({ id, state }) => {
        return id === 'lock' && ((state as LockServerState | undefined)?.token ?? 0) > 1;
      }),
      reachableByOne('both add', 'Some run stores two additions.', ({ id, state }) => {
        return id === 'store' && ((state as StoreState | undefined)?.value ?? 0) > 1;
      }),
    ],
    checks: [noLostUpdate],
  };
}

const noLostUpdate: Check = {
  name: 'no update is lost',
  about: 'no two additions that were acknowledged wrote the same number',
  judge(history) {
    const writers = new Map<unknown, number>();
    for (const { type, value, operation } of history) {
      if (type !== 'ok') continue;
      const before = writers.get(value);
      if (before !== undefined) {
        const reason = `two additions were told that they made it ${JSON.stringify(value)}: one of them is lost`;
        return [{ verdict: 'invalid', reason, operations: [before, operation] }];
      }
      writers.set(value, operation);
    }
    return [];
  },
};

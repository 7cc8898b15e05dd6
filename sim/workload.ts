// Workloads: generators that draw the clients' operations from a seed, as data.
import type { Json } from './protocol.ts';
import type { Random } from './random.ts';
import type { Operation, Setting } from './scenario.ts';
import type { Micros } from './time.ts';

export interface WorkloadOptions {
  /** Typical time from one operation of a client to its next, in microseconds. */
  readonly every: Micros;
  /** Draws one operation; `serial` counts all operations of the run, so that it can serve as a unique value. */
  readonly draw: (random: Random, serial: number) => { readonly f: string; readonly value: Json };
  /** At most so many operations in all; default 100,000. */
  readonly limit?: number;
}

/** A generator of operations for `World.workload`: every client works until the end of the run. */
export function workload(options: WorkloadOptions): (random: Random, setting: Setting) => Operation[] {
  return (random, { clients, until }) => {
    const due = clients.map((client) => ({ client, at: random.below(2 * options.every) }));
    const operations: Operation[] = [];
    const limit = options.limit ?? 100_000;
    while (due.length > 0 && operations.length < limit) {
      const next = due.reduce((first, other) => (other.at < first.at ? other : first));
      if (next.at >= until) break;
      operations.push({
        id: operations.length,
        client: next.client,
        at: next.at,
        ...options.draw(random, operations.length),
      });
      next.at += 1 + random.below(2 * options.every);
    }
    return operations;
  };
}

/** What a key-value workload draws: reads, writes of unique values, and compare-and-set, on a few keys. */
export interface KeyValueMix {
  readonly keys: number;
  /** Shares in parts per million; the rest are writes. */
  readonly reads: number;
  readonly cas?: number;
}

/** Draws operations on `[key, value]` pairs: `read [k, null]`, `write [k, v]`, `cas [k, [from, to]]`. */
export function keyValueOperations({ keys, reads, cas = 0 }: KeyValueMix): WorkloadOptions['draw'] {
  return (random, serial) => {
    const key = `k${random.below(keys)}`;
    const share = random.below(1_000_000);
    if (share < reads) return { f: 'read', value: [key, null] };
    if (share < reads + cas) return { f: 'cas', value: [key, [random.below(serial + 1), serial]] };
    return { f: 'write', value: [key, serial] };
  };
}

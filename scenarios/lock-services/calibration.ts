// What the four lock services cost on the machines of the published comparison (Grzesik and Mrozek 2019: three t2.medium nodes,
// a network of less than a millisecond). The figures were fitted by hand to the paper's column of one process. How the cost
// divides between what processes share (disk, server) and what they do not (client library) is not in that column: it was chosen
// so that etcd and Consul grow about as published. The order of the services, Redlock's comb and same key against different keys
// follow from the protocols.
import type { LatencyTable, Micros } from '../../sim/index.ts';

export const lockServices = ['redis', 'zookeeper', 'etcd', 'consul'] as const;
export type LockService = (typeof lockServices)[number];

/** From machine to machine, one way. An uncontended Redlock is three round trips and next to nothing else, so its quantiles
 * (minimum 0.95, median 1.12, p90 1.32, p99 2.93, maximum 12.8 ms) are those of six messages. */
export const link: LatencyTable = [
  [0, 130],
  [500_000, 165],
  [900_000, 215],
  [985_000, 300],
  [996_000, 900],
  [999_900, 2_000],
  [1_000_000, 10_000],
];

export interface Costs {
  /** A sync of the log, on a network disk: the bend at p99 and the maximum are those of the one-process column. */
  readonly sync: LatencyTable;
  /** CPU time of whatever a server handles. */
  readonly perEvent: Micros;
  /** CPU time of a call in the client's library. */
  readonly clientWork: Micros;
}

/** What is left of one process's median beyond messages. One process cannot tell what its processes would share (the servers' disk
 * and CPU) from what they would not (the client's library): the disk is the same for all, a library costs what Python costs,
 * and the servers' CPU is the rest. A disk of 900 µs fits one process as well, and makes etcd and Consul grow twice as fast. */
export const costs: Readonly<Record<LockService, Costs>> = {
  /** Nothing is synced (the default of redis.conf is no append-only file). */
  redis: { sync: syncOf(1_000), perEvent: 10, clientWork: 0 },
  /** One sync of the transaction log for each batch; a chain of request processors on the server, and little in the client. */
  zookeeper: { sync: syncOf(500), perEvent: 180, clientWork: 0 },
  /** One sync of the log for each entry; gRPC with a Python client. */
  etcd: { sync: syncOf(500), perEvent: 30, clientWork: 700 },
  /** BoltDB syncs twice in a transaction; HTTP with a Python client that connects for each request. */
  consul: { sync: syncOf(1_000), perEvent: 100, clientWork: 3_150 },
};

/** @param median in microseconds; the tail is that of a network disk whatever the median */
function syncOf(median: Micros): LatencyTable {
  return [
    [0, Math.floor(median * 0.7)],
    [500_000, median],
    [900_000, median + 600],
    [985_000, median + 1_600],
    [997_000, median + 3_500],
    [999_950, median + 8_000],
    [1_000_000, median + 16_000],
  ];
}

// What the four lock services cost on the machines of the published comparison (Grzesik and Mrozek 2019: three t2.medium nodes,
// a network of less than a millisecond). Links are fitted to Redlock's column of one process, the tail of the disk and one CPU
// time for each of the others to theirs; the body of the disk was published elsewhere. Nothing is fitted to any other column:
// what becomes of several processes, of one key or many, follows from the protocols, one disk and one core for each server.
import { drawLatency, randomStream, type LatencyTable, type Micros } from '../../sim/index.ts';

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

/** A sync of what was written. A volume of 3,000 operations a second, as theirs were while they had credit, takes 330 µs at
 * least and 700 on average (fio with an fdatasync for each write, as etcd's documentation has it run). */
const disk: LatencyTable = [
  [0, 330],
  [500_000, 660],
  [900_000, 880],
  [985_000, 2_600],
  [997_000, 5_200],
  [999_950, 11_000],
  [1_000_000, 18_000],
];

export interface Costs {
  readonly sync: LatencyTable;
  /** CPU time of whatever a server handles, on its one core. Takes all of a median that messages and syncs leave. */
  readonly perEvent: Micros;
}

export const costs: Readonly<Record<LockService, Costs>> = {
  /** Nothing is synced (the default of redis.conf is no append-only file), and its CPU time is part of the link. */
  redis: { sync: disk, perEvent: 10 },
  zookeeper: { sync: disk, perEvent: 325 },
  etcd: { sync: disk, perEvent: 118 },
  /** BoltDB syncs twice in a transaction, one after the other: what it wrote, and the page that says so. */
  consul: { sync: twice(disk), perEvent: 375 },
};

/** How long two draws take together, from ten thousand pairs. */
function twice(table: LatencyTable): LatencyTable {
  const random = randomStream('two syncs', 'calibration');
  const sums = Array.from({ length: 10_000 }, () => drawLatency(table, random) + drawLatency(table, random));
  sums.sort((one, other) => one - other);
  const shares = [0, 100_000, 300_000, 500_000, 700_000, 900_000, 970_000, 985_000, 997_000, 999_500, 1_000_000];
  return shares.map((share) => [share, sums[Math.min(share / 100, sums.length - 1)] ?? 0]);
}

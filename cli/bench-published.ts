// The published comparison of lock services (Grzesik and Mrozek 2019, Tables 1 and 2), in milliseconds, as it is printed there,
// and why a simulated cell may be far from its counterpart.
import type { LockService } from '../scenarios/lock-services/calibration.ts';

export const statistics = ['average', 'median', 'minimum', 'maximum', 'p90', 'p99'] as const;
export type Statistic = (typeof statistics)[number];

/** How many processes, and whether they want one lock. */
export interface Column {
  readonly processes: number;
  readonly same: boolean;
}

/** In the order of the published figures. */
export const columns: readonly Column[] = [
  { processes: 1, same: false },
  { processes: 3, same: false },
  { processes: 5, same: false },
  { processes: 3, same: true },
  { processes: 5, same: true },
];

type Row = readonly [LockService, Statistic, number, number, number, number, number];

/** A service, a statistic, and its figures by column. */
const rows: readonly Row[] = [
  ['redis', 'average', 1.2, 1.36, 1.3, 3.78, 5.7],
  ['redis', 'median', 1.12, 1.26, 1.25, 1.15, 1.1],
  ['redis', 'minimum', 0.95, 0.97, 0.98, 0.96, 0.93],
  ['redis', 'maximum', 12.82, 14.13, 9.42, 414.52, 411.2],
  ['redis', 'p90', 1.32, 1.56, 1.49, 1.3, 1.3],
  ['redis', 'p99', 2.93, 3.37, 5.07, 5.07, 203.87],
  ['zookeeper', 'average', 3.64, 4.53, 5.9, 4.82, 5.94],
  ['zookeeper', 'median', 3.41, 4.4, 5.74, 4.65, 5.79],
  ['zookeeper', 'minimum', 2.86, 2.79, 2.76, 2.84, 3.07],
  ['zookeeper', 'maximum', 36.64, 15.35, 19.98, 20.93, 19.98],
  ['zookeeper', 'p90', 4.3, 5.97, 7.4, 6.3, 7.4],
  ['zookeeper', 'p99', 7.49, 7.65, 9.97, 8.9, 10.17],
  ['etcd', 'average', 4.91, 6.8, 7.68, 6.98, 7.6],
  ['etcd', 'median', 4.66, 6.49, 7.33, 6.48, 7.22],
  ['etcd', 'minimum', 3.99, 4.43, 4.19, 4.23, 4.16],
  ['etcd', 'maximum', 20.97, 21.75, 28.43, 38.7, 47.13],
  ['etcd', 'p90', 5.51, 8.32, 9.31, 8.5, 9.16],
  ['etcd', 'p99', 9.38, 13.41, 16.1, 14.14, 16.79],
  ['consul', 'average', 11.7, 13.6, 16.52, 13.84, 16.36],
  ['consul', 'median', 11.5, 13.12, 16.01, 13.49, 15.89],
  ['consul', 'minimum', 10.5, 10.42, 10.38, 10.62, 10.18],
  ['consul', 'maximum', 28.3, 45.38, 119.71, 151.96, 95.05],
  ['consul', 'p90', 12.42, 16.09, 20.29, 16, 20.85],
  ['consul', 'p99', 15.09, 19.74, 25.07, 20.1, 26.25],
];

/** The published figure, in milliseconds; NaN for a column that was not measured. */
export function publishedLatency(service: LockService, statistic: Statistic, { processes, same }: Column): number {
  const place = columns.findIndex((column) => column.processes === processes && column.same === same);
  const row = rows.find(([each, what]) => each === service && what === statistic);
  return (row?.slice(2)[place] as number | undefined) ?? Number.NaN;
}

/** Why a cell may be off, if it is. */
export function reasonFor(service: LockService, statistic: Statistic, { processes }: Column): string {
  if (statistic === 'maximum')
    return 'a maximum is one event: the longest hiccup of a machine, which the model draws from a bounded tail';
  if (service === 'redis')
    return 'the slowest percent is that of the machines: either none of it or all of it falls beyond the percentile';
  if (processes > 1)
    return (
      'a modelled server does one thing at a time: while it syncs it takes no acknowledgements, and it has one core of the two. ' +
      'Threads that go on meanwhile make real queues shorter'
    );
  return 'the column that is fitted has few points in its tail';
}

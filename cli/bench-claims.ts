// What the published comparison concludes, as claims that its measured counterpart keeps or breaks. They hang on the algorithms,
// not on what the machines cost.
import { lockServices, type LockService } from '../scenarios/lock-services/calibration.ts';
import type { Measured } from './bench-measure.ts';
import type { Statistic } from './bench-published.ts';

export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
  /** The figures that it hangs on. */
  readonly found: string;
}

export function judgeClaims(measured: readonly Measured[]): Claim[] {
  const cell = (service: LockService, processes: number, same: boolean): Measured => {
    const found = measured.find(
      (each) => each.service === service && each.processes === processes && each.same === same,
    );
    if (found === undefined) throw new Error(`${service} was not measured with ${processes} processes`);
    return found;
  };
  const every = (statistic: Statistic, processes: number, same: boolean): number[] =>
    lockServices.map((service) => cell(service, processes, same).statistics[statistic]);
  const averages = every('average', 1, false);
  const worst = every('maximum', 5, true);
  return [
    {
      claim: `one process: the order by average is ${lockServices.join(', ')}`,
      holds: isRising(averages),
      found: `${averages.join(' < ')} ms`,
    },
    ...comb(cell('redis', 5, true)),
    {
      claim: 'one hot key, 5 processes: ZooKeeper is best in the worst case',
      holds: Math.min(...worst) === worst[lockServices.indexOf('zookeeper')],
      found: lockServices.map((service, place) => `${service} ${worst[place]} ms`).join(', '),
    },
    ...lockServices.map((service) => growth(service, (processes) => cell(service, processes, false))),
    ...lockServices.filter((service) => service !== 'redis').map((service) => sameAsDifferent(service, cell)),
  ];
}

/** Redlock on one hot key: a loser pauses for 200 ms, once or twice, and most never lose. */
function comb({ statistics, base, pausedOnce, pausedTwice }: Measured): Claim[] {
  const { p90, average, maximum } = statistics;
  const predicted = base + 200 * (pausedOnce + 2 * pausedTwice);
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return [
    {
      claim: 'Redlock on one hot key: nine of ten find the lock free',
      holds: p90 < 2 * base,
      found: `p90 ${p90} ms, ${base.toFixed(2)} ms on average without a pause`,
    },
    {
      claim: 'Redlock on one hot key: waits come in teeth, 200 ms apart, up to the second',
      holds: pausedOnce > 0 && pausedTwice > 0 && maximum < 500,
      found: `${percent(pausedOnce)} paused once, ${percent(pausedTwice)} twice, maximum ${maximum} ms`,
    },
    {
      claim: 'Redlock on one hot key: the average is the base and 200 ms for each pause',
      holds: Math.abs(average - predicted) < 0.15 * average,
      found: `${average} ms, predicted ${predicted.toFixed(2)} ms`,
    },
  ];
}

/** Redlock's servers have next to nothing to do; a log that is synced is what processes queue for. */
function growth(service: LockService, of: (processes: number) => Measured): Claim {
  const [one, three, five] = [1, 3, 5].map((processes) => of(processes).statistics.average) as [number, number, number];
  const found = `average ${one}, ${three}, ${five} ms`;
  if (service === 'redis')
    return { claim: 'redis: no growth with processes of different keys', holds: five < 1.25 * one, found };
  return {
    claim: `${service}: waits grow with processes of different keys`,
    holds: one < three && three < five,
    found,
  };
}

/** An attempt costs the same whoever has the lock, as nobody waits in line. */
function sameAsDifferent(
  service: LockService,
  cell: (service: LockService, processes: number, same: boolean) => Measured,
): Claim {
  const [different, same] = [false, true].map((isSame) => cell(service, 5, isSame).statistics.average) as [
    number,
    number,
  ];
  const holds = same < 1.3 * different && different < 1.3 * same;
  return { claim: `${service}: one key or many hardly matters`, holds, found: `average ${different} and ${same} ms` };
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, place) => place === 0 || value > (values[place - 1] ?? Infinity));
}

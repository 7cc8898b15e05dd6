// Experiments on dissemination: how many rounds news take to reach 99 % and all, by the size of the cluster and by loss, and
// how that grows.
import { lan } from '../protocols/swim/index.ts';
import { ms, seconds } from '../sim/index.ts';
import { digits, isNear, type Experiment, type Row } from './gossip-experiment.ts';
import { fitLine, mean, observe } from './gossip-measure.ts';

/** Published for memberlist's budget and a fan-out of 3 in rounds in step: to 99 %, to all, and the share of runs that reach all. */
const published: readonly (readonly [n: number, loss: number, most: number, all: number, share: number])[] = [
  [10, 0, 3, 3, 0.997],
  [10, 100_000, 3.2, 3.2, 1],
  [10, 250_000, 3.5, 3.7, 0.98],
  [30, 0, 4.4, 4.5, 0.99],
  [30, 100_000, 4.6, 4.7, 0.98],
  [30, 250_000, 4.9, 5.9, 0.9],
  [100, 0, 5.3, 5.7, 1],
  [100, 100_000, 5.7, 6.1, 0.997],
  [100, 250_000, 6.4, 6.9, 1],
  [300, 0, 6.1, 6.9, 0.993],
  [300, 100_000, 6.7, 7.4, 0.997],
  [300, 250_000, 7.5, 8.6, 0.96],
  [1_000, 0, 7, 8.2, 1],
  [1_000, 100_000, 7.9, 8.8, 1],
  [1_000, 250_000, 8.6, 10.2, 0.98],
];

interface Spread {
  /** Rounds to 99 %, and to everybody where everybody heard. */
  readonly most: number | undefined;
  readonly all: number | undefined;
}

/** One event from one member, in rounds of gossip that all members begin at the same time. */
export function spreadOnce(n: number, loss: number, seed: number): Spread {
  const observed = observe({
    ...{ members: n, seed, hears: ['event'], until: seconds(6), eventAt: ms(1_010) },
    network: {
      latency: [
        [0, 100],
        [1_000_000, 200],
      ],
    },
    faults: loss === 0 ? [] : [{ at: ms(1_150), fault: lossAmong(n, loss) }],
    options: {
      config: { ...lan, probeInterval: seconds(3_000), pushPullInterval: 0, reconnectInterval: 0 },
      gossipPhase: 0,
    },
  });
  const sentAt = observed[0]?.at ?? 0;
  const rounds = observed.map(
    ({ at }) => Math.floor(at / lan.gossipInterval) - Math.floor(sentAt / lan.gossipInterval),
  );
  rounds.sort((one, other) => one - other);
  return { most: rounds[Math.floor(0.99 * n) - 1], all: rounds[n - 1] };
}

function lossAmong(n: number, loss: number): { type: 'lossy-link'; from: string[]; to: string[]; loss: number } {
  const all = Array.from({ length: n }, (_, index) => `m${index + 1}`);
  return { type: 'lossy-link', from: all, to: all, loss };
}

export const spread: Experiment = {
  name: 'spread',
  question: 'How many rounds of gossip does an event take to reach 99 % of the members, and all of them?',
  run(runs) {
    const rows = published.map(([n, loss, most, all, share]): Row => {
      const count = Math.max(5, Math.ceil(n >= 300 ? runs / 5 : runs));
      const spreads = Array.from({ length: count }, (_, index) => spreadOnce(n, loss, index + 1));
      const toMost = mean(spreads.flatMap((each) => each.most ?? []));
      const toAll = mean(spreads.flatMap((each) => each.all ?? []));
      const reached = spreads.filter((each) => each.all !== undefined).length / count;
      const deviation = Math.sqrt((share * (1 - share)) / count);
      return {
        cells: [n, `${loss / 10_000} %`, digits(toMost), most, digits(toAll), all, digits(reached), share],
        fits:
          isNear(toMost, most, 0.6) &&
          isNear(toAll, all, 1) &&
          isNear(reached, share, 0.06 + 4 * deviation + 1 / count),
      };
    });
    return {
      columns: ['n', 'loss', 'to 99 %', 'published', 'to all', 'published', 'runs to all', 'published'],
      rows,
      note: 'fan-out 3, each passes on 4 ceil(log10(n+1)) times, rounds in step; within 0.6 rounds to 99 %, 1 to all',
      plot: {
        ...{ x: 'n', y: 'rounds to 99 %', logarithmic: true },
        series: [0, 100_000, 250_000].map((loss) => ({
          name: `loss ${loss / 10_000} %`,
          points: rows
            .filter(({ cells }) => cells[1] === `${loss / 10_000} %`)
            .map(({ cells }) => [Number(cells[0]), Number(cells[2])] as const),
        })),
      },
    };
  },
};

export const growth: Experiment = {
  name: 'growth',
  question: 'Does the number of rounds grow as the logarithm of the number of members?',
  run(runs) {
    const sizes = [16, 32, 64, 128, 256, 512, 1_024];
    const points = sizes.map((n) => {
      const count = Math.max(5, Math.ceil(n > 200 ? runs / 5 : runs / 2));
      const spreads = Array.from({ length: count }, (_, index) => spreadOnce(n, 0, index + 1));
      return [n, mean(spreads.flatMap((each) => each.most ?? []))] as const;
    });
    const line = fitLine(points.map(([n, rounds]) => [Math.log2(n), rounds]));
    const rows = points.map(([n, rounds]): Row => {
      const fitted = line.at0 + line.slope * Math.log2(n);
      return { cells: [n, digits(rounds), digits(fitted)], fits: isNear(rounds, fitted, 0.6) };
    });
    rows.push({
      cells: ['slope', digits(line.slope), `r² ${line.r2.toFixed(3)}`],
      fits: line.r2 > 0.9 && line.slope > 0.4 && line.slope < 0.9,
    });
    return {
      columns: ['n', 'rounds to 99 %', 'fitted'],
      rows,
      note: 'rounds = a + b log2 n, by least squares: each within 0.6 of the line, r² over 0.9; log4 n alone would give b = 0.5',
      plot: { ...{ x: 'n', y: 'rounds to 99 %', logarithmic: true }, series: [{ name: 'measured', points }] },
    };
  },
};

// Experiments on dissemination: how many rounds news take to reach 99 % and all, by the size of the cluster and by loss, and
// how that grows.
import { lan, swimRules } from '../protocols/swim/index.ts';
import { ms, seconds } from '../sim/index.ts';
import { digits, isNear, type Experiment, type Point, type Row } from './gossip-experiment.ts';
import { fitLine, mean, observe, standardError } from './gossip-measure.ts';
import { drawSpread, modelRandom, nearlyAll, type Spread } from './gossip-model.ts';

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
  return { most: rounds[nearlyAll(n) - 1], all: rounds[n - 1] };
}

function lossAmong(n: number, loss: number): { type: 'lossy-link'; from: string[]; to: string[]; loss: number } {
  const all = Array.from({ length: n }, (_, index) => `m${index + 1}`);
  return { type: 'lossy-link', from: all, to: all, loss };
}

/** Averages over several runs. */
interface Averages {
  readonly most: readonly number[];
  readonly all: readonly number[];
  /** The share of runs in which all heard. */
  readonly reached: number;
}

function average(count: number, run: (seed: number) => Spread): Averages {
  const spreads = Array.from({ length: count }, (_, index) => run(index + 1));
  const all = spreads.flatMap((each) => each.all ?? []);
  return { most: spreads.flatMap((each) => each.most ?? []), all, reached: all.length / count };
}

function drawMany(n: number, loss: number, distinct: boolean, count: number): Averages {
  const transmits = swimRules.retransmitLimit(lan.retransmitMult, n);
  const model = { members: n, loss, fanOut: lan.gossipNodes, transmits, distinct };
  return average(count, (seed) => drawSpread(model, modelRandom(seed)));
}

/** As many standard errors of the two means apart as noise makes them, or less. */
function agree(ours: readonly number[], theirs: readonly number[]): boolean {
  const noise = Math.hypot(standardError(ours), standardError(theirs));
  return isNear(mean(ours), mean(theirs), 4 * noise + 0.02);
}

export const spread: Experiment = {
  name: 'spread',
  question: 'How many rounds of gossip does an event take to reach 99 % of the members, and all of them?',
  run(runs) {
    const rows = published.map(([n, loss, most, all, share]): Row => {
      const count = Math.max(5, Math.ceil(n >= 300 ? runs / 5 : runs));
      const ours = average(count, (seed) => spreadOnce(n, loss, seed));
      const model = drawMany(n, loss, true, 2 * runs);
      const deviation = Math.sqrt((share * (1 - share)) / count);
      const triple = (of: 'most' | 'all'): number[] => [digits(mean(ours[of])), digits(mean(model[of]))];
      return {
        cells: [
          ...[n, `${loss / 10_000} %`, ...triple('most'), most, ...triple('all'), all],
          ...[digits(ours.reached), share],
        ],
        fits:
          agree(ours.most, model.most) &&
          agree(ours.all, model.all) &&
          isNear(mean(ours.most), most, 0.6) &&
          isNear(mean(ours.all), all, 1) &&
          isNear(ours.reached, share, 0.06 + 4 * deviation + 1 / count),
      };
    });
    const again = drawMany(10, 0, false, 10 * runs);
    return {
      columns: ['n', 'loss', 'to 99 %', 'model', 'publ.', 'to all', 'model', 'publ.', 'runs to all', 'publ.'],
      rows,
      note:
        'fan-out 3, each member passes the news on 4 ceil(log10(n+1)) times, rounds in step. Model: lots drawn in the same way, ' +
        'without the protocol; ours within its noise (4 standard errors). Published: within 0.6 rounds to 99 % and 1 to all. It is ' +
        `slower for n = 10 as if the same other could be drawn twice, which takes ${digits(mean(again.all))} rounds there; memberlist draws ` +
        'different ones. Why the published tail is longer for n = 30 at 25 % is not known: the model agrees with ours.',
      plot: {
        ...{ x: 'n', y: 'rounds to 99 %', logarithmic: 'x', expected: 'published' },
        series: [0, 100_000, 250_000].map((loss) => ({
          name: `loss ${loss / 10_000} %`,
          points: rows
            .filter(({ cells }) => cells[1] === `${loss / 10_000} %`)
            .map(({ cells }) => [Number(cells[0]), Number(cells[2])] as const),
          expected: published.filter((each) => each[1] === loss).map(([n, , most]) => [n, most] as const),
        })),
      },
    };
  },
};

export const growth: Experiment = {
  name: 'growth',
  question: 'Does the number of rounds until all have heard grow as the logarithm of the number of members?',
  run(runs) {
    const sizes = [16, 32, 64, 128, 256, 512, 1_024];
    const points = sizes.map((n): Point => {
      const { all } = average(Math.max(5, Math.ceil(n > 200 ? runs / 5 : runs / 2)), (seed) => spreadOnce(n, 0, seed));
      return [n, mean(all)];
    });
    const line = fitLine(points.map(([n, rounds]) => [Math.log2(n), rounds]));
    const fitted = (n: number): number => line.at0 + line.slope * Math.log2(n);
    const derived = (n: number): number => Math.log(n) / Math.log(lan.gossipNodes + 1) + Math.log(n) / lan.gossipNodes;
    const slope = derived(2);
    const rows = points.map(([n, rounds]): Row => {
      return { cells: [n, ...[rounds, fitted(n), derived(n)].map(digits)], fits: isNear(rounds, fitted(n), 0.5) };
    });
    rows.push({
      cells: ['slope', digits(line.slope), `r² ${line.r2.toFixed(3)}`, digits(slope)],
      fits: line.r2 > 0.97 && isNear(line.slope, slope, 0.15),
    });
    return {
      columns: ['n', 'rounds to all', 'fitted', 'derived'],
      rows,
      note:
        'fitted: a + b log2 n by least squares; each within 0.5 of it, r² over 0.97, and b within 0.15 of the derived one: with a fan-out ' +
        'of 3 who knows becomes four times as many in a round, log4 n, and the last ones take ln n / 3 more, up to a constant.',
      plot: {
        ...{ x: 'n', y: 'rounds to all', logarithmic: 'x', expected: 'derived' },
        series: [{ name: 'measured', points, expected: points.map(([n]) => [n, derived(n)] as const) }],
      },
    };
  },
};

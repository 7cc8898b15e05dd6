// Experiments on failure detection: how soon a crash is found, how often an ack is missed, how long a suspicion lasts.
// (Das, Gupta, Motivala: "SWIM", DSN 2002, sections 3.1 and 4; the constants are memberlist's.)
import { lan, pushPullEvery, suspicionLength, suspicionTimeout, swimRules } from '../protocols/swim/index.ts';
import { ms, seconds, type Fault } from '../sim/index.ts';
import { digits, isNear, type Experiment, type Row } from './gossip-experiment.ts';
import { mean, namesOf, observe, standardError } from './gossip-measure.ts';

const e = Math.E;
/** Nobody is told and nobody is judged: probing alone. */
const probingOnly = {
  config: { ...lan, gossipNodes: 0, pushPullInterval: 0, reconnectInterval: 0, reliablePing: false },
  rules: { acceptsSuspect: () => false },
};

/** Periods that a run waits for the first probe: e^-12 of the crashes take longer. */
const longest = 12;

/** Periods from a crash to the first probe of each of the crashed members. */
function periodsToDetection(n: number, dead: number, targets: 'random' | 'round-robin', seed: number): number[] {
  const crashed = namesOf(n).slice(0, dead);
  const at = seconds(3) + seed * 7;
  const observed = observe({
    ...{ members: n, seed, hears: ['probe'], until: at + seconds(longest) },
    options: { ...probingOnly, config: { ...probingOnly.config, targets } },
    faults: crashed.map((node) => ({ at, fault: { type: 'crash', node } satisfies Fault })),
  });
  return crashed.map((name) => {
    const first = observed.find((note) => note.at > at && note.data['target'] === name);
    return first === undefined ? longest + 1 : Math.floor((first.at - at) / lan.probeInterval) + 1;
  });
}

export const detection: Experiment = {
  name: 'detection',
  question: 'How many periods pass until somebody probes a member that has crashed?',
  run(runs) {
    const settings = [
      [8, 1],
      [16, 1],
      [32, 1],
      [55, 1],
      [100, 1],
      [100, 10],
      [100, 20],
    ] as const;
    const rows = settings.map(([n, dead]): Row => {
      const live = n - dead;
      const exact = 1 / (1 - ((n - 2) / (n - 1)) ** live);
      const limit = 1 / (1 - Math.exp(-(dead === 1 ? 1 : live / n)));
      const seeds = Array.from({ length: Math.ceil(runs / dead) }, (_, index) => index + 1);
      const random = seeds.flatMap((seed) => periodsToDetection(n, dead, 'random', seed));
      const robin = seeds.flatMap((seed) => periodsToDetection(n, dead, 'round-robin', seed));
      const worst = Math.max(...robin);
      const near = (periods: readonly number[], expected: number): boolean =>
        isNear(mean(periods), expected, 0.1 + 4 * standardError(periods));
      return {
        cells: [n, dead, digits(limit), digits(exact), digits(mean(random)), digits(mean(robin)), worst, 2 * n - 1],
        fits: near(random, exact) && near(robin, exact) && worst <= 2 * n - 1,
      };
    });
    return {
      columns: ['n', 'crashed', '1/(1-e^-q)', 'exact', 'random', 'round-robin', 'worst', 'bound'],
      rows,
      note: 'exact: 1 / (1 - (1 - 1/(n-1))^live); both within 0.1 and 4 standard errors of it; round-robin never beyond 2n - 1',
      plot: {
        ...{ x: 'n', y: 'periods', logarithmic: true },
        series: [
          { name: 'exact', points: rows.slice(0, 5).map(({ cells }) => [Number(cells[0]), Number(cells[3])] as const) },
          {
            name: 'random',
            points: rows.slice(0, 5).map(({ cells }) => [Number(cells[0]), Number(cells[4])] as const),
          },
          {
            name: 'round-robin',
            points: rows.slice(0, 5).map(({ cells }) => [Number(cells[0]), Number(cells[5])] as const),
          },
        ],
      },
    };
  },
};

export const falsePositives: Experiment = {
  name: 'false-positives',
  question: 'How often is a member that lives found silent, by loss and by the number k of helpers?',
  run(runs) {
    const helpers = [0, 1, 2, 3];
    const losses = [10_000, 50_000, 100_000, 200_000];
    const rows = losses.flatMap((loss) =>
      helpers.map((k): Row => {
        const m = 1 - loss / 1_000_000;
        const missed = (1 - m ** 2) * (1 - m ** 4) ** k;
        const { probes, failed } = countFailures(loss, k, runs);
        const scale = e / (e - 1);
        const deviation = Math.sqrt((missed * (1 - missed)) / probes);
        const share = failed / probes;
        return {
          cells: [`${loss / 10_000} %`, k, digits(scale * missed), digits(scale * share), failed, probes],
          fits: isNear(share, missed, 4 * deviation + 2 / probes),
        };
      }),
    );
    return {
      columns: ['loss', 'k', 'formula', 'measured', 'failed', 'probes'],
      rows,
      note: '(1-m²)(1-m⁴)^k e/(e-1), m = 1 - loss (SWIM 3.2, q = 1): share of probes that fail times e/(e-1); within 4 standard deviations',
      plot: {
        ...{ x: 'k', y: 'share', logarithmic: false },
        series: losses.map((loss, place) => ({
          name: `${loss / 10_000} %`,
          points: helpers.map((k) => [k, Number(rows[place * helpers.length + k]?.cells[3])] as const),
        })),
      },
    };
  },
};

function countFailures(loss: number, k: number, runs: number): { probes: number; failed: number } {
  const observed = observe({
    ...{ members: 30, seed: 1, hears: ['probe', 'probe failed'], until: seconds(20 + 2 * runs) },
    network: { latency: 'loopback', loss },
    options: { ...probingOnly, config: { ...probingOnly.config, indirectChecks: k, ...unscaled } },
  });
  const failed = observed.filter(({ kind }) => kind === 'probe failed').length;
  return { probes: observed.length - failed, failed };
}

const unscaled = { lifeguard: { awareness: false, suspicion: false, buddy: false } };

/** Published windows in seconds, and full exchanges in seconds, by n. */
const windows: readonly (readonly [n: number, min: number, max: number, retransmits: number, exchange: number])[] = [
  [10, 4, 24, 8, 30],
  [30, 5.9, 35.4, 8, 30],
  [100, 8, 48, 12, 90],
  [300, 9.9, 59.4, 12, 150],
  [1_000, 12, 72, 16, 180],
  [10_000, 16, 96, 20, 300],
];

export const suspicion: Experiment = {
  name: 'suspicion',
  question: 'How long is a member suspected before it is declared dead, and how often are news passed on, by n?',
  run(runs) {
    const rows = windows.map(([n, min, max, retransmits, exchange]): Row => {
      const shortest = suspicionTimeout(lan.suspicionMult, n, lan.probeInterval);
      const longest = shortest * lan.suspicionMaxTimeoutMult;
      const once = suspicionLength(1, lan.suspicionMult - 2, shortest, longest);
      const waited = n <= 100 ? waitedBeforeDeath(n, Math.min(runs, 5)) : [];
      const limit = swimRules.retransmitLimit(lan.retransmitMult, n);
      const every = pushPullEvery(lan.pushPullInterval, n);
      const inside = waited.every((time) => time >= shortest && time <= longest + ms(1));
      const window = [shortest, once, longest].map((time) => digits(time / 1_000_000));
      const seen = waited.length === 0 ? '-' : digits(mean(waited) / 1_000_000);
      return {
        cells: [n, ...window, `[${min}, ${max}]`, seen, limit, digits(every / 1_000_000)],
        fits:
          isNear(shortest / 1_000_000, min, 0.05) &&
          isNear(longest / 1_000_000, max, 0.35) &&
          isNear(once / longest, 0.474, 0.002) &&
          limit === retransmits &&
          every === seconds(exchange) &&
          inside,
      };
    });
    return {
      columns: ['n', 'min s', '1 confirms', 'max s', 'published', 'seen', 'passed on', 'exchange s'],
      rows,
      note: "memberlist's LAN preset: Min = 4 max(1, log10 n) s, Max = 6 Min, K = 2; one confirmation leaves 47 % of Max",
      plot: {
        ...{ x: 'n', y: 'seconds', logarithmic: true },
        series: ['min s', '1 confirms', 'max s'].map((name, place) => ({
          name,
          points: rows.map(({ cells }) => [Number(cells[0]), Number(cells[place + 1])] as const),
        })),
      },
    };
  },
};

/** From suspicion to death, at members that let it run out themselves. */
function waitedBeforeDeath(n: number, runs: number): number[] {
  return Array.from({ length: runs }, (_, index) => index + 1).flatMap((seed) => {
    const observed = observe({
      ...{ members: n, seed, hears: ['member'], until: seconds(60) },
      faults: [{ at: seconds(2), fault: { type: 'crash', node: 'm1' } }],
    });
    const suspectedAt = new Map(
      observed.filter(({ data }) => data['status'] === 'suspect').map(({ node, at }) => [node, at]),
    );
    return observed
      .filter(({ node, data }) => data['status'] === 'dead' && data['from'] === node)
      .map(({ node, at }) => at - (suspectedAt.get(node) ?? at));
  });
}

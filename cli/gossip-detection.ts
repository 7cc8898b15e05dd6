// Experiments on failure detection: how soon a crash is found, how often an ack is missed, how long a suspicion lasts.
// (Das, Gupta, Motivala: "SWIM", DSN 2002, sections 3.1 and 4; the constants are memberlist's.)
import { lan, pushPullEvery, suspicionLength, suspicionTimeout, swimRules } from '../protocols/swim/index.ts';
import { ms, seconds, type Fault } from '../sim/index.ts';
import { digits, isNear, share, type Experiment, type Point, type Row } from './gossip-experiment.ts';
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
  const at = seconds(3 + (seed % Math.min(n - 1, 16))) + seed * 7; // at any place of a pass
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

const settings: readonly (readonly [n: number, dead: number])[] = [
  [8, 1],
  [16, 1],
  [32, 1],
  [55, 1],
  [100, 1],
  [100, 10],
  [100, 20],
];

interface Detection {
  readonly n: number;
  readonly dead: number;
  readonly exact: number;
  readonly random: readonly number[];
  readonly robin: readonly number[];
}

function detect(n: number, dead: number, runs: number): Detection {
  const exact = 1 / (1 - ((n - 2) / (n - 1)) ** (n - dead));
  const count = Math.ceil((runs * Math.min(4, 100 / n)) / dead); // small clusters cost less
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  const through = (targets: 'random' | 'round-robin'): number[] =>
    seeds.flatMap((seed) => periodsToDetection(n, dead, targets, seed));
  return { n, dead, exact, random: through('random'), robin: through('round-robin') };
}

export const detection: Experiment = {
  name: 'detection',
  question: 'How many periods pass until somebody probes a member that has crashed?',
  run(runs) {
    const measured = settings.map(([n, dead]) => detect(n, dead, runs));
    const rows = measured.map(({ n, dead, exact, random, robin }): Row => {
      const limit = 1 / (1 - Math.exp(-(dead === 1 ? 1 : (n - dead) / n)));
      const worst = Math.max(...robin);
      const seen = [random, robin].flatMap((periods) => [
        digits(mean(periods)),
        `±${standardError(periods).toFixed(2)}`,
      ]);
      return {
        cells: [n, dead, digits(limit), digits(exact), ...seen, worst, 2 * n - 1],
        fits:
          isNear(mean(random), exact, 4 * standardError(random)) &&
          isNear(mean(robin), exact, 0.1 + 4 * standardError(robin)) &&
          worst <= 2 * n - 1,
      };
    });
    const alone = measured.filter(({ dead }) => dead === 1);
    const points = (y: (one: Detection) => number): Point[] => alone.map((one) => [one.n, y(one)]);
    const expected = points(({ exact }) => exact);
    return {
      columns: ['n', 'crashed', '1/(1-e^-q)', 'exact', 'random', '', 'round-robin', '', 'worst', 'bound'],
      rows,
      note:
        "in periods T'; 1/(1-e^-q) is the paper's for great n, exact: 1 / (1 - (1 - 1/(n-1))^live); the means with their standard " +
        'errors. Random targets within 4 of these; round-robin is a little sooner in small clusters, as who was not probed in a pass ' +
        'is due: within 0.1 more, and never beyond 2n - 1.',
      plot: {
        ...{ x: 'n', y: 'periods', logarithmic: 'x', expected: 'exact' },
        series: [
          { name: 'random', points: points(({ random }) => mean(random)), expected },
          { name: 'round-robin', points: points(({ robin }) => mean(robin)) },
        ],
      },
    };
  },
};

const helpers = [0, 1, 2, 3, 4];
const losses = [1_000, 10_000, 50_000, 100_000, 200_000];

export const falsePositives: Experiment = {
  name: 'false-positives',
  question: 'How often is a member that lives found silent, by loss and by the number k of helpers?',
  run(runs) {
    const scale = e / (e - 1);
    const measured = losses.map((loss) => helpers.map((k) => ({ loss, k, ...countFailures(loss, k, runs) })));
    const missed = (loss: number, k: number): number => {
      const m = 1 - loss / 1_000_000;
      return (1 - m ** 2) * (1 - m ** 4) ** k;
    };
    const rows = measured.flat().map(({ loss, k, probes, failed }): Row => {
      const expected = missed(loss, k);
      const deviation = Math.sqrt((expected * (1 - expected)) / probes);
      return {
        cells: [
          ...[`${loss / 10_000} %`, k, share(scale * expected), share((scale * failed) / probes)],
          ...[failed, digits(expected * probes), probes],
        ],
        fits: isNear(failed / probes, expected, 4 * deviation + 2 / probes),
      };
    });
    return {
      columns: ['loss', 'k', 'formula', 'measured', 'failed', 'expected', 'probes'],
      rows,
      note:
        '(1-m²)(1-m⁴)^k e/(e-1), m = 1 - loss (SWIM 3.2, q = 1): the share of probes that fail, times e/(e-1); within 4 standard ' +
        'deviations. Where fewer than one failure is expected, none says little: --runs makes more probes.',
      plot: {
        ...{ x: 'k', y: 'share', logarithmic: 'y', expected: 'formula' },
        series: measured.map((each) => ({
          name: `${(each[0]?.loss ?? 0) / 10_000} %`,
          points: each.map(({ k, failed, probes }) => [k, (scale * failed) / probes] as const),
          expected: each.map(({ loss, k }) => [k, scale * missed(loss, k)] as const),
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
    const column = (place: number): Point[] => rows.map(({ cells }) => [Number(cells[0]), Number(cells[place])]);
    return {
      columns: ['n', 'min s', '1 confirms', 'max s', 'published', 'seen', 'passed on', 'exchange s'],
      rows,
      note:
        "memberlist's LAN preset: Min = 4 max(1, log10 n) s, Max = 6 Min, K = 2; one confirmation leaves 47 % of Max. Seen: from " +
        'suspicion to death at those who let it run out, after a crash, on average; all of them inside the window.',
      plot: {
        ...{ x: 'n', y: 'seconds', logarithmic: 'x', expected: 'published' },
        series: [
          { name: 'min', points: column(1), expected: windows.map(([n, min]) => [n, min] as const) },
          { name: '1 confirms', points: column(2) },
          { name: 'max', points: column(3), expected: windows.map(([n, , max]) => [n, max] as const) },
        ],
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

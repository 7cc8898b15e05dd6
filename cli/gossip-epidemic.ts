// The experiment on epidemics in their pure form: rounds until everybody has heard, by push and by push-pull, by the fan-out.
import { epidemic, type EpidemicOptions } from '../protocols/broadcast/epidemic.ts';
import { gossipClient } from '../protocols/gossip/gossip.ts';
import { alwaysOn, ms, seconds, simulate, type LatencyTable, type Micros } from '../sim/index.ts';
import { digits, isNear, type Experiment, type Point, type Row } from './gossip-experiment.ts';
import { mean, namesOf } from './gossip-measure.ts';

type Mode = EpidemicOptions['mode'];

/** Published medians of rounds until all have heard, without loss. */
const published: readonly (readonly [mode: Mode, fanOut: number, n: number, rounds: number])[] = [
  ['push', 1, 16, 8],
  ['push', 1, 256, 14],
  ['push', 1, 4_096, 22],
  ['push', 4, 16, 3],
  ['push', 4, 256, 6],
  ['push', 4, 4_096, 8],
  ['push-pull', 1, 16, 4],
  ['push-pull', 1, 256, 8],
  ['push-pull', 1, 4_096, 11],
];

const roundEvery = ms(100);
const latency: LatencyTable = [
  [0, 100],
  [1_000_000, 101],
];

/** Rounds until the last member has heard one rumour; undefined when `most` rounds are not enough. */
export function roundsToAll(mode: Mode, fanOut: number, n: number, seed: number, most = 30): number | undefined {
  const members = namesOf(n);
  const protocol = epidemic({ mode, fanOut, members, roundEvery, inStep: true });
  const heard: Micros[] = [];
  const listens = alwaysOn(['heard'], 'heard', 'who hears', () => (view) => {
    heard.push(view.now);
    return undefined;
  });
  const scenario = {
    ...{ name: 'epidemic', story: 'A rumour goes round.', protocol: 'epidemic', parameters: {} },
    expect: { type: 'holds' },
    world: () => ({
      nodes: members.map((id) => ({ id, protocol })),
      clients: [{ id: 'c1', protocol: gossipClient, timeout: seconds(1) }],
      network: { latency },
      until: roundEvery * (most + 1),
      tail: 1,
      workload: [{ id: 0, client: 'c1', at: 1, f: 'tell', value: 1 }],
      faults: [],
      properties: [listens],
      checks: [],
    }),
  } as const;
  simulate(scenario, { seed });
  const last = heard[n - 1];
  return last === undefined ? undefined : Math.floor(last / roundEvery);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Infinity;
}

/** Rounds for great n: Pittel (1987) for push and its like for greater fan-outs; Karp and others (FOCS 2000) for push-pull. */
function derived(mode: Mode, fanOut: number, n: number): number {
  if (mode === 'push') return Math.log(n) / Math.log(fanOut + 1) + Math.log(n) / fanOut;
  return Math.log(n) / Math.log(3) + Math.log2(Math.log(n));
}

export const epidemics: Experiment = {
  name: 'epidemic',
  question: 'How many rounds does a rumour take to reach everybody, by push and by push-pull?',
  run(runs) {
    const rows = published.map(([mode, fanOut, n, expected]): Row => {
      const count = n > 1_000 ? Math.max(5, Math.ceil(runs / 20)) : Math.max(15, Math.ceil(runs / 2));
      const rounds = Array.from(
        { length: count },
        (_, index) => roundsToAll(mode, fanOut, n, index + 1, expected + 8) ?? Infinity,
      );
      const middle = median(rounds);
      return {
        cells: [mode, fanOut, n, middle, digits(mean(rounds)), expected, digits(derived(mode, fanOut, n))],
        fits: isNear(middle, expected, Math.max(1, 0.15 * expected)),
      };
    });
    const kinds = [...new Set(published.map(([mode, fanOut]) => `${mode}, fan-out ${fanOut}`))];
    const points = (name: string, column: number): Point[] =>
      rows
        .filter(({ cells }) => `${cells[0]}, fan-out ${cells[1]}` === name)
        .map(({ cells }) => [Number(cells[2]), Number(cells[column])]);
    return {
      columns: ['mode', 'fan-out', 'n', 'median', 'mean', 'published', 'derived'],
      rows,
      note:
        'in step, without loss; medians within one round or 15 % of those published. Derived, for great n: push log_{f+1} n + ln n / f, ' +
        'push-pull log3 n + log2 ln n, each up to a constant.',
      plot: {
        ...{ x: 'n', y: 'rounds', logarithmic: 'x', expected: 'published' },
        series: kinds.map((name) => ({ name, points: points(name, 3), expected: points(name, 5) })),
      },
    };
  },
};

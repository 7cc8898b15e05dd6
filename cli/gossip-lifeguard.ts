// The experiment of the Lifeguard paper: members that are well but cannot send or receive for a while, again and again, and how
// many deaths of healthy members are announced, with each part of Lifeguard off and on. (DSN 2018, section V.)
import { lan, type SwimConfig } from '../protocols/swim/index.ts';
import { seconds, type TimedFault } from '../sim/index.ts';
import { digits, type Experiment, type Row } from './gossip-experiment.ts';
import { namesOf, observe } from './gossip-measure.ts';

/** As many as in the paper. */
const members = 100;
const off = { awareness: false, suspicion: false, buddy: false };
const variants: readonly (readonly [name: string, parts: SwimConfig['lifeguard']])[] = [
  ['SWIM', off],
  ['awareness', { ...off, awareness: true }],
  ['suspicion', { ...off, suspicion: true }],
  ['buddy', { ...off, buddy: true }],
  ['Lifeguard', { awareness: true, suspicion: true, buddy: true }],
];

interface Deaths {
  /** Announcements of the death of a member that is well; and of them, those believed by members that are well. */
  readonly all: number;
  readonly atHealthy: number;
}

/** All that slow members send and receive waits for `blocked` seconds; then they run freely for 2 s. */
export function deathsInVain(slow: number, lifeguard: SwimConfig['lifeguard'], seed: number, blocked = 16): Deaths {
  const names = namesOf(members);
  const sick = names.slice(0, slow);
  const faults: TimedFault[] = [];
  for (let at = seconds(5); at + seconds(blocked) < seconds(90); at += seconds(blocked + 2)) {
    for (const node of sick) {
      const others = names.filter((name) => name !== node);
      faults.push({ at, fault: { type: 'hold', from: [node], to: others, for: seconds(blocked) } });
      faults.push({ at, fault: { type: 'hold', from: others, to: [node], for: seconds(blocked) } });
    }
  }
  const observed = observe({
    ...{ members, seed, hears: ['member'], until: seconds(100), faults },
    options: { config: { ...lan, lifeguard } },
  });
  const deaths = observed.filter(({ data }) => data['status'] === 'dead' && !sick.includes(data['member'] as string));
  return { all: deaths.length, atHealthy: deaths.filter(({ node }) => !sick.includes(node)).length };
}

/** For how many seconds slow members are cut off: the longest two of the paper. Where a suspicion lasts longer, nobody dies. */
const durations = [16, 32];

interface Counted {
  readonly slow: number;
  readonly name: string;
  readonly byDuration: readonly Deaths[];
}

export const lifeguard: Experiment = {
  name: 'lifeguard',
  question: 'How many members that are well are declared dead when one or four others are slow?',
  run(runs) {
    const seeds = Array.from({ length: Math.max(1, Math.ceil(runs / 100)) }, (_, index) => index + 1);
    const counted = [1, 4].flatMap((slow) =>
      variants.map(([name, parts]): Counted => {
        const byDuration = durations.map((blocked) =>
          sum(seeds.map((seed) => deathsInVain(slow, parts, seed, blocked))),
        );
        return { slow, name, byDuration };
      }),
    );
    const both = variants.map(([name]): Counted => {
      const own = counted.filter((one) => one.name === name);
      return {
        slow: 0,
        name,
        byDuration: durations.map((_, place) => sum(own.flatMap((one) => one.byDuration[place] ?? []))),
      };
    });
    const rows = [...counted, ...both].map((one, _, all) => rowOf(one, all));
    return {
      columns: [
        'slow',
        'parts',
        ...durations.map((blocked) => `${blocked} s`),
        'all',
        'at healthy',
        'fewer by',
        'published',
      ],
      rows,
      note:
        `${members} members, for 90 s. All that slow ones send and receive is held for 16 or 32 s, then they run freely for 2 s. ` +
        'Counted is each announcement, by anybody, that a member which is well is dead; at healthy: those of members which are well ' +
        'themselves. Published: over all its settings Lifeguard has 50 to 100 times fewer. Deaths come in bunches, one announcement by ' +
        'each member: within two standard deviations of that; more --runs make it narrower.',
      plot: {
        ...{ x: 'seconds cut off', y: 'false deaths, four slow', logarithmic: 'y' },
        series: variants.map(([name]) => ({
          name,
          points: durations.map((blocked, place) => {
            const one = counted.find((other) => other.slow === 4 && other.name === name);
            return [blocked, one?.byDuration[place]?.all ?? 0] as const;
          }),
        })),
      },
    };
  },
};

function rowOf({ slow, name, byDuration }: Counted, all: readonly Counted[]): Row {
  const plain = sum(all.find((other) => other.slow === slow && other.name === 'SWIM')?.byDuration ?? []);
  const total = sum(byDuration);
  const factor = plain.all / Math.max(1, total.all);
  const isWhole = name === 'Lifeguard';
  const cells = [
    ...[slow === 0 ? 'both' : slow, name, ...byDuration.map((each) => each.all), total.all, total.atHealthy],
    ...[total.all === 0 ? `over ${plain.all}` : digits(factor), isWhole && slow === 0 ? '50 to 100' : ''],
  ];
  if (name === 'SWIM') return { cells, fits: total.all > 0 };
  const fewest = total.all - 2 * Math.sqrt(total.all * members);
  return { cells, fits: isWhole && slow === 0 ? plain.all >= 50 * fewest : undefined };
}

function sum(deaths: readonly Deaths[]): Deaths {
  const total = (of: keyof Deaths): number => deaths.reduce((all, each) => all + each[of], 0);
  return { all: total('all'), atHealthy: total('atHealthy') };
}

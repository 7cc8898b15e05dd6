// The experiment of the Lifeguard paper: members that are well but cannot send or receive for a while, again and again, and how
// many deaths of healthy members are announced, with each part of Lifeguard off and on. (DSN 2018, section V.)
import { lan, type SwimConfig } from '../protocols/swim/index.ts';
import { seconds, type TimedFault } from '../sim/index.ts';
import { digits, type Experiment, type Row } from './gossip-experiment.ts';
import { namesOf, observe } from './gossip-measure.ts';

const members = 40;
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

export const lifeguard: Experiment = {
  name: 'lifeguard',
  question: 'How many members that are well are declared dead when one or four others are slow?',
  run(runs) {
    const seeds = Array.from({ length: Math.max(1, Math.ceil(runs / 50)) }, (_, index) => index + 1);
    const rows = [1, 4].flatMap((slow) => {
      const counted = variants.map(([name, parts]) => {
        const deaths = seeds.map((seed) => deathsInVain(slow, parts, seed));
        const total = (of: keyof Deaths): number => deaths.reduce((sum, each) => sum + each[of], 0);
        return { name, all: total('all'), atHealthy: total('atHealthy') };
      });
      const plain = counted[0] ?? { all: 0, atHealthy: 0 };
      return counted.map(({ name, all, atHealthy }): Row => {
        const factor = plain.all / Math.max(1, all);
        const cells = [slow, name, all, atHealthy, all === 0 ? `over ${plain.all}` : digits(factor)];
        if (name === 'SWIM') return { cells, fits: all > 0 };
        return { cells, fits: name === 'Lifeguard' ? factor >= 50 : undefined };
      });
    });
    const series = variants.map(([name]) => ({
      name,
      points: rows
        .filter(({ cells }) => cells[1] === name)
        .map(({ cells }) => [Number(cells[0]), Number(cells[2])] as const),
    }));
    return {
      columns: ['slow', 'parts', 'false deaths', 'at healthy', 'fewer by'],
      rows,
      note: `${members} members, slow ones cut off for 16 s of every 18 s; published: Lifeguard has 50 to 100 times fewer`,
      plot: { x: 'slow members', y: 'false deaths', series },
    };
  },
};

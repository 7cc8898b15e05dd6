// What false alarms of gossip cost on Consul: agents of lock holders lose messages, gossip takes them for dead, their sessions end
// and their locks are given away while the holders are well, with Lifeguard off and on.
import { consulGossipLock } from '../scenarios/consul-lock.ts';
import { simulate, type Noted } from '../sim/index.ts';
import { digits, type Experiment, type Row } from './gossip-experiment.ts';

/** Agents without clients, beside the three that lose messages. */
const bystanders = [2, 8, 20] as const;
/** Simulated seconds in which agents lose messages. */
const disturbed = 42;

interface Cost {
  /** How often gossip took an agent for dead; none died. */
  readonly alarms: number;
  /** Locks that were taken from holders who were well. */
  readonly locks: number;
  /** Runs in which two clients held the lock. */
  readonly overlaps: number;
}

export function costOfAlarms(lifeguard: boolean, others: number, runs: number): Cost {
  let [alarms, locks, overlaps] = [0, 0, 0];
  const onNote = ({ kind, data }: Noted): void => {
    if (kind === 'node critical') alarms++;
    else if (kind === 'keys freed' && data['by'] === 'register') locks++;
  };
  for (let seed = 1; seed <= runs; seed++) {
    const parameters = { lifeguard, bystanders: others, clients: 3 };
    const { findings } = simulate(consulGossipLock, { seed, parameters, onNote });
    if (findings.some(({ name }) => name === 'lock')) overlaps++;
  }
  return { alarms, locks, overlaps };
}

export const sessions: Experiment = {
  name: 'sessions',
  question: 'How many locks on Consul are lost to false alarms of gossip, with Lifeguard off and on?',
  run(runs) {
    const times = Math.max(4, Math.ceil(runs / 4));
    const hour = 3_600 / (times * disturbed);
    const measured = bystanders.map((others) => {
      return { others, off: costOfAlarms(false, others, times), on: costOfAlarms(true, others, times) };
    });
    const rows = measured.flatMap(({ others, off, on }): Row[] =>
      (['off', 'on'] as const).map((name) => {
        const { alarms, locks, overlaps } = name === 'off' ? off : on;
        const cells = [3 + others, name, digits(alarms * hour), digits(locks * hour), `${overlaps} of ${times}`];
        return { cells, fits: name === 'off' ? alarms > 0 : alarms < off.alarms && locks <= off.locks };
      }),
    );
    return {
      columns: ['agents', 'Lifeguard', 'false alarms an hour', 'locks lost an hour', 'runs with two holders'],
      rows,
      note: 'three agents of lock holders that lose 50 to 85 % of what they send and receive for 6 to 16 s at a time; nothing dies. Nothing is published; Lifeguard must have fewer.',
      plot: {
        x: 'agents',
        y: 'locks lost an hour',
        series: (['off', 'on'] as const).map((name) => ({
          name: `Lifeguard ${name}`,
          points: measured.map(({ others, ...of }) => [3 + others, digits(of[name].locks * hour)] as const),
        })),
      },
    };
  },
};

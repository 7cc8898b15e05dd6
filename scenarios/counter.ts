// A counter with a write-ahead log, on a machine that loses its power at the worst moments: the story of what an
// acknowledgement promises.
import { counterClient, counterServer, type CounterOptions } from '../protocols/counter/counter.ts';
import {
  defineScenario,
  eventually,
  ms,
  nemesis,
  numbered,
  seconds,
  sometimesNoted,
  standardFaults,
  workload,
  type Check,
  type History,
  type ParameterSpecs,
  type World,
} from '../sim/index.ts';

export const counterParameters = {
  clients: { about: 'how many clients count', default: 3, range: [1, 20] },
  reads: { about: 'how many operations of a hundred are reads', default: 40, range: [0, 100] },
} as const satisfies ParameterSpecs;

export const counter = defineScenario({
  name: 'counter',
  story: 'A server counts for its clients and writes down every step before it says yes; no power loss takes one back.',
  protocol: 'counter',
  expect: { type: 'holds' },
  parameters: counterParameters,
  world: (parameters) => counterWorld(parameters),
});

export function counterWorld(
  { clients, reads }: { clients: number; reads: number },
  options: CounterOptions = {},
): World {
  const client = counterClient('server');
  return {
    nodes: [{ id: 'server', protocol: counterServer(options) }],
    clients: numbered('c', clients, { protocol: client, timeout: seconds(1) }),
    network: { latency: 'lan' },
    until: seconds(8),
    tail: seconds(3),
    workload: workload({
      every: ms(80),
      draw: (random, serial) => ({ f: random.below(100) < reads ? 'read' : 'increment', value: serial }),
    }),
    faults: nemesis({ classes: standardFaults, budget: 1, longest: seconds(1) }),
    properties: [
      eventually('the counter counts again', 'an operation is answered after the heal', seconds(2), (view, healedAt) =>
        view.history.some(({ type, time }) => type === 'ok' && time > healedAt) ? undefined : 'none was',
      ),
      sometimesNoted('recovered', 'the server reads its log again'),
      sometimesNoted('torn tail', 'the last record of the log was half written'),
    ],
    checks: [countsWhatItAcknowledged],
  };
}

/** Every count lies between the increments acknowledged before it was asked for and those attempted before it was told. */
export const countsWhatItAcknowledged: Check = {
  name: 'counts what it acknowledged',
  about: 'every count that is told lies between the acknowledged and the attempted increments',
  judge(history: History) {
    const acknowledgedAt = new Map<number, number>(); // operation → increments acknowledged when it was invoked
    let acknowledged = 0;
    let attempted = 0;
    for (const { type, f, value, operation } of history) {
      if (type === 'invoke') {
        acknowledgedAt.set(operation, acknowledged);
        if (f === 'increment') attempted++;
      } else if (type === 'ok') {
        const low = acknowledgedAt.get(operation) ?? 0;
        const count = value as number;
        if (count < low || count > attempted) {
          const reason = `a count of ${count} was told, but ${low} increments had been acknowledged and ${attempted} attempted`;
          return [{ verdict: 'invalid', reason, operations: [operation] }];
        }
        if (f === 'increment') acknowledged++;
      }
    }
    return [];
  },
};

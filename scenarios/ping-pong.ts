// Ping-pong over a network that loses, repeats and reorders: the story of what a number on a message is good for.
import { pingClient, pingServer, type PingClientOptions } from '../protocols/ping-pong/ping-pong.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  ms,
  nemesis,
  numbered,
  seconds,
  sometimesNoted,
  workload,
  type ParameterSpecs,
  type World,
} from '../sim/index.ts';

export const pingPongParameters = {
  clients: { about: 'how many clients ping the one server', default: 2, range: [1, 10] },
  retryAfter: {
    about: 'microseconds after which an unanswered ping is repeated',
    default: ms(50),
    range: [ms(1), seconds(1)],
    draw: (random) => random.pick([ms(2), ms(10), ms(50)]),
  },
} as const satisfies ParameterSpecs;

export const pingPong = defineScenario({
  name: 'ping-pong',
  story: 'Clients ping a server over a bad network and tell each pong by its number.',
  protocol: 'ping-pong',
  expect: { type: 'holds' },
  parameters: pingPongParameters,
  world: (parameters) => pingPongWorld(parameters),
});

export function pingPongWorld(
  { clients, retryAfter }: { clients: number; retryAfter: number },
  options: PingClientOptions = {},
): World {
  const client = pingClient('server', { retryAfter, ...options });
  return {
    nodes: [{ id: 'server', protocol: pingServer }],
    clients: numbered('c', clients, { protocol: client, timeout: seconds(1) }),
    network: { latency: 'lan' },
    until: seconds(6),
    tail: seconds(2),
    workload: workload({ every: ms(60), draw: (_random, serial) => ({ f: 'ping', value: serial }) }),
    faults: nemesis({
      classes: ['crash', 'pause', 'slow-cpu', 'hold', 'flap', 'slow-link', 'loss', 'duplicate', 'reorder'],
      budget: 1,
      longest: seconds(1),
    }),
    properties: [
      alwaysOn(['answered'], 'a pong answers its own ping', 'the pong that ends a round carries its number', () => {
        return (_view, { node, note }) => {
          const { round, by } = (note?.data ?? {}) as { round: number; by: number };
          return round === by ? undefined : `${node.id} took the pong of round ${by} for that of round ${round}`;
        };
      }),
      eventually('pings are answered again', 'a ping sent after the heal is answered', seconds(1), (view, healedAt) =>
        view.history.some(
          ({ type, operation }) =>
            type === 'ok' &&
            view.history.some(
              (event) => event.type === 'invoke' && event.operation === operation && event.time >= healedAt,
            ),
        )
          ? undefined
          : 'no ping was answered',
      ),
      sometimesNoted('retry', 'a client repeats its ping'),
      sometimesNoted('late pong', 'a pong arrives whose round is over'),
    ],
    checks: [],
  };
}

// Ping-pong, explored: clients ping one server over a network that repeats and delays, and clients repeat themselves.
import { reachableByOne, type ExploredWorld } from '../../checkers/explore/index.ts';
import {
  pingClient,
  pingServer,
  type PingClient,
  type PingClientOptions,
} from '../../protocols/ping-pong/ping-pong.ts';
import type { Check } from '../../sim/index.ts';

export interface PingPongWorldOptions extends PingClientOptions {
  readonly clients: number;
  /** Pings of each client. */
  readonly rounds: number;
  /** Retries in a run. */
  readonly timeouts: number;
}

export function pingPongExplored({ clients, rounds, timeouts, ...options }: PingPongWorldOptions): ExploredWorld {
  return {
    nodes: [{ id: 'server', protocol: pingServer }],
    clients: Array.from({ length: clients }, (_, client) => ({
      id: `c${client + 1}`,
      protocol: pingClient('server', options),
      operations: Array.from({ length: rounds }, (_round, round) => ({ f: 'ping', value: client * rounds + round })),
    })),
    network: 'unordered',
    faults: { timeouts },
    properties: [
      reachableByOne('a round is answered', 'Some run ends a round.', ({ state }) =>
        isDone(state as PingClient['state']),
      ),
    ],
    checks: [ownPongs],
  };
}

const isDone = ({ round, waiting }: Partial<PingClient['state']>): boolean =>
  round !== undefined && round >= 0 && waiting === false;

const ownPongs: Check = {
  name: 'a pong answers its own ping',
  about: 'the pong that ends a round carries its number',
  judge: (history) =>
    history
      .filter(({ type }) => type === 'ok')
      .flatMap(({ operation, client, value }) => {
        const asked = history.find((event) => event.type === 'invoke' && event.operation === operation)?.value;
        if (asked === value) return [];
        const reason = `${client} took the pong of round ${JSON.stringify(value)} for that of round ${JSON.stringify(asked)}`;
        return [{ verdict: 'invalid' as const, reason, operations: [operation] }];
      }),
};

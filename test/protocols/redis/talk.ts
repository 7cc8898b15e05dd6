// Clients that talk to Redis servers in a simulated world at given times, and what they are told.
import { expect } from 'vitest';
import { redisClient } from '../../../protocols/redis/client.ts';
import type { RedisConfig } from '../../../protocols/redis/config.ts';
import { redis } from '../../../protocols/redis/server.ts';
import { alwaysOn, defineScenario, ms, seconds, simulate, type Fault, type Micros } from '../../../sim/index.ts';

interface Talk {
  readonly at: Micros;
  readonly client?: string;
  readonly to?: string;
  readonly lines: readonly string[];
}

/** What each talk was answered; `lost` if it was not. */
export function talk(
  configs: readonly Partial<RedisConfig>[],
  talks: readonly Talk[],
  faults: readonly { readonly at: Micros; readonly fault: Fault }[] = [],
  seed = 1,
): { readonly answers: readonly (readonly string[] | 'lost')[]; readonly pushes: readonly Micros[] } {
  const pushes: Micros[] = [];
  const scenario = defineScenario({
    name: 'talk',
    story: 'Clients talk to Redis servers.',
    protocol: 'redis',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: configs.map((config, index) => ({ id: `r${index + 1}`, protocol: redis(config) })),
      clients: ['c1', 'c2'].map((id) => ({ id, protocol: redisClient, timeout: seconds(1) })),
      network: { latency: 'lan' },
      until: seconds(60),
      tail: 0,
      workload: talks.map(({ at, client = 'c1', to = 'r1', lines }, id) => ({
        id,
        client,
        at,
        f: 'redis',
        value: [to, ...lines],
      })),
      faults,
      properties: [
        alwaysOn(['pushed'], 'pushes', 'when what subscribers hear arrives', () => ({ now }) => {
          pushes.push(now);
          return undefined;
        }),
      ],
      checks: [],
    }),
  });
  const run = simulate(scenario, { seed, debug: true });
  expect(run.findings).toEqual([]);
  const answers = talks.map((_, id) => {
    const end = run.history.findLast(({ operation }) => operation === id);
    return end?.type === 'ok' ? (end.value as readonly string[]) : 'lost';
  });
  return { answers, pushes };
}

export const powerLoss = (at: Micros, node = 'r1'): { at: Micros; fault: Fault } => ({
  at,
  fault: { type: 'power-loss', node, unsynced: 'lost', for: ms(100) },
});

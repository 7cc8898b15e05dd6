// Redlock on five Redis servers that know nothing of each other: clients take a lock at a majority of them, write to a store under
// it, and give it back or let it run out. Every story of the debate about it is this world with something else going wrong.
import { lockSafety, type LockOptions } from '../checkers/index.ts';
import type { RedisConfig } from '../protocols/redis/config.ts';
import { redis } from '../protocols/redis/server.ts';
import { redlockClient } from '../protocols/redlock/client.ts';
import { redlockPresets, type RedlockConfig } from '../protocols/redlock/config.ts';
import { resource } from '../protocols/redlock/resource.ts';
import type { RedlockRules } from '../protocols/redlock/rules.ts';
import {
  defineScenario,
  ms,
  nemesis,
  nodeIds,
  seconds,
  type FaultClass,
  type NodeId,
  type Operation,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { fixParameters } from './parameters.ts';
import { redlockProperties } from './redlock-properties.ts';
import { turns } from './redlock-workloads.ts';

export type RedlockFaults = (random: Random, setting: Setting, world: RedlockParameters) => TimedFault[];

/** What a story changes about the world. */
export interface RedlockVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly config?: Partial<RedlockConfig>;
  readonly rules?: Partial<RedlockRules>;
  /** What the servers are set to; default: a file that is synced before each reply. */
  readonly servers?: (world: RedlockParameters, place: number) => Partial<RedisConfig>;
  readonly faults?: RedlockFaults;
  readonly workload?: (random: Random, setting: Setting, world: RedlockParameters) => Operation[];
  /** Values of parameters that the story needs. */
  readonly fixed?: Partial<RedlockParameters>;
  /** What the clients' history is judged by beyond exclusion. */
  readonly check?: LockOptions;
  /** Whether nobody promises that the lock is free again soon. */
  readonly safetyOnly?: boolean;
}

export interface RedlockParameters {
  readonly instances: number;
  readonly clients: number;
  readonly ttl: number;
  readonly parallel: boolean;
  readonly fences: boolean;
  readonly drift: number;
  readonly library: Library;
}

export type Library = keyof typeof redlockPresets;
export const libraries = Object.keys(redlockPresets) as readonly Library[];

const parameters = {
  instances: { about: 'independent Redis servers', default: 5, range: [1, 9] },
  clients: {
    about: 'clients that want the lock',
    default: 3,
    range: [1, 10],
    draw: (random: Random) => random.between(2, 4),
  },
  ttl: {
    about: 'microseconds that the lock is taken for',
    default: ms(1_000),
    range: [ms(200), seconds(60)],
    draw: (random: Random) => ms(random.pick([500, 1_000, 2_000])),
  },
  parallel: {
    about: 'whether all servers are asked at once, and not one after the other',
    default: false,
    draw: (random: Random) => random.chance(500_000),
  },
  fences: { about: 'whether the store hands out fencing tokens and looks at them', default: false },
  drift: { about: 'how far any two clocks drift apart, in parts per million', default: 4_000, range: [0, 200_000] },
  library: {
    about: 'whose settings the clients have: those of the specification or of a library',
    default: 'specified',
    oneOf: libraries,
  },
} as const;

export function redlockScenario(variant: RedlockVariant): Scenario {
  const { name, story, expect, fixed = {} } = variant;
  return defineScenario({
    name,
    story,
    protocol: 'redlock',
    expect,
    parameters: fixParameters(parameters, fixed),
    world: (set) => worldOf(variant, set),
  });
}

function worldOf(variant: RedlockVariant, set: RedlockParameters) {
  const { config, rules, check, servers = () => ({ appendfsync: 'always' }) } = variant;
  const instances = nodeIds('r', set.instances);
  const clients = nodeIds('c', set.clients);
  // Half of the nodes are as fast as the drift allows, half as slow: servers and clients by turns.
  const half = Math.floor(set.drift / 2);
  const clock = (place: number) => ({ drift: place % 2 === 0 ? half : -half });
  const client = redlockClient({
    instances,
    resource: 'store',
    config: {
      ...redlockPresets[set.library],
      instanceTimeout: ms(30),
      ...(set.library === 'specified' && { order: set.parallel ? 'parallel' : 'sequential' }),
      ...config,
      ttl: set.ttl,
    },
    fences: set.fences,
    workFor: ms(20),
    ...(rules !== undefined && { rules }),
  });
  const tail = Math.max(seconds(4), Math.min(seconds(8), 4 * set.ttl));
  const isInstance = (id: NodeId): boolean => id !== 'store';
  return {
    nodes: [
      ...instances.map((id, place) => ({ id, protocol: redis(servers(set, place)), clock: clock(place) })),
      { id: 'store', protocol: resource(set.fences) },
    ],
    clients: clients.map((id, place) => ({
      id,
      protocol: client,
      timeout: set.ttl + seconds(3),
      clock: clock(place + 1),
    })),
    network: { latency: 'lan' },
    until: tail + Math.max(seconds(5), 3 * set.ttl),
    tail,
    workload: (random: Random, setting: Setting) => (variant.workload ?? turns)(random, setting, set),
    faults(random: Random, setting: Setting) {
      const seen = { ...setting, nodes: setting.nodes.filter(isInstance) };
      return (variant.faults ?? withinTheAssumptions)(random, seen, set);
    },
    properties: [...redlockProperties(tail)],
    checks: [lockSafety(check)],
    safetyOnly: variant.safetyOnly ?? false,
  } as const;
}

/** Whatever may happen to servers and to what goes between them and clients, as long as they keep what they have answered. */
const serverFaults: readonly FaultClass[] = [
  'crash',
  'power-loss',
  'crash-at-write',
  'pause',
  'slow-cpu',
  'isolate',
  'half-isolate',
  'hold',
  'slow-link',
  'loss',
  'duplicate',
  'reorder',
  'disk-slow',
  'disk-stall',
];

export function withinTheAssumptions(random: Random, setting: Setting): TimedFault[] {
  return nemesis({ classes: serverFaults, budget: 'over', longest: seconds(1) })(random, setting);
}

export const redlock = redlockScenario({
  name: 'redlock',
  story:
    'Five servers fail and come back with all they answered, clocks drift by less than a percent: the lock has one holder.',
  expect: { type: 'holds' },
});

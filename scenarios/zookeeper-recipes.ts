// ZooKeeper's recipes under faults: a lock and the store that it guards, and configuration that is watched.
import {
  clientProcess,
  configurationApp,
  lockApp,
  serviceProperties,
  type LockAppOptions,
  type ServiceRules,
} from '../protocols/zookeeper/index.ts';
import { store } from '../protocols/lock/store.ts';
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
  type FaultClass,
  type Operation,
  type Parameters,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
  type View,
  type World,
} from '../sim/index.ts';
import { fixParameters } from './parameters.ts';
import { ensembleOf, zooKeeperParameters } from './zookeeper.ts';

/** What a variant of the lock scenario changes. */
export interface LockVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly lock?: LockAppOptions;
  readonly rules?: Partial<ServiceRules>;
  /** Whether the store refuses a smaller token than one that it has seen; default true. */
  readonly fencing?: boolean;
  readonly faults?: World['faults'];
  /** Parameters whose value is fixed unless set, instead of drawn by the seed. */
  readonly fixed?: Parameters;
  /** What is judged; default the store alone. */
  readonly properties?: readonly Property[];
}

const { clients, ...ensembleParameters } = zooKeeperParameters;

/** Clients share a number in a store under a lock of the ensemble. */
export function zooKeeperLockScenario(variant: LockVariant): Scenario {
  const { swarm, servers, network, tick, syncLimit, snapshotEvery, whenDown, observers } = ensembleParameters;
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'zookeeper',
    expect: variant.expect,
    parameters: fixParameters(
      { clients, swarm, servers, network, tick, syncLimit, snapshotEvery, whenDown, observers },
      variant.fixed ?? {},
    ),
    world(set) {
      const { nodes, session, network: links, roles, voters } = ensembleOf(set, variant.rules);
      const app = lockApp({ store: 'store', workFor: ms(100), ...variant.lock });
      return {
        nodes: [...nodes, { id: 'store', protocol: store({ fencing: variant.fencing ?? true }) }],
        clients: numbered('c', set.clients, { protocol: clientProcess(session, app), timeout: seconds(3) }),
        network: links,
        until: ms(6_500),
        tail: seconds(4),
        workload: workload({ every: ms(250), draw: (_random, serial) => ({ f: 'add', value: serial }) }),
        faults: set.swarm ? (variant.faults ?? lockFaults) : [],
        roles,
        voters,
        properties: variant.properties ?? [...lockProperties(), ...serviceProperties()],
        checks: [],
      };
    },
  });
}

const onServers: readonly FaultClass[] = [
  'crash',
  'power-loss',
  'crash-at-write',
  'pause',
  'isolate',
  'partition',
  'disk-slow',
  'loss',
];
const onClients: readonly FaultClass[] = [
  'pause',
  'isolate',
  'half-isolate',
  'slow-link',
  'loss',
  'duplicate',
  'reorder',
];

/** A minority of servers fails at once; clients may all do. */
function lockFaults(random: Random, setting: Setting): TimedFault[] {
  return bothFaults(onServers, onClients)(random, setting);
}

/** Faults of the servers (never of the store), and faults of clients. */
export function bothFaults(server: readonly FaultClass[], client: readonly FaultClass[]) {
  return (random: Random, setting: Setting): TimedFault[] => {
    const servers = setting.nodes.filter((id) => id !== 'store');
    const budget = Math.floor((servers.length - 1) / 2);
    const first = nemesis({ classes: server, budget, longest: seconds(1) })(random, { ...setting, nodes: servers });
    const second = nemesis({ classes: client, budget: setting.clients.length, longest: seconds(2) })(random, {
      ...setting,
      nodes: setting.clients,
      clients: setting.nodes,
      roles: [],
    });
    return [...first, ...second].sort((one, other) => one.at - other.at);
  };
}

function lockProperties(): Property[] {
  return [
    noUpdateIsLost(),
    eventually('the lock is free again', 'a client gets the lock and adds after the heal', ms(3_900), added),
    sometimesNoted('refused', 'the store refuses a late write'),
    sometimesNoted('lost', 'a client takes its lock for lost'),
  ];
}

export function noUpdateIsLost(): Property {
  return alwaysOn(['stored'], 'no update is lost', 'the value that the store holds only rises', () => {
    let greatest = 0;
    return (_view, { note }) => {
      const { token, value } = (note?.data ?? {}) as { token: number; value: number };
      const before = greatest;
      greatest = Math.max(greatest, value);
      return value > before ? undefined : `the store had held ${before} when token ${token} wrote ${value}`;
    };
  });
}

/** Nobody begins to write after a later grant: what a lock service alone cannot promise. */
export function holdersDoNotOverlap(): Property {
  return alwaysOn(['granted', 'writes'], 'holders do not overlap', 'nobody begins to write after a later grant', () => {
    let granted = 0;
    return (_view, { node, note }) => {
      const token = Number(note?.data['token']);
      if (note?.kind === 'granted') granted = Math.max(granted, token);
      return token < granted ? `${node.id} writes under token ${token}, but token ${granted} was granted` : undefined;
    };
  });
}

function added({ history }: View, healedAt: number): string | undefined {
  const isDone = history.some(({ type, time }) => type === 'ok' && time > healedAt + ms(500));
  return isDone ? undefined : 'nobody did';
}

export const zooKeeperLock = zooKeeperLockScenario({
  name: 'zookeeper-lock',
  story:
    'Clients share a number under a lock of ephemeral nodes; a late write is refused by the zxid of a newer holder.',
  expect: { type: 'holds' },
});

export const zooKeeperLockOverlap = zooKeeperLockScenario({
  name: 'zookeeper-lock-overlap',
  story:
    'A client is paused while it holds the lock; its session ends, the next one is granted, and both think they hold it.',
  expect: { type: 'breaks', what: ['holders do not overlap'] },
  properties: [holdersDoNotOverlap()],
  faults: bothFaults(['slow-cpu'], ['pause']),
});

/** What a variant of the configuration scenario changes. */
export interface ConfigurationVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<ServiceRules>;
}

/** One client publishes, the others follow. */
export function zooKeeperConfigurationScenario(variant: ConfigurationVariant): Scenario {
  const { swarm, servers, network, tick, syncLimit, snapshotEvery, whenDown, observers } = ensembleParameters;
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'zookeeper',
    expect: variant.expect,
    parameters: { clients, swarm, servers, network, tick, syncLimit, snapshotEvery, whenDown, observers },
    world(set) {
      const { nodes, session, network: links, roles, voters } = ensembleOf(set, variant.rules);
      return {
        nodes,
        clients: numbered('c', set.clients, {
          protocol: clientProcess(session, configurationApp()),
          timeout: seconds(4),
        }),
        network: links,
        until: seconds(6),
        tail: seconds(4),
        workload: publishAndFollow,
        faults: set.swarm ? bothFaults(onServers, onClients) : [],
        roles,
        voters,
        properties: configurationProperties(),
        checks: [],
      };
    },
  });
}

/** Publishing ends a second before the faults have healed, so that all can catch up. */
function publishAndFollow(random: Random, { clients: all, healAt }: Setting): Operation[] {
  const operations: Omit<Operation, 'id'>[] = [];
  const [publisher = '', ...followers] = all;
  // The last one publishes, too, now and then, and looks at once at what it has done.
  const second = followers.at(-1) ?? publisher;
  for (let at = ms(700); at < healAt; at += 1 + random.below(ms(600))) {
    operations.push({ client: second, at, f: 'publish', value: `${at} too` });
  }
  for (const client of followers)
    operations.push({ client, at: ms(300) + random.below(ms(200)), f: 'follow', value: null });
  for (let at = ms(200); at < healAt; at += 1 + random.below(ms(80))) {
    operations.push({ client: publisher, at, f: 'publish', value: String(at) });
  }
  return operations.sort((one, other) => one.at - other.at).map((operation, id) => ({ id, ...operation }));
}

interface Sight {
  readonly session: number;
  readonly mzxid: number;
  readonly version: number;
  readonly before: number;
  readonly unwarned: boolean;
}

function configurationProperties(): Property[] {
  return [
    alwaysOn(
      ['sees'],
      'told before it is seen',
      'a watch is told before its client sees the change',
      () =>
        (_view, { node, note }) => {
          const { unwarned, mzxid, before } = (note?.data ?? {}) as unknown as Sight;
          return unwarned ? `${node.id} saw ${mzxid} while its watch set at ${before} was silent` : undefined;
        },
    ),
    alwaysOn(
      ['sees'],
      'configuration goes forward',
      'no session sees an older configuration than before',
      () =>
        (_view, { node, note }) => {
          const { mzxid, before } = (note?.data ?? {}) as unknown as Sight;
          return mzxid < before ? `${node.id} saw ${mzxid} after ${before}` : undefined;
        },
    ),
    eventually('everybody is told', 'every follower sees what was published last', ms(3_900), latestIsSeen),
    sometimesNoted('misses', 'a follower misses a change'),
    sometimesNoted('told', 'a watch is told'),
  ];
}

interface Follower {
  readonly session: { readonly phase: string };
  readonly app: { readonly follows: boolean; readonly mzxid: number };
}

function latestIsSeen({ nodes }: View): string | undefined {
  let newest = 0;
  const behind: string[] = [];
  for (const { state } of nodes) {
    const tree = (state as { readonly zab?: { readonly machine: { readonly nodes: object } } } | undefined)?.zab
      ?.machine.nodes;
    const node =
      tree === undefined
        ? undefined
        : (tree as { readonly [path: string]: { readonly mzxid: number } })['/configuration'];
    newest = Math.max(newest, node?.mzxid ?? 0);
  }
  for (const { id, state } of nodes) {
    const { app } = (state ?? {}) as Partial<Follower>;
    // A process that had to start anew follows nobody.
    if (app?.follows === true && app.mzxid < newest) behind.push(id);
  }
  return behind.length === 0 ? undefined : `${behind.join(', ')} did not see ${newest}`;
}

export const zooKeeperConfiguration = zooKeeperConfigurationScenario({
  name: 'zookeeper-configuration',
  story: 'Clients watch a node: they miss changes in between, yet are told before they see one, and never stay behind.',
  expect: { type: 'holds' },
});

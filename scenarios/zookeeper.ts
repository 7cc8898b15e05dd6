// ZooKeeper as a key-value store under everything that a majority is promised to survive, with three ways to read: two that
// show old data, each in its own way, and one that does not.
import { keyValue, linearizable } from '../checkers/index.ts';
import { currentLeader, zabProperties, type ZabRules } from '../protocols/zab/index.ts';
import {
  clientProcess,
  keyValueApp,
  serviceProperties,
  zooKeeper,
  type ReadMode,
  type ServiceRules,
} from '../protocols/zookeeper/index.ts';
import {
  defineScenario,
  keyValueOperations,
  ms,
  nemesis,
  networkPresets,
  nodeIds,
  seconds,
  workload,
  type FaultClass,
  type Micros,
  type NemesisOptions,
  type NetworkSpec,
  type Operation,
  type Parameters,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
  type ValuesOf,
  type World,
} from '../sim/index.ts';
import { fixParameters, networkAmong, observers, swarm, whenDown } from './parameters.ts';

/** What a variant of the key-value scenario changes. */
export interface ZooKeeperVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly reads: ReadMode;
  readonly rules?: Partial<ServiceRules>;
  readonly zabRules?: Partial<ZabRules>;
  readonly nemesis?: NemesisOptions;
  /** Each client knows one server only. */
  readonly isPinned?: boolean;
  /** In place of the drawn mix. */
  readonly workload?: World['workload'];
  /** In place of the nemesis. */
  readonly faults?: World['faults'];
  /** Share of reads in parts per million; default 400,000. */
  readonly share?: number;
  /** Typical time between two operations of a client; default 120 ms. */
  readonly every?: Micros;
  /** Parameters whose value is fixed unless set, instead of drawn by the seed. */
  readonly fixed?: Parameters;
  /** What is judged: all promises, all but linearizability, or linearizability alone; default all. */
  readonly judged?: 'all' | 'order' | 'linearizability';
}

const networks = {
  loopback: networkPresets.loopback,
  lan: networkPresets.lan,
  lossy: { latency: 'lan', loss: 5_000, reorder: 20_000, duplicate: 5_000 },
} as const satisfies Record<string, NetworkSpec>;
const networkNames = ['loopback', 'lan', 'lossy'] as const;

export const zooKeeperParameters = {
  servers: {
    about: 'servers that vote',
    default: 3,
    range: [1, 9],
    draw: (random: Random) => random.pick([3, 3, 3, 5]),
  },
  observers,
  clients: { about: 'client processes', default: 3, range: [1, 50], draw: (random: Random) => random.between(2, 3) },
  keys: { about: 'keys in use', default: 2, range: [1, 1_000], draw: (random: Random) => random.between(1, 3) },
  network: networkAmong(networkNames),
  tick: {
    about: 'tick time in ms; sessions live for 10 ticks',
    default: 100,
    range: [10, 60_000],
    draw: (random: Random) => random.pick([80, 100, 120]),
  },
  syncLimit: {
    about: 'ticks in which leader and follower must hear from each other',
    default: 3,
    range: [1, 100],
    draw: (random: Random) => random.pick([3, 4, 5]),
  },
  snapshotEvery: {
    about: 'transactions between two snapshots',
    default: 1_000,
    range: [1, 1_000_000],
    draw: (random: Random) => random.pick([3, 20, 1_000]),
  },
  whenDown,
  swarm,
} as const;

type EnsembleSet = Omit<ValuesOf<typeof zooKeeperParameters>, 'clients' | 'keys' | 'swarm'>;

/** The servers of a world from the parameters that all ZooKeeper scenarios share. */
export function ensembleOf(set: EnsembleSet, rules: Partial<ServiceRules> = {}, zabRules: Partial<ZabRules> = {}) {
  const tickTime = ms(set.tick);
  const servers = nodeIds('n', set.servers + set.observers);
  const zab = {
    initLimit: 10,
    syncLimit: set.syncLimit,
    finalizeWait: Math.floor(tickTime / 10), // as 200 ms are to ZooKeeper's 2 s
    longestNotificationInterval: 8 * tickTime,
    snapshotEvery: set.snapshotEvery,
    keepBeforeSnapshot: 10,
    servers,
    observers: servers.slice(set.servers),
  };
  const server = zooKeeper({ config: { tickTime }, rules, zab, zabRules });
  const network = networks[set.network];
  return {
    servers,
    server,
    nodes: servers.map((id) => ({ id, protocol: server })),
    session: { servers, timeout: 10 * tickTime },
    network: { ...network, whenDown: set.whenDown },
    roles: { leader: currentLeader(server) },
    voters: () => [servers.slice(0, set.servers)],
    zabConfig: { ...zab, tickTime },
  };
}

/** The key-value scenario with some of its parts replaced. */
export function zooKeeperScenario(variant: ZooKeeperVariant): Scenario {
  const { judged = 'all' } = variant;
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'zookeeper',
    expect: variant.expect,
    parameters: fixParameters(zooKeeperParameters, variant.fixed ?? {}),
    world(set) {
      const { server, nodes, servers, session, network, roles, voters, zabConfig } = ensembleOf(
        set,
        variant.rules,
        variant.zabRules,
      );
      const progressWithin = seconds(3);
      const all = [
        ...zabProperties(server, { config: zabConfig, progressWithin, isFast: set.network !== 'lossy' }),
        ...serviceProperties(),
      ];
      return {
        nodes,
        clients: Array.from({ length: set.clients }, (_, index) => {
          // Each begins at another server, as clients shuffle their lists.
          const order = [...servers.slice(index % servers.length), ...servers.slice(0, index % servers.length)];
          const known = variant.isPinned === true ? order.slice(0, 1) : order;
          const protocol = clientProcess({ ...session, servers: known }, keyValueApp(variant.reads));
          return { id: `c${index + 1}`, protocol, timeout: seconds(2) };
        }),
        network,
        until: seconds(5),
        tail: progressWithin,
        workload:
          variant.workload ??
          workload({
            every: variant.every ?? ms(120),
            draw: keyValueOperations({ keys: set.keys, reads: variant.share ?? 400_000, cas: 150_000 }),
          }),
        faults: set.swarm
          ? (variant.faults ?? nemesis({ budget: Math.floor((set.servers - 1) / 2), ...variant.nemesis }))
          : [],
        roles,
        voters,
        properties: judged === 'linearizability' ? [] : all,
        checks: judged === 'order' ? [] : [linearizable(keyValue())],
      };
    },
  });
}

export const zooKeeperWrites = zooKeeperScenario({
  name: 'zookeeper',
  story:
    'Clients write to znodes, and read behind a transaction of their own: all of it is linearizable under every fault.',
  expect: { type: 'holds' },
  reads: 'quorum',
});

export const zooKeeperLocalReads = zooKeeperScenario({
  name: 'zookeeper-local-reads',
  story: 'Servers answer reads by themselves: what clients see fits one order, in which no session goes back.',
  expect: { type: 'holds' },
  reads: 'local',
  share: 600_000,
  judged: 'order',
});

export const zooKeeperStaleReads = zooKeeperScenario({
  name: 'zookeeper-stale-reads',
  story:
    'The same reads are not linearizable: a follower that lags behind answers with what has long been overwritten.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  reads: 'local',
  share: 600_000,
  judged: 'linearizability',
  fixed: { keys: 1, network: 'lan' },
  nemesis: { classes: ['isolate', 'slow-link', 'partition'], allClasses: true, longest: ms(800) },
});

/** Nothing here leaves a leader in office that others have replaced. */
const crashesOnly: readonly FaultClass[] = ['crash', 'power-loss', 'crash-at-write', 'slow-cpu', 'disk-slow'];

export const zooKeeperSyncReads = zooKeeperScenario({
  name: 'zookeeper-sync-reads',
  story: 'A sync before each read makes reads linearizable, as long as a leader that is replaced does not go on.',
  expect: { type: 'holds' },
  reads: 'sync',
  nemesis: { classes: crashesOnly },
});

export const zooKeeperDeposedSync = zooKeeperScenario({
  name: 'zookeeper-deposed-sync',
  story: 'A sync asks the leader but no quorum: one that was cut off answers it, and the read behind it is stale.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  reads: 'sync',
  judged: 'linearizability',
  fixed: { keys: 1, network: 'lan', clients: 9, servers: 3, observers: 0, syncLimit: 3, tick: 120 },
  isPinned: true,
  workload: writerAndReaders,
  faults: cutLeader,
});

/**
 * One client writes before the cut and after it, while those beside the first leader only read: a sync would wait behind
 * writes that a cut leader cannot commit. The others' syncs go on telling that leader that its followers live.
 */
function writerAndReaders(random: Random, { clients }: Setting): Operation[] {
  const operations: Omit<Operation, 'id'>[] = [];
  const add = (client: string, at: Micros, f: 'read' | 'write'): void => {
    operations.push({ client, at, f, value: ['k0', f === 'read' ? null : operations.length] });
  };
  for (const [place, client] of clients.entries()) {
    if (place === 0) {
      for (let at = ms(350); at < ms(500); at += ms(50)) add(client, at, 'write');
      for (let at = ms(1_000); at < ms(1_600); at += ms(30)) add(client, at, 'write');
    } else if (place % 3 === 2) {
      for (let at = ms(500); at < ms(1_600); at += random.between(ms(5), ms(30))) add(client, at, 'read');
    } else add(client, ms(620) + random.below(ms(320)), 'read');
  }
  return operations.sort((one, other) => one.at - other.at).map((operation, id) => ({ id, ...operation }));
}

/** The leader is no longer heard, but hears; then it does not hear either. It keeps its clients. */
function cutLeader(random: Random, { nodes }: Setting): TimedFault[] {
  const all = [...nodes];
  return [
    { at: ms(600), fault: { type: 'one-way', from: ['@leader'], to: all, for: ms(1_000) } },
    { at: random.between(ms(840), ms(920)), fault: { type: 'one-way', from: all, to: ['@leader'], for: ms(700) } },
  ];
}

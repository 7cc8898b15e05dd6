// etcd's watches: writers change keys, one at a time and several at once, and watchers must be told all of it, in order, once,
// a revision at a time, whichever members they talk to and however often they have to change them.
import { watchCheck } from '../checkers/index.ts';
import {
  etcd,
  watchClient,
  writerClient,
  type EtcdConfig,
  type EtcdRules,
  type WatchClientOptions,
} from '../protocols/etcd/index.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import {
  defineScenario,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  sometimesNoted,
  type Json,
  type Operation,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { etcdProperties } from './etcd-properties.ts';
import { etcdConfigOf, etcdParameters } from './etcd.ts';

/** What a variant of the watch scenario changes. */
export interface EtcdWatchVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<EtcdRules>;
  readonly config?: Partial<EtcdConfig>;
  readonly watcher?: WatchClientOptions;
  /** Fixed instead of drawn: the share of compactions in parts per million, and entries between two snapshots. */
  readonly compaction?: number;
  readonly snapshots?: number;
  /** What goes wrong, instead of the swarm. */
  readonly faults?: (random: Random, setting: Setting) => TimedFault[];
}

const { members, keys, network, election, preVote, snapshots, swarm } = etcdParameters;

const parameters = {
  members,
  writers: { about: 'clients that write', default: 2, range: [1, 20], draw: (random: Random) => random.between(1, 3) },
  watchers: { about: 'clients that watch', default: 3, range: [1, 20], draw: (random: Random) => random.between(2, 4) },
  keys,
  network,
  election,
  preVote,
  snapshots,
  compaction: {
    about: 'share of compactions among the writes in parts per million',
    default: 0,
    range: [0, 1_000_000],
    draw: (random: Random) => random.pick([0, 30_000]),
  },
  window: {
    about: 'responses of one watch that may be under way',
    default: 16,
    range: [2, 10_000],
    draw: (random: Random) => random.pick([2, 4, 16]),
  },
  swarm,
} as const;

export function etcdWatchScenario(variant: EtcdWatchVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'etcd',
    expect: variant.expect,
    parameters,
    world(set) {
      const server = etcd(
        {
          ...etcdConfigOf({ ...set, snapshots: variant.snapshots ?? set.snapshots }),
          watchWindow: set.window,
          ...variant.config,
        },
        variant.rules,
      );
      const writer = writerClient({ callTimeout: seconds(1) });
      const watcher = watchClient({ pingEvery: ms(300), dialTimeout: ms(300), ...variant.watcher });
      return {
        nodes: numbered('n', set.members, { protocol: server }),
        // A watcher keeps what it was told in memory: it never gives up, and nothing in this world takes it down.
        clients: [
          ...numbered('c', set.writers, { protocol: writer, timeout: seconds(2) }),
          ...numbered('w', set.watchers, { protocol: watcher, timeout: seconds(600) }),
        ],
        network: networkPresets[set.network],
        until: seconds(16),
        tail: seconds(8),
        workload: (random, setting) => watchWorkload(random, setting, set.keys, variant.compaction ?? set.compaction),
        faults: set.swarm ? (variant.faults ?? nemesis()) : [],
        roles: { leader: currentLeader(server) },
        properties: [...etcdProperties(server), sometimesNoted('watch resumed', 'a watcher goes on at another member')],
        checks: [watchCheck()],
      };
    },
  });
}

/** Writers write now and then; watchers take what they were told, leave their members at times, and some begin again. */
function watchWorkload(random: Random, { clients, until }: Setting, keys: number, compaction: number): Operation[] {
  const operations: Operation[] = [];
  for (const client of clients) {
    const isWriter = client.startsWith('c');
    const prefix = random.chance(700_000) ? '' : `k${random.below(keys)}`;
    let watches = 0;
    for (let at = random.below(ms(200)); at < until; at += 1 + random.below(isWriter ? ms(160) : ms(300))) {
      const add = (f: string, value: Json) => operations.push({ id: operations.length, client, at, f, value });
      if (isWriter) drawWrite(random, keys, compaction, operations.length, add);
      else if (watches > 0 && random.chance(60_000)) add('move', null);
      else {
        const begins = watches === 0 || random.chance(10_000);
        if (begins) watches++;
        const watch = `watch ${watches}`;
        // At revision 1 nothing has happened yet: with compaction, what is that old may be gone before the first ask.
        add('watch', { watch, prefix, ...(begins ? { from: watches === 1 ? 1 : random.between(1, 40) } : {}) });
      }
    }
  }
  return operations.sort((one, other) => one.at - other.at);
}

function drawWrite(
  random: Random,
  keys: number,
  compaction: number,
  serial: number,
  add: (f: string, value: Json) => void,
): void {
  const key = `k${random.below(keys)}`;
  const share = random.below(1_000_000);
  if (share < compaction) return add('compact', random.between(0, 10));
  if (share < 550_000) return add('put', [key, serial]);
  if (share < 700_000) return add('delete', [key, null]);
  add(
    'put-all',
    Array.from({ length: keys }, (_, index) => [`k${index}`, serial * 100 + index]),
  );
}

export const etcdWatch = etcdWatchScenario({
  name: 'etcd-watch',
  story:
    'Watchers follow every change, in order and without a gap, while members fail and they move from one to another.',
  expect: { type: 'holds' },
});

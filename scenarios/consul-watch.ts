// Blocking queries on Consul: writers change and delete keys, watchers ask for what is newer than what they know, and once nothing
// is broken any more a change is told to whoever waits for it, long before the wait is over.
import { pairOperations, type Operation } from '../checkers/index.ts';
import { consulKvClient, consulWatchClient } from '../protocols/consul/index.ts';
import type { ConsulRules } from '../protocols/consul/index.ts';
import { consulServer } from '../protocols/consul/server.ts';
import { currentLeader, raftProperties } from '../protocols/raft/index.ts';
import {
  defineScenario,
  formatDuration,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  type Check,
  type CheckOutcome,
  type Json,
  type Micros,
  type Operation as Planned,
  type ParameterSpecs,
  type Random,
  type Scenario,
  type Setting,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';
import { consulRaftTimes } from './consul.ts';

export interface ConsulWatchVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<ConsulRules>;
  /** One client writes, and watchers think about almost everything that they are told. */
  readonly isSlow?: boolean;
}

const wait = seconds(4);
/** How long after the heal all that was lost on its way has been given up. */
const calmAfter = wait + seconds(2);
/** A change is told within this time where nothing is broken. */
const prompt = ms(300);
/** Deletions are remembered for longer than it takes a watcher to ask again. */
const tombstoneTtl = seconds(8);

export function consulWatchScenario(variant: ConsulWatchVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters: parametersOf(variant),
    world({ servers, writers, watchers, keys, thinking, consistency }) {
      const server = consulServer({
        raft: consulRaftTimes,
        config: { rpcHoldTimeout: seconds(1), tombstoneTtl },
        ...(variant.rules && { rules: variant.rules }),
      });
      const watcher = consulWatchClient({ wait, consistency });
      return {
        nodes: numbered('s', servers, { protocol: server }),
        clients: [
          ...numbered('c', writers, { protocol: consulKvClient({ timeout: ms(1_500) }), timeout: seconds(2) }),
          ...numbered('w', watchers, { protocol: watcher, timeout: seconds(600) }),
        ],
        network: networkPresets.lan,
        until: seconds(24),
        tail: seconds(14),
        workload: (random, setting) => watchWorkload(random, setting, keys, thinking),
        faults: nemesis(),
        roles: { leader: currentLeader(server) },
        properties: [...raftProperties(server, { progressWithin: seconds(4) }), ...consulProperties(server)],
        checks: [toldPromptly()],
      };
    },
  });
}

function parametersOf({ isSlow = false }: ConsulWatchVariant) {
  return {
    servers: { about: 'Consul servers', default: 3, range: [1, 7], draw: (random: Random) => random.pick([3, 3, 5]) },
    writers: {
      about: 'clients that write',
      default: isSlow ? 1 : 2,
      range: [1, 10],
      draw: (random: Random) => (isSlow ? 1 : random.between(1, 3)),
    },
    watchers: { about: 'clients that wait for changes', default: 3, range: [1, 20] },
    keys: { about: 'keys that are written and deleted', default: 3, range: [1, 20] },
    thinking: {
      about: 'share of answers, in parts per million, that a watcher thinks about for a while before it asks again',
      default: isSlow ? 900_000 : 150_000,
      range: [0, 1_000_000],
      draw: (random: Random) => (isSlow ? 900_000 : random.pick([150_000, 600_000])),
    },
    consistency: {
      about: 'how queries are answered: default, consistent or stale',
      default: 'default',
      oneOf: ['default', 'consistent', 'stale'],
      draw: (random: Random) => random.pick(['default', 'consistent', 'stale']),
    },
  } as const satisfies ParameterSpecs;
}

/** Writers write and delete, and say when all is calm; watchers ask again at once, or after they have thought about it. */
function watchWorkload(random: Random, { clients, until, healAt }: Setting, keys: number, thinking: number): Planned[] {
  const operations: Planned[] = [];
  for (const client of clients) {
    const isWriter = client.startsWith('c');
    for (let at = random.between(seconds(1), seconds(2)); at < until;) {
      const id = operations.length;
      const key = `k/${random.below(keys)}`;
      const calm = at > healAt + calmAfter ? ['calm'] : [];
      if (!isWriter) operations.push({ id, client, at, f: 'watch', value: { prefix: 'k/' } });
      else if (random.chance(400_000)) operations.push({ id, client, at, f: 'delete', value: [key, null, ...calm] });
      else operations.push({ id, client, at, f: 'write', value: [key, id, ...calm] });
      const pause = isWriter ? random.between(ms(50), seconds(1.8)) : random.between(seconds(1), seconds(4));
      at += isWriter || random.chance(thinking) ? pause : ms(10);
    }
  }
  return operations.sort((one, other) => one.at - other.at || one.id - other.id);
}

/** From the first write on that says that all is calm, nobody waits for long while there is something new to be told. */
export function toldPromptly(): Check {
  const about = 'A watcher that waits is told of an acknowledged change soon, not when its wait is over.';
  return { name: 'prompt news', about, judge: (history) => judge(pairOperations(history)) };
}

interface Write {
  readonly id: number;
  readonly value: Json;
  readonly called: Micros;
  readonly returned: Micros | undefined;
}

function judge(operations: readonly Operation[]): readonly CheckOutcome[] {
  const writes = new Map<string, Write[]>();
  let calmFrom = Infinity;
  for (const { f, type, id, value: argument, called, returned } of operations) {
    if ((f !== 'write' && f !== 'delete') || type === 'fail') continue;
    const [key, value, calm] = argument as readonly [string, Json, 'calm'?];
    if (calm !== undefined) calmFrom = Math.min(calmFrom, called.time);
    writes.set(key, [...(writes.get(key) ?? []), { id, value, called: called.time, returned: returned?.time }]);
  }
  const known = new Map<string, ReadonlyMap<string, Json>>();
  return operations.flatMap((watch): CheckOutcome[] => {
    const { f, type, client, result, called, returned, id } = watch;
    if (f !== 'watch' || returned === undefined) return [];
    const before = known.get(client);
    if (type === 'ok') known.set(client, new Map(result as readonly (readonly [string, Json])[]));
    if (type !== 'ok' || before === undefined || called.time < calmFrom) return [];
    for (const [key, changes] of writes) {
      const news = changes.find((write) => isNews(write, before.get(key) ?? null, changes, returned.time));
      if (news === undefined) continue;
      const since = Math.max(news.returned ?? 0, called.time);
      if (returned.time - since <= prompt) continue;
      const waited = formatDuration(returned.time - since);
      const reason = `${client} waited ${waited} for ${key} = ${JSON.stringify(news.value)}, which had been acknowledged`;
      return [{ verdict: 'invalid', reason, operations: [news.id, id] }];
    }
    return [];
  });
}

/** Whether a write was acknowledged in time and surely came after the one whose value a watcher knows. */
function isNews(write: Write, known: Json, changes: readonly Write[], told: Micros): boolean {
  if (write.returned === undefined || write.returned + prompt >= told || write.value === known) return false;
  const sources = changes.filter(({ value }) => value === known);
  if (known !== null && sources.length === 0) return false;
  return sources.every(({ returned }) => returned !== undefined && returned < write.called);
}

export const consulWatch = consulWatchScenario({
  name: 'consul-watch',
  story:
    'Watchers ask for what is newer than what they know; a change wakes all who wait for it, whichever server they ask.',
  expect: { type: 'holds' },
});

// Locks on Consul: sessions that hang on gossip, the lock-delay, and the count of acquisitions as a fencing token. Each client
// has an agent of its own; what the lock guards is a store that knows nothing of Consul.
import { lockSafety } from '../checkers/index.ts';
import { consulAgent } from '../protocols/consul/agent/agent.ts';
import { consulLockClient, type ConsulLockClientOptions } from '../protocols/consul/lock-client.ts';
import type { ConsulRules } from '../protocols/consul/rules.ts';
import { consulServer } from '../protocols/consul/server.ts';
import { store } from '../protocols/lock/store.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import type { SwimConfig, SwimRules } from '../protocols/swim/index.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  formatDuration,
  logUniform,
  ms,
  networkPresets,
  nodeIds,
  seconds,
  sometimesNoted,
  type Fault,
  type Operation,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';

export interface ConsulLockVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<ConsulRules>;
  readonly swimRules?: Partial<SwimRules>;
  readonly client?: Partial<ConsulLockClientOptions>;
  /** Whether the store refuses tokens that are behind; default true. */
  readonly fencing?: boolean;
  /** Share of turns, in parts per million, in which somebody writes to the key of the lock; default 0. */
  readonly overwrites?: number;
  /** How long holders keep the lock, at most; default 2 s. */
  readonly longestWork?: number;
  /** Whether those who did not get the lock go on asking for it until their turn is over; default false. */
  readonly insists?: boolean;
  /** Defaults of the parameters; 4 s, 10 s and false. */
  readonly lockDelay?: number;
  readonly ttl?: number;
  readonly groupCommit?: boolean;
  readonly faults?: (random: Random, setting: Setting) => TimedFault[];
}

const servers = ['s1', 's2', 's3'];

const parameters = {
  clients: {
    about: 'clients that want the lock, each beside an agent of its own',
    default: 3,
    range: [1, 12],
    draw: (random: Random) => random.between(2, 4),
  },
  bystanders: { about: 'agents without clients', default: 2, range: [0, 60] },
  lockDelay: {
    about: 'seconds for which the locks of a session that was invalidated are kept from everybody',
    default: 4,
    range: [1, 60],
  },
  ttl: { about: 'seconds that a session lives without renewal, and at most twice that', default: 10, range: [10, 120] },
  lifeguard: { about: 'whether agents doubt themselves before they doubt others', default: true },
  groupCommit: {
    about:
      'whether the leader writes and sends what has gathered in one go, and its own disk comes first (hashicorp/raft)',
    default: false,
  },
  swarm: { about: 'each seed draws its own faults; false for a quiet run', default: true },
} as const;

const noLifeguard: SwimConfig['lifeguard'] = { awareness: false, suspicion: false, buddy: false };

export function consulLockScenario(variant: ConsulLockVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters: {
      ...parameters,
      lockDelay: { ...parameters.lockDelay, default: variant.lockDelay ?? 4 },
      ttl: { ...parameters.ttl, default: variant.ttl ?? 10 },
      groupCommit: { ...parameters.groupCommit, default: variant.groupCommit ?? false },
    },
    world({ clients, bystanders, lockDelay, ttl, lifeguard, groupCommit, swarm }) {
      const lan: Partial<SwimConfig> = lifeguard ? {} : { lifeguard: noLifeguard };
      const gossip = { contacts: servers, lan, ...(variant.swimRules && { rules: variant.swimRules }) };
      const server = consulServer({
        gossip,
        raft: { voters: servers, groupCommit, leaderWrites: groupCommit ? 'first' : 'parallel' },
        config: { rpcHoldTimeout: seconds(1) },
        rules: { delaysBindTheLog: true, ...variant.rules },
      });
      const agent = consulAgent({ gossip, config: { rpcHoldTimeout: seconds(1), rpcTimeout: seconds(2) } });
      const agents = nodeIds('a', clients + bystanders);
      // A session that nobody renews lives twice its TTL, and then comes the lock-delay.
      const freeWithin = seconds(2 * ttl + lockDelay + 8);
      const times = { ttl: seconds(ttl), lockDelay: seconds(lockDelay), lease: seconds(lockDelay * 0.9) };
      return {
        nodes: [
          ...servers.map((id) => ({ id, protocol: server })),
          ...agents.map((id) => ({ id, protocol: agent })),
          { id: 'store', protocol: store({ fencing: variant.fencing ?? true }) },
        ],
        clients: agents.slice(0, clients).map((id, index) => ({
          id: `c${index + 1}`,
          protocol: consulLockClient({ agent: id, store: 'store', key: 'lock', ...times, ...variant.client }),
          timeout: seconds(5),
        })),
        network: networkPresets.lan,
        until: seconds(52) + freeWithin + seconds(2),
        tail: freeWithin + seconds(2),
        workload: (random, setting) => lockWorkload(random, setting, variant),
        faults: swarm ? (variant.faults ?? lockFaults) : [],
        roles: { leader: currentLeader(server) },
        properties: [...lockProperties(times.ttl, freeWithin), ...consulProperties(server)],
        checks: [lockSafety()],
      };
    },
  });
}

/** Each client tries for the lock, writes while it believes that it has it, and lets go, over and over. */
function lockWorkload(
  random: Random,
  { clients, until }: Setting,
  { overwrites = 0, longestWork = seconds(2), insists = false }: ConsulLockVariant,
): Operation[] {
  const operations: Operation[] = [];
  const add = (client: string, at: number, f: string): void => {
    operations.push({ id: operations.length, client, at, f, value: { lock: 'l' } });
  };
  for (const client of clients) {
    for (let at = seconds(6) + random.below(seconds(1)); at < until; at += random.between(ms(200), ms(800))) {
      add(client, at, 'acquire');
      const work = random.between(ms(50), longestWork);
      if (insists) for (let more = ms(50); more < work; more += ms(50)) add(client, at + more, 'acquire');
      add(client, at + work, 'write');
      if (random.chance(overwrites)) add(client, at + work, 'overwrite');
      add(client, at + work, 'release');
      at += work;
    }
  }
  return operations.sort((one, other) => one.at - other.at || one.id - other.id);
}

/** Agents stop, crawl and lose messages, so that gossip takes the living for dead; servers fail one at a time as well. */
function lockFaults(random: Random, { nodes, clients, healAt }: Setting): TimedFault[] {
  const agents = nodes.filter((node) => node.startsWith('a'));
  const schedule: TimedFault[] = [];
  for (let at = random.between(seconds(8), seconds(12)); at < healAt - seconds(1);) {
    const lasts = logUniform(random, seconds(1), seconds(12));
    const fault = random.chance(300_000) ? clientFault(random, clients) : agentFault(random, agents, lasts);
    schedule.push({ at, fault });
    const during = at + random.below(lasts);
    if (random.chance(300_000) && during < healAt) schedule.push({ at: during, fault: serverFault(random) });
    at += Math.floor(lasts / 2) + random.between(ms(500), seconds(5));
  }
  return schedule.sort((one, other) => one.at - other.at);
}

function agentFault(random: Random, agents: readonly string[], lasts: number): Fault {
  const node = random.pick(agents);
  const others = [...servers, ...agents].filter((other) => other !== node);
  switch (random.below(5)) {
    case 0:
      return { type: 'pause', node, for: lasts };
    case 1:
      return { type: 'isolate', node, for: lasts };
    case 2:
      return { type: 'crash', node, for: lasts };
    case 3:
      return { type: 'lossy-link', from: [node], to: others, loss: random.between(300_000, 900_000), for: lasts };
    default:
      return { type: 'lossy-link', from: others, to: [node], loss: random.between(300_000, 900_000), for: lasts };
  }
}

/** Nothing dies: the agents of holders lose many messages, and whatever gossip says against them is a false alarm. */
function falseAlarms(random: Random, { nodes, clients, healAt }: Setting): TimedFault[] {
  const agents = nodes.filter((node) => node.startsWith('a'));
  const ofHolders = agents.slice(0, clients.length);
  const schedule: TimedFault[] = [];
  for (let at = random.between(seconds(8), seconds(12)); at < healAt - seconds(1);) {
    const node = random.pick(ofHolders);
    const others = [...servers, ...agents].filter((other) => other !== node);
    const lasts = random.between(seconds(6), seconds(16));
    const loss = random.between(500_000, 850_000);
    for (const link of [
      { from: [node], to: others },
      { from: others, to: [node] },
    ]) {
      schedule.push({ at, fault: { type: 'lossy-link', ...link, loss, for: lasts } });
    }
    at += random.between(seconds(2), seconds(8));
  }
  return schedule;
}

/** The agents of holders stop, one at a time, while the servers' disks are slow: what is in their logs takes a while to be applied. */
function agentsStopOnSlowDisks(random: Random, { clients, nodes, healAt }: Setting): TimedFault[] {
  const agents = nodes.filter((node) => node.startsWith('a')).slice(0, clients.length);
  const [from, lasts] = [seconds(7), seconds(9)];
  const schedule = servers.map((node): TimedFault => {
    return { at: from, fault: { type: 'disk-slow', node, add: ms(8), for: healAt - from } };
  });
  for (
    let at = random.between(seconds(8), seconds(10));
    at < healAt - lasts;
    at += lasts + random.between(ms(500), seconds(2))
  ) {
    schedule.push({ at, fault: { type: 'pause', node: random.pick(agents), for: lasts } });
  }
  return schedule;
}

/** What holders write is late. */
export function lateWrites(random: Random, { clients, healAt }: Setting): TimedFault[] {
  const schedule: TimedFault[] = [];
  for (let at = random.between(seconds(7), seconds(9)); at < healAt - seconds(1);) {
    const lasts = random.between(seconds(6), seconds(16));
    schedule.push({ at, fault: { type: 'hold', from: [random.pick(clients)], to: ['store'], for: lasts } });
    at += lasts + random.between(ms(500), seconds(3));
  }
  return schedule;
}

/** Holders stop, or what they write is late. */
function clientFault(random: Random, clients: readonly string[]): Fault {
  const node = random.pick(clients);
  const lasts = random.between(seconds(1), seconds(20));
  return random.chance(500_000)
    ? { type: 'pause', node, for: lasts }
    : { type: 'hold', from: [node], to: ['store'], for: lasts };
}

function serverFault(random: Random): Fault {
  const lasts = random.between(ms(200), seconds(4));
  const node = random.chance(600_000) ? '@leader' : random.pick(servers);
  return random.chance(500_000) ? { type: 'pause', node, for: lasts } : { type: 'crash', node, for: lasts };
}

function lockProperties(ttl: number, freeWithin: number): Property[] {
  return [
    eventually(
      'the lock is free again',
      'a client gets the lock after the heal',
      freeWithin,
      ({ history }, healedAt) =>
        history.some((event) => {
          const { type, f, time, value } = event;
          return f === 'acquire' && type === 'ok' && value !== false && time > healedAt;
        })
          ? undefined
          : 'nobody did',
    ),
    sessionsLiveTheirTime(ttl),
    storeIsFenced(),
    sometimesNoted('acquired', 'a client gets the lock'),
    sometimesNoted('node critical', 'gossip takes an agent for dead'),
    sometimesNoted('refused', 'the store refuses a holder that is late'),
    sometimesNoted('session expired', 'a session is not renewed in time'),
  ];
}

/** The TTL of a session is a lower bound: it begins anew with each renewal, and with each leader. What a leader finds overdue may
 * take effect under its successor, and then a renewal in between came too late. */
function sessionsLiveTheirTime(ttl: number): Property {
  return alwaysOn(
    ['session renewed', 'session overdue', 'session expired'],
    'session TTL',
    'no session ends before its TTL is over',
    () => {
      const renewals = new Map<string, number>();
      const lives = new Map<string, number>();
      return ({ now }, { note }) => {
        const { session, term } = (note?.data ?? {}) as { readonly session: string; readonly term: number };
        const office = `${session} ${term}`;
        if (note?.kind === 'session renewed') renewals.set(office, now);
        else if (note?.kind === 'session overdue') lives.set(office, now - (renewals.get(office) ?? now));
        else {
          const lived = lives.get(office) ?? 0;
          if (lived < ttl) return `session ${session} ended ${formatDuration(lived)} after it was renewed`;
        }
        return undefined;
      };
    },
  );
}

/** What the store accepts comes from later holders in turn. */
function storeIsFenced(): Property {
  return alwaysOn(['stored'], 'fencing', 'no write of an earlier holder follows that of a later one', () => {
    let greatest = 0;
    return (_view, { note }) => {
      const { token } = (note?.data ?? {}) as { readonly token: number };
      if (token < greatest) return `the store took a write with token ${token} after one with token ${greatest}`;
      greatest = token;
      return undefined;
    };
  });
}

export const consulLock = consulLockScenario({
  name: 'consul-lock',
  story:
    'Gossip takes the agents of lock holders for dead; holders stop before the lock-delay is over, and the store refuses the late.',
  expect: { type: 'holds' },
});

export const consulGossipLock = consulLockScenario({
  name: 'consul-gossip-lock',
  story:
    'Gossip takes the agent of a lock holder for dead and Consul gives its lock away, while the holder, who is well, works on.',
  expect: { type: 'breaks', what: ['lock', 'fencing'] },
  client: { lease: Infinity },
  fencing: false,
  lockDelay: 1,
  longestWork: seconds(30),
  ttl: 60,
  faults: falseAlarms,
});

export const consulLockIndexReset = consulLockScenario({
  name: 'consul-lock-index-reset',
  story:
    'A plain write to the key of a lock leaves its holder and sets the count of acquisitions back to 0: a token comes twice.',
  expect: { type: 'breaks', what: ['lock', 'the lock is free again'] },
  overwrites: 200_000,
});

export const consulLockDelayOvertaken = consulLockScenario({
  name: 'consul-lock-delay-overtaken',
  story:
    'As Consul has it, the leader looks at a lock-delay before the log: who asks while the end of the holder’s session is being committed gets the lock at once.',
  expect: { type: 'breaks', what: ['lock'] },
  rules: { delaysBindTheLog: false },
  insists: true,
  longestWork: seconds(25),
  lockDelay: 30,
  ttl: 30,
  groupCommit: true,
  faults: agentsStopOnSlowDisks,
});

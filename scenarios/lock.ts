// A lock with a time to live, and the store it guards: the story of a client that is paused while it holds the lock, and of
// the write that arrives when somebody else has it.
import { lockClient, type LockClientOptions } from '../protocols/lock/lock-client.ts';
import { lockServer } from '../protocols/lock/lock-server.ts';
import { store, type StoreOptions } from '../protocols/lock/store.ts';
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
  type ParameterSpecs,
  type Property,
  type Random,
  type Setting,
  type TimedFault,
  type World,
} from '../sim/index.ts';

export const lockParameters = {
  clients: { about: 'how many clients want the lock', default: 3, range: [1, 10] },
  ttl: {
    about: 'microseconds that the server grants the lock for',
    default: ms(400),
    range: [ms(100), seconds(2)],
    draw: (random) => random.pick([ms(200), ms(400), ms(1_000)]),
  },
} as const satisfies ParameterSpecs;

export const lock = defineScenario({
  name: 'lock',
  story: 'Clients share a number under a lock that runs out; whoever comes late is turned away by its fencing token.',
  protocol: 'lock',
  expect: { type: 'holds' },
  parameters: lockParameters,
  world: (parameters) => lockWorld(parameters),
});

export function lockWorld(
  { clients, ttl }: { clients: number; ttl: number },
  options: StoreOptions & Pick<LockClientOptions, 'checksLease'> = {},
): World {
  const client = lockClient({ server: 'lock', store: 'store', lease: Math.floor(ttl / 2), ...options });
  return {
    nodes: [
      { id: 'lock', protocol: lockServer(ttl) },
      { id: 'store', protocol: store(options) },
    ],
    clients: numbered('c', clients, { protocol: client, timeout: seconds(3) }),
    network: { latency: 'lan' },
    until: seconds(12),
    tail: seconds(5),
    workload: workload({ every: ms(150), draw: (_random, serial) => ({ f: 'add', value: serial }) }),
    faults: lockFaults,
    properties: lockProperties(),
    checks: [],
  };
}

const serverFaults: readonly FaultClass[] = [
  'crash',
  'power-loss',
  'crash-at-write',
  'pause',
  'clock-jump',
  'clock-drift',
  'clock-strobe',
  'disk-slow',
  'disk-stall',
];
const clientFaults: readonly FaultClass[] = [
  'pause',
  'hold',
  'slow-link',
  'loss',
  'duplicate',
  'reorder',
  'clock-jump',
];

/** Clients are paused and their links misbehave; servers crash too, and their clocks run wrong. */
function lockFaults(random: Random, setting: Setting): TimedFault[] {
  const onServers = nemesis({ classes: serverFaults, budget: 1, longest: seconds(1) })(random, setting);
  const onClients = nemesis({ classes: clientFaults, budget: setting.clients.length, longest: seconds(1) })(random, {
    ...setting,
    nodes: setting.clients,
    clients: setting.nodes,
  });
  return [...onServers, ...onClients].sort((one, other) => one.at - other.at);
}

function lockProperties(): Property[] {
  return [
    // The store may die before it notes a write, so a gap is no loss; a value that was there before is.
    alwaysOn(['stored'], 'no update is lost', 'the value that the store holds only rises', () => {
      let greatest = 0;
      return (_view, { note }) => {
        const { token, value } = (note?.data ?? {}) as { token: number; value: number };
        const before = greatest;
        greatest = Math.max(greatest, value);
        if (value > before) return undefined;
        return `the store had held ${before} when token ${token} wrote ${value}`;
      };
    }),
    alwaysOn(['granted', 'writes'], 'holders do not overlap', 'nobody begins to write after a later grant', () => {
      let granted = 0;
      return (_view, { node, note }) => {
        const token = Number(note?.data['token']);
        if (note?.kind === 'granted') granted = token;
        return token < granted ? `${node.id} writes under token ${token}, but token ${granted} was granted` : undefined;
      };
    }),
    eventually(
      'the lock is free again',
      'a client gets the lock and adds after the heal',
      seconds(4),
      (view, healedAt) =>
        view.history.some(({ type, time }) => type === 'ok' && time > healedAt + seconds(1)) ? undefined : 'nobody did',
    ),
    sometimesNoted('refused', 'the store refuses a late write'),
    sometimesNoted('lease expired', 'a holder does not come back in time'),
    sometimesNoted('gave up', 'a client finds that its lease is over'),
  ];
}

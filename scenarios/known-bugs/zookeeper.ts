// ZooKeeper with one rule broken at a time, each by one line, and what must catch it. The names in brackets are issues of
// ZooKeeper's tracker, its documentation, or Curator's.
import type { Scenario } from '../../sim/index.ts';
import { ms, type Random, type Setting, type TimedFault } from '../../sim/index.ts';
import {
  bothFaults,
  holdersDoNotOverlap,
  noUpdateIsLost,
  zooKeeperConfigurationScenario,
  zooKeeperLockScenario,
} from '../zookeeper-recipes.ts';
import { zooKeeperScenario } from '../zookeeper.ts';

const breaks = (...what: string[]): Scenario['expect'] => ({ type: 'breaks', what });

const repaired = new Map<Scenario, Scenario>();

/** The same world without the defect. */
export function repairedPartner(scenario: Scenario): Scenario | undefined {
  return repaired.get(scenario);
}

function breakRule<V extends { readonly expect: Scenario['expect'] }>(
  make: (variant: V) => Scenario,
  variant: NoInfer<V>,
  defect: NoInfer<Partial<V>>,
): Scenario {
  const scenario = make({ ...variant, ...defect });
  repaired.set(scenario, make({ ...variant, expect: { type: 'holds' } }));
  return scenario;
}

/** A create that was under way when the session was closed makes a node that nobody removes [ZOOKEEPER-1496, 1208, 2355]. */
export const zooKeeperEphemeralAfterClose = breakRule(
  zooKeeperLockScenario,
  {
    name: 'zookeeper-ephemeral-after-close',
    story: 'A session ends while its create is held up on the way to the leader; the node it makes is never removed.',
    expect: breaks('ephemerals have sessions', 'the lock is free again'),
    faults: holdFollowers,
    fixed: { servers: 3, observers: 0, network: 'lan', clients: 4, syncLimit: 25, tick: 100, whenDown: 'lose' },
  },
  { rules: { isOpen: () => true } },
);

/** A server takes a client that has seen more than itself [documentation: single system image]. */
export const zooKeeperClientSeesPast = breakRule(
  zooKeeperScenario,
  {
    name: 'zookeeper-client-sees-past',
    story: 'Clients of a new leader find only the one that was cut off, and it shows them what it had before.',
    expect: breaks('single system image'),
    reads: 'local',
    share: 800_000,
    every: ms(15),
    judged: 'order',
    fixed: { servers: 3, observers: 0, network: 'lan', clients: 6, syncLimit: 3, tick: 120, whenDown: 'refuse' },
    faults: cutLeaderAndCrashOthers,
  },
  { rules: { isBehind: () => false } },
);

/** What is under way on an old connection is carried out after what the client did on the next one [SessionMovedException]. */
export const zooKeeperSessionMoved = breakRule(
  zooKeeperScenario,
  {
    name: 'zookeeper-session-moved',
    story:
      'A write hangs between its server and the leader; its client goes to another server, writes there, and is overtaken.',
    expect: breaks('FIFO client order'),
    reads: 'local',
    share: 200_000,
    every: ms(30),
    judged: 'order',
    fixed: { servers: 3, observers: 0, network: 'lan', clients: 3, syncLimit: 25, tick: 100, whenDown: 'lose' },
    faults: holdServers,
  },
  { rules: { isOwner: () => true } },
);

/** A server answers sync by itself [documentation: sync; its weakness: no quorum]. */
export const zooKeeperLocalSync = breakRule(
  zooKeeperScenario,
  {
    name: 'zookeeper-local-sync',
    story:
      'A server answers a sync without asking the leader: the read behind it shows what has long been overwritten.',
    expect: breaks('linearizable key-value'),
    reads: 'sync',
    share: 600_000,
    every: ms(40),
    judged: 'linearizability',
    fixed: { keys: 1, network: 'lan' },
    nemesis: { classes: ['slow-link', 'crash'], allClasses: true, longest: ms(800) },
  },
  { rules: { syncsAtLeader: false } },
);

/** A read overtakes the write before it [CommitProcessor; documentation: FIFO client order]. */
export const zooKeeperReadsOvertake = breakRule(
  zooKeeperScenario,
  {
    name: 'zookeeper-reads-overtake',
    story: 'A server answers a read at once, although a transaction that its client sent before is still under way.',
    expect: breaks('linearizable key-value'),
    reads: 'quorum',
    every: ms(40),
    judged: 'linearizability',
    fixed: { keys: 1, network: 'lan' },
  },
  { rules: { readsInOrder: false } },
);

/** A holder goes on after it was disconnected, as if nothing could have happened meanwhile [Curator: SUSPENDED, LOST]. */
export const zooKeeperLockAfterLost = breakRule(
  zooKeeperLockScenario,
  {
    name: 'zookeeper-lock-held-after-lost',
    story:
      'A client is cut off from the ensemble, not from the store, and writes under a lock that went with its session.',
    expect: breaks('no update is lost'),
    lock: { workFor: ms(900) },
    fencing: false,
    properties: [noUpdateIsLost()],
    faults: cutClients,
    fixed: { servers: 3, observers: 0, network: 'lan', clients: 3, tick: 80 },
  },
  { lock: { heedsSession: false, workFor: ms(900) } },
);

/** The store takes whatever comes [Kleppmann 2016]. */
export const zooKeeperLockWithoutFence = breakRule(
  zooKeeperLockScenario,
  {
    name: 'zookeeper-lock-without-fence',
    story:
      'A client is paused while it holds the lock; its write arrives under another’s, and the store does not mind.',
    expect: breaks('no update is lost'),
    properties: [noUpdateIsLost()],
    faults: bothFaults(['slow-cpu'], ['pause']),
  },
  { fencing: false },
);

/** The numbers of sequential nodes count the children that there are, so one that is gone comes again. */
export const zooKeeperReusedNumbers = breakRule(
  zooKeeperLockScenario,
  {
    name: 'zookeeper-reused-numbers',
    story: 'Sequence numbers are given twice: who comes last can be lowest, and takes the lock beside its holder.',
    expect: breaks('holders do not overlap'),
    properties: [holdersDoNotOverlap()],
    faults: [],
  },
  { rules: { sequenceOf: ({ childCount }) => childCount } },
);

/** The answer goes out before the event of the same change [documentation: watches are ordered]. */
export const zooKeeperLateEvents = breakRule(
  zooKeeperConfigurationScenario,
  {
    name: 'zookeeper-late-events',
    story: 'A server tells of a change only once it has shown it: its clients see what their watches know nothing of.',
    expect: breaks('told before it is seen'),
  },
  { rules: { eventsFirst: false } },
);

/** Watches are set again on another server as if nothing had happened meanwhile [setWatches, relativeZxid]. */
export const zooKeeperMissedChanges = breakRule(
  zooKeeperConfigurationScenario,
  {
    name: 'zookeeper-missed-changes',
    story: 'A client comes back after a change that its watch was for, and nobody tells it: it stays with the old one.',
    expect: breaks('everybody is told', 'told before it is seen'),
  },
  { rules: { isMissed: () => false } },
);

export const zooKeeperKnownBugs: readonly Scenario[] = [
  zooKeeperEphemeralAfterClose,
  zooKeeperClientSeesPast,
  zooKeeperSessionMoved,
  zooKeeperLocalSync,
  zooKeeperReadsOvertake,
  zooKeeperLockAfterLost,
  zooKeeperLockWithoutFence,
  zooKeeperReusedNumbers,
  zooKeeperLateEvents,
  zooKeeperMissedChanges,
];

/** What a follower sends to the leader is held up for longer than sessions live: the signs of life, too. */
function holdFollowers(random: Random, { nodes, healAt }: Setting): TimedFault[] {
  const servers = nodes.filter((id) => id !== 'store');
  const at = random.between(ms(700), ms(900));
  const lasts = Math.min(random.between(ms(1_300), ms(1_700)), healAt - at - ms(10));
  return [{ at, fault: { type: 'hold', from: [random.pick(servers)], to: servers, for: lasts } }];
}

/** What a follower sends to the leader is held up for longer than sessions live, while its clients go elsewhere. */
function holdServers(random: Random, { nodes, clients, healAt }: Setting): TimedFault[] {
  const servers = nodes.filter((id) => id !== 'store');
  const faults: TimedFault[] = [];
  for (let at = ms(500) + random.below(ms(300)); at < healAt - ms(700); at += ms(1_900)) {
    const follower = random.pick(servers);
    const hold = random.between(ms(900), ms(1_700));
    faults.push({ at, fault: { type: 'hold', from: [follower], to: servers, for: hold } });
    const from = at + ms(1) + random.below(ms(150));
    faults.push({ at: from, fault: { type: 'one-way', from: [follower], to: [...clients], for: hold } });
  }
  return faults;
}

/** The leader is no longer heard, but hears; then it does not hear either; then the others crash. */
function cutLeaderAndCrashOthers(random: Random, { nodes }: Setting): TimedFault[] {
  const all = [...nodes];
  const faults: TimedFault[] = [
    { at: ms(600), fault: { type: 'one-way', from: ['@leader'], to: all, for: ms(1_000) } },
    { at: random.between(ms(840), ms(920)), fault: { type: 'one-way', from: all, to: ['@leader'], for: ms(700) } },
  ];
  // Those that elected a new leader die together, and their clients find only the old one.
  for (const node of all.slice(0, 2)) {
    faults.push({ at: ms(1_100) + random.below(ms(40)), fault: { type: 'crash', node, for: ms(300) } });
  }
  return faults;
}

/** Clients lose the ensemble, but not the store, for longer than their sessions live. */
function cutClients(random: Random, { nodes, clients, healAt }: Setting): TimedFault[] {
  const servers = nodes.filter((id) => id !== 'store');
  const faults: TimedFault[] = [];
  for (let at = ms(500); at < healAt - ms(300); at += random.between(ms(300), ms(1_000))) {
    const client = random.pick(clients);
    const lasts = random.between(ms(600), ms(1_800));
    faults.push({ at, fault: { type: 'one-way', from: [client], to: servers, for: lasts } });
    faults.push({ at, fault: { type: 'one-way', from: servers, to: [client], for: lasts } });
  }
  return faults;
}

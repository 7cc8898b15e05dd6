// The simulator's own Zab, explored: three servers of the very component that scenarios run, within a budget of elections and
// crashes, in which every leader broadcasts a transaction as soon as it may. Election and discovery are one step with any legal
// outcome (`oracle`), so that the search reaches the places where histories are lost; `fast` explores every message of them.
import {
  alwaysAll,
  alwaysEach,
  alwaysPair,
  reachableByOne,
  type ExploredWorld,
  type NodeInWorld,
} from '../../checkers/explore/index.ts';
import {
  epochOf,
  formatZxid,
  zabComponent,
  type Entry,
  type ZabConfig,
  type ZabMessage,
  type ZabRules,
  type ZabState,
  type ZabTimer,
  type Zxid,
} from '../../protocols/zab/index.ts';
import type { Protocol } from '../../sim/index.ts';

export interface ExploredZabOptions {
  /** Rules to break. */
  readonly rules?: Partial<ZabRules>;
  readonly config?: Partial<ZabConfig>;
  /** `oracle` unless told. */
  readonly election?: ZabConfig['election'];
  /** Elections in a run (with `oracle`), or time-outs (with `fast`); 2 unless told. */
  readonly elections?: number;
  /** Crashes in a run, also between two effects of a handler; none unless told. What was not synced is lost. */
  readonly crashes?: number;
  /** Epochs beyond this are not followed; one more than the elections unless told. */
  readonly epochs?: number;
  /** Transactions that each leader proposes; 1 unless told. */
  readonly writes?: number;
}

interface Host {
  state: { readonly zab: ZabState };
  message: ZabMessage;
  timer: ZabTimer;
  request: never;
  response: never;
}

/** What was delivered, in order. */
interface Delivered {
  readonly zxids: Zxid[];
}

export function zabWorld(options: ExploredZabOptions = {}): ExploredWorld {
  const { election = 'oracle', elections = 2, crashes = 0, epochs = elections + 1 } = options;
  const protocol = broadcaster(options, election);
  return {
    nodes: ['n1', 'n2', 'n3'].map((id) => ({ id, protocol })),
    network: 'ordered',
    effectless: 'counted',
    faults: { timeouts: elections, crashes },
    crashPoints: 'between effects',
    restartKeeps: 'synced',
    // Time-outs of connections are part of the oracle's step; without it they are what ends a part.
    timers: (_node, timer) => election === 'fast' || timer === 'zab-election',
    within: (node) => (zabOf(node)?.acceptedEpoch ?? 0) <= epochs,
    properties: [...zabInvariants, ...zabReached],
  };
}

function broadcaster(
  { rules, config, writes = 1 }: ExploredZabOptions,
  election: ZabConfig['election'],
): Protocol<Host> {
  const zab = zabComponent<Host, Delivered, number, number, null>({
    service: {
      initial: () => ({ zxids: [] }),
      apply(machine, _txn, zxid) {
        machine.zxids.push(zxid);
        return null;
      },
    },
    hooks: {
      activated(state, role, ctx) {
        if (role !== 'leading') return;
        for (let write = 0; write < writes; write++) zab.submit(state, write, ctx);
      },
    },
    config: { election, transport: 'fifo', logsBy: 'message', initLimit: 0, syncLimit: 0, ...config },
    ...(rules && { rules }),
  });
  return {
    start: (ctx) => ({ zab: zab.start(ctx) }),
    onMessage: (state, from, message, ctx) => zab.onMessage(state, from, message, ctx),
    onTimer: (state, timer, ctx) => zab.onTimer(state, timer, ctx),
  };
}

const zabInvariants = [
  alwaysAll('quorum durability', 'What an established primary counts on is on the disks of a quorum.', (nodes) => {
    for (const primary of nodes) {
      const state = zabOf(primary);
      if (state?.leading == null || state.phase !== 'BROADCAST') continue;
      const { epoch } = state.leading;
      const followers = nodes.filter(({ disk }) => Number(disk.cells['zab-current-epoch'] ?? 0) >= epoch);
      if (followers.length * 2 <= nodes.length) return `few have epoch ${epoch}, which ${primary.id} leads, on disk`;
      const last = deliveredBy(primary).at(-1);
      const holders = nodes.filter(
        ({ disk }) => last === undefined || writtenOn(disk).some(({ zxid }) => zxid === last),
      );
      if (holders.length * 2 <= nodes.length)
        return `few have ${formatZxid(last ?? 0)} on disk, which ${primary.id} committed`;
    }
    return undefined;
  }),
  alwaysPair('primary uniqueness', 'An epoch has one leader that a quorum accepts.', (one, other) => {
    const [left, right] = [leadsIn(one), leadsIn(other)];
    return left === undefined || left !== right ? undefined : `${one.id} and ${other.id} both lead epoch ${left}`;
  }),
  alwaysPair('total order', 'What two servers have delivered is one sequence.', (one, other) => {
    const [left, right] = [deliveredBy(one), deliveredBy(other)];
    const parted = left.findIndex((zxid, index) => index < right.length && right[index] !== zxid);
    if (parted === -1) return undefined;
    return `${one.id} delivers ${inWords(left)}, ${other.id} ${inWords(right)}`;
  }),
  alwaysPair(
    'primary integrity',
    'A primary has delivered all that is delivered of earlier epochs.',
    (one, other) => missedBy(one, other) ?? missedBy(other, one),
  ),
  alwaysPair(
    'initial history',
    'Who acknowledged the leader of an epoch has its history.',
    (one, other) => partingFromLeader(one, other) ?? partingFromLeader(other, one),
  ),
  alwaysEach('durable log', 'The disk holds one history without gaps, the one that the server believes in.', (node) => {
    const state = zabOf(node);
    if (state === undefined) return undefined;
    const [written, believed] = [writtenOn(node.disk).map(({ zxid }) => zxid), state.log.map(({ zxid }) => zxid)];
    if (written.join() !== believed.join())
      return `${node.id} believes in ${inWords(believed)}, and has ${inWords(written)} on its disk`;
    const gap = written.findIndex((zxid, index) => index > 0 && zxid <= (written[index - 1] as Zxid));
    return gap === -1 ? undefined : `the disk of ${node.id} has ${inWords(written)}`;
  }),
  alwaysEach('serves what is committed', 'Who serves has applied all of earlier epochs.', (node) => {
    const state = zabOf(node);
    if (state === undefined || !state.isActive) return undefined;
    const epoch = state.following?.epoch ?? state.leading?.epoch ?? 0;
    const missing = state.log.find(({ zxid }) => epochOf(zxid) < epoch && zxid > state.lastApplied);
    return missing && `${node.id} serves in epoch ${epoch} before it has applied ${formatZxid(missing.zxid)}`;
  }),
  alwaysEach('no bad packet', 'No packet and no state that the protocol cannot produce.', (node) => {
    const objection = zabOf(node)?.objection;
    return objection == null ? undefined : `${node.id}: ${objection}`;
  }),
];

const zabReached = [
  reachableByOne(
    'a transaction is delivered',
    'Some leader is established, and commits.',
    (node) => deliveredBy(node).length > 0,
  ),
  reachableByOne('a later epoch is served', 'Some leader follows another one.', (node) => {
    const state = zabOf(node);
    return state?.leading?.epoch === 2 && state.isActive && deliveredBy(node).length > 0;
  }),
];

function writtenOn({ logs }: NodeInWorld['disk']): readonly Entry[] {
  return (logs['zab-log']?.records ?? []) as unknown as readonly Entry[];
}

function zabOf({ state }: NodeInWorld): ZabState | undefined {
  return (state as Host['state'] | undefined)?.zab;
}

function deliveredBy(node: NodeInWorld): readonly Zxid[] {
  return (zabOf(node)?.machine as Delivered | undefined)?.zxids ?? [];
}

/** The epoch in which it leads with the consent of a quorum. */
function leadsIn(node: NodeInWorld): number | undefined {
  const state = zabOf(node);
  return state?.role === 'LEADING' && state.phase !== 'DISCOVERY' ? state.leading?.epoch : undefined;
}

/** What an established primary lacks of what another server has delivered of earlier epochs. */
function missedBy(primary: NodeInWorld, other: NodeInWorld): string | undefined {
  const state = zabOf(primary);
  if (state?.leading == null || state.phase !== 'BROADCAST') return undefined;
  const { epoch } = state.leading;
  const own = new Set(deliveredBy(primary));
  const missing = deliveredBy(other).find((zxid) => epochOf(zxid) < epoch && !own.has(zxid));
  if (missing === undefined) return undefined;
  return `${primary.id} is the primary of epoch ${epoch} without ${formatZxid(missing)}, which ${other.id} delivered`;
}

/** Where the history on the disk of one who has written a leader's epoch differs from the leader's, up to that epoch. */
function partingFromLeader(leader: NodeInWorld, learner: NodeInWorld): string | undefined {
  const epoch = leadsIn(leader);
  if (epoch === undefined || learner.disk.cells['zab-current-epoch'] !== epoch) return undefined;
  const before = ({ disk }: NodeInWorld): readonly Zxid[] =>
    writtenOn(disk).flatMap(({ zxid }) => (epochOf(zxid) < epoch ? [zxid] : []));
  const [expected, found] = [before(leader), before(learner)];
  if (expected.join() === found.join()) return undefined;
  return `${learner.id} has epoch ${epoch} of ${leader.id} on disk with ${inWords(found)} instead of ${inWords(expected)}`;
}

function inWords(zxids: readonly Zxid[]): string {
  return zxids.length === 0 ? 'nothing' : zxids.map((zxid) => formatZxid(zxid)).join(' ');
}

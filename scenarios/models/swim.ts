// The simulator's own SWIM, explored: a few members that know each other and probe, suspect, object and exchange what they know in
// any order that messages and time-outs allow. Clocks stand still; a period is over when its timer fires.
import {
  alwaysAll,
  alwaysEach,
  alwaysPair,
  reachable,
  reachableByOne,
  type ExploredWorld,
  type NodeInWorld,
} from '../../checkers/explore/index.ts';
import {
  memberOf,
  membersOf,
  onSwimMessage,
  onSwimTimer,
  startingMembers,
  startSwim,
  swimAgent,
  type Member,
  type SwimConfig,
  type SwimMessage,
  type SwimRules,
  type SwimState,
  type SwimTimer,
} from '../../protocols/swim/index.ts';
import type { Context, NodeId, Protocol } from '../../sim/index.ts';

export interface ExploredSwimOptions {
  /** Rules to break. */
  readonly rules?: Partial<SwimRules>;
  /** 3 unless told: n1, n2 and so on. */
  readonly members?: number;
  /** Timers that fire in a run, whatever they are for; 4 unless told. */
  readonly timeouts?: number;
  /** Crashes in a run, of members that start again as they did at first; none unless told. */
  readonly crashes?: number;
  /** Whether the first of the others is asked to ping the second one when that is silent; nobody unless told. */
  readonly helps?: boolean;
  /** Who probes; everybody unless told. */
  readonly probers?: readonly NodeId[];
  /** Whether members also exchange all that they know, each with the first of the others. */
  readonly exchanges?: boolean;
  /** Incarnations beyond this are not followed; 3 unless told. */
  readonly incarnations?: number;
}

interface Explored {
  state: {
    readonly swim: SwimState;
    /** The greatest incarnation in which it was accused, as far as it has heard. */
    accused: number;
    /** What no member may do to its list of members, in words. */
    objection: string | null;
  };
  message: SwimMessage;
  timer: SwimTimer;
  request: never;
  response: never;
}

type State = Explored['state'];

export function swimWorld(options: ExploredSwimOptions = {}): ExploredWorld {
  const { members = 3, timeouts = 4, crashes = 0, incarnations = 3, probers } = options;
  const ids = Array.from({ length: members }, (_, index) => `n${index + 1}`);
  const protocol = exploredMember(ids, options);
  return {
    nodes: ids.map((id) => ({ id, protocol })),
    network: 'unordered',
    effectless: 'counted',
    faults: { timeouts, crashes },
    clock: 0,
    random: 'zero', // the first of its list is who a member asks for help and exchanges with
    ...(probers && { timers: (node: NodeId, timer: string) => timer !== 'swim probe' || probers.includes(node) }),
    whileDown: 'visible',
    within: (node) => (stateOf(node)?.swim.incarnation ?? 0) <= incarnations,
    properties: [...swimInvariants, ...swimReached],
  };
}

/** No news but what pings and acks carry, each told once; whatever only changes how long things take is off. */
function configOf({ helps = false, exchanges = false }: ExploredSwimOptions): Partial<SwimConfig> {
  return {
    ...{ probeInterval: 1, probeTimeout: 1, nackTimeout: 1, indirectChecks: helps ? 1 : 0, reliablePing: false },
    ...{ gossipInterval: 1, gossipNodes: 0, retransmitMult: 1 },
    ...{ pushPullInterval: exchanges ? 1 : 0, reconnectInterval: 0 },
    lifeguard: { awareness: false, suspicion: false, buddy: true },
  };
}

function exploredMember(ids: readonly NodeId[], options: ExploredSwimOptions): Protocol<Explored> {
  const agent = swimAgent<Explored>({ config: configOf(options), rules: { shuffles: false, ...options.rules } });
  const startsWith = new Map(ids.map((id) => [id, startingMembers([...ids.filter((other) => other !== id), id])]));
  return {
    start(ctx) {
      const known = startsWith.get(ctx.id) ?? startingMembers([]);
      const swim = startSwim(agent, ctx, { known, gossipPhase: 0 });
      return { swim, accused: 0, objection: null };
    },
    onMessage(state, from, message, ctx) {
      remember(state, from, message, ctx);
      step(state, message, ctx, () => onSwimMessage(agent, state, from, message, ctx));
    },
    onTimer(state, timer, ctx) {
      step(state, null, ctx, () => onSwimTimer(agent, state, timer, ctx));
    },
  };
}

/** What the properties need to know of the past. */
function remember(state: State, from: NodeId, message: SwimMessage, ctx: Context<Explored>): void {
  const own = state.swim.name;
  if (message.type === 'Ping') {
    const latest = ctx.disk.get<number>(`heard of ${from}`) ?? 0;
    ctx.disk.set(`heard of ${from}`, Math.max(latest, message.sequence));
  }
  if (message.type === 'PingRequest') ctx.disk.set(`helped ${from}`, [message.sequence, state.swim.sequence + 1]);
  if (message.type === 'PushPull') {
    for (const { name, status, incarnation } of message.members) {
      if (name === own && status !== 'alive') state.accused = Math.max(state.accused, incarnation);
    }
  } else if ('updates' in message) {
    for (const update of message.updates) {
      if (update.type === 'suspect' || update.type === 'dead') {
        if (update.member === own) state.accused = Math.max(state.accused, update.incarnation);
      }
    }
  }
}

/** Runs a handler and compares what it knows with what it knew. */
function step(state: State, message: SwimMessage | null, ctx: Context<Explored>, handle: () => void): void {
  const before = membersOf(state).map((member) => member);
  handle();
  ctx.disk.set(
    'greatest incarnation',
    Math.max(state.swim.incarnation, ctx.disk.get<number>('greatest incarnation') ?? 1),
  );
  for (const old of before) {
    const now = memberOf(state, old.name);
    if (now !== undefined && old.name !== state.swim.name) state.objection ??= objectionTo(old, now, message) ?? null;
  }
}

function objectionTo(old: Member, now: Member, message: SwimMessage | null): string | undefined {
  if (now.incarnation < old.incarnation)
    return `${old.name} goes back to incarnation ${now.incarnation} from ${old.incarnation}`;
  if (old.status !== 'alive' && now.status === 'alive' && now.incarnation <= old.incarnation)
    return `${old.name}, which was ${old.status}, is alive again in the same incarnation ${now.incarnation}`;
  if (message?.type === 'PushPull' && old.status !== 'dead' && now.status === 'dead')
    return `${old.name} is dead at once because a peer takes it for dead`;
  return undefined;
}

const swimInvariants = [
  alwaysEach(
    'none rises unchanged',
    'An accusation stands until a greater incarnation; nobody is dead by hearsay.',
    (node) => {
      const objection = stateOf(node)?.objection;
      return objection == null ? undefined : `to ${node.id}, ${objection}`;
    },
  ),
  alwaysEach(
    'who is accused objects',
    'A member has a greater incarnation than any that it was accused in.',
    (node) => {
      const state = stateOf(node);
      if (state === undefined || state.swim.incarnation > state.accused) return undefined;
      return `${node.id} was accused in incarnation ${state.accused} and is in ${state.swim.incarnation}`;
    },
  ),
  alwaysPair('incarnations are their own', 'Only the member itself raises its incarnation.', (one, other) => {
    return strangeIncarnation(one, other) ?? strangeIncarnation(other, one);
  }),
  alwaysAll('an answer proves life', 'Whose ping counts as answered has been heard by its target.', (nodes) => {
    for (const node of nodes) {
      const state = stateOf(node);
      const probe = state?.swim.probe;
      if (probe?.acked !== true || isHeard(nodes, node.id, probe.target, probe.sequence)) continue;
      return `${node.id} takes its ping ${probe.sequence} of ${probe.target} for answered, which has not heard it`;
    }
    return undefined;
  }),
];

const swimReached = [
  reachableByOne('somebody is suspected', 'Some ping is not answered in its period.', (node) =>
    knowsAny(node, 'suspect'),
  ),
  reachableByOne('somebody is dead', 'Some suspicion runs out.', (node) => knowsAny(node, 'dead')),
  reachableByOne(
    'somebody objects',
    'Some accused member hears of it.',
    (node) => (stateOf(node)?.swim.incarnation ?? 0) > 1,
  ),
  reachable('an objection is heard', 'Some other member believes it.', (nodes) =>
    nodes.some((node) => nodes.some(({ id }) => id !== node.id && (beliefIn(node, id)?.incarnation ?? 0) > 1)),
  ),
];

/** The target has heard that ping, or that of somebody who was asked for it. What was heard is on disk. */
function isHeard(nodes: readonly NodeInWorld[], asker: NodeId, target: NodeId, sequence: number): boolean {
  const cells = nodes.find(({ id }) => id === target)?.disk.cells ?? {};
  if (Number(cells[`heard of ${asker}`] ?? 0) >= sequence) return true;
  return nodes.some(({ id, disk }) => {
    const [asked, own] = (disk.cells[`helped ${asker}`] ?? [0, Infinity]) as readonly [number, number];
    return asked >= sequence && Number(cells[`heard of ${id}`] ?? 0) >= own;
  });
}

function strangeIncarnation(one: NodeInWorld, other: NodeInWorld): string | undefined {
  const believed = beliefIn(one, other.id)?.incarnation ?? 0;
  const greatest = Number(other.disk.cells['greatest incarnation'] ?? 1);
  return believed <= greatest
    ? undefined
    : `${one.id} knows ${other.id} as ${believed}; it has been ${greatest} at most`;
}

function beliefIn(node: NodeInWorld, name: string): Member | undefined {
  const state = stateOf(node);
  return state && memberOf(state, name);
}

function knowsAny(node: NodeInWorld, status: Member['status']): boolean {
  const state = stateOf(node);
  return state !== undefined && membersOf(state).some((member) => member.status === status);
}

function stateOf({ state }: NodeInWorld): State | undefined {
  return state as State | undefined;
}

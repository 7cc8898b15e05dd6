// A member of a cluster as a part that a bigger protocol embeds: the host keeps it in `state.swim`, hands it the messages and
// timers that are its own, and is told when members come, fall silent, die and leave.
//
//   const agent = swimAgent<Agent>({ config: lan, hooks: { memberChanged: (state, member, before, ctx) => … } });
//   start: (ctx) => { const state = { swim: startSwim(agent, ctx), … }; joinCluster(agent, state, ['n1'], ctx); return state; }
//   onMessage: if (isSwimMessage(message)) return onSwimMessage(agent, state, from, message, ctx);
//   onTimer: if (isSwimTimer(timer)) return onSwimTimer(agent, state, timer, ctx);
import type { Micros, NodeId } from '../../sim/index.ts';
import { broadcast, takeBroadcasts } from './broadcasts.ts';
import { lan, type SwimConfig } from './config.ts';
import { onGossipTimer, onJoinTimer, onPushPull, onPushPullTimer, onReconnectTimer, exchange } from './gossip.ts';
import { isLive, onDead, onSuspicionOver, onUpdate } from './membership.ts';
import { passThrough } from './order.ts';
import {
  onAck,
  onNack,
  onPingRequest,
  onProbeTimeout,
  onProbeTimer,
  onRelayOver,
  onReliableTimer,
  pingBytes,
} from './probing.ts';
import { swimRules, type SwimRules } from './rules.ts';
import { findMember, listMembers, putMember, tableOf, type StartingMembers } from './table.ts';
import { hostContext } from './turn.ts';
import type {
  Member,
  SwimAgent,
  SwimContext,
  SwimHooks,
  SwimHost,
  SwimMessage,
  SwimState,
  SwimTimer,
  Turn,
  Update,
  UserUpdate,
} from './types.ts';

export interface SwimAgentOptions<H extends SwimHost> {
  readonly config?: Partial<SwimConfig>;
  readonly rules?: Partial<SwimRules>;
  readonly hooks?: SwimHooks<H>;
}

/** The fixed parts of a member; memberlist's LAN preset unless told otherwise. */
export function swimAgent<H extends SwimHost>({ config, rules, hooks = {} }: SwimAgentOptions<H>): SwimAgent<H> {
  return { config: { ...lan, ...config }, rules: { ...swimRules, ...rules }, hooks };
}

export interface StartOptions {
  /** Unique in the cluster; by default the node's own. */
  readonly name?: string;
  /** What it says of itself. */
  readonly meta?: string;
  /** Greater than in an earlier life, if that is known; default 1. */
  readonly incarnation?: number;
  /** When its rounds of gossip are due within the interval, by default at a time of its own. */
  readonly gossipPhase?: Micros;
  /** All members, for a cluster that starts whole. */
  readonly known?: StartingMembers;
}

/** A member that knows nobody yet, or those that it starts with. */
export function startSwim({ config }: SwimAgent, ctx: SwimContext, options: StartOptions = {}): SwimState {
  const { name = ctx.id, meta = '', incarnation = 1, known } = options;
  const phase = 1 + ctx.random(config.probeInterval); // members do not probe in step
  ctx.setTimer('swim probe', phase);
  if (config.pushPullInterval > 0) ctx.setTimer('swim push-pull', 1 + ctx.random(config.pushPullInterval));
  if (config.reconnectInterval > 0) ctx.setTimer('swim reconnect', 1 + ctx.random(config.reconnectInterval));
  const members = tableOf(known);
  const isStarting = findMember(members, name) !== undefined;
  if (!isStarting) putMember(members, { name, address: ctx.id, incarnation, status: 'alive', meta });
  const { names } = members.shared;
  const roster = isStarting ? names : [...names, name];
  const swim: SwimState = {
    name,
    meta,
    members,
    since: new Map(),
    suspicions: new Map(),
    failed: new Map(),
    contacts: [],
    roster,
    pass: passThrough(roster.length),
    probe: null,
    probeDue: ctx.monotonic() + phase,
    relays: new Map(),
    queue: [],
    gossipPhase: options.gossipPhase ?? ctx.random(Math.max(1, config.gossipInterval)),
    isGossiping: false,
    serial: 0,
    sequence: 0,
    incarnation,
    awareness: 0,
    isLeaving: false,
    hasLeft: false,
  };
  return swim;
}

/** Exchanges what it knows with members that should be there, until the cluster has let it in. */
export function joinCluster(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  contacts: readonly NodeId[],
  ctx: SwimContext,
): void {
  const turn = turnOf(agent, state, ctx);
  const { swim } = state;
  const self = findMember(swim.members, swim.name);
  if (self !== undefined) broadcast(turn, { type: 'alive', member: self });
  swim.contacts = contacts.filter((contact) => contact !== ctx.id);
  if (swim.members.size > 1) for (const contact of swim.contacts) exchange(turn, contact);
  else onJoinTimer(turn);
}

/** Tells one peer all that this member knows, and asks for the same. (memberlist's pushPullNode.) */
export function exchangeWith(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  peer: NodeId,
  ctx: SwimContext,
): void {
  exchange(turnOf(agent, state, ctx), peer);
}

/** Tells the cluster that it goes. It should stay until the news has gone round: the hook `hasLeft` says when. (Serf's Leave.) */
export function leaveCluster(agent: SwimAgent, state: { readonly swim: SwimState }, ctx: SwimContext): void {
  const { swim } = state;
  if (swim.isLeaving) return;
  const isAlone = !listMembers(swim.members).some((member) => member.name !== swim.name && isLive(member));
  swim.isLeaving = true;
  ctx.setTimer('swim left', isAlone ? 0 : agent.config.broadcastTimeout);
  onDead(turnOf(agent, state, ctx), { member: swim.name, incarnation: swim.incarnation, from: swim.name });
}

/** Puts news of the service into circulation. */
export function broadcastUser(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  update: UserUpdate,
  ctx: SwimContext,
): void {
  broadcast(turnOf(agent, state, ctx), update);
}

/** All members that are known, this one among them. */
export function membersOf({ swim }: { readonly swim: SwimState }): readonly Member[] {
  return listMembers(swim.members);
}

/** What is known of one of them. */
export function memberOf({ swim }: { readonly swim: SwimState }, name: string): Member | undefined {
  return findMember(swim.members, name);
}

const messageTypes = new Set<string>([
  'Ping',
  'Ack',
  'PingRequest',
  'Nack',
  'ReliablePing',
  'ReliableAck',
  'Gossip',
  'PushPull',
] satisfies SwimMessage['type'][]);

export function isSwimMessage(message: object): message is SwimMessage {
  return 'type' in message && messageTypes.has(message.type as string);
}

export function isSwimTimer(timer: string): timer is SwimTimer {
  return timer.startsWith('swim ');
}

export function onSwimMessage(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  from: NodeId,
  message: SwimMessage,
  ctx: SwimContext,
): void {
  const turn = turnOf(agent, state, ctx);
  switch (message.type) {
    case 'Ping':
      hear(turn, message.updates);
      if (message.target !== state.swim.name) return;
      return ctx.send(from, { type: 'Ack', sequence: message.sequence, updates: takeBroadcasts(turn, pingBytes) });
    case 'Ack':
      hear(turn, message.updates);
      return onAck(turn, message.sequence);
    case 'PingRequest':
      hear(turn, message.updates);
      return onPingRequest(turn, from, message.sequence, message.target, message.address);
    case 'Nack':
      return onNack(turn, message.sequence);
    case 'ReliablePing':
      if (message.target !== state.swim.name) return;
      return ctx.send(from, { type: 'ReliableAck', sequence: message.sequence });
    case 'ReliableAck':
      return onAck(turn, message.sequence);
    case 'Gossip':
      return hear(turn, message.updates);
    case 'PushPull':
      return onPushPull(turn, from, message);
  }
}

export function onSwimTimer(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  timer: SwimTimer,
  ctx: SwimContext,
): void {
  const turn = turnOf(agent, state, ctx);
  const { swim } = turn;
  switch (timer) {
    case 'swim probe':
      return onProbeTimer(turn);
    case 'swim probe timeout':
      return onProbeTimeout(turn);
    case 'swim reliable':
      return onReliableTimer(turn);
    case 'swim join':
      return onJoinTimer(turn);
    case 'swim reconnect':
      return onReconnectTimer(turn);
    case 'swim gossip':
      return onGossipTimer(turn);
    case 'swim left':
      swim.hasLeft = true;
      return agent.hooks.hasLeft?.(turn.host, hostContext(turn));
    case 'swim push-pull':
      return onPushPullTimer(turn);
    default: {
      const [, kind, subject = ''] = timer.split(' ');
      if (kind === 'relay') onRelayOver(turn, Number(subject));
      else onSuspicionOver(turn, subject);
    }
  }
}

function hear(turn: Turn, updates: readonly Update[]): void {
  for (const update of updates) {
    if (update.type !== 'user') onUpdate(turn, update);
    else if (turn.agent.hooks.userUpdate?.(turn.host, update, hostContext(turn)) === true) broadcast(turn, update);
  }
}

function turnOf(agent: SwimAgent, host: { readonly swim: SwimState }, ctx: SwimContext): Turn {
  return { agent, swim: host.swim, host, ctx };
}

// A member of a cluster as a part that a bigger protocol embeds: the host keeps it in `state.swim`, hands it the messages and
// timers that are its own, and is told when members come, fall silent, die and leave.
//
//   const agent = swimAgent<Agent>({ config: lan, hooks: { memberChanged: (state, member, before, ctx) => … } });
//   start: (ctx) => { const state = { swim: startSwim(agent, ctx), … }; joinCluster(agent, state, ['n1'], ctx); return state; }
//   onMessage: if (isSwimMessage(message)) return onSwimMessage(agent, state, from, message, ctx);
//   onTimer: if (isSwimTimer(timer)) return onSwimTimer(agent, state, timer, ctx);
import type { NodeId } from '../../sim/index.ts';
import { broadcast, takeBroadcasts } from './broadcasts.ts';
import { lan, type SwimConfig } from './config.ts';
import { exchange, onGossipTimer, onPushPull, onPushPullTimer } from './gossip.ts';
import { onDead, onUpdate } from './membership.ts';
import { onAck, onNack, onPingRequest, onProbeTimeout, onProbeTimer, onRelayOver } from './probing.ts';
import { swimRules, type SwimRules } from './rules.ts';
import { onSuspicionOver } from './suspicion.ts';
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

export interface SwimOptions<H extends SwimHost> {
  readonly config?: Partial<SwimConfig>;
  readonly rules?: Partial<SwimRules>;
  readonly hooks?: SwimHooks<H>;
}

/** The fixed parts of a member; memberlist's LAN preset unless told otherwise. */
export function swimAgent<H extends SwimHost>({ config, rules, hooks = {} }: SwimOptions<H>): SwimAgent<H> {
  return { config: { ...lan, ...config }, rules: { ...swimRules, ...rules }, hooks };
}

/** A member that knows nobody yet. @param incarnation greater than in an earlier life, if that is known; default 1. */
export function startSwim({ config }: SwimAgent, ctx: SwimContext, incarnation = 1): SwimState {
  const self: Member = { name: ctx.id, incarnation, status: 'alive' };
  ctx.setTimer('swim probe', 1 + ctx.random(config.probeInterval)); // members do not probe in step
  if (config.gossipNodes > 0) ctx.setTimer('swim gossip', 1 + ctx.random(config.gossipInterval));
  if (config.pushPullInterval > 0) ctx.setTimer('swim push-pull', 1 + ctx.random(config.pushPullInterval));
  return {
    members: new Map([[ctx.id, self]]),
    since: new Map(),
    suspicions: new Map(),
    order: [ctx.id],
    place: 0,
    probe: null,
    relays: new Map(),
    queue: [],
    serial: 0,
    sequence: 0,
    incarnation,
    awareness: 0,
    isLeaving: false,
  };
}

/** Exchanges what it knows with members that are known to be there, so that the cluster hears of it. */
export function joinCluster(
  agent: SwimAgent,
  state: { readonly swim: SwimState },
  contacts: readonly NodeId[],
  ctx: SwimContext,
): void {
  const turn = turnOf(agent, state, ctx);
  broadcast(turn, { type: 'alive', member: ctx.id, incarnation: state.swim.incarnation });
  for (const contact of contacts) if (contact !== ctx.id) exchange(turn, contact);
}

/** Tells the cluster that it goes; it should stay until the news has gone round. */
export function leaveCluster(agent: SwimAgent, state: { readonly swim: SwimState }, ctx: SwimContext): void {
  state.swim.isLeaving = true;
  onDead(turnOf(agent, state, ctx), ctx.id, state.swim.incarnation, ctx.id);
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

/** All members that are known, by name. */
export function membersOf({ swim }: { readonly swim: SwimState }): ReadonlyMap<NodeId, Member> {
  return swim.members;
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
      return ctx.send(from, { type: 'Ack', sequence: message.sequence, updates: takeBroadcasts(turn, 20) });
    case 'Ack':
      hear(turn, message.updates);
      return onAck(turn, message.sequence);
    case 'PingRequest':
      hear(turn, message.updates);
      return onPingRequest(turn, from, message.sequence, message.target);
    case 'Nack':
      return onNack(turn, message.sequence);
    case 'ReliablePing':
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
  switch (timer) {
    case 'swim probe':
      return onProbeTimer(turn);
    case 'swim probe timeout':
      return onProbeTimeout(turn);
    case 'swim gossip':
      return onGossipTimer(turn);
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

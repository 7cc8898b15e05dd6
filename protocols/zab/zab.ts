// Zab as a component: it starts from what is on disk, looks for a leader, and hands each message, time-out and request to the
// part of the protocol that it belongs to.
import { seconds, ms, type Context, type Json } from '../../sim/index.ts';
import { flush, onSync, propose } from './broadcast.ts';
import { transmit } from './channel.ts';
import { lookForLeader, onElectionTimeout, onNotification } from './election.ts';
import { lastLogged } from './history.ts';
import { onTick } from './liveness.ts';
import { leadByOracle } from './oracle.ts';
import { onPacket, onRefusal } from './packets.ts';
import { zabRules, type Rules } from './rules.ts';
import type { Hooks, Service, Zab, ZabHost, ZabStatus, ZabTypes } from './service.ts';
import { recover } from './storage.ts';
import type { Server, Turn } from './turn.ts';
import type { Origin, ZabConfig, ZabMessage, ZabState, ZabTimer } from './types.ts';

/** ZooKeeper's defaults. */
export const zabDefaults: ZabConfig = {
  tickTime: seconds(2),
  initLimit: 10,
  syncLimit: 5,
  finalizeWait: ms(200),
  longestNotificationInterval: seconds(60),
  groupCommit: 0,
  snapshotEvery: 100_000,
  keepBeforeSnapshot: 500,
  servers: null,
  observers: [],
  weights: {},
  transport: 'lossy',
  election: 'fast',
  logsBy: 'timer',
};

/** What a component is made of. */
export interface ZabParts<H extends ZabHost, M extends object, R extends Json, T extends Json, A extends Json> {
  readonly service: Service<M, R, T, A>;
  readonly hooks?: Hooks<H, T, A>;
  readonly config?: Partial<ZabConfig>;
  readonly rules?: Partial<Rules>;
}

/** Zab for a protocol `H`, with a service on it. */
export function zabComponent<H extends ZabHost, M extends object, R extends Json, T extends Json, A extends Json>(
  parts: ZabParts<H, M, R, T, A>,
): Zab<H, R> {
  const server: Server = {
    config: { ...zabDefaults, ...parts.config },
    rules: { ...zabRules, ...parts.rules },
    service: parts.service,
    hooks: (parts.hooks ?? {}) as unknown as Hooks<ZabTypes>,
  };
  const turnOf = (host: H['state'], ctx: Context<H>): Turn => ({
    ...server,
    state: host.zab,
    ctx: ctx as unknown as Context<ZabTypes>,
    host,
  });
  return {
    start(ctx) {
      const state = newState(server, ctx as unknown as Context<ZabTypes>);
      lookForLeader(turnOf({ zab: state }, ctx));
      return state;
    },
    onMessage: (host, from, message, ctx) => onMessage(turnOf(host, ctx), from, message),
    onTimer: (host, timer, ctx) => onTimer(turnOf(host, ctx), timer),
    onRefused(host, peer, message, ctx) {
      if (message.type !== 'Notification' && message.type !== 'FLUSH') onRefusal(turnOf(host, ctx), peer, message);
    },
    submit: (host, request, ctx) => submit(turnOf(host, ctx), request),
    sync: (host, ctx) => sync(turnOf(host, ctx)),
    status: ({ zab }) => statusOf(zab),
  };
}

/** Message types that are Zab's; no host may use them for its own. */
const messageTypes: ReadonlySet<string> = new Set<ZabMessage['type']>([
  'Notification',
  'FLUSH',
  'FOLLOWERINFO',
  'OBSERVERINFO',
  'LEADERINFO',
  'ACKEPOCH',
  'TRUNC',
  'DIFF',
  'SNAP',
  'NEWLEADER',
  'ACK',
  'UPTODATE',
  'PROPOSAL',
  'COMMIT',
  'INFORM',
  'REQUEST',
  'SYNC',
  'PING',
  'RESEND',
  'CLOSE',
]);

export function isZabMessage(message: { readonly type: string }): message is ZabMessage {
  return messageTypes.has(message.type);
}

export function isZabTimer(timer: string): timer is ZabTimer {
  return timer === 'zab-election' || timer === 'zab-tick' || timer === 'zab-flush';
}

function newState(server: Server, ctx: Context<ZabTypes>): ZabState {
  const recovered = recover(server.service, ctx);
  ctx.note('starts', { boot: recovered.boot, accepted: recovered.acceptedEpoch, current: recovered.currentEpoch });
  return {
    ...recovered,
    queue: [],
    role: 'LOOKING',
    phase: 'ELECTION',
    election: {
      round: 0,
      vote: { leader: ctx.id, zxid: 0, epoch: 0 },
      received: {},
      outside: {},
      isDeciding: false,
      isResting: false,
      interval: server.config.finalizeWait,
    },
    following: null,
    leading: null,
    isActive: false,
    tickets: 0,
    connections: 0,
    objection: null,
  };
}

function onMessage(turn: Turn, from: string, message: ZabMessage): void {
  const { state } = turn;
  switch (message.type) {
    case 'Notification':
      return onNotification(turn, from, message);
    case 'FLUSH':
      return message.boot === state.boot ? flush(turn) : undefined; // or of an earlier life
    default:
      return onPacket(turn, from, message);
  }
}

function onTimer(turn: Turn, timer: ZabTimer): void {
  switch (timer) {
    case 'zab-election':
      return turn.config.election === 'oracle' ? leadByOracle(turn) : onElectionTimeout(turn);
    case 'zab-tick':
      return onTick(turn);
    case 'zab-flush':
      return flush(turn);
  }
}

function submit(turn: Turn, request: Json): number | null {
  const { state, ctx } = turn;
  if (!state.isActive) return null;
  const ticket = ++state.tickets;
  const origin: Origin = { server: ctx.id, boot: state.boot, ticket };
  if (state.leading !== null) propose(turn, request, origin);
  else if (state.following !== null)
    transmit(turn, state.following.leader, state.following.channel, { type: 'REQUEST', request, origin });
  return ticket;
}

function sync(turn: Turn): number | null {
  const { state, ctx } = turn;
  if (!state.isActive) return null;
  const ticket = ++state.tickets;
  if (state.leading !== null) onSync(turn, ctx.id, ticket);
  else if (state.following !== null)
    transmit(turn, state.following.leader, state.following.channel, { type: 'SYNC', ticket });
  return ticket;
}

function statusOf(state: ZabState): ZabStatus {
  const { role, phase, isActive, lastApplied, following, leading } = state;
  const leader = following?.leader ?? (leading === null ? null : state.election.vote.leader);
  const epoch = following?.epoch ?? leading?.epoch ?? state.currentEpoch;
  return { role, phase, leader, isActive, epoch, lastApplied, lastLogged: lastLogged(state) };
}

// A ZooKeeper server: Zab replicates the tree, and this puts clients, sessions and watches around it. What a client may rely
// on is in the documentation's list of guarantees: its requests are carried out in order, all servers pass through the same
// states, no client goes back to an older one, and a watch is told before the change it tells of is seen.
import { seconds, type NodeId, type Protocol } from '../../sim/index.ts';
import {
  isZabMessage,
  isZabTimer,
  zabComponent,
  type Hooks,
  type Service,
  type ZabConfig,
  type ZabRules,
} from '../zab/index.ts';
import { applyTransaction } from './apply.ts';
import { answerRevalidation, askLeader, closeConnection, dropConnection, openConnection } from './connections.ts';
import { settleTicket, tellAndAnswer } from './deliveries.ts';
import type { ClientMessage } from './messages.ts';
import { prepare, type Proposal } from './prepare.ts';
import { takeRequest } from './requests.ts';
import { serviceRules, type ServiceRules } from './rules.ts';
import { emptyExpiry, firstSessionId } from './sessions.ts';
import {
  expireSessions,
  isLeading,
  reapContainers,
  reportTouches,
  revalidateHere,
  takeTouch,
  touchAll,
  trackAll,
} from './session-tracking.ts';
import { receive } from './stream.ts';
import type { PeerMessage, Server, ServerConfig, ServerContext, ServerState, ZooKeeper } from './server-types.ts';
import { emptyTree, type Tree } from './tree.ts';
import type { Applied, Transaction } from './types.ts';
import { emptyWatches } from './watches.ts';

export interface ZooKeeperOptions {
  readonly config?: Partial<ServerConfig>;
  readonly rules?: Partial<ServiceRules>;
  /** Zab's; its tick time is the service's. */
  readonly zab?: Partial<Omit<ZabConfig, 'tickTime'>>;
  readonly zabRules?: Partial<ZabRules>;
}

/** The server protocol; all servers of an ensemble run the same value. */
export function zooKeeper(options: ZooKeeperOptions = {}): Protocol<ZooKeeper> {
  const tickTime = options.config?.tickTime ?? seconds(2);
  const config: ServerConfig = {
    tickTime,
    reapEvery: seconds(60),
    minSessionTimeout: 2 * tickTime,
    maxSessionTimeout: 20 * tickTime,
    superDigest: '',
    ...options.config,
  };
  const rules: ServiceRules = { ...serviceRules, ...options.rules };
  const hooks = hooksOf(() => server);
  const zab = zabComponent<ZooKeeper, Tree, Proposal, Transaction, Applied>({
    service: replicatedTree(rules),
    hooks,
    config: { ...options.zab, tickTime: config.tickTime },
    ...(options.zabRules === undefined ? {} : { rules: options.zabRules }),
  });
  const server: Server = { zab, config, rules };
  return {
    start: (ctx) => ({ zab: zab.start(ctx), ...ownState(ctx) }),
    onMessage: (state, from, message, ctx) => takeMessage(server, state, from, message, ctx),
    onTimer: (state, timer, ctx) => {
      if (isZabTimer(timer)) zab.onTimer(state, timer, ctx);
      else expireSessions(server, state, ctx);
    },
    onRefused: (state, peer, message, ctx) => {
      if (isZabMessage(message)) return zab.onRefused(state, peer, message, ctx);
      const connection = 'connection' in message ? state.connections[message.connection] : undefined;
      if (connection?.client === peer) return dropConnection(state, connection);
      // A machine that refuses this has lost all its connections, and that to its followers with them.
      const { following } = state.zab;
      if (following?.leader !== peer) return;
      const { connection: name, accepted } = following.channel;
      const frame = { connection: name, accepted, sequence: 0, acknowledged: 0 };
      zab.onRefused(state, peer, { type: 'PING', sent: 0, ...frame }, ctx);
    },
  };
}

/** The tree as the state machine that Zab replicates. */
export function replicatedTree(rules: ServiceRules): Service<Tree, Proposal, Transaction, Applied> {
  return {
    initial: emptyTree,
    prepare: (tree, proposal, about) => {
      return prepare(tree, proposal, { time: Math.floor(about.now() / 1000), server: about.origin, rules });
    },
    apply: applyTransaction,
  };
}

function hooksOf(serverOf: () => Server): Hooks<ZooKeeper, Transaction, Applied> {
  return {
    applied: (state, applied, ctx) => tellAndAnswer(serverOf(), state, applied, ctx),
    activated: (state, role, ctx) => {
      if (role === 'leading') trackAll(serverOf(), state, ctx);
    },
    deactivated: (state, ctx) => {
      for (const connection of Object.values(state.connections)) closeConnection(state, connection, ctx);
      Object.assign(state, { waiting: {}, early: {}, touched: [], watches: emptyWatches(), expiry: emptyExpiry() });
      ctx.clearTimer('expire');
    },
    synced: (state, ticket, ctx) => settleTicket(serverOf(), state, ticket, null, ctx),
    ticked: (state, role, ctx) => {
      const server = serverOf();
      reportTouches(server, state, ctx);
      for (const connection of Object.values(state.connections)) {
        if (connection.phase === 'revalidating') askLeader(server, state, connection, ctx);
      }
      if (role === 'leading') reapContainers(server, state, ctx);
    },
  };
}

/** What a server keeps besides Zab, in a life that begins. */
function ownState(ctx: ServerContext): Omit<ServerState, 'zab'> {
  return {
    connections: {},
    closed: [],
    watches: emptyWatches(),
    waiting: {},
    early: {},
    touched: [],
    expiry: emptyExpiry(),
    nextSession: firstSessionId(placeOf(ctx.id), (bound) => ctx.random(bound)),
    reapAt: 0,
  };
}

function takeMessage(
  server: Server,
  state: ServerState,
  from: NodeId,
  message: ZooKeeper['message'],
  ctx: ServerContext,
): void {
  if (isZabMessage(message)) return server.zab.onMessage(state, from, message, ctx);
  switch (message.type) {
    case 'Connect':
    case 'Request':
    case 'Hangup':
      return takeClientMessage(server, state, from, message, ctx);
    case 'Touch':
    case 'Revalidate':
    case 'Revalidated':
      return takePeerMessage(server, state, from, message, ctx);
    default: // what servers say to clients
  }
}

function takeClientMessage(
  server: Server,
  state: ServerState,
  from: NodeId,
  message: ClientMessage,
  ctx: ServerContext,
): void {
  if (message.type === 'Connect') return openConnection(server, state, from, message, ctx);
  const connection = state.connections[message.connection];
  if (connection === undefined) {
    if (message.type === 'Request') ctx.send(from, { type: 'Closed', connection: message.connection });
    return;
  }
  if (message.type === 'Hangup') return dropConnection(state, connection);
  const ready = receive(connection.inbound, message, ctx.monotonic());
  if (ready === 'broken') return closeConnection(state, connection, ctx);
  for (const each of ready) {
    if (each.type !== 'Request' || state.connections[connection.name] !== connection) continue;
    takeTouch(state, connection.session);
    takeRequest(server, state, connection, each, ctx);
  }
}

function takePeerMessage(
  server: Server,
  state: ServerState,
  from: NodeId,
  message: PeerMessage,
  ctx: ServerContext,
): void {
  switch (message.type) {
    case 'Touch':
      if (isLeading(server, state)) touchAll(server, state, message.sessions, ctx);
      break;
    case 'Revalidate': {
      if (!isLeading(server, state)) return;
      const isValid = revalidateHere(server, state, message.session, message.timeout, from, ctx);
      ctx.send(from, { type: 'Revalidated', connection: message.connection, isValid });
      break;
    }
    case 'Revalidated': {
      const connection = state.connections[message.connection];
      if (connection !== undefined) answerRevalidation(state, connection, message.isValid, ctx);
      break;
    }
  }
}

/** A server's number for its session ids: the digits in its name. */
function placeOf(id: NodeId): number {
  return Number(/\d+/.exec(id)?.[0] ?? 0) % 200;
}

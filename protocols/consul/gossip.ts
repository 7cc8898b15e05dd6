// The agents of a datacenter are members of a gossip pool, its LAN; servers are members of a second one as well, the WAN, which
// joins the datacenters. Both pools are SWIM with Lifeguard; what they say in the WAN is wrapped, so that the two never mix.
import { seconds, type Context, type Micros, type NodeId, type Types } from '../../sim/index.ts';
import {
  exchangeWith,
  isLive,
  isSwimTimer,
  joinCluster,
  lan,
  leaveCluster,
  membersOf,
  onSwimMessage,
  onSwimTimer,
  startSwim,
  swimAgent,
  wan,
  type SwimAgent,
  type SwimConfig,
  type SwimHooks,
  type SwimMessage,
  type SwimRules,
  type SwimState,
  type SwimTimer,
} from '../swim/index.ts';
import {
  beginRejoin,
  endRejoin,
  noRejoin,
  onRejoinAnswered,
  onRejoinRefused,
  onRejoinTimer,
  type Line,
  type Rejoin,
  type RejoinTimer,
} from './serf-rejoin.ts';
import {
  flushSnapshot,
  noteLeave,
  noteMember,
  readSnapshot,
  snapshotDefaults,
  type Snapshot,
  type SnapshotConfig,
  type SnapshotFile,
} from './serf-snapshot.ts';

export interface GossipOptions {
  /** Agents of the own datacenter that a newcomer asks to let it in (`retry_join`). */
  readonly contacts: readonly NodeId[];
  readonly lan?: Partial<SwimConfig>;
  readonly rules?: Partial<SwimRules>;
  /** Servers of other datacenters (`retry_join_wan`); left out, there is one datacenter only. */
  readonly wanContacts?: readonly NodeId[];
  readonly wan?: Partial<SwimConfig>;
  readonly snapshot?: Partial<SnapshotConfig>;
}

/** What an agent says of itself. */
export type AgentRole = 'server' | 'client';

/** One pool in the eyes of an agent. */
export interface Pool {
  readonly swim: SwimState;
  /** Members of which there are news that nobody has looked at. */
  readonly changed: Set<string>;
  readonly snapshot: Snapshot;
  readonly rejoin: Rejoin;
}

interface PoolHost extends Types {
  state: Pool;
  message: SwimMessage;
  timer: SwimTimer;
}

export interface WanMessage {
  readonly type: 'Wan';
  readonly message: SwimMessage;
}

export type LanTimer = SwimTimer | RejoinTimer;
export type WanTimer = `wan ${LanTimer}`;

interface LanTypes extends Types {
  message: SwimMessage;
  timer: LanTimer;
}

interface WanTypes extends Types {
  message: WanMessage;
  timer: WanTimer;
}

type Part = 'id' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'note' | 'disk';
type LanContext = Pick<Context<LanTypes>, Part>;
type WanContext = Pick<Context<WanTypes>, Part>;

/** The fixed parts of an agent's membership in one pool. */
interface PoolParts {
  readonly agent: SwimAgent<PoolHost>;
  readonly file: SnapshotFile;
  readonly snapshot: SnapshotConfig;
  /** How long a connection to a machine that is silent may take (memberlist's TCPTimeout). */
  readonly tcpTimeout: Micros;
}

/** The fixed parts of an agent's membership. */
export interface Gossip {
  readonly options: GossipOptions;
  readonly lan: PoolParts;
  readonly wan: PoolParts;
}

export function prepareGossip(options: GossipOptions): Gossip {
  const { rules = {} } = options;
  const hooks: SwimHooks<PoolHost> = {
    memberChanged({ changed, snapshot: written }, member, before) {
      changed.add(member.name);
      noteMember(written, member, before);
    },
  };
  const snapshot = { ...snapshotDefaults, ...options.snapshot };
  const agentOf = (config: SwimConfig): SwimAgent<PoolHost> => swimAgent<PoolHost>({ config, rules, hooks });
  return {
    options,
    lan: {
      agent: agentOf({ ...lan, ...options.lan }),
      file: 'serf/local.snapshot',
      snapshot,
      tcpTimeout: seconds(10),
    },
    wan: {
      agent: agentOf({ ...wan, ...options.wan }),
      file: 'serf/remote.snapshot',
      snapshot,
      tcpTimeout: seconds(30),
    },
  };
}

export function joinLan({ lan: parts, options }: Gossip, role: AgentRole, ctx: LanContext): Pool {
  return join(parts, options.contacts, { meta: role }, ctx, [ctx.id]);
}

/** In the WAN a server is known by its name and that of its datacenter. */
export function joinWan({ wan: parts, options }: Gossip, datacenter: string, ctx: WanContext): Pool | null {
  if (options.wanContacts === undefined) return null;
  return join(parts, options.wanContacts, { name: `${ctx.id}.${datacenter}`, meta: datacenter }, wrap(ctx));
}

/** Asks the contacts and those that were there before. */
function join(
  parts: PoolParts,
  contacts: readonly NodeId[],
  start: { readonly name?: string; readonly meta: string },
  ctx: LanContext,
  changed: readonly string[] = [],
): Pool {
  const pool: Pool = {
    swim: startSwim(parts.agent, ctx, start),
    changed: new Set(changed),
    snapshot: readSnapshot(parts.file, parts.snapshot, ctx),
    rejoin: noRejoin(),
  };
  joinCluster(parts.agent, pool, contacts, ctx);
  beginRejoin(pool.rejoin, pool.snapshot.alive, lineOf(parts, pool, ctx), ctx);
  return pool;
}

export function onLanMessage(
  { lan: parts }: Gossip,
  pool: Pool,
  from: NodeId,
  message: SwimMessage,
  ctx: LanContext,
): void {
  onPoolMessage(parts, pool, from, message, ctx);
}

export function onLanTimer({ lan: parts }: Gossip, pool: Pool, timer: LanTimer, ctx: LanContext): void {
  onPoolTimer(parts, pool, timer, ctx);
}

export function onWanMessage(
  { wan: parts }: Gossip,
  pool: Pool,
  from: NodeId,
  { message }: WanMessage,
  ctx: WanContext,
): void {
  onPoolMessage(parts, pool, from, message, wrap(ctx));
}

export function onWanTimer({ wan: parts }: Gossip, pool: Pool, timer: WanTimer, ctx: WanContext): void {
  const own = timer.slice('wan '.length);
  if (isLanTimer(own)) onPoolTimer(parts, pool, own, wrap(ctx));
}

/** Nothing listens at a member that was told something in the LAN. */
export function onLanRefused({ lan: parts }: Gossip, pool: Pool, peer: NodeId, ctx: LanContext): void {
  onRejoinRefused(pool.rejoin, peer, lineOf(parts, pool, ctx), ctx);
}

export function onWanRefused({ wan: parts }: Gossip, pool: Pool, peer: NodeId, ctx: WanContext): void {
  const wrapped = wrap(ctx);
  onRejoinRefused(pool.rejoin, peer, lineOf(parts, pool, wrapped), wrapped);
}

/** Tells the LAN that this agent goes, which it does for good: it remembers nobody. */
export function leaveLan({ lan: { agent, file } }: Gossip, pool: Pool, ctx: LanContext): void {
  noteLeave(file, pool.snapshot, ctx);
  endRejoin(pool.rejoin, ctx);
  leaveCluster(agent, pool, ctx);
}

export function isLanTimer(timer: string): timer is LanTimer {
  return isSwimTimer(timer) || timer === ('serf rejoin' satisfies RejoinTimer);
}

export function isWanTimer(timer: string): timer is WanTimer {
  return timer.startsWith('wan ');
}

/** The servers of the own datacenter that are not known to be dead, in the order of their names. */
export function liveServers(pool: Pool): readonly NodeId[] {
  return membersOf(pool)
    .filter((member) => member.meta === ('server' satisfies AgentRole) && isLive(member))
    .map(({ address }) => address)
    .toSorted();
}

/** The servers of another datacenter that are not known to be dead, in the order of their names. */
export function serversOf(pool: Pool, datacenter: string): readonly NodeId[] {
  const servers = membersOf(pool).filter((member) => member.meta === datacenter && isLive(member));
  return servers.map(({ address }) => address).toSorted();
}

export function knownDatacenters(pool: Pool): readonly string[] {
  return [...new Set(membersOf(pool).map(({ meta }) => meta))].toSorted();
}

/** The names of a member's states as Serf shows them: who is suspected is alive as yet. */
export function memberList(
  pool: Pool,
): readonly { readonly name: string; readonly role: string; readonly status: string }[] {
  const shown = { alive: 'alive', suspect: 'alive', dead: 'failed', left: 'left' } as const;
  const members = membersOf(pool).map(({ name, meta, status }) => ({ name, role: meta, status: shown[status] }));
  return members.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function onPoolMessage(parts: PoolParts, pool: Pool, from: NodeId, message: SwimMessage, ctx: LanContext): void {
  onSwimMessage(parts.agent, pool, from, message, ctx);
  if (message.type === 'PushPull' && message.isReply) onRejoinAnswered(pool.rejoin, from, ctx);
  flushSnapshot(parts.file, pool.snapshot, parts.snapshot, ctx);
}

function onPoolTimer(parts: PoolParts, pool: Pool, timer: LanTimer, ctx: LanContext): void {
  if (timer === 'serf rejoin') return onRejoinTimer(pool.rejoin, lineOf(parts, pool, ctx), ctx);
  onSwimTimer(parts.agent, pool, timer, ctx);
  flushSnapshot(parts.file, pool.snapshot, parts.snapshot, ctx);
}

function lineOf({ agent, tcpTimeout }: PoolParts, pool: Pool, ctx: LanContext): Line {
  return { call: (peer) => exchangeWith(agent, pool, peer, ctx), timeout: tcpTimeout };
}

/** The node's context as a member of the WAN sees it. */
function wrap(ctx: WanContext): LanContext {
  return {
    id: ctx.id,
    disk: ctx.disk,
    send: (to, message) => ctx.send(to, { type: 'Wan', message }),
    setTimer: (timer, delay) => ctx.setTimer(`wan ${timer}`, delay),
    clearTimer: (timer) => ctx.clearTimer(`wan ${timer}`),
    random: (bound) => ctx.random(bound),
    monotonic: () => ctx.monotonic(),
    note: (kind, data) => ctx.note(`wan ${kind}`, data),
  };
}

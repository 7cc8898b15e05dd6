// The agents of a datacenter are members of a gossip pool, its LAN; servers are members of a second one as well, the WAN, which
// joins the datacenters. Both pools are SWIM with Lifeguard; what they say in the WAN is wrapped, so that the two never mix.
import type { Context, NodeId, Types } from '../../sim/index.ts';
import {
  isLive,
  isSwimTimer,
  joinCluster,
  lan,
  membersOf,
  onSwimMessage,
  onSwimTimer,
  startSwim,
  swimAgent,
  wan,
  type Member,
  type SwimAgent,
  type SwimConfig,
  type SwimContext,
  type SwimMessage,
  type SwimRules,
  type SwimState,
  type SwimTimer,
} from '../swim/index.ts';

export interface GossipOptions {
  /** Agents of the own datacenter that a newcomer asks to let it in (`retry_join`). */
  readonly contacts: readonly NodeId[];
  readonly lan?: Partial<SwimConfig>;
  readonly rules?: Partial<SwimRules>;
  /** Servers of other datacenters (`retry_join_wan`); left out, there is one datacenter only. */
  readonly wanContacts?: readonly NodeId[];
  readonly wan?: Partial<SwimConfig>;
}

/** What an agent says of itself. */
export type AgentRole = 'server' | 'client';

/** One pool in the eyes of an agent. */
export interface Pool {
  readonly swim: SwimState;
  /** Members of which there are news that nobody has looked at. */
  readonly changed: Set<string>;
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

export type WanTimer = `wan ${SwimTimer}`;

interface WanTypes extends Types {
  message: WanMessage;
  timer: WanTimer;
}

type WanContext = Pick<Context<WanTypes>, 'id' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'note'>;

/** The fixed parts of an agent's membership. */
export interface Gossip {
  readonly options: GossipOptions;
  readonly lan: SwimAgent<PoolHost>;
  readonly wan: SwimAgent<PoolHost>;
}

export function prepareGossip(options: GossipOptions): Gossip {
  const { rules = {} } = options;
  const hooks = { memberChanged: ({ changed }: Pool, { name }: Member) => void changed.add(name) };
  return {
    options,
    lan: swimAgent<PoolHost>({ config: { ...lan, ...options.lan }, rules, hooks }),
    wan: swimAgent<PoolHost>({ config: { ...wan, ...options.wan }, rules, hooks }),
  };
}

export function joinLan({ lan: agent, options }: Gossip, role: AgentRole, ctx: SwimContext): Pool {
  const pool: Pool = { swim: startSwim(agent, ctx, { meta: role }), changed: new Set([ctx.id]) };
  joinCluster(agent, pool, options.contacts, ctx);
  return pool;
}

/** In the WAN a server is known by its name and that of its datacenter. */
export function joinWan({ wan: agent, options }: Gossip, datacenter: string, ctx: WanContext): Pool | null {
  if (options.wanContacts === undefined) return null;
  const wrapped = wrap(ctx);
  const start = { name: `${ctx.id}.${datacenter}`, meta: datacenter };
  const pool: Pool = { swim: startSwim(agent, wrapped, start), changed: new Set() };
  joinCluster(agent, pool, options.wanContacts, wrapped);
  return pool;
}

export function onLanMessage(
  { lan: agent }: Gossip,
  pool: Pool,
  from: NodeId,
  message: SwimMessage,
  ctx: SwimContext,
): void {
  onSwimMessage(agent, pool, from, message, ctx);
}

export function onLanTimer({ lan: agent }: Gossip, pool: Pool, timer: SwimTimer, ctx: SwimContext): void {
  onSwimTimer(agent, pool, timer, ctx);
}

export function onWanMessage(
  { wan: agent }: Gossip,
  pool: Pool,
  from: NodeId,
  { message }: WanMessage,
  ctx: WanContext,
): void {
  onSwimMessage(agent, pool, from, message, wrap(ctx));
}

export function onWanTimer({ wan: agent }: Gossip, pool: Pool, timer: WanTimer, ctx: WanContext): void {
  const own = timer.slice('wan '.length);
  if (isSwimTimer(own)) onSwimTimer(agent, pool, own, wrap(ctx));
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

/** The node's context as a member of the WAN sees it. */
function wrap(ctx: WanContext): SwimContext {
  return {
    id: ctx.id,
    send: (to, message) => ctx.send(to, { type: 'Wan', message }),
    setTimer: (timer, delay) => ctx.setTimer(`wan ${timer}`, delay),
    clearTimer: (timer) => ctx.clearTimer(`wan ${timer}`),
    random: (bound) => ctx.random(bound),
    monotonic: () => ctx.monotonic(),
    note: (kind, data) => ctx.note(`wan ${kind}`, data),
  };
}

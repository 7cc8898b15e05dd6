// A replica of four convergent data types. It takes updates whenever it is asked, connected or not, and now and then joins its
// state with that of a random peer: anti-entropy (Shapiro et al. 2011, section 2.2.1). What it has promised is on its disk first,
// its count of own events above all: a replica that counted afresh would name two events alike.
import { ms, type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import {
  addTo,
  assign,
  emptyOrSet,
  emptyPnCounter,
  emptyRegister,
  increment,
  joinCounts,
  joinOrSets,
  joinPnCounters,
  joinRegisters,
  membersOf,
  removeFrom,
  total,
  valueOf,
  type GCounter,
  type LwwRegister,
  type OrSet,
  type PnCounter,
} from './lattices.ts';

/** One object of each type. */
export interface Replicated {
  readonly visits: GCounter;
  readonly balance: PnCounter;
  readonly title: LwwRegister;
  readonly cart: OrSet;
}

export function nothing(): Replicated {
  return { visits: {}, balance: emptyPnCounter(), title: emptyRegister(), cart: emptyOrSet() };
}

export type Update =
  | { readonly type: 'visit' }
  | { readonly type: 'deposit' | 'withdraw' }
  | { readonly type: 'rename'; readonly value: Json }
  | { readonly type: 'add' | 'remove'; readonly element: string };

/** How states are joined; broken variants replace one of them. */
export interface Joins {
  readonly visits: (one: GCounter, other: GCounter) => GCounter;
  readonly title: (one: LwwRegister, other: LwwRegister) => LwwRegister;
  readonly cart: (one: OrSet, other: OrSet) => OrSet;
}

export const lawfulJoins: Joins = { visits: joinCounts, title: joinRegisters, cart: joinOrSets };

/** Both states in one. */
export function join(one: Replicated, other: Replicated, joins: Joins = lawfulJoins): Replicated {
  return {
    visits: joins.visits(one.visits, other.visits),
    balance: joinPnCounters(one.balance, other.balance),
    title: joins.title(one.title, other.title),
    cart: joins.cart(one.cart, other.cart),
  };
}

/** What a reader of the state sees. */
export function readOut({ visits, balance, title, cart }: Replicated) {
  return { visits: total(visits), balance: valueOf(balance), title: title.value, cart: membersOf(cart) };
}

export type CrdtMessage =
  | { readonly type: 'update'; readonly request: number; readonly update: Update }
  | { readonly type: 'updated'; readonly request: number }
  /** With `wantsYours`, the other one's state comes back. */
  | { readonly type: 'state'; readonly state: Replicated; readonly wantsYours: boolean };

export interface Crdt {
  /** What is replicated, and the last request of each client: a network that repeats a message must not repeat a visit. */
  state: { replicated: Replicated; readonly last: Record<NodeId, number> };
  message: CrdtMessage;
  timer: 'meet';
  request: never;
  response: never;
}

export interface ReplicaOptions {
  /** How often a replica meets a random peer; default 100 ms. */
  readonly meetEvery?: Micros;
  readonly joins?: Joins;
  /** Whether an update is on disk before it is acknowledged. */
  readonly syncsFirst?: boolean;
}

type Ctx = Context<Crdt>;

export function crdtReplica(options: ReplicaOptions = {}): Protocol<Crdt> {
  const { meetEvery = ms(100), joins = lawfulJoins, syncsFirst = true } = options;
  return {
    start(ctx) {
      ctx.setTimer('meet', 1 + ctx.random(meetEvery));
      ctx.disk.sync(); // what the page cache kept over a crash must not be lost after it was shown
      const kept = ctx.disk.get<never>('state') as Crdt['state'] | undefined;
      return { replicated: kept?.replicated ?? nothing(), last: { ...kept?.last } };
    },
    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'update':
          if (message.request > (state.last[from] ?? -1)) {
            state.replicated = apply(state.replicated, message.update, ctx);
            state.last[from] = message.request;
            save(state, ctx);
          }
          if (syncsFirst) ctx.disk.sync();
          return ctx.send(from, { type: 'updated', request: message.request });
        case 'state':
          if (message.wantsYours) ctx.send(from, { type: 'state', state: state.replicated, wantsYours: false });
          state.replicated = join(state.replicated, message.state, joins);
          return save(state, ctx);
        case 'updated':
          return; // for clients
      }
    },
    onTimer(state, _timer, ctx) {
      ctx.setTimer('meet', meetEvery);
      const peer = ctx.peers[ctx.random(ctx.peers.length)];
      if (peer !== undefined) ctx.send(peer, { type: 'state', state: state.replicated, wantsYours: true });
    },
  };
}

/** Every update gets a name of its own, of the replica that took it, so it must be durable before anybody hears of it. */
function apply(state: Replicated, update: Update, ctx: Ctx): Replicated {
  const { visits, balance, title, cart } = state;
  switch (update.type) {
    case 'visit':
      return { ...state, visits: increment(visits, ctx.id) };
    case 'deposit':
      return { ...state, balance: { ...balance, up: increment(balance.up, ctx.id) } };
    case 'withdraw':
      return { ...state, balance: { ...balance, down: increment(balance.down, ctx.id) } };
    case 'rename':
      return { ...state, title: assign(title, update.value, ctx.id) };
    case 'add':
      return { ...state, cart: addTo(cart, update.element, ctx.id) };
    case 'remove':
      return { ...state, cart: removeFrom(cart, update.element) };
  }
}

function save({ replicated, last }: Crdt['state'], ctx: Ctx): void {
  ctx.disk.set('state', { replicated, last: { ...last } } as unknown as Json);
}

export interface CrdtClient {
  state: { request: number };
  message: CrdtMessage;
  timer: never;
  request: Request;
  response: Json;
}

/** Operations are updates, `{ f: 'visit', value: n }` and so on, each at a replica of the client's choice. */
export const crdtClient: Protocol<CrdtClient> = {
  start: () => ({ request: -1 }),
  onRequest(state, { f, value }, ctx) {
    const [serial, argument] = value as readonly [number, string];
    state.request = serial;
    const replica = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
    ctx.send(replica, { type: 'update', request: serial, update: toUpdate(f, argument) });
  },
  onMessage(state, _from, message, ctx) {
    if (message.type === 'updated' && message.request === state.request) ctx.ok(null);
  },
};

function toUpdate(f: string, argument: string): Update {
  switch (f) {
    case 'visit':
    case 'deposit':
    case 'withdraw':
      return { type: f };
    case 'rename':
      return { type: f, value: argument };
    case 'add':
    case 'remove':
      return { type: f, element: argument };
    default:
      throw new Error(`there is no update ${f}`);
  }
}

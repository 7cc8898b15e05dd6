// User events and queries over gossip, ordered by Lamport clocks, as Serf does: whoever hears an event for the first time
// passes it on; whoever hears a query answers its asker directly, who collects answers until a time-out. (serf: serf.go,
// handleUserEvent, handleQuery; Lamport: "Time, Clocks, and the Ordering of Events in a Distributed System", 1978.)
import type { Context, Json, Micros, NodeId } from '../../sim/index.ts';
import { ceilLog10OfNext } from './logarithms.ts';
import { broadcastUser, membersOf } from './swim.ts';
import type { SwimAgent, SwimHost, SwimMessage, SwimState, SwimTimer, UserUpdate } from './types.ts';

/** What goes round: an event, or a query that wants an answer. */
export interface SerfNews {
  readonly kind: 'event' | 'query';
  /** The Lamport time at which it was made. */
  readonly time: number;
  readonly name: string;
  readonly value: Json;
  readonly origin: NodeId;
}

/** To the asker of the query of this time. */
export interface SerfAnswer {
  readonly type: 'SerfAnswer';
  readonly time: number;
  readonly value: Json;
}

export type SerfTimer = `serf query ${number}`;

export interface SerfState {
  /** The next Lamport times of events and of queries: greater than all that were seen. */
  readonly clocks: { event: number; query: number };
  /** What was seen, by kind and time: names with values and origins. The oldest are forgotten. */
  readonly seen: Map<string, string[]>;
  /** The latest events, for those who missed them. */
  recent: SerfNews[];
  /** Queries of its own that collect answers, by time. */
  readonly asked: Map<number, { readonly name: string; readonly answers: Map<NodeId, Json> }>;
}

export interface SerfRules {
  /** Who hears of a time has a greater one from then on. */
  witness(own: number, heard: number): number;
  /** So many times of the past are told apart (EventBuffer, QueryBuffer). */
  readonly remembers: number;
  /** What was seen already is neither delivered nor passed on again. */
  isNew(seen: readonly string[], identity: string): boolean;
}

export const serfRules: SerfRules = {
  witness: (own, heard) => Math.max(own, heard + 1),
  remembers: 512,
  isNew: (seen, identity) => !seen.includes(identity),
};

/** Answers are awaited for this many gossip intervals times ⌈log10(n + 1)⌉ (QueryTimeoutMult). */
const queryTimeoutMult = 16;

export interface SerfHost extends SwimHost {
  state: { readonly swim: SwimState; readonly serf: SerfState };
}

/** How a host's members treat events and queries. */
export interface Serf {
  readonly agent: SwimAgent;
  readonly rules: SerfRules;
  /** What a member answers to a query. */
  readonly answer: (name: string, value: Json, state: SerfHost['state'], id: NodeId) => Json;
  /** A query of this member's own is over. */
  readonly queryOver?: (time: number, answers: ReadonlyMap<NodeId, Json>, ctx: SerfContext) => void;
}

interface SerfTypes extends SerfHost {
  message: SwimMessage | SerfAnswer;
  timer: SwimTimer | SerfTimer;
}

/** The part of a host's context that events and queries need: the context of any host fits. */
export type SerfContext = Pick<
  Context<SerfTypes>,
  'id' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'note'
>;

export function startSerf(): SerfState {
  return { clocks: { event: 1, query: 1 }, seen: new Map(), recent: [], asked: new Map() };
}

/** Sends an event to everybody. Returns its Lamport time. */
export function sendEvent(serf: Serf, state: SerfHost['state'], name: string, value: Json, ctx: SerfContext): number {
  const time = state.serf.clocks.event;
  const news: SerfNews = { kind: 'event', time, name, value, origin: ctx.id };
  if (take(serf, state, news, ctx, true)) broadcastUser(serf.agent, state, updateOf(news), ctx);
  return time;
}

/** Asks everybody. Returns the query's Lamport time; `queryOver` hears of the answers. */
export function sendQuery(serf: Serf, state: SerfHost['state'], name: string, value: Json, ctx: SerfContext): number {
  const time = state.serf.clocks.query;
  state.serf.asked.set(time, { name, answers: new Map() });
  ctx.setTimer(`serf query ${time}`, queryTimeout(serf.agent, membersOf(state).length));
  const news: SerfNews = { kind: 'query', time, name, value, origin: ctx.id };
  if (take(serf, state, news, ctx, true)) broadcastUser(serf.agent, state, updateOf(news), ctx);
  return time;
}

/** 3.2 s for up to 9 members on a LAN, 6.4 s for up to 99, and so on. */
export function queryTimeout({ config }: SwimAgent, n: number): Micros {
  return config.gossipInterval * queryTimeoutMult * ceilLog10OfNext(n);
}

/** For the hook `userUpdate`: whether the news are new and go on. */
export function onSerfUpdate(serf: Serf, state: SerfHost['state'], { payload }: UserUpdate, ctx: SerfContext): boolean {
  return take(serf, state, payload as SerfNews, ctx);
}

export function onSerfAnswer({ serf }: SerfHost['state'], from: NodeId, { time, value }: SerfAnswer): void {
  serf.asked.get(time)?.answers.set(from, value);
}

export function onSerfTimer(serf: Serf, { serf: own }: SerfHost['state'], timer: SerfTimer, ctx: SerfContext): void {
  const time = Number(timer.slice('serf query '.length));
  const query = own.asked.get(time);
  own.asked.delete(time);
  if (query !== undefined) serf.queryOver?.(time, query.answers, ctx);
}

/** What push-pull hands over: the clocks, and the latest events. */
export interface SerfExchange {
  readonly clocks: { readonly event: number; readonly query: number };
  readonly recent: readonly SerfNews[];
}

/** For the hook `localState`. */
export function serfExchange({ serf }: SerfHost['state']): SerfExchange {
  return { clocks: { ...serf.clocks }, recent: serf.recent };
}

/** For the hook `mergeState`: events that were missed are delivered late; they go on with the next exchange. */
export function mergeSerf(serf: Serf, state: SerfHost['state'], remote: SerfExchange, ctx: SerfContext): void {
  for (const news of remote.recent) take(serf, state, news, ctx);
  const { clocks } = state.serf;
  clocks.event = serf.rules.witness(clocks.event, remote.clocks.event - 1);
  clocks.query = serf.rules.witness(clocks.query, remote.clocks.query - 1);
}

/** Takes news in, if they are new: advances the clock, delivers an event, answers a query. */
function take(serf: Serf, state: SerfHost['state'], news: SerfNews, ctx: SerfContext, isSent = false): boolean {
  const { kind, time, name, value, origin } = news;
  const own = state.serf;
  own.clocks[kind] = serf.rules.witness(own.clocks[kind], time);
  const oldest = own.clocks[kind] - serf.rules.remembers;
  if (time < oldest) return false; // nobody remembers any more whether it was there
  const key = `${kind} ${time}`;
  const seen = own.seen.get(key) ?? [];
  const identity = JSON.stringify([name, value, origin]);
  if (!serf.rules.isNew(seen, identity)) return false;
  own.seen.set(key, [...seen, identity]);
  own.seen.delete(`${kind} ${oldest - 1}`);
  if (kind === 'event') {
    own.recent = [...own.recent.filter((other) => other.time >= oldest), news].slice(-serf.rules.remembers);
    ctx.note('event', { name, time, origin, value, sent: isSent });
  } else ctx.send(origin, { type: 'SerfAnswer', time, value: serf.answer(name, value, state, ctx.id) });
  return true;
}

function updateOf(news: SerfNews): UserUpdate {
  const { kind, time, name, value, origin } = news;
  const subject = JSON.stringify([kind, time, name, value, origin]); // no news take the place of others
  return { type: 'user', name: subject, payload: news, bytes: 60 + name.length };
}

// Watches as a member serves them: each is a place in the log of changes, and is told whole revisions from there on, out of
// the member's own store. A watch that is behind, because it began in the past or its reader is slow, catches up alike.
import type { NodeId } from '../../sim/index.ts';
import { headerAt } from './answers.ts';
import { eventsFrom, type WatchFilter } from './events.ts';
import { refusals } from './errors.ts';
import { compareKeys, toTheEnd } from './keys.ts';
import type { WatchMessage, WatchResponse } from './messages.ts';
import type { EtcdContext, EtcdState, Member, Watcher } from './state.ts';

type Request = Exclude<WatchMessage, WatchResponse>;

/** Watches that one member serves at most. */
const watchLimit = 10_000;

/** Election time-outs without a leader that a watch that requires one bears. */
const maxLeaderless = 3;

export function onWatchMessage(
  member: Member,
  state: EtcdState,
  client: NodeId,
  message: Request,
  ctx: EtcdContext,
): void {
  if (message.type === 'WatchCreate') return create(member, state, client, message, ctx);
  const watcher = find(state, client, message.stream);
  if (watcher === undefined) return;
  watcher.heardAt = ctx.monotonic();
  switch (message.type) {
    case 'WatchAck':
      watcher.acknowledged = Math.max(watcher.acknowledged, message.serial + 1);
      return pump(member, state, watcher, ctx);
    case 'WatchProgress':
      watcher.wantsProgress = true;
      return pump(member, state, watcher, ctx);
    case 'WatchCancel':
      return cancel(state, watcher, { cancelReason: '' }, ctx);
  }
}

/** The store has changed: tells every watch what it can take. */
export function pumpAll(member: Member, state: EtcdState, ctx: EtcdContext): void {
  for (const watcher of [...state.watchers]) pump(member, state, watcher, ctx);
}

/** A snapshot took the store's place, and what was between is there at once. */
export function onRestored(member: Member, state: EtcdState, ctx: EtcdContext): void {
  for (const watcher of state.watchers)
    watcher.next = member.rules.goesOnFrom(watcher.next, state.raft.machine.compacted);
  pumpAll(member, state, ctx);
}

/** Tells idle watches how far they are, from time to time, and forgets those whose clients are silent. */
export function onProgressTimer(member: Member, state: EtcdState, ctx: EtcdContext): void {
  for (const watcher of state.watchers) watcher.wantsProgress = true;
  pumpAll(member, state, ctx);
  if (state.watchers.length > 0) ctx.setTimer('progress', member.config.progressNotify);
}

/** Ends the watches that require a leader when there was none three times in a row (etcd's `monitorLeader`). */
export function onLeaderTimer(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const requiring = state.watchers.filter(({ requiresLeader }) => requiresLeader);
  state.leaderless = state.raft.leader === null ? state.leaderless + 1 : 0;
  if (state.leaderless < maxLeaderless) {
    if (requiring.length > 0) ctx.setTimer('leader', member.config.election);
    return;
  }
  for (const watcher of requiring) cancel(state, watcher, { cancelReason: refusals.noLeader.error }, ctx);
}

/** A client that dials again has given up the watches of its last connection. */
export function dropWatches(state: EtcdState, client: NodeId): void {
  state.watchers = state.watchers.filter((watcher) => watcher.client !== client);
}

function create(
  member: Member,
  state: EtcdState,
  client: NodeId,
  message: Extract<Request, { type: 'WatchCreate' }>,
  ctx: EtcdContext,
): void {
  const { connection, stream, startRevision, requireLeader: requiresLeader = false } = message;
  if (state.connections[client]?.number !== connection) return ctx.send(client, { type: 'Reset', connection });
  if (find(state, client, stream) !== undefined) return; // a copy of the message
  const filter = normalised(message.filter);
  const { revision } = state.raft.machine;
  const watcher: Watcher = {
    client,
    stream,
    filter,
    requiresLeader,
    next: member.rules.watchesFrom(startRevision, revision),
    serial: 0,
    acknowledged: 0,
    starved: false,
    wantsProgress: false,
    heardAt: ctx.monotonic(),
  };
  respond(state, watcher, { created: true }, ctx);
  const fault = emptyRange(filter) ? 'mvcc: watcher range is empty' : undefined;
  const leaderless = requiresLeader && state.raft.leader === null ? refusals.noLeader.error : undefined;
  const full = state.watchers.length >= watchLimit ? 'mvcc: too many watchers' : undefined;
  state.watchers.push(watcher);
  const cancelReason = fault ?? full ?? leaderless;
  if (cancelReason !== undefined) return cancel(state, watcher, { cancelReason }, ctx);
  if (state.watchers.length === 1) ctx.setTimer('progress', member.config.progressNotify);
  if (requiresLeader && state.watchers.filter((other) => other.requiresLeader).length === 1) {
    state.leaderless = 0;
    ctx.setTimer('leader', member.config.election);
  }
  pump(member, state, watcher, ctx);
}

/** No key is the smallest key; it and the end of everything are all keys (etcd's `Watch` RPC). */
function normalised(filter: WatchFilter): WatchFilter {
  return filter.key === '' ? { ...filter, key: toTheEnd } : filter;
}

function emptyRange({ key, rangeEnd = '' }: WatchFilter): boolean {
  return rangeEnd !== '' && rangeEnd !== toTheEnd && compareKeys(rangeEnd, key) <= 0;
}

/** Tells a watch all that it has not been told and has room for. */
function pump(member: Member, state: EtcdState, watcher: Watcher, ctx: EtcdContext): void {
  const { rules, config } = member;
  const { machine } = state.raft;
  if (watcher.starved && hasRoom(member, watcher)) {
    watcher.starved = false;
    watcher.next = rules.resumesFrom(watcher.next, machine.revision);
  }
  while (watcher.next <= machine.revision) {
    if (!hasRoom(member, watcher)) {
      watcher.starved = true;
      if (ctx.monotonic() - watcher.heardAt > config.watchIdle) remove(state, watcher);
      break;
    }
    if (watcher.next < machine.compacted) {
      const cancelReason = 'etcdserver: mvcc: required revision has been compacted';
      return cancel(state, watcher, { cancelReason, compactRevision: machine.compacted }, ctx);
    }
    const { events, next } = eventsFrom(machine, watcher.filter, watcher.next);
    watcher.next = next;
    if (events.length > 0) for (const part of rules.responses(events)) respond(state, watcher, { events: part }, ctx);
  }
  if (watcher.wantsProgress && rules.isSynced(watcher.next, machine.revision)) {
    watcher.wantsProgress = false;
    respond(state, watcher, {}, ctx);
  }
}

function hasRoom({ config }: Member, { serial, acknowledged }: Watcher): boolean {
  return serial - acknowledged < config.watchWindow;
}

function cancel(state: EtcdState, watcher: Watcher, why: Partial<WatchResponse>, ctx: EtcdContext): void {
  respond(state, watcher, { canceled: true, ...why }, ctx);
  remove(state, watcher);
}

function remove(state: EtcdState, watcher: Watcher): void {
  state.watchers = state.watchers.filter((other) => other !== watcher);
}

function respond(state: EtcdState, watcher: Watcher, part: Partial<WatchResponse>, ctx: EtcdContext): void {
  const header = headerAt(state, state.raft.machine.revision, ctx);
  const { stream } = watcher;
  ctx.send(watcher.client, { type: 'WatchResponse', stream, serial: watcher.serial++, header, events: [], ...part });
}

function find({ watchers }: EtcdState, client: NodeId, stream: number): Watcher | undefined {
  return watchers.find((watcher) => watcher.client === client && watcher.stream === stream);
}

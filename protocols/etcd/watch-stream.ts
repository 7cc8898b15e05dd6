// The part of a client that keeps one watch going: it takes every response once and in order, notices what was lost, and
// resumes on another connection behind the last revision that it was told.
import { seconds, type Micros } from '../../sim/index.ts';
import { ensureConnected, reconnect, type CallContext, type CallOptions, type Calls, type Settled } from './calls.ts';
import { refusals } from './errors.ts';
import type { WatchEvent, WatchFilter } from './events.ts';
import type { WatchResponse } from './messages.ts';

export interface WatchStream {
  /** Names the present attempt; nothing of an older one is taken for its own. */
  id: number;
  filter: WatchFilter;
  /** The first revision that has not been told; 0 until the first response of a watch that began at "now". */
  next: number;
  /** The connection that it was created on; undefined while there is none. */
  connection?: number;
  /** The serial of the response that comes next. */
  expected: number;
  heardAt: Micros;
  /** `ended` by the server: what comes next is compacted, so that nobody can tell it any more, or can never come. */
  status: 'idle' | 'open' | 'ended';
}

export interface WatchOptions {
  /** After so long without a response the client asks how far the watch is, and after twice that goes elsewhere. */
  readonly pingEvery: Micros;
  /** Where a watch that was interrupted goes on: behind the last revision told. */
  readonly resumesAt: (next: number) => number;
  /** Rather go elsewhere than stay with a member that has no leader, and so hears of nothing; default false, as in etcd. */
  readonly requireLeader: boolean;
}

export const defaultWatchOptions: WatchOptions = {
  pingEvery: seconds(1),
  resumesAt: (next) => next,
  requireLeader: false,
};

/** What a watch tells. A bookmark says that everything up to its revision has been told. */
export type Told =
  | { readonly type: 'events'; readonly events: readonly WatchEvent[] }
  | { readonly type: 'bookmark'; readonly revision: number }
  | { readonly type: 'ended'; readonly compactRevision: number };

export function idleStream(ctx: CallContext): WatchStream {
  return { id: ctx.random(2 ** 30), filter: { key: '' }, next: 0, expected: 0, heardAt: 0, status: 'idle' };
}

/** Begins a watch; one that the stream served before is forgotten. @param from the first revision to tell; 0 for from now on */
export function openWatch(
  stream: WatchStream,
  calls: Calls,
  filter: WatchFilter,
  from: number,
  options: CallOptions & WatchOptions,
  ctx: CallContext,
): void {
  closeWatch(stream, calls, ctx);
  Object.assign(stream, { filter, next: from, status: 'open', heardAt: ctx.monotonic() });
  ctx.setTimer('watch', options.pingEvery);
  ensureConnected(calls, options, ctx);
  followConnection(stream, calls, options, ctx);
}

export function closeWatch(stream: WatchStream, calls: Calls, ctx: CallContext): void {
  if (stream.status === 'open' && stream.connection !== undefined && stream.connection === calls.connection)
    ctx.send(calls.member, { type: 'WatchCancel', stream: stream.id });
  delete stream.connection;
  stream.id++;
  stream.status = 'idle';
  ctx.clearTimer('watch');
}

/** Creates the watch on the connection there is, if it was created on another; to be called after whatever may change it. */
export function followConnection(stream: WatchStream, calls: Calls, options: WatchOptions, ctx: CallContext): void {
  const { connection } = calls;
  if (stream.status !== 'open' || connection === undefined || connection === stream.connection) return;
  const isResumed = stream.connection !== undefined;
  stream.connection = connection;
  stream.expected = 0;
  stream.id++;
  if (isResumed) ctx.note('watch resumed', { next: stream.next });
  const startRevision = isResumed && stream.next > 0 ? options.resumesAt(stream.next) : stream.next;
  const { id, filter } = stream;
  const { requireLeader } = options;
  ctx.send(calls.member, { type: 'WatchCreate', connection, stream: id, filter, startRevision, requireLeader });
}

/** Takes a response if it is the next one. A gap is a broken connection: the watch is resumed on another one. */
export function onWatchResponse(
  stream: WatchStream,
  calls: Calls,
  message: WatchResponse,
  options: CallOptions & WatchOptions,
  ctx: CallContext,
): { readonly told: readonly Told[]; readonly settled: readonly Settled[] } {
  const nothing = { told: [], settled: [] };
  if (stream.status !== 'open' || message.stream !== stream.id || message.serial < stream.expected) return nothing;
  if (message.serial > stream.expected) return { told: [], settled: move(stream, calls, options, ctx) };
  stream.expected++;
  stream.heardAt = ctx.monotonic();
  ctx.send(calls.member, { type: 'WatchAck', stream: stream.id, serial: message.serial });
  ctx.setTimer('watch', options.pingEvery);
  if (message.canceled === true && message.cancelReason === refusals.noLeader.error) {
    stream.heardAt -= 2 * options.pingEvery; // the next look takes the member for silent, and goes elsewhere
    return nothing;
  }
  if (message.canceled === true) {
    stream.status = 'ended';
    ctx.clearTimer('watch');
    return { told: [{ type: 'ended', compactRevision: message.compactRevision ?? 0 }], settled: [] };
  }
  if (message.created === true) {
    if (stream.next === 0) stream.next = message.header.revision + 1;
    return nothing;
  }
  const last = message.events.at(-1)?.kv.modRevision;
  // A member that is behind tells in good faith that all up to its own revision has been told: that is no step back.
  stream.next = Math.max(stream.next, (last ?? message.header.revision) + 1);
  if (last !== undefined) return { told: [{ type: 'events', events: message.events }], settled: [] };
  return { told: [{ type: 'bookmark', revision: message.header.revision }], settled: [] };
}

/** Nothing has come for a while: asks how far the watch is, or gives the member up. */
export function onWatchTimer(
  stream: WatchStream,
  calls: Calls,
  options: CallOptions & WatchOptions,
  ctx: CallContext,
): readonly Settled[] {
  if (stream.status !== 'open') return [];
  const silent = ctx.monotonic() - stream.heardAt;
  if (stream.connection !== undefined && silent > 2 * options.pingEvery) return move(stream, calls, options, ctx);
  if (stream.connection !== undefined) ctx.send(calls.member, { type: 'WatchProgress', stream: stream.id });
  ctx.setTimer('watch', options.pingEvery);
  return [];
}

function move(
  stream: WatchStream,
  calls: Calls,
  options: CallOptions & WatchOptions,
  ctx: CallContext,
): readonly Settled[] {
  stream.id++; // what is still on its way does not count
  stream.heardAt = ctx.monotonic();
  const settled = reconnect(calls, options, ctx);
  ctx.setTimer('watch', options.pingEvery);
  return settled;
}

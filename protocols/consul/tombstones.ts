// The leader's clockwork of deletions: each is remembered for a while, so that the index of a prefix does not go back under a
// query that is about to ask again. Whoever begins to lead gives all of them their full time. (Consul's tombstone_gc.go.)
import type { Context, Micros } from '../../sim/index.ts';
import { lastIndex, propose } from '../raft/index.ts';
import type { Datacenter } from './datacenter.ts';
import type { Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

/** Deletions of about the same time are forgotten together, as many times for each time to live. */
const buckets = 30;

export function beginTombstones(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  state.tombstones = [];
  keepTombstones(datacenter, state, lastIndex(state.raft), ctx);
}

/** Deletions up to an index, none of them older than now, are to be remembered from now on. Others leave it to the leader. */
export function keepTombstones({ config, rules }: Datacenter, state: ConsulServerState, upTo: number, ctx: Ctx): void {
  if (state.raft.role !== 'leader') return;
  const until = endOfBucket(rules.forgottenAt(ctx.monotonic(), config.tombstoneTtl), config.tombstoneTtl);
  const last = state.tombstones.at(-1);
  if (last?.until === until) last.upTo = upTo;
  else state.tombstones.push({ upTo, until });
  setTimer(state, ctx);
}

export function forgetTombstones({ raft }: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  if (state.raft.role !== 'leader') return;
  const now = ctx.monotonic();
  const due = state.tombstones.findLast(({ until }) => until <= now);
  state.tombstones = state.tombstones.filter(({ until }) => until > now);
  if (due !== undefined) propose(raft, state, { type: 'reap-tombstones', upTo: due.upTo }, ctx);
  setTimer(state, ctx);
}

function endOfBucket(at: Micros, ttl: Micros): Micros {
  const bucket = Math.max(1, Math.floor(ttl / buckets));
  return Math.ceil(at / bucket) * bucket;
}

function setTimer({ tombstones }: ConsulServerState, ctx: Ctx): void {
  const [first] = tombstones;
  if (first !== undefined) ctx.setTimer('tombstones', Math.max(0, first.until - ctx.monotonic()));
}

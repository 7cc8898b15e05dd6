// What a server keeps on disk: how often it was started, the two epochs, a snapshot, and the log. The snapshot's cell says where
// in the log the history goes on after it, so that replacing a history by a leader's snapshot is one atomic write.
import { DiskError, type Context, type Json } from '../../sim/index.ts';
import { countUpTo, lastLogged } from './history.ts';
import { copyOf } from './plain.ts';
import type { AnyService, ZabTypes } from './service.ts';
import type { Turn } from './turn.ts';
import type { Entry, ZabState } from './types.ts';
import type { Zxid } from './zxid.ts';

const log = 'zab-log';
const cells = {
  boot: 'zab-boot',
  accepted: 'zab-accepted-epoch',
  current: 'zab-current-epoch',
  snapshot: 'zab-snapshot',
} as const;

export interface Snapshot {
  readonly zxid: Zxid;
  /** The transaction before the first one that is still in the log. */
  readonly base: Zxid;
  /** Where that first one is, or will be. */
  readonly from: number;
  readonly machine: Json;
}

export type Recovered = Pick<
  ZabState,
  | 'boot'
  | 'acceptedEpoch'
  | 'currentEpoch'
  | 'log'
  | 'base'
  | 'firstIndex'
  | 'snapshotZxid'
  | 'machine'
  | 'lastApplied'
  | 'committed'
>;

/**
 * Reads what survived. A torn tail was never acknowledged and is cut off; a corrupt record was, so the server refuses.
 * The machine is that of the snapshot: what follows it in the log is applied when it is known to be committed.
 * @throws DiskError when a record in the log is corrupt.
 */
export function recover(service: AnyService, ctx: Context<ZabTypes>): Recovered {
  const boot = (ctx.disk.get<number>(cells.boot) ?? 0) + 1;
  const snapshot = readSnapshot(service, ctx);
  const { first, records, damage } = ctx.disk.read(log);
  if (damage?.type === 'corrupt') throw new DiskError('corrupt', `log record ${damage.index} has a wrong checksum`);
  if (damage?.type === 'torn') ctx.disk.truncate(log, damage.index);
  ctx.disk.set(cells.boot, boot);
  ctx.disk.sync();
  return {
    boot,
    acceptedEpoch: ctx.disk.get<number>(cells.accepted) ?? 0,
    currentEpoch: ctx.disk.get<number>(cells.current) ?? 0,
    log: records.slice(Math.max(0, snapshot.from - first)) as unknown as Entry[],
    base: snapshot.base,
    firstIndex: Math.max(snapshot.from, first),
    snapshotZxid: snapshot.zxid,
    machine: copyOf(snapshot.machine) as unknown as object,
    lastApplied: snapshot.zxid,
    committed: snapshot.zxid,
  };
}

/** The latest snapshot, or the machine before the first transaction. */
export function readSnapshot(service: AnyService, ctx: Context<ZabTypes>): Snapshot {
  const none = (): Snapshot => ({ zxid: 0, base: 0, from: 0, machine: service.initial() as unknown as Json });
  return (ctx.disk.get(cells.snapshot) as unknown as Snapshot | undefined) ?? none();
}

export function writeAcceptedEpoch({ state, ctx }: Turn, epoch: number): void {
  state.acceptedEpoch = epoch;
  ctx.disk.set(cells.accepted, epoch);
}

export function writeCurrentEpoch({ state, ctx }: Turn, epoch: number): void {
  state.currentEpoch = epoch;
  ctx.disk.set(cells.current, epoch);
}

export function appendEntries({ state, ctx }: Turn, entries: readonly Entry[]): void {
  for (const entry of entries) {
    state.log.push(entry);
    ctx.disk.append(log, entry as unknown as Json);
  }
}

/** Drops what follows `zxid`. */
export function truncateLog({ state, ctx }: Turn, zxid: Zxid): void {
  const kept = countUpTo(state.log, zxid);
  ctx.disk.truncate(log, state.firstIndex + kept);
  state.log = state.log.slice(0, kept);
}

/** Replaces the whole history by a leader's snapshot. */
export function replaceHistory(turn: Turn, zxid: Zxid, machine: Json): void {
  const { state, ctx } = turn;
  const from = state.firstIndex + state.log.length;
  writeSnapshot(turn, { zxid, base: zxid, from, machine });
  ctx.disk.trim(log, from);
  Object.assign(state, { log: [], base: zxid, firstIndex: from, snapshotZxid: zxid });
  Object.assign(state, { machine: copyOf(machine), lastApplied: zxid, committed: zxid });
}

/** Takes a snapshot of the machine if enough was applied since the last one, and drops what of the log is far behind it. */
export function takeSnapshot(turn: Turn): void {
  const { config, state, ctx, rules } = turn;
  const { lastApplied, snapshotZxid } = state;
  const applied = countUpTo(state.log, lastApplied);
  const since = applied - countUpTo(state.log, snapshotZxid);
  if (since < config.snapshotEvery || !rules.maySnapshot(lastApplied, lastLogged(state))) return;
  const dropped = Math.max(0, applied - config.keepBeforeSnapshot);
  const base = state.log[dropped - 1]?.zxid ?? state.base;
  const from = state.firstIndex + dropped;
  const zxid = rules.snapshotHolds(lastApplied, state.log[applied]?.zxid ?? lastApplied);
  writeSnapshot(turn, { zxid, base, from, machine: copyOf(state.machine) as unknown as Json });
  ctx.disk.trim(log, from);
  Object.assign(state, { log: state.log.slice(dropped), base, firstIndex: from, snapshotZxid: zxid });
  ctx.note('snapshot', { zxid, base });
}

function writeSnapshot({ ctx, rules }: Turn, snapshot: Snapshot): void {
  for (const [place, machine] of rules.snapshotWrites(snapshot.machine).entries()) {
    if (place > 0) ctx.disk.sync();
    ctx.disk.set(cells.snapshot, { ...snapshot, machine });
  }
}

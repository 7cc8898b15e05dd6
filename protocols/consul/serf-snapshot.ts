// Serf's snapshot of a pool: who is alive is written down as members come and go, so that an agent that restarts knows whom to ask
// to let it in, beside those that it is configured to ask. After a power cut the servers find the client agents again that way.
// (serf: snapshot.go.)
import { DiskError, ms, type Context, type Micros, type NodeId } from '../../sim/index.ts';
import { isLive, type Member, type Status } from '../swim/index.ts';

export interface SnapshotConfig {
  /** Bytes that the file may have, however few members are alive (minCompactSize); 128 KiB. */
  readonly minCompactSize: number;
  /** Whom a member that restarts remembers: all that were alive. */
  recalls(alive: ReadonlyMap<string, NodeId>): ReadonlyMap<string, NodeId>;
}

export const snapshotDefaults: SnapshotConfig = { minCompactSize: 128 * 1024, recalls: (alive) => alive };

/** The file of the LAN and that of the WAN. */
export type SnapshotFile = 'serf/local.snapshot' | 'serf/remote.snapshot';

export interface Snapshot {
  /** The addresses of those that were alive last, by name. */
  readonly alive: Map<string, NodeId>;
  /** Lines in the buffer of the process, which are lost when it dies. */
  waiting: string[];
  /** When lines last reached the file, on the own monotonic clock; null before the first. */
  flushedAt: Micros | null;
  /** Of the file. */
  bytes: number;
  isLeaving: boolean;
}

type Ctx = Pick<Context<{ state: object; message: object; timer: never; request: never; response: never }>, 'disk'> & {
  monotonic(): Micros;
};

/** How long lines wait behind earlier ones that reached the file (flushInterval). */
const flushInterval = ms(500);
/** The file may have so many bytes for each member that is alive (snapshotBytesPerNode, snapshotCompactionThreshold). */
const bytesPerMember = 2 * 128;

/** What the file says. */
export function readSnapshot(file: SnapshotFile, config: SnapshotConfig, ctx: Ctx): Snapshot {
  const lines = readLines(file, ctx);
  const alive = new Map<string, NodeId>();
  for (const line of lines) replay(alive, line);
  const bytes = lines.reduce((sum, line) => sum + bytesOf(line), 0);
  return { alive: new Map(config.recalls(alive)), waiting: [], flushedAt: null, bytes, isLeaving: false };
}

/** A member came or went: one that is suspected is alive as yet. Behind its own leave a member writes nothing. */
export function noteMember(snapshot: Snapshot, { name, address, status }: Member, before: Status | undefined): void {
  const wasLive = before !== undefined && isLive({ status: before });
  if (snapshot.isLeaving || wasLive === isLive({ status })) return;
  if (wasLive) {
    snapshot.alive.delete(name);
    snapshot.waiting.push(`not-alive: ${name}`);
  } else {
    snapshot.alive.set(name, address);
    snapshot.waiting.push(`alive: ${name} ${address}`);
  }
}

/** Called whenever the pool has done something: lines go to the file at once, or half a second behind those before. Nobody waits
 * until they are on the platter: they survive the process, and perhaps not the machine. */
export function flushSnapshot(file: SnapshotFile, snapshot: Snapshot, config: SnapshotConfig, ctx: Ctx): void {
  if (snapshot.waiting.length === 0) return;
  const now = ctx.monotonic();
  if (snapshot.flushedAt !== null && now - snapshot.flushedAt <= flushInterval) return;
  snapshot.flushedAt = now;
  if (writeLines(file, snapshot, ctx) === null) return;
  if (snapshot.bytes > Math.max(config.minCompactSize, snapshot.alive.size * bytesPerMember)) {
    compact(file, snapshot, ctx);
  }
}

/** Who leaves forgets the others, or it would come back by itself. This is on the platter before anybody hears of the leave. */
export function noteLeave(file: SnapshotFile, snapshot: Snapshot, ctx: Ctx): void {
  if (snapshot.isLeaving) return;
  snapshot.isLeaving = true;
  snapshot.alive.clear();
  snapshot.waiting.push('leave');
  if (writeLines(file, snapshot, ctx) !== null) ctx.disk.sync();
}

function replay(alive: Map<string, NodeId>, line: string): void {
  const [kind, name = '', address = ''] = line.split(' ');
  if (kind === 'alive:') alive.set(name, address);
  else if (kind === 'not-alive:') alive.delete(name);
  else if (kind === 'leave') alive.clear();
}

/** The lines before the first damaged one. What is written behind half a line could not be read, so that is cut off. */
function readLines(file: SnapshotFile, { disk }: Ctx): readonly string[] {
  try {
    const { records, damage } = disk.read<string>(file);
    if (damage !== undefined) disk.truncate(file, damage.index);
    return records;
  } catch (thrown) {
    if (thrown instanceof DiskError) return []; // an agent without a snapshot is as one that is new
    throw thrown;
  }
}

/** Returns where the first of them stands, 0 for none; null if there is no space left: they are lost, and the agent goes on. */
function writeLines(file: SnapshotFile, snapshot: Snapshot, { disk }: Ctx): number | null {
  const lines = snapshot.waiting;
  snapshot.waiting = [];
  try {
    const places = lines.map((line) => {
      snapshot.bytes += bytesOf(line);
      return disk.append(file, line);
    });
    return places[0] ?? 0;
  } catch (thrown) {
    if (thrown instanceof DiskError) return null;
    throw thrown;
  }
}

/** Writes the file anew. A crash before it is durable leaves the old lines, in front of some of the new that say the same. */
function compact(file: SnapshotFile, snapshot: Snapshot, ctx: Ctx): void {
  snapshot.bytes = 0;
  snapshot.waiting = [...snapshot.alive].map(([name, address]) => `alive: ${name} ${address}`);
  if (snapshot.waiting.length === 0) snapshot.waiting.push('leave'); // as good as a file that is empty
  const from = writeLines(file, snapshot, ctx);
  if (from === null) return;
  ctx.disk.trim(file, from);
  ctx.disk.sync();
}

function bytesOf(line: string): number {
  return line.length + 1;
}

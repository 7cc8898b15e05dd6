// Registers whose written values are all different: linearizable in O(n log n), as each read names the write that it saw
// (Gibbons & Korach 1997, section 4). The operations of one value form a cluster, and must happen without another value's
// write in between; each cluster is a zone of time, and the zones must fit beside each other.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Operation } from '../operations.ts';
import { contradiction, declined, endOf, never, type MonitorOutcome } from './monitor.ts';

/** The write and the reads of one value. */
interface Cluster {
  readonly value: string;
  /** The write; -1 for the initial value, which was written before everything. */
  write: number;
  /** The earliest end of its operations, and whose it is. */
  end: number;
  ended: number;
  /** The latest call of its operations, and whose it is. */
  start: number;
  started: number;
  reads: number;
}

/**
 * Judges reads and writes of one register; declines other functions and values that are written twice. A write of unknown
 * outcome has happened if its value was read, and may be forgotten if not.
 */
export function judgeRegister(operations: readonly Operation[], initial: Json): MonitorOutcome {
  return judgeCell(operations, initial, false);
}

/** The same of one key, where arguments and results are `[key, value]`. */
export function judgeKeyedRegister(operations: readonly Operation[], initial: Json): MonitorOutcome {
  return judgeCell(operations, initial, true);
}

function judgeCell(operations: readonly Operation[], initial: Json, keyed: boolean): MonitorOutcome {
  const clusters = new Map<string, Cluster>();
  const first = canonical(initial);
  clusters.set(first, { value: first, write: -1, end: -1, ended: -1, start: -1, started: -1, reads: 0 });
  for (const [index, operation] of operations.entries()) {
    if (operation.f === 'read') continue;
    if (operation.f !== 'write') return declined(`there is a ${operation.f}`);
    const value = canonical(plain(operation.value, keyed));
    if (clusters.has(value)) return declined(`${value} is written twice`);
    const start = operation.called.index;
    clusters.set(value, { value, write: index, end: endOf(operation), ended: index, start, started: index, reads: 0 });
  }
  for (const [index, operation] of operations.entries()) {
    if (operation.f !== 'read' || operation.type !== 'ok') continue;
    const result = isArray(operation.result) && keyed ? (operation.result[1] ?? null) : operation.result;
    const value = canonical(result);
    const cluster = clusters.get(value);
    if (cluster === undefined) return contradiction([index], `nobody wrote ${value}, which was read`);
    if (cluster.write !== -1 && endOf(operation) < operations[cluster.write]!.called.index) {
      return contradiction([cluster.write, index], `${value} was read before it was written`);
    }
    cluster.reads += 1;
    if (operation.called.index > cluster.start) [cluster.start, cluster.started] = [operation.called.index, index];
    if (endOf(operation) < cluster.end) [cluster.end, cluster.ended] = [endOf(operation), index];
  }
  return fitZones([...clusters.values()].filter(({ reads, end }) => reads > 0 || end < never));
}

function plain(value: Json, keyed: boolean): Json {
  return keyed ? ((value as readonly Json[])[1] ?? null) : value;
}

/**
 * A forward zone reaches from the first end of the cluster to its last call, where its value must be held throughout: two of
 * them must not overlap. A backward zone is one moment at which all operations of the cluster were running: it must not lie
 * within a forward zone (theorem 4.1).
 */
function fitZones(clusters: readonly Cluster[]): MonitorOutcome {
  const forward = clusters.filter(({ end, start }) => end < start).sort((one, other) => one.end - other.end);
  const ends = Float64Array.from(forward, ({ end }) => end);
  for (let index = 1; index < forward.length; index += 1) {
    const around = forward[index - 1]!;
    if (forward[index]!.end < around.start) return clash(around, forward[lastBelow(ends, around.start)]!);
  }
  for (const cluster of clusters) {
    if (cluster.end < cluster.start) continue;
    const around = forward[lastBelow(ends, cluster.start)];
    if (around !== undefined && cluster.end < around.start) return clash(around, cluster);
  }
  return { type: 'valid' };
}

/** The last place in ascending numbers with one below `limit`; -1 if there is none. */
function lastBelow(numbers: Float64Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function clash(one: Cluster, other: Cluster): MonitorOutcome {
  const involved = [one, other].flatMap(({ write, ended, started }) => [write, ended, started]);
  return contradiction(
    involved.filter((index) => index !== -1),
    `${one.value} had to be held without a break while ${other.value} was written`,
  );
}

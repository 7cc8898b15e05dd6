// Histories for tests: written out line by line, or long ones of a register that is right but for one planted read.
import type { History, HistoryEvent, HistoryEventType } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import seedrandom from 'seedrandom';

/** Process, type, function, value. */
export type Line = readonly [number, HistoryEventType, string, Json];

/** A history from its lines, 100 ms apart; operations are numbered in the order of their calls. */
export function written(lines: readonly Line[]): History {
  const running = new Map<number, number>();
  let operations = 0;
  return lines.map(([process, type, f, value], index) => {
    if (type === 'invoke' && !running.has(process)) running.set(process, operations++);
    const operation = running.get(process) ?? 0;
    if (type !== 'invoke') running.delete(process);
    return { index, time: index * 100_000, process, type, f, value, client: `c${process}`, operation };
  });
}

interface LongHistory {
  readonly operations: number;
  readonly processes: number;
  /** The first read from this operation on returns the very first value. */
  readonly staleAt?: number;
}

/** Reads and writes of unique values on a register, overlapping at random; each takes effect at its completion. */
export function longHistory({ operations, processes, staleAt = Infinity }: LongHistory): History {
  const random = seedrandom.alea('long history');
  const history: HistoryEvent[] = [];
  const running = new Map<number, HistoryEvent>();
  let held: Json = null;
  let next = 0;
  let planted = false;
  const emit = (event: Omit<HistoryEvent, 'index' | 'time' | 'client'>) => {
    const index = history.length;
    history.push({ ...event, index, time: index * 1_000, client: `c${event.process}` });
    return history[index]!;
  };
  while (next < operations || running.size > 0) {
    const process = Math.floor(random() * processes);
    const call = running.get(process);
    if (call === undefined && next < operations) {
      const f = next === 0 || random() < 0.5 ? 'write' : 'read';
      running.set(process, emit({ process, type: 'invoke', f, value: f === 'write' ? next : null, operation: next }));
      next += 1;
    } else if (call !== undefined) {
      running.delete(process);
      const stale = call.f === 'read' && call.operation >= staleAt && !planted;
      if (stale) planted = true;
      if (call.f === 'write') held = call.value;
      emit({ ...call, type: 'ok', value: stale ? 0 : held });
    }
  }
  return history;
}

// Logs of whole operations with the times of their calls and returns, as fastlin has them: `# stack`, then a method, its
// value, start and end on each line. The events are put in the order of their times.
import type { Json } from '../../sim/protocol.ts';
import { makeLineParser } from './lines.ts';
import { foundAt, Unreadable } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import type { OperationParser, Reading } from './reading.ts';

interface Interval {
  readonly f: string;
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/**
 * Times are taken as microseconds. Intervals are closed, so that operations that touch are concurrent. For methods that
 * return something the value is the result, and -1 is that there was nothing.
 */
export function makeFastlinParser(reading: Reading): OperationParser {
  const intervals: Interval[] = [];
  return makeLineParser(reading, {
    readLine: (line, number) => {
      if (line.startsWith('#')) return;
      const match = intervalLine.exec(line.trim());
      if (match === null) throw new Unreadable(0, 'a method, a value, a start and an end', foundAt(line, 0));
      const [, f, value, start, end] = match as unknown as readonly [string, string, string, string, string];
      const interval = { f, value: Number(value), start: Number(start), end: Number(end), line: number };
      if (interval.end < interval.start) throw new Unreadable(0, 'an end after the start', foundAt(line, 0));
      intervals.push(interval);
    },
    finish: (emit) => emitInOrder(intervals, emit),
  });
}

/** The name of the object in a line such as `# stack`; undefined for other lines. */
export function fastlinObject(line: string): string | undefined {
  return /^#\s*(stack|queue|priorityqueue|set|register|multiset|deque)\s*$/.exec(line)?.[1];
}

function emitInOrder(intervals: readonly Interval[], emit: (operation: RawOperation) => void): void {
  const calls = intervals.toSorted((one, other) => one.start - other.start);
  const returns = intervals.toSorted((one, other) => one.end - other.end);
  const processes = new Map<Interval, number>();
  const free: number[] = [];
  let next = 0;
  let called = 0;
  for (const returning of returns) {
    while (called < calls.length && calls[called]!.start <= returning.end) {
      const call = calls[called++]!;
      processes.set(call, free.pop() ?? next++);
      const value = results.has(call.f) ? null : call.value;
      emit({ ...common(call, call.start, processes.get(call)!), type: 'invoke', value });
    }
    const own = processes.get(returning)!;
    free.push(own);
    const value = results.has(returning.f) && returning.value === -1 ? null : returning.value;
    emit({ ...common(returning, returning.end, own), type: 'ok', value });
  }
}

function common({ f, line }: Interval, time: number, owner: number): Omit<RawOperation, 'type' | 'value'> {
  const rest = { index: undefined, error: undefined, extra: undefined, part: undefined };
  return { f, process: owner, time: time > 9e12 ? BigInt(time) * 1_000n : time * 1_000, line, column: 1, ...rest };
}

/** Methods whose value is what they returned. */
const results = new Set(['pop', 'peek', 'poll', 'deq', 'dequeue', 'read', 'pop_front', 'pop_back', 'top', 'front']);
const intervalLine = /^([A-Za-z_]\w{0,40})\s+(-?\d{1,15})\s+(\d{1,15})\s+(\d{1,15})$/;

// One moment of a recorded run in words: what an event did, and what happened just before it.
import type { Run } from './run.ts';
import type { Trace } from './trace.ts';
import { transcript } from './transcript.ts';

/** The first row of the trace that belongs to this event or a later one; the trace's length when there is none. */
export function rowOfEvent(trace: Trace, event: number): number {
  let low = 0;
  let high = trace.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((trace.event[middle] as number) < event) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What happens at the row or next after it, in words; undefined when nothing does. The run must have a trace. */
export function lineAt(run: Run, row: number): string | undefined {
  return transcript(run, { fromRow: row, toRow: row + widest, without: unhashed, limit: 1 })[0]?.trim();
}

/** Up to `count` lines that end right before the row. */
export function linesBefore(run: Run, row: number, count: number): string[] {
  return transcript(run, { fromRow: Math.max(0, row - count * widest), toRow: row, without: unhashed }).slice(-count);
}

const unhashed = ['set-timer', 'write', 'violation'] as const;
/** So many rows in sequence may be left out of a transcript before a line is told. */
const widest = 64;

// Timers as spans: from where one was set to where it fired, was set again, or died with its process.
import type { DecodedRows } from './model.ts';

export interface TimerSpan {
  readonly lane: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly end: 'fired' | 'reset' | 'gone';
  readonly row: number;
}

/** All timers, in order of their beginnings. */
export function readTimers(rows: DecodedRows, end: number): TimerSpan[] {
  const set = new Map<number, { row: number; from: number; lane: number; name: string }>();
  const spans: TimerSpan[] = [];
  const { kinds, length } = rows;
  const [setTimer, timer, crash] = ['set-timer', 'timer', 'crash'].map((kind) => kinds.indexOf(kind));
  const close = (key: number, to: number, how: TimerSpan['end']): void => {
    const open = set.get(key);
    if (open === undefined) return;
    spans.push({ ...open, to, end: how });
    set.delete(key);
  };
  for (let row = 0; row < length; row++) {
    const kind = rows.kind[row];
    if (kind !== setTimer && kind !== timer && kind !== crash) continue;
    const lane = rows.node[row] as number;
    const time = rows.time[row] as number;
    if (kind === crash) {
      for (const [key, open] of set) if (open.lane === lane) close(key, time, 'gone');
      continue;
    }
    // Equal names are one payload.
    const index = rows.payload[row] as number;
    const key = lane * length + index;
    close(key, time, kind === timer ? 'fired' : 'reset');
    if (kind !== setTimer) continue;
    const payload = rows.payloadAt(index);
    set.set(key, { row, from: time, lane, name: typeof payload === 'string' ? payload : JSON.stringify(payload) });
  }
  for (const key of [...set.keys()]) close(key, end, 'gone');
  return spans.sort((one, other) => one.from - other.from);
}

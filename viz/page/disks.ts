// Disk writes as spans: from where a node issued them to where one sync made them durable, or a power loss took them.
import type { DecodedRows } from './model.ts';

/** Writes of a node that met their fate together. */
export interface DiskSpan {
  readonly lane: number;
  readonly writes: number;
  readonly from: number;
  readonly to: number;
  /** `open`: not synced when the run ended. */
  readonly end: 'synced' | 'lost' | 'kept' | 'open';
  /** The row of the first write, and of the sync or the loss, or -1. */
  readonly row: number;
  readonly endRow: number;
}

/** All writes, in order of their beginnings. A crash of the process alone loses none: they wait in the page cache. */
export function readDisks(rows: DecodedRows, end: number): DiskSpan[] {
  const waiting = new Map<number, number[]>();
  const spans: DiskSpan[] = [];
  const close = (lane: number, writes: readonly number[], how: DiskSpan['end'], endRow: number): void => {
    const [row] = writes;
    if (row === undefined) return;
    const to = endRow < 0 ? end : (rows.time[endRow] as number);
    spans.push({ lane, writes: writes.length, from: rows.time[row] as number, to, end: how, row, endRow });
  };
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kinds[rows.kind[row] as number];
    if (kind !== 'write' && kind !== 'synced' && kind !== 'unsynced') continue;
    const lane = rows.node[row] as number;
    const writes = waiting.get(lane) ?? [];
    const count = rows.ref[row] as number;
    if (kind === 'write') writes.push(row);
    else if (kind === 'synced') close(lane, writes.splice(0, count), 'synced', row);
    else {
      // The last ones are lost; what was issued before them survived by chance.
      close(lane, writes.splice(Math.max(0, writes.length - count)), 'lost', row);
      close(lane, writes.splice(0), 'kept', row);
    }
    waiting.set(lane, writes);
  }
  for (const [lane, writes] of waiting) close(lane, writes, 'open', -1);
  return spans.sort((one, other) => one.from - other.from);
}

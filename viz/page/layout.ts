// Where everything lies from top to bottom: findings' pins, the fault track, the lanes of nodes, the lanes of clients.
import type { FaultSpan, TimelineData } from '../data.ts';
import { isMap } from './draw/heat.ts';

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The baseline of the findings' flags; 0 when there are none. */
  readonly pinsHeight: number;
  readonly faultTop: number;
  readonly faultRowHeight: number;
  /** For each fault, its row in the track. */
  readonly faultRows: readonly number[];
  readonly faultRowCount: number;
  /** Faults that had to go into a row where another one was still in force. */
  readonly squeezedFaults: ReadonlySet<number>;
  readonly lanes: readonly LaneBox[];
}

/** One lane: its centre line, the room around it and half the height of its bar. */
export interface LaneBox {
  readonly top: number;
  readonly bottom: number;
  readonly centre: number;
  readonly half: number;
  /** Where the strips of locks begin, above the bar; absent of lanes without. */
  readonly locks?: number;
  /** The line of the clock's ruler, below everything; absent of lanes without. */
  readonly ruler?: number;
}

/** The lanes that need more room than others. */
export interface Rooms {
  readonly locks: ReadonlySet<number>;
  readonly rulers: ReadonlySet<number>;
}

const mostFaultRows = 5;
/** Many rows of faults are flat, so that the lanes below stay in sight. */
const faultRowHeights = [20, 15] as const;
const mostHighRows = 2;
const locksHeight = 33;
const rulerHeight = 14;
const noRooms: Rooms = { locks: new Set(), rulers: new Set() };

/** Lays out `data` in `width` by about `height`; grows beyond the height when the lanes would get too narrow. */
export function layoutOf(data: TimelineData, width: number, height: number, rooms = noRooms): Layout {
  const pinsHeight = data.findings.length > 0 ? 24 : 0;
  const { rows, count, squeezed } = packFaults(data.faults, data.end);
  const faultTop = pinsHeight + 6;
  const faultRowHeight = faultRowHeights[count > mostHighRows ? 1 : 0];
  const lanesTop = faultTop + count * faultRowHeight + (count > 0 ? 10 : 0);
  const nodes = data.lanes.filter((lane) => lane.type === 'node').length;
  const clients = data.lanes.length - nodes;
  const shares = nodes + clients * 0.72;
  const extra = rooms.locks.size * locksHeight + rooms.rulers.size * rulerHeight;
  const isThin = isMap(data);
  const pitch = isThin
    ? mapPitch(data.lanes.length)
    : Math.max(46, Math.min(88, (height - lanesTop - 14 - extra) / Math.max(1, shares)));
  let top = lanesTop;
  const lanes = data.lanes.map((lane, index): LaneBox => {
    const isFirstClient = lane.type === 'client' && data.lanes[index - 1]?.type === 'node';
    if (isFirstClient) top += 8;
    const room = lane.type === 'node' || isThin ? pitch : Math.max(34, pitch * 0.72);
    const above = rooms.locks.has(index) && !isThin ? locksHeight : 0;
    const below = rooms.rulers.has(index) && !isThin ? rulerHeight : 0;
    const box = {
      top,
      bottom: top + above + room + below,
      centre: top + above + room / 2,
      half: isThin ? pitch / 2 : lane.type === 'node' ? 8 : 11,
      ...(above > 0 ? { locks: top + 10 } : {}),
      ...(below > 0 ? { ruler: top + above + room + below - 3 } : {}),
    };
    top = box.bottom;
    return box;
  });
  return {
    width,
    height: Math.max(top + 8, 120),
    pinsHeight,
    faultTop,
    faultRowHeight,
    faultRows: rows,
    faultRowCount: count,
    squeezedFaults: squeezed,
    lanes,
  };
}

/** Rows of a map are as thin as it takes to see them all together. */
function mapPitch(lanes: number): number {
  return Math.max(3, Math.min(14, 900 / lanes));
}

/** The vertical middle of a fault's band. */
export function faultCentre(layout: Layout, fault: number): number {
  return layout.faultTop + ((layout.faultRows[fault] ?? 0) + 0.5) * layout.faultRowHeight;
}

/** Greedy rows: each fault goes to the first row that is free by then, else to the one that is free soonest. */
function packFaults(
  faults: readonly FaultSpan[],
  end: number,
): { rows: number[]; count: number; squeezed: Set<number> } {
  const freeAt: number[] = [];
  const squeezed = new Set<number>();
  const rows = faults.map((fault, index) => {
    const reserved = Math.max(fault.to, fault.from + end * 0.02);
    let row = freeAt.findIndex((time) => time <= fault.from);
    if (row < 0 && freeAt.length < mostFaultRows) row = freeAt.length;
    if (row < 0) {
      row = freeAt.indexOf(Math.min(...freeAt));
      squeezed.add(index);
    }
    freeAt[row] = Math.max(reserved, freeAt[row] ?? 0);
    return row;
  });
  return { rows, count: freeAt.length, squeezed };
}

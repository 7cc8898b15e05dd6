// Locks and leases as spans: a client holds one from when it learns of it (a note `acquired`, or a message `granted`) until
// the operation that asked for it is over. Where two hold the same one, both are marked.
import type { Json } from '../../sim/protocol.ts';
import type { TimelineData } from '../data.ts';
import type { DecodedRows } from './model.ts';

export interface Hold {
  readonly lane: number;
  readonly lock: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Stretches in which another client held it as well. */
  readonly overlaps: readonly { readonly from: number; readonly to: number }[];
}

type Gift = Pick<Hold, 'lock' | 'label'>;

/** The holds of all clients, in order of their beginnings. */
export function readHolds(rows: DecodedRows, data: TimelineData): Hold[] {
  const found: Omit<Hold, 'overlaps'>[] = [];
  const underWay = new Map<number, Gift>();
  const byLane = data.lanes.map((_, lane) => data.operations.filter((operation) => operation.lane === lane));
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kinds[rows.kind[row] as number];
    const lane = rows.node[row] as number;
    const number = rows.ref[row] as number;
    if (kind === 'send' || kind === 'duplicate') {
      // Only the row of the sending carries what a message says.
      const sent = giftOf(kind, rows.payloadAt(rows.payload[row] as number));
      if (sent !== undefined) underWay.set(number, sent);
      continue;
    }
    if ((kind !== 'note' && kind !== 'deliver') || data.lanes[lane]?.type !== 'client') continue;
    const gift = kind === 'deliver' ? underWay.get(number) : giftOf(kind, rows.payloadAt(rows.payload[row] as number));
    if (gift === undefined) continue;
    const from = rows.time[row] as number;
    const operation = byLane[lane]?.find((each) => each.from <= from && (each.to ?? data.end) >= from);
    if (operation === undefined) continue;
    const to = operation.to ?? data.end;
    if (found.some((hold) => hold.lane === lane && hold.to === to && hold.lock === gift.lock)) continue;
    found.push({ lane, ...gift, from, to });
  }
  return found.map((hold) => ({
    ...hold,
    overlaps: found
      .filter((other) => other.lane !== hold.lane && other.lock === hold.lock)
      .map((other) => ({ from: Math.max(hold.from, other.from), to: Math.min(hold.to, other.to) }))
      .filter(({ from, to }) => from < to),
  }));
}

/** The lock that a note or message gives, if it gives one. */
function giftOf(kind: string, payload: Json): Gift | undefined {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined;
  const { kind: note, type, lock, token } = payload as { readonly [key: string]: Json };
  if (!(kind === 'note' ? note === 'acquired' : type === 'granted')) return undefined;
  const label = typeof token === 'number' || typeof token === 'string' ? `holds, token ${token}` : 'holds';
  return { lock: typeof lock === 'string' ? lock : '', label };
}

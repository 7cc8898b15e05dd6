// Progress and fairness: whether a free lock was given to somebody who waited for it, how long clients waited, and how
// often others went before them.
import { formatDuration, type Micros } from '../../sim/time.ts';
import type { EvidenceBook } from '../family/evidence.ts';
import type { Holding, HoldingRules, LockOperation, Span } from './holdings.ts';
import type { LockAnomaly } from './locks.ts';

/** A client that wants the lock: from its first attempt to its success, or to the last sign of its patience. */
export interface Wait extends Span {
  readonly client: string;
  readonly operations: readonly number[];
  readonly isGranted: boolean;
  /** Others that began to wait later and got the lock sooner. */
  overtakes: number;
}

/** When operations ended: the time of their completion whatever its type; those that never did are missing. */
export type Endings = ReadonlyMap<number, Micros>;

/** All waits for one lock, in the order of their beginnings. @param end the time of the history's last event */
export function findWaits(operations: readonly LockOperation[], endings: Endings, end: Micros): readonly Wait[] {
  const waits: Wait[] = [];
  const open = new Map<string, Wait & { to: Micros; operations: number[]; isGranted: boolean }>();
  for (const { operation, words } of operations) {
    if (operation.f !== 'acquire') continue;
    const { client, called, id, type } = operation;
    const wait = open.get(client) ?? {
      client,
      from: called.time,
      to: end,
      operations: [],
      isGranted: false,
      overtakes: 0,
    };
    if (!open.has(client)) waits.push(wait);
    wait.operations.push(id);
    wait.to = endings.get(id) ?? end;
    wait.isGranted = type === 'ok' && !words.isRefused;
    // after an unknown outcome the client may have it: another wait begins
    if (wait.isGranted || type === 'info') open.delete(client);
    else open.set(client, wait);
  }
  countOvertakes(waits.filter(({ isGranted }) => isGranted));
  return waits;
}

/** Counts, from the last to begin to the first, those that ended sooner, in a tree of Fenwick's over the ends. */
function countOvertakes(granted: readonly Wait[]): void {
  const byEnd = granted.toSorted((one, other) => one.to - other.to);
  const sooner = new Map<Wait, number>(); // how many ended before it
  for (const [place, wait] of byEnd.entries()) {
    const before = byEnd[place - 1];
    sooner.set(wait, before?.to === wait.to ? sooner.get(before)! : place);
  }
  const counts = new Int32Array(granted.length + 1);
  const byStart = granted.toSorted((one, other) => other.from - one.from);
  let later = 0; // of those that began later the counts are up to date
  for (const wait of byStart) {
    for (; byStart[later]!.from > wait.from; later += 1) {
      for (let at = sooner.get(byStart[later]!)! + 1; at < counts.length; at += at & -at) counts[at]! += 1;
    }
    for (let at = sooner.get(wait)!; at > 0; at -= at & -at) wait.overtakes += counts[at]!;
  }
}

/**
 * Reports waits during which the lock was surely free for longer than the bound. An acquire with an unknown outcome counts as
 * a holder until a lease from its end has run out, or for ever without one.
 */
export function judgeProgress(
  lock: string,
  operations: readonly LockOperation[],
  holdings: readonly Holding[],
  waits: readonly Wait[],
  rules: HoldingRules & { readonly grantWithin: Micros; readonly endings: Endings },
  book: EvidenceBook<LockAnomaly>,
): void {
  const busy = possibleSpans(operations, holdings, rules); // without the gaps that are short enough
  for (const wait of waits) {
    const free = freeSpans(wait, busy).find(({ from, to }) => to - from > rules.grantWithin);
    if (free === undefined) continue;
    book.add('not-granted', lock, wait.operations.slice(-16), () => {
      return `${wait.client} waited for ${lock} from ${formatDuration(wait.from)} to ${formatDuration(wait.to)}, and it was free from ${formatDuration(free.from)} to ${formatDuration(free.to)}, longer than ${formatDuration(rules.grantWithin)}`;
    });
  }
}

/** When somebody may have held the lock. */
function possibleSpans(
  operations: readonly LockOperation[],
  holdings: readonly Holding[],
  { lease, endings, grantWithin }: HoldingRules & { readonly grantWithin: Micros; readonly endings: Endings },
): readonly Span[] {
  const spans: Span[] = holdings.map(({ acquire, release, leaseEnd }) => {
    const taken = acquire.returned!.time - acquire.called.time; // the service may count the lease from its own grant
    const expiry = leaseEnd === undefined ? Infinity : leaseEnd + taken;
    const to = release?.type === 'ok' ? Math.min(release.returned!.time, expiry) : expiry;
    return { from: acquire.called.time, to };
  });
  for (const { operation, words } of operations) {
    if (operation.f !== 'acquire' || operation.type !== 'info') continue;
    const ending = endings.get(operation.id);
    const term = words.lease ?? lease;
    // one that is still pending waits like everybody else, and has nothing yet
    if (ending === undefined) continue;
    spans.push({ from: operation.called.time, to: term === undefined ? Infinity : ending + term });
  }
  return merge(
    spans.toSorted((one, other) => one.from - other.from),
    grantWithin,
  );
}

/** Sorted spans without overlaps, and without gaps between them of up to a length: nobody complains of those. */
function merge(sorted: readonly Span[], longest: Micros): readonly Span[] {
  const merged: { from: Micros; to: Micros }[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to + longest) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

function freeSpans({ from, to }: Span, busy: readonly Span[]): readonly Span[] {
  const free: Span[] = [];
  let at = from;
  let place = 0; // of the first busy span that ends after `from`
  for (let high = busy.length; place < high;) {
    const middle = (place + high) >> 1;
    if (busy[middle]!.to > from) high = middle;
    else place = middle + 1;
  }
  for (let span = busy[place]; span !== undefined && span.from < to; span = busy[(place += 1)]) {
    if (span.from > at) free.push({ from: at, to: span.from });
    at = Math.max(at, span.to);
  }
  if (at < to) free.push({ from: at, to });
  return free;
}

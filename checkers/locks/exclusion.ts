// Mutual exclusion: whether two clients surely held one lock at once, and whether somebody acted on a lock that surely was
// another's. The first is the service's fault, the second that of a holder who did not look at its lease.
import { formatDuration } from '../../sim/time.ts';
import type { EvidenceBook } from '../family/evidence.ts';
import type { Holding, LockOperation } from './holdings.ts';
import type { LockAnomaly, Overlap } from './locks.ts';
import { countUnderWay, groupByClient, longestBegun, turnsOf, type Turn } from './turns.ts';

/**
 * Overlaps of two clients' valid spans, and leases that had run out before the client had them.
 * @returns the first overlaps, `room` of them at most; the book counts all.
 */
export function judgeExclusion(
  lock: string,
  holdings: readonly Holding[],
  book: EvidenceBook<LockAnomaly>,
  room: number,
): readonly Overlap[] {
  const turns = turnsOf(holdings);
  const overlaps = listOverlaps(lock, turns, book, room);
  const perClient = [...groupByClient(turns).values()];
  const own = perClient.reduce((sum, its) => sum + total(countUnderWay(its)), 0);
  book.addMore('double-grant', total(countUnderWay(turns)) - own - overlaps.length);
  for (const { acquire, client, leaseEnd } of holdings) {
    if (leaseEnd === undefined || leaseEnd > acquire.returned!.time) continue;
    book.add('expired-grant', lock, [acquire.id], () => {
      return `${client} was given ${lock} at ${formatDuration(acquire.returned!.time)}, when its lease had run out at ${formatDuration(leaseEnd)}`;
    });
  }
  return overlaps;
}

/** The first overlaps in the order of their beginnings. */
function listOverlaps(
  lock: string,
  turns: readonly Turn[],
  book: EvidenceBook<LockAnomaly>,
  room: number,
): readonly Overlap[] {
  const overlaps: Overlap[] = [];
  let active: Turn[] = [];
  for (const turn of turns) {
    active = active.filter(({ to }) => to > turn.from);
    for (const other of active) {
      if (overlaps.length === room) return overlaps;
      if (other.holding.client === turn.holding.client) continue;
      const span = { from: turn.from, to: Math.min(turn.to, other.to) };
      overlaps.push({ lock, ...span, operations: [other.holding.acquire.id, turn.holding.acquire.id] });
      const ids = [other, turn].flatMap(({ holding }) => idsOf(holding));
      book.add('double-grant', lock, ids, () => {
        const [one, two] = [other.holding, turn.holding];
        return `${one.client} and ${two.client} both held ${lock} from ${formatDuration(span.from)} to ${formatDuration(span.to)}: ${belief(one)}; ${belief(two)}`;
      });
    }
    active.push(turn);
  }
  return overlaps;
}

/** Writes, extensions and releases that were accepted while the lock surely was another's all the time. */
export function judgeActs(
  lock: string,
  operations: readonly LockOperation[],
  holdings: readonly Holding[],
  book: EvidenceBook<LockAnomaly>,
): void {
  const turns = turnsOf(holdings);
  const longestOfAll = longestBegun(turns);
  const longestOf = new Map(Array.from(groupByClient(turns), ([client, its]) => [client, longestBegun(its)]));
  const byClient = new Map<string, { readonly holdings: Holding[]; next: number }>();
  for (const holding of holdings) {
    const others = byClient.get(holding.client);
    if (others === undefined) byClient.set(holding.client, { holdings: [holding], next: 0 });
    else others.holdings.push(holding);
  }
  const tried = new Set<string>(); // clients that may have acquired by now
  for (const { operation, words } of operations) {
    const { f, type, client, called, returned, id } = operation;
    if (f === 'acquire' && type !== 'fail') tried.add(client);
    if (f === 'acquire' || type !== 'ok' || words.isRefused) continue;
    const mine = byClient.get(client);
    while (mine?.holdings[mine.next] !== undefined && mine.holdings[mine.next]!.acquire.called.index < called.index) {
      mine.next += 1;
    }
    const own = mine?.holdings[mine.next - 1];
    if (own?.release === operation) continue; // even of a lease that had run out: to give that back does nothing
    const during = { from: called.time, to: returned!.time };
    const turn = longestOf.get(client)?.((from) => from <= during.from);
    if (turn !== undefined && turn.to > during.from) continue;
    const owner = longestOfAll((from) => from < during.from);
    const isExpired = own?.leaseEnd !== undefined && during.from >= own.leaseEnd && own.believedUntil >= during.from;
    if (owner !== undefined && during.to < owner.to) {
      const other = owner.holding;
      const ids = [...(own === undefined ? [] : [own.acquire.id]), other.acquire.id, id];
      book.add(isExpired ? 'expired-holder-acts' : 'non-holder-acts', lock, ids, () => {
        const why = own === undefined ? `${client} never held it` : belief(own);
        return `${client}'s ${f} was accepted between ${formatDuration(during.from)} and ${formatDuration(during.to)}, when ${other.client} held ${lock}: ${why}; ${belief(other)}`;
      });
    } else if (!tried.has(client)) {
      book.add(
        'non-holder-acts',
        lock,
        [id],
        () => `${client}'s ${f} of ${lock} was accepted, but it never acquired it`,
      );
    }
  }
}

function total(counts: Int32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function idsOf({ acquire, release }: Holding): readonly number[] {
  return release === undefined ? [acquire.id] : [acquire.id, release.id];
}

/** What a holder had reason to believe. */
function belief({ client, acquire, token, release, leaseEnd, believedUntil }: Holding): string {
  const given = `${client} had it from ${formatDuration(acquire.returned!.time)}${token === undefined ? '' : ` with token ${token}`}`;
  const lease = leaseEnd === undefined ? '' : `, on a lease until ${formatDuration(leaseEnd)}`;
  if (release !== undefined) return `${given}${lease}, and released it at ${formatDuration(release.called.time)}`;
  return `${given}${lease}, and never released it (last seen at ${formatDuration(believedUntil)})`;
}

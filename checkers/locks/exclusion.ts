// Mutual exclusion: whether two clients surely held one lock at once, and whether somebody acted on a lock that surely was
// another's. The first is the service's fault, the second that of a holder who did not look at its lease.
import { formatDuration } from '../../sim/time.ts';
import type { EvidenceBook } from '../family/evidence.ts';
import type { Holding, LockOperation, Span } from './holdings.ts';
import type { LockAnomaly, Overlap } from './locks.ts';

interface Turn extends Span {
  readonly holding: Holding;
}

/** Overlaps of two clients' valid spans, and leases that had run out before the client had them. */
export function judgeExclusion(
  lock: string,
  holdings: readonly Holding[],
  book: EvidenceBook<LockAnomaly>,
): readonly Overlap[] {
  const turns = turnsOf(holdings);
  const overlaps: Overlap[] = [];
  let active: Turn[] = [];
  for (const turn of turns) {
    active = active.filter(({ to }) => to > turn.from);
    for (const other of active) {
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
  for (const { acquire, client, leaseEnd } of holdings) {
    if (leaseEnd === undefined || leaseEnd > acquire.returned!.time) continue;
    book.add('expired-grant', lock, [acquire.id], () => {
      return `${client} was given ${lock} at ${formatDuration(acquire.returned!.time)}, when its lease had run out at ${formatDuration(leaseEnd)}`;
    });
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
  const turnsAt = indexTurns(turnsOf(holdings));
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
    const turns = turnsAt(during.from);
    if (turns.some(({ holding }) => holding.client === client)) continue;
    const owner = turns.find((turn) => turn.from < during.from && during.to < turn.to);
    const isExpired = own?.leaseEnd !== undefined && during.from >= own.leaseEnd && own.believedUntil >= during.from;
    if (own?.release === operation) continue; // even of a lease that had run out: to give that back does nothing
    if (owner !== undefined) {
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

/** Finds the turns that an instant lies in. */
function indexTurns(turns: readonly Turn[]): (at: number) => readonly Turn[] {
  let latest = -Infinity;
  const ends = turns.map(({ to }) => (latest = Math.max(latest, to))); // of each turn and all before it
  return (at) => {
    let low = 0;
    for (let high = turns.length; low < high;) {
      const middle = (low + high) >> 1;
      if (turns[middle]!.from > at) high = middle;
      else low = middle + 1;
    }
    const found: Turn[] = [];
    for (let place = low - 1; place >= 0 && ends[place]! > at; place -= 1) {
      if (turns[place]!.to > at) found.push(turns[place]!);
    }
    return found;
  };
}

function turnsOf(holdings: readonly Holding[]): readonly Turn[] {
  return holdings
    .flatMap((holding) => holding.valid.filter(({ from, to }) => from < to).map((span) => ({ ...span, holding })))
    .toSorted((one, other) => one.from - other.from);
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

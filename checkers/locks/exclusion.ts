// Mutual exclusion: whether two clients surely held one lock at once, and whether somebody acted on a lock that surely was
// another's. The first is the service's fault, the second that of a holder who did not look at its lease.
import { formatDuration } from '../../sim/time.ts';
import type { Operation } from '../operations.ts';
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
  const turns = turnsOf(holdings);
  const acquires = operations.filter(({ operation }) => operation.f === 'acquire');
  for (const { operation, words } of operations) {
    const { f, type, client, called, returned, id } = operation;
    if (f === 'acquire' || type !== 'ok' || words.isRefused) continue;
    const during = { from: called.time, to: returned!.time };
    if (turns.some((turn) => turn.holding.client === client && turn.from <= during.from && during.from < turn.to))
      continue;
    const owner = turns.find(
      (turn) => turn.holding.client !== client && turn.from < during.from && during.to < turn.to,
    );
    const own = holdings.findLast(({ acquire }) => acquire.client === client && acquire.returned!.index < called.index);
    const isExpired = own?.leaseEnd !== undefined && during.from >= own.leaseEnd && own.believedUntil >= during.from;
    if (own?.release === operation) continue; // even of a lease that had run out: to give that back does nothing
    if (owner !== undefined) {
      const other = owner.holding;
      const ids = [...(own === undefined ? [] : [own.acquire.id]), other.acquire.id, id];
      book.add(isExpired ? 'expired-holder-acts' : 'non-holder-acts', lock, ids, () => {
        const why = own === undefined ? `${client} never held it` : belief(own);
        return `${client}'s ${f} was accepted between ${formatDuration(during.from)} and ${formatDuration(during.to)}, when ${other.client} held ${lock}: ${why}; ${belief(other)}`;
      });
    } else if (own === undefined && !acquires.some((one) => mayHaveHeld(one.operation, operation))) {
      book.add(
        'non-holder-acts',
        lock,
        [id],
        () => `${client}'s ${f} of ${lock} was accepted, but it never acquired it`,
      );
    }
  }
}

/** Whether an acquire of the same client may have succeeded before the act was over. */
function mayHaveHeld(acquire: Operation, act: Operation): boolean {
  return acquire.client === act.client && acquire.type !== 'fail' && acquire.called.index < act.returned!.index;
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

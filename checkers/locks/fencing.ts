// Fencing tokens (Kleppmann 2016): each grant's is greater than all before, and the resource refuses a token once it has
// seen a greater one.
import { formatDuration } from '../../sim/time.ts';
import type { EvidenceBook } from '../family/evidence.ts';
import type { Operation } from '../operations.ts';
import type { Holding, LockOperation } from './holdings.ts';
import type { LockAnomaly } from './locks.ts';

interface Tokened {
  readonly operation: Operation;
  readonly token: number;
}

/** Grants whose tokens do not go up, and writes that came with a stale token and were accepted. */
export function judgeFencing(
  lock: string,
  operations: readonly LockOperation[],
  holdings: readonly Holding[],
  book: EvidenceBook<LockAnomaly>,
): void {
  const grants = holdings.flatMap(({ acquire, token }) => (token === undefined ? [] : [{ operation: acquire, token }]));
  judgeTokens(lock, grants, book);
  const writes = operations.flatMap(({ operation, words }) => {
    const isAccepted = operation.f === 'write' && operation.type === 'ok' && !words.isRefused;
    return isAccepted && words.token !== undefined ? [{ operation, token: words.token }] : [];
  });
  forEachWithGreatestBefore(writes, ({ operation, token }, greatest) => {
    if (greatest === undefined || token >= greatest.token) return;
    const before = greatest.operation;
    book.add('stale-write', lock, [before.id, operation.id], () => {
      return `${operation.client}'s write with token ${token} was accepted at ${formatDuration(operation.returned!.time)}, after ${before.client}'s with token ${greatest.token}`;
    });
  });
}

function judgeTokens(lock: string, grants: readonly Tokened[], book: EvidenceBook<LockAnomaly>): void {
  const owners = new Map<number, Operation>();
  for (const { operation, token } of grants) {
    const first = owners.get(token);
    if (first === undefined) owners.set(token, operation);
    else {
      book.add('token-reused', lock, [first.id, operation.id], () => {
        return `${first.client} and ${operation.client} both got ${lock} with token ${token}`;
      });
    }
  }
  forEachWithGreatestBefore(grants, ({ operation, token }, greatest) => {
    if (greatest === undefined || token >= greatest.token) return;
    const before = greatest.operation;
    book.add('token-order', lock, [before.id, operation.id], () => {
      return `${operation.client} got ${lock} with token ${token} after ${before.client} had got it with token ${greatest.token}`;
    });
  });
}

/** Visits each together with the one of the greatest token that was over before it was invoked. */
function forEachWithGreatestBefore(
  items: readonly Tokened[],
  visit: (item: Tokened, greatest: Tokened | undefined) => void,
): void {
  const returns = items.toSorted((one, other) => one.operation.returned!.index - other.operation.returned!.index);
  let greatest: Tokened | undefined;
  let place = 0;
  for (const item of items) {
    for (
      ;
      place < returns.length && returns[place]!.operation.returned!.index < item.operation.called.index;
      place += 1
    ) {
      if (greatest === undefined || returns[place]!.token > greatest.token) greatest = returns[place];
    }
    visit(item, greatest);
  }
}

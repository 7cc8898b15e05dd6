// Who wrote what: the index from keys and values to micro-operations, on the promise of the workload that no value is
// written to a key twice.
import { tokenOf, type Token, type Transactions } from './transactions.ts';

export interface Writers {
  /** By key: the micro-operation that wrote a value. A write that did not fail hides those that did. */
  readonly byKey: readonly ReadonlyMap<Token, number>[];
  /** Values that several transactions wrote, none of which failed: of these no writer is known. */
  readonly ambiguous: readonly { readonly key: number; readonly micros: readonly [number, number] }[];
}

export function indexWriters(transactions: Transactions): Writers {
  const { operations, isWrite, key, value, owner, keys } = transactions;
  const byKey = keys.map(() => new Map<Token, number>());
  const ambiguous: { key: number; micros: readonly [number, number] }[] = [];
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 0) continue;
    const index = byKey[key[micro]!]!;
    const token = tokenOf(value[micro]!);
    const earlier = index.get(token);
    const failed = operations[owner[micro]!]!.type === 'fail';
    if (earlier === undefined || (earlier >= 0 && operations[owner[earlier]!]!.type === 'fail')) {
      index.set(token, micro);
    } else if (!failed) {
      if (earlier >= 0) ambiguous.push({ key: key[micro]!, micros: [earlier, micro] });
      index.set(token, isAmbiguous);
    }
  }
  return { byKey, ambiguous };
}

/** In place of a micro-operation: several wrote it. */
export const isAmbiguous = -2;
/** In place of a micro-operation: nobody wrote it. */
export const isUnknown = -1;

/** The micro-operation that wrote the value, or one of the marks above. */
export function writerOf({ byKey }: Writers, key: number, token: Token): number {
  return byKey[key]!.get(token) ?? isUnknown;
}

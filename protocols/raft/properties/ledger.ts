// What was appended and committed anywhere in a run, as a property remembers it. An entry is known by its index and term
// (Log Matching), and by the term of the entry before it, so that what a leader commits is the chain behind one entry.
import type { NodeView, Touch, View } from '../../../sim/index.ts';
import { entryAt, lastIndex, termAt } from '../log.ts';
import type { Entry, Role } from '../types.ts';
import { dataOf, raftOf } from './view.ts';

interface Link {
  readonly entry: Entry<unknown>;
  readonly previousTerm: number;
}

export interface CommitNote {
  readonly from: number;
  readonly to: number;
  readonly role: Role;
  readonly term: number;
}

const ledgers = new WeakMap<View, Ledger>();

/** The one ledger of a run: the properties that judge by it share its work. */
export function ledgerOf(view: View): Ledger {
  let ledger = ledgers.get(view);
  if (ledger === undefined) ledgers.set(view, (ledger = new Ledger()));
  return ledger;
}

export class Ledger {
  /** By index - 1: the term of the committed entry, and the term in which it was first committed. */
  readonly committed: { readonly term: number; readonly by: number }[] = [];
  readonly #links = new Map<number, Map<number, Link>>();

  // The note that was written down last, and what there was to object to: every property brings it.
  #appended: unknown;
  #mismatch: string | undefined;
  #noted: CommitNote | undefined;
  #contradiction: number | undefined;

  /** Remembers what an `append` note is about, as far as it is still in the log; returns what contradicts another log. */
  append(node: NodeView, note: Touch['note']): string | undefined {
    if (this.#appended === note?.data) return this.#mismatch;
    this.#appended = note?.data;
    this.#mismatch = this.#append(node, note);
    return this.#mismatch;
  }

  #append(node: NodeView, note: Touch['note']): string | undefined {
    const raft = raftOf(node);
    if (raft === undefined) return undefined;
    const { from, to } = dataOf<{ from: number; to: number }>(note);
    for (let index = from; index <= Math.min(to, lastIndex(raft)); index++) {
      const entry = entryAt(raft, index);
      if (entry === undefined) continue;
      let links = this.#links.get(index);
      if (links === undefined) this.#links.set(index, (links = new Map()));
      const previousTerm = termAt(raft, index - 1);
      const known = links.get(entry.term);
      if (known === undefined) links.set(entry.term, { entry, previousTerm });
      else if (known.previousTerm !== previousTerm || !isSame(known.entry, entry)) {
        return `${node.id} holds at index ${index} ${tell({ entry, previousTerm })}; elsewhere it is ${tell(known)}`;
      }
    }
    return undefined;
  }

  /** Commits the chain behind what a leader commits; returns the index at which it contradicts what was committed. */
  commit(note: CommitNote): number | undefined {
    if (this.#noted === note) return this.#contradiction;
    this.#noted = note;
    this.#contradiction = this.#commit(note);
    return this.#contradiction;
  }

  #commit({ to, term }: CommitNote): number | undefined {
    let current = term;
    for (let index = to; index > 0; index--) {
      const known = this.committed[index - 1];
      if (known !== undefined) return known.term === current ? undefined : index;
      this.committed[index - 1] = { term: current, by: term };
      const link = this.#links.get(index)?.get(current);
      if (link === undefined) return undefined; // it was compacted before it could be seen
      current = link.previousTerm;
    }
    return undefined;
  }

  /** The committed entry at `index`, if it was seen. */
  entry(index: number): Entry<unknown> | undefined {
    const known = this.committed[index - 1];
    return known === undefined ? undefined : this.#links.get(index)?.get(known.term)?.entry;
  }
}

/** Servers usually hold the very same object. */
function isSame(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function tell({ entry, previousTerm }: Link): string {
  return `${JSON.stringify(entry)} behind term ${previousTerm}`;
}

// Anomalies that are seen without a cycle, counted by name; the first of each is kept and told.
import type { DirectName } from './anomalies.ts';

export interface Finding {
  readonly name: DirectName;
  /** How often it was seen. */
  count: number;
  /** The first case, as a sentence. */
  readonly reason: string;
  /** The transactions of the first case, by their numbers. */
  readonly transactions: readonly number[];
}

export class Findings {
  readonly byName = new Map<DirectName, Finding>();

  /** The reason is only asked for the first case. */
  add(name: DirectName, transactions: readonly number[], reason: () => string): void {
    const known = this.byName.get(name);
    if (known !== undefined) known.count += 1;
    else this.byName.set(name, { name, count: 1, reason: reason(), transactions });
  }
}

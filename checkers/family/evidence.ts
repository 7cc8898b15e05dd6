// What the checkers of this family have in common: evidence by kind, and how a verdict follows from it.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check, CheckOutcome, Verdict } from '../../sim/verdict.ts';
import { canonical } from '../canonical.ts';

/** All cases of one kind of anomaly. */
export interface Evidence<Kind extends string> {
  readonly type: Kind;
  /** Unknown where an operation without a result may explain the cases. */
  readonly verdict: 'invalid' | 'unknown';
  readonly count: number;
  /** The elements, keys or ids concerned, one a case: the first 10,000. */
  readonly values: readonly Json[];
  /** The first case in words. */
  readonly reason: string;
  /** The ids of the operations that prove the first case. */
  readonly operations: readonly number[];
}

/** The common part of all results. */
export interface Judgement<Kind extends string = string> {
  readonly verdict: Verdict;
  /** Why, in words, one line a kind; empty when valid. */
  readonly reason: string;
  /** The ids of the operations of all evidence, ascending. */
  readonly operations: readonly number[];
  readonly evidence: readonly Evidence<Kind>[];
}

const mostValues = 10_000;

/** Collects cases; what is asked of it last is the judgement. */
export class EvidenceBook<Kind extends string> {
  readonly #found = new Map<Kind, Evidence<Kind> & { count: number; values: Json[] }>();

  /** Adds a case; the reason is built for the first of its kind only. */
  add(
    type: Kind,
    value: Json,
    operations: readonly number[],
    reason: () => string,
    verdict: 'invalid' | 'unknown' = 'invalid',
  ): void {
    const known = this.#found.get(type);
    if (known === undefined) {
      this.#found.set(type, { type, verdict, count: 1, values: [value], reason: reason(), operations });
    } else {
      known.count += 1;
      if (known.values.length < mostValues) known.values.push(value);
    }
  }

  /** Counts further cases of a kind that was added before, without their values. */
  addMore(type: Kind, count: number): void {
    const known = this.#found.get(type);
    if (known !== undefined) known.count += count;
  }

  /** @param doubt why the history may still be bad although nothing speaks against it; empty if it may not. */
  judge(doubt = ''): Judgement<Kind> {
    const evidence = [...this.#found.values()];
    const isInvalid = evidence.some(({ verdict }) => verdict === 'invalid');
    const lines = evidence.map(({ type, reason, count }) => `${type}: ${reason}${count > 1 ? ` (${count} such)` : ''}`);
    if (doubt !== '' && !isInvalid) lines.push(doubt);
    return {
      verdict: isInvalid ? 'invalid' : lines.length > 0 ? 'unknown' : 'valid',
      reason: lines.join('\n'),
      operations: [...new Set(evidence.flatMap(({ operations }) => operations))].toSorted((one, other) => one - other),
      evidence,
    };
  }
}

/** A check for scenarios of a function that judges histories. */
export function asCheck(name: string, about: string, check: (history: History) => Judgement): Check {
  return {
    name,
    about,
    judge: (history) => {
      const { verdict, reason, evidence } = check(history);
      if (verdict === 'valid') return [];
      if (evidence.length === 0) return [{ verdict, reason, operations: [] }];
      return evidence.map(({ type, reason: proof, ...rest }): CheckOutcome => ({
        verdict: rest.verdict,
        reason: `${type}: ${proof}${rest.count > 1 ? ` (${rest.count} such)` : ''}`,
        operations: rest.operations,
      }));
    },
  };
}

/** A value for people. */
export function show(value: Json): string {
  return canonical(value);
}

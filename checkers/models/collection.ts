// What the models of sets, queues and stacks share: words for their calls, and results that only acknowledge.
import type { Json } from '../../sim/protocol.ts';
import { canonical } from '../canonical.ts';
import type { Call, Step } from '../model.ts';

/** What a collection holds; never mutated. */
export type Elements = readonly Json[];

/** The next state. */
export function next<State>(state: State): Step<State> {
  return { type: 'next', state };
}

/** A refusal; the reason is built only when it is told. */
export function refuseBecause<State>(reason: () => string): Step<State> {
  return { type: 'refused', reason };
}

/**
 * Takes the first element of `order`, of which `rest` is left, or answers null when there is none.
 * @param peek whether the element stays.
 */
export function take(
  state: Elements,
  call: Call,
  first: Json | undefined,
  rest: () => Elements,
  peek: boolean,
): Step<Elements> {
  const found = first ?? null;
  if (call.type !== 'info' && canonical(call.result) !== canonical(found)) {
    return refuseBecause(() => (first === undefined ? 'it was empty' : `${canonical(first)} was next`));
  }
  return next(peek || first === undefined ? state : rest());
}

/** The words for a call on a collection. */
export function describeCollection({ f, value, result, type }: Call): string {
  const argument = value === null ? '' : ` of ${canonical(value)}`;
  if (type === 'info') return `${f}${argument} without a result`;
  if (result === null) return value === null ? `${f} that found nothing` : `${f}${argument}`;
  if (canonical(result) === canonical(value)) return `${f}${argument}`;
  return `${f}${argument} that returned ${canonical(result)}`;
}

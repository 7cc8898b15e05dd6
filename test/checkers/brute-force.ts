// An oracle for small histories: tries every order that respects real time, straight from the definition.
import type { Model } from '../../checkers/model.ts';
import type { Operation } from '../../checkers/operations.ts';

/**
 * Whether some order of the operations respects real time and is accepted by the model.
 * @param mayOmit which operations need not happen; one that does still happens between its call and its return.
 */
export function hasOrder<State>(
  operations: readonly Operation[],
  model: Model<State>,
  mayOmit: (operation: Operation) => boolean = (operation) => operation.type === 'info',
): boolean {
  const visit = (state: State, left: readonly Operation[]): boolean => {
    if (left.every(mayOmit)) return true;
    return left.some((next) => {
      const precedes = (other: Operation) => other.returned !== undefined && other.returned.index < next.called.index;
      if (left.some((other) => precedes(other) && !mayOmit(other))) return false;
      const step = model.step(state, next);
      const rest = left.filter((other) => other !== next && !precedes(other));
      return step.type === 'next' && visit(step.state, rest);
    });
  };
  return visit(model.init, operations);
}

/** Operations that may have happened, by partition. */
export function split<State>(operations: readonly Operation[], model: Model<State>): readonly (readonly Operation[])[] {
  const happened = operations.filter((operation) => operation.type !== 'fail');
  const keys = new Set(happened.map((operation) => model.partition?.(operation)));
  return [...keys].map((key) => happened.filter((operation) => model.partition?.(operation) === key));
}

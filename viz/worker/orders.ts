// The order of operations that explains a history, for the checks of linearizability that a scenario has.
import { casRegister, checkLinearizable, counter, keyValue, register, type Model } from '../../checkers/index.ts';
import type { Run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { OperationOrder } from './messages.ts';

const models: readonly Model<never>[] = [keyValue(), register(), casRegister(), counter()] as unknown as Model<never>[];
const objectOperations = new Set(['read', 'write', 'cas', 'delete', 'add', 'append']);
const mostOperations = 20_000;
const mostSteps = 2_000_000;

/** The orders by key; none where nothing asks for one, where none exists, or where it would take too long to find. */
export function ordersOf(scenario: Scenario, run: Run): OperationOrder[] {
  const names = new Set(scenario.world(run.parameters).checks.map(({ name }) => name));
  const model = models.find((each) => names.has(`linearizable ${each.name}`));
  if (model === undefined || run.history.length > mostOperations * 2) return [];
  // Reconfigurations and the like are in the history too, and are no operations on the object.
  const history = run.history.filter(({ f }) => objectOperations.has(f));
  const result = checkLinearizable(history, model, { witness: true, maxSteps: mostSteps });
  return result.partitions.flatMap((part) =>
    part.verdict === 'valid' && part.order !== undefined ? [{ key: part.key ?? '', operations: part.order }] : [],
  );
}

/** The same for a scenario whose model may go by the name of one of ours and be another: what cannot be explained is not. */
export function ordersOfOwn(scenario: Scenario, run: Run): OperationOrder[] {
  try {
    return ordersOf(scenario, run);
  } catch {
    return [];
  }
}

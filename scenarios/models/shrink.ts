// Makes the world of a violation smaller, knob by knob: fewer nodes, clients and faults show more plainly what went wrong.
import { explore, type FaultBounds, type Violation } from '../../checkers/explore/index.ts';
import type { Parameters, ParameterSpec } from '../../sim/index.ts';
import { budgetsIn, withBudgets } from './budgets.ts';
import type { ExploredScenario } from './registry.ts';

/** A violation with the world it was found in. */
export interface Found {
  readonly parameters: Parameters;
  /** The budgets that are set instead of the world's own. */
  readonly budgets: FaultBounds;
  readonly violation: Violation;
}

/** The most states that one try may visit: a try that needs more is no smaller. */
const maxStates = 300_000;

/**
 * Lowers numeric parameters and budgets, one at a time and as far as the same property is still violated by a run that is no
 * longer. What it returns was found by the search, so it is shortest in its world.
 * @param isOver asked now and then: true ends the shrinking with what it has.
 */
export function shrinkFound(scenario: ExploredScenario, found: Found, isOver: () => boolean): Found {
  let best = found;
  for (let smaller: Found | undefined = best; smaller !== undefined;) {
    best = smaller;
    smaller = undefined;
    for (const candidate of smallerThan(scenario, best)) {
      if (isOver()) return best;
      smaller = tryWorld(scenario, candidate, best.violation, isOver);
      if (smaller !== undefined) break;
    }
  }
  return best;
}

type Knobs = Pick<Found, 'parameters' | 'budgets'>;

/** Worlds with one knob lowered, the boldest first. */
function smallerThan(scenario: ExploredScenario, { parameters, budgets }: Found): readonly Knobs[] {
  const lowered = Object.entries(scenario.parameters).flatMap(([name, spec]) =>
    lowerValues(spec, parameters[name]).map((value) => ({ parameters: { ...parameters, [name]: value }, budgets })),
  );
  const world = withBudgets(scenario.world(parameters), budgets);
  const poorer = Object.entries(budgetsIn(world)).flatMap(([name, bound]) => {
    if (bound === 'unlimited') return [];
    const lower = bound > 1 ? [0, bound - 1] : [0];
    return lower.map((value) => ({ parameters, budgets: { ...budgets, [name]: value } }));
  });
  return [...lowered, ...poorer];
}

function lowerValues({ range, default: usual }: ParameterSpec, value: unknown): readonly number[] {
  if (typeof value !== 'number' || range === undefined || !Number.isInteger(usual)) return [];
  const [low] = range;
  return [...new Set([low, Math.floor((low + value) / 2), value - 1])].filter((lower) => lower >= low && lower < value);
}

function tryWorld(
  scenario: ExploredScenario,
  { parameters, budgets }: Knobs,
  { property, trace }: Violation,
  isOver: () => boolean,
): Found | undefined {
  const world = withBudgets(scenario.world(parameters), budgets);
  const { violations } = explore(world, { stop: 'never', maxLevels: trace.length + 1, maxStates, isOver });
  const violation = violations.find((one) => one.property === property);
  return violation === undefined ? undefined : { parameters, budgets, violation };
}

// Budgets that are set from outside instead of a world's own, and checked as words that people write.
import { distance } from 'fastest-levenshtein';
import { faultClasses, type ExploredWorld, type FaultBounds } from '../../checkers/explore/index.ts';
import { InputError } from '../../sim/index.ts';

/** The names of budgets, as people write them. */
export const budgetNames = [...faultClasses, 'maxDown'] as const;

/** The world with these budgets instead of its own. */
export function withBudgets(world: ExploredWorld, budgets: FaultBounds): ExploredWorld {
  return { ...world, faults: { ...world.faults, ...budgets } };
}

/** What each class of fault may spend in a world, those that never happen left out; `unlimited` is without bound. */
export function budgetsIn({ faults = {}, leases }: ExploredWorld): Readonly<Record<string, number | 'unlimited'>> {
  const bounds = faultClasses.flatMap((name) => {
    if (name === 'leases' && leases === undefined) return [];
    const bound = faults[name] ?? (name === 'timeouts' || name === 'leases' ? Infinity : 0);
    return bound === 0 ? [] : [[name, bound === Infinity ? 'unlimited' : bound] as const];
  });
  return Object.fromEntries(bounds);
}

/**
 * Reads `crashes=1,drops=0`.
 * @throws InputError that names the budget, what was expected and what was found.
 */
export function parseBudgets(text: string): FaultBounds {
  const entries = text.split(',').map((part) => {
    const [name = '', bound = ''] = part.split('=').map((word) => word.trim());
    if (!budgetNames.some((known) => known === name)) throw unknownBudget(name);
    if (!/^\d{1,9}$/.test(bound)) {
      throw new InputError(`--budget: expected ${name}=<whole number>, found ${JSON.stringify(part)}`);
    }
    return [name, Number(bound)] as const;
  });
  return Object.fromEntries(entries);
}

function unknownBudget(name: string): InputError {
  const near = [...budgetNames].sort((one, other) => distance(name, one) - distance(name, other))[0];
  const hint = near !== undefined && distance(name, near) <= 3 ? `; did you mean ${near}?` : '';
  return new InputError(`--budget: expected one of ${budgetNames.join(', ')}, found ${JSON.stringify(name)}${hint}`);
}

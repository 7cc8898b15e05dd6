// The scenarios among what a file exports: the command line loads files of its readers, and a timeline holds them.
import type { Scenario } from '../sim/scenario.ts';

/** Whatever is a scenario, by shape: a file may have been made with another copy of this package. */
export function scenariosIn(exported: Readonly<Record<string, unknown>>): readonly Scenario[] {
  return Object.values(exportsOf(exported)).filter(isScenario);
}

/** What a CommonJS module exports is, whole, the default of what is imported; not everything need be there by its name as well. */
function exportsOf(imported: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const whole = imported['default'];
  return typeof whole === 'object' && whole !== null && !isScenario(whole) ? { ...whole, ...imported } : imported;
}

function isScenario(value: unknown): value is Scenario {
  if (typeof value !== 'object' || value === null) return false;
  const { name, story, world, parameters, expect } = value as Partial<Record<keyof Scenario, unknown>>;
  return (
    typeof name === 'string' &&
    typeof story === 'string' &&
    typeof world === 'function' &&
    typeof parameters === 'object' &&
    typeof expect === 'object'
  );
}

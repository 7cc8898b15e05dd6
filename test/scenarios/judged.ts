// What the tests of all scenarios do: run seeds that must be clean, look for the first that is not, and run the same world
// again with something else in it.
import { expect } from 'vitest';
import { simulate, type Parameters, type Run, type Scenario, type SimulateOptions } from '../../sim/index.ts';

/** For `test.each`. */
export function named(scenarios: readonly Scenario[]): (readonly [string, Scenario])[] {
  return scenarios.map((scenario) => [scenario.name, scenario] as const);
}

/** What a scenario says it breaks. */
export function breaks({ expect: expectation }: Scenario): readonly string[] {
  return expectation.type === 'breaks' ? expectation.what : [];
}

/** Every seed below `seeds` is clean. Returns in how many runs each "sometimes" was reached, and how much was acknowledged. */
export function expectClean(
  scenario: Scenario,
  seeds: number,
  options: Omit<SimulateOptions, 'seed'> = {},
): { readonly reached: ReadonlyMap<string, number>; readonly acknowledged: number } {
  const reached = new Map<string, number>();
  let acknowledged = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const run = simulate(scenario, { seed, ...options });
    expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
    for (const each of run.sometimes) reached.set(each.name, (reached.get(each.name) ?? 0) + Number(each.reached));
    acknowledged += run.history.filter(({ type }) => type === 'ok').length;
  }
  return { reached, acknowledged };
}

/** Every seed below `seeds` is clean and every "sometimes" is reached, except perhaps the `rare` ones; returns what was acknowledged. */
export function expectCleanAndLively(scenario: Scenario, seeds: number, rare: ReadonlySet<string> = new Set()): number {
  const { reached, acknowledged } = expectClean(scenario, seeds);
  expect([...reached].filter(([name, runs]) => runs === 0 && !rare.has(name))).toEqual([]);
  return acknowledged;
}

/** A run keeps the rules of the seam (frozen messages, plain states, no promises), and proving that changes nothing. */
export function expectSeamKept(scenario: Scenario, options: SimulateOptions): void {
  const run = simulate(scenario, options);
  const debugged = simulate(scenario, { ...options, debug: true });
  expect([debugged.hash, debugged.findings]).toEqual([run.hash, run.findings]);
}

/** The first run with a violation. */
export function firstViolation(scenario: Scenario, limit: number): Run {
  for (let seed = 0; seed < limit; seed++) {
    const run = simulate(scenario, { seed });
    if (run.verdict === 'invalid') return run;
  }
  throw new Error(`no violation of ${scenario.name} in ${limit} seeds`);
}

/** What was violated, each name once. */
export function violated({ findings }: Run): string[] {
  return [...new Set(findings.filter(({ verdict }) => verdict === 'invalid').map(({ name }) => name))];
}

/** The same seed, parameters, faults and operations with another scenario's servers and clients. */
export function rerun({ seed, parameters, faults, workload }: Run, scenario: Scenario, set: Parameters = {}): Run {
  return simulate(scenario, { seed, parameters: { ...parameters, ...set }, faults, workload });
}

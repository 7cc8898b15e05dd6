// Failing runs to work on: the seeds of a broken scenario, in order.
import { firstOf } from '../../fuzz/index.ts';
import { simulate, type Finding, type Run, type Scenario } from '../../sim/index.ts';

export interface Failing {
  readonly run: Run;
  readonly finding: Finding;
}

export function firstFailure(scenario: Scenario): Failing {
  return failures(scenario, 1)[0]!;
}

/** So many failing runs of the scenario, each with what it violates first. */
export function failures(scenario: Scenario, count: number): readonly Failing[] {
  const found: Failing[] = [];
  for (let seed = 1; seed <= 400 && found.length < count; seed++) {
    const run = simulate(scenario, { seed });
    const finding = firstOf(run.findings, 'invalid');
    if (finding !== undefined) found.push({ run, finding });
  }
  if (found.length < count) throw new Error(`only ${found.length} of 400 seeds break ${scenario.name}`);
  return found;
}

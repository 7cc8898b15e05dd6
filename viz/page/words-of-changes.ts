// What was changed between two runs, and what came of it, in one line.
import { describeFault } from '../../sim/fault.ts';
import type { ShownRun } from './shown-run.ts';
import { instant } from './words.ts';

/** The change and the two verdicts. */
export function inWords(base: ShownRun, changed: ShownRun): string {
  const [one, other] = [base.model.data, changed.model.data];
  const what: string[] = [];
  if (one.scenario !== other.scenario) what.push(`${one.scenario} → ${other.scenario}`);
  if (one.seed !== other.seed) what.push(`seed ${one.seed} → ${other.seed}`);
  for (const [name, value] of Object.entries(other.parameters)) {
    if (one.parameters[name] !== value) what.push(`${name} ${String(one.parameters[name])} → ${String(value)}`);
  }
  const [before, after] = [one, other].map(({ request }) =>
    (request.faults ?? []).map(({ at, fault }) => `${describeFault(fault)} at ${instant(at)}`),
  ) as [string[], string[]];
  const gone = before.filter((fault) => !after.includes(fault));
  const come = after.filter((fault) => !before.includes(fault));
  if (gone.length + come.length <= 4)
    what.push(...gone.map((fault) => `without ${fault}`), ...come.map((fault) => `with ${fault}`));
  else what.push(`${gone.length} faults less, ${come.length} more`);
  const verdicts = one.verdict === other.verdict ? `both ${one.verdict}` : `${one.verdict} → ${other.verdict}`;
  return `Changed run: ${what.length === 0 ? 'nothing is different' : what.join(', ')}. Verdict: ${verdicts}`;
}

// What to say when one seed gave two hashes: where two runs of it part.
import { partingOf, simulate, type Scenario, type SimulateOptions } from '../sim/index.ts';

/** Runs the seed twice more with its trace and names the first event that differs. */
export function describeNondeterminism(scenario: Scenario, set: SimulateOptions): string {
  const [one, other] = [1, 2].map(() => simulate(scenario, { ...set, trace: true, judge: false }));
  const parting = one === undefined || other === undefined ? undefined : partingOf(one, other);
  const what = 'the same seed gave two different runs';
  if (parting === undefined) return `${what}, though two more runs of it agree: something outside of the run leaks in`;
  const { event, before, one: first = 'the run is over', other: second = 'the run is over' } = parting;
  return [
    `${what}: they first differ at event ${event}`,
    ...before.map((line) => `  ${line}`),
    `- ${first}`,
    `+ ${second}`,
  ].join('\n');
}

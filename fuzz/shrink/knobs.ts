// Knobs: fewer nodes and clients, defaults instead of what was drawn, smaller numbers.
import type { ParameterSpec, ParameterValue } from '../../sim/index.ts';
import type { Search } from './index.ts';

/** Turns each knob to the plainest value that still shows the cause. */
export function plainerParameters(search: Search): void {
  for (const [name, spec] of Object.entries(search.scenario.parameters)) {
    for (const value of plainerValues(spec, search.best.case.parameters[name] ?? spec.default)) {
      const { case: found } = search.best;
      if (search.accepts({ ...found, parameters: { ...found.parameters, [name]: value } })) break;
      if (search.isOver()) return;
    }
  }
}

/** Values that are easier to read than this one, the best first. What counts things is best small, all else as by default. */
function plainerValues(spec: ParameterSpec, now: ParameterValue): readonly ParameterValue[] {
  if (typeof now !== 'number') return now === spec.default ? [] : [spec.default];
  if (!counts.test(spec.about)) return now === spec.default ? [] : [spec.default];
  const [low] = spec.range ?? [0];
  const smaller = Array.from({ length: Math.min(8, Math.max(0, now - low)) }, (_, index) => low + index);
  return smaller.filter((value) => value < now);
}

/** Knobs that say how many of something there are; fewer of them are easier to read whatever the default says. */
const counts = /\b(?:nodes|servers|clients|replicas|processes|keys|members|participants|instances|agents|peers)\b/;

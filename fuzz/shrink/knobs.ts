// Knobs: fewer nodes and clients, defaults instead of what was drawn, smaller numbers.
import type { Fault, NodeId, ParameterSpec, ParameterValue, Scenario } from '../../sim/index.ts';
import type { Case } from '../case.ts';
import type { Search } from './index.ts';

/** Turns each knob to the plainest value that still shows the cause. */
export function plainerParameters(search: Search): void {
  for (const [name, spec] of Object.entries(search.scenario.parameters)) {
    for (const value of plainerValues(spec, search.best.case.parameters[name] ?? spec.default)) {
      if (search.isOver()) return;
      const { case: found } = search.best;
      const changed = { ...found, parameters: { ...found.parameters, [name]: value } };
      if (search.accepts(changed) || inSmallerWorld(search, changed).some((each) => search.accepts(each))) break;
    }
  }
}

/** In a world of fewer nodes faults strike those who are left, and what fails may need other latencies. */
function inSmallerWorld({ scenario, best }: Search, changed: Case): readonly Case[] {
  const before = nodesOf(scenario, best.case);
  const left = nodesOf(scenario, changed);
  if (left.length === 0 || left.length >= before.length) return [];
  const rename = (name: string): string => {
    const place = before.indexOf(name);
    return place < 0 || left.includes(name) ? name : (left[place % left.length] as string);
  };
  const faults = changed.faults.map(({ at, fault }) => ({ at, fault: renameNodes(fault, rename) }));
  return [changed.seed, ...seedsToTry].map((seed) => ({ ...changed, faults, seed }));
}

const seedsToTry = ['1', '2', '3', '4'];

function nodesOf(scenario: Scenario, { parameters }: Case): readonly NodeId[] {
  try {
    return scenario.world(parameters).nodes.map(({ id }) => id);
  } catch {
    return []; // the scenario refuses such knobs
  }
}

/** Only where it names one node, or the ends of links: groups of nodes may not overlap. */
function renameNodes(fault: Fault, rename: (name: string) => string): Fault {
  if ('node' in fault) return { ...fault, node: rename(fault.node) };
  if (!('from' in fault)) return fault;
  const renameAll = (names: readonly string[]): string[] => [...new Set(names.map(rename))];
  return { ...fault, from: renameAll(fault.from), to: renameAll(fault.to) };
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

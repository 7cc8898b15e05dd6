// Knobs: fewer nodes and clients, defaults instead of what was drawn, smaller numbers.
import type { Fault, NodeId, ParameterSpec, ParameterValue, Scenario } from '../../sim/index.ts';
import type { Case } from '../case.ts';
import type { Search } from './index.ts';

/** Turns each knob to the plainest value that still shows the cause. */
export function plainerParameters(search: Search): void {
  const { scenario } = search;
  for (const [name, spec] of Object.entries(scenario.parameters)) {
    for (const value of plainerValues(spec, search.best.case.parameters[name] ?? spec.default)) {
      if (search.isOver()) return;
      const { case: found } = search.best;
      const turned = { ...found, parameters: { ...found.parameters, [name]: value } };
      const fitting = inSmallerWorld(scenario, turned, found);
      // What fails in a smaller world may need other latencies.
      const seeds = fitting === turned ? [found.seed] : [found.seed, ...seedsToTry];
      if (seeds.some((seed) => search.accepts({ ...fitting, seed }, search.knobLimit))) break;
    }
  }
}

const seedsToTry = ['1', '2', '3', '4'];

/** Where the world has fewer nodes or clients than before, faults strike those who are left of their kind, and these do the work. */
export function inSmallerWorld(scenario: Scenario, changed: Case, found: Case): Case {
  const [before, left] = [namesIn(scenario, found), namesIn(scenario, changed)];
  const others = new Map<string, string>();
  for (const [place, name] of before.entries()) {
    if (left.includes(name)) continue;
    const like = left.filter((other) => kindOf(other) === kindOf(name));
    if (like.length > 0) others.set(name, like[place % like.length] as string);
  }
  if (others.size === 0) return changed;
  const rename = (name: string): string => others.get(name) ?? name;
  const faults = changed.faults.map(({ at, fault }) => ({ at, fault: renameNodes(fault, rename) }));
  const workload = changed.workload.map((operation) => ({ ...operation, client: rename(operation.client) }));
  return { ...changed, faults, workload };
}

/** Who runs the same is numbered: n1 and n2, c1 and c2. */
const kindOf = (name: string): string => name.replace(/\d+$/, '');

function namesIn(scenario: Scenario, { parameters }: Case): readonly NodeId[] {
  try {
    const { nodes, clients } = scenario.world(parameters);
    return [...nodes, ...clients].map(({ id }) => id);
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
  if (typeof now === 'number' && doesCount(spec)) return smallerValues(spec, now);
  return now === spec.default ? [] : [spec.default];
}

/** Of a knob that counts things, the smallest values below this one. */
export function smallerValues(spec: ParameterSpec, now: ParameterValue): readonly ParameterValue[] {
  if (typeof now !== 'number' || !doesCount(spec)) return [];
  const [low] = spec.range ?? [0];
  return Array.from({ length: Math.min(8, Math.max(0, now - low)) }, (_, index) => low + index);
}

/**
 * Whether a knob says how many of something there are, by its first words: fewer of them are easier to read whatever the default
 * says. “Sessions that the servers keep” are none of those, nor is “how fast the servers’ clocks run”.
 */
const doesCount = ({ about }: ParameterSpec): boolean => counted.test(about.split(' that ')[0] ?? '');

const counted =
  /\b(?:nodes|servers|clients|replicas|processes|keys|members|participants|instances|agents|peers)\b(?!['’])/;

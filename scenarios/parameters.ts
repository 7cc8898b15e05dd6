// Knobs that the scenarios of replicated services share.
import type { Parameters, ParameterSpecs, Random } from '../sim/index.ts';

export const swarm = { about: 'each seed draws its own faults; false for a quiet run', default: true } as const;

export const budget = {
  about: 'impair at most a minority of the servers at once, or go over that and expect safety only',
  default: 'minority',
  oneOf: ['minority', 'over'],
} as const;

export const observers = {
  about: 'servers that only observe',
  default: 0,
  range: [0, 5],
  draw: (random: Random) => random.pick([0, 0, 1]),
} as const;

export const whenDown = {
  about: 'what becomes of a message to a server that is down',
  default: 'lose',
  oneOf: ['lose', 'refuse'],
  draw: (random: Random) => random.pick(['lose', 'refuse'] as const),
} as const;

/** One of these networks, `lan` unless a seed draws another. */
export function networkAmong<const Name extends string>(names: readonly Name[]) {
  return {
    about: 'network preset',
    default: 'lan',
    oneOf: names,
    draw: (random: Random): Name => random.pick(names),
  } as const;
}

/** The specifications with new defaults that no seed draws over. */
export function fixParameters<S extends ParameterSpecs>(specs: S, fixed: Parameters): S {
  const entries = Object.entries(specs).map(([name, spec]) => {
    const value = fixed[name];
    if (value === undefined) return [name, spec];
    return [name, { ...spec, default: value, draw: () => value }];
  });
  return Object.fromEntries(entries) as S;
}

// What there is to choose from, as data that travels to the page: the scenarios with their stories and knobs.
import type { ParameterValue, Scenario } from '../sim/scenario.ts';

/** A scenario as the gallery shows it. */
export interface CatalogueEntry {
  readonly name: string;
  readonly story: string;
  readonly protocol: string;
  readonly expect: Scenario['expect'];
  readonly knobs: readonly Knob[];
}

/** A parameter that can be set. */
export interface Knob {
  readonly name: string;
  readonly about: string;
  readonly default: ParameterValue;
  readonly range?: readonly [low: number, high: number];
  readonly oneOf?: readonly ParameterValue[];
  /** Each seed draws its own value unless it is set. */
  readonly drawn: boolean;
}

export function catalogueOf(scenarios: readonly Scenario[]): CatalogueEntry[] {
  return scenarios.map(({ name, story, protocol, expect, parameters }) => ({
    name,
    story,
    protocol,
    expect,
    knobs: Object.entries(parameters).map(([knob, spec]) => ({
      name: knob,
      about: spec.about,
      default: spec.default,
      ...(spec.range === undefined ? {} : { range: spec.range }),
      ...(spec.oneOf === undefined ? {} : { oneOf: spec.oneOf }),
      drawn: spec.draw !== undefined,
    })),
  }));
}

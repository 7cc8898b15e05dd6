// A scenario is a world as one value, with the story it tells and the parameters that shape it. The world names its nodes,
// clients, network, workload, faults, properties and checks; the seed decides the rest.
import type { ClockSpec } from './clock.ts';
import { InputError, type TimedFault } from './fault.ts';
import type { LatencyTable } from './latency.ts';
import type { NetworkSpec } from './network.ts';
import type { AnyProtocol, Json, NodeId } from './protocol.ts';
import type { Property, View } from './property.ts';
import { randomStream, type Random } from './random.ts';
import type { Micros } from './time.ts';
import type { Check } from './verdict.ts';

export interface Scenario {
  /** Unique, lower case with dashes. */
  readonly name: string;
  /** One line: what happens. */
  readonly story: string;
  /** The protocol family, for lists: `raft`, `two-phase-commit`. */
  readonly protocol: string;
  /** Whether every run must be clean, or some run must show a violation (and of what). */
  readonly expect: { readonly type: 'holds' } | { readonly type: 'breaks'; readonly what: readonly string[] };
  readonly parameters: ParameterSpecs;
  world(parameters: Parameters): World;
}

export type ParameterValue = string | number | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** One knob of a scenario. Where `draw` is given and nobody sets the knob, each seed draws its own value. */
export interface ParameterSpec<V extends ParameterValue = ParameterValue> {
  readonly about: string;
  readonly default: V;
  /** For numbers: the smallest and largest value that make sense. Whole numbers, if the default is one. */
  readonly range?: readonly [low: number, high: number];
  readonly oneOf?: readonly V[];
  draw?(random: Random): V;
}

type Widen<V> = V extends number ? number : V extends string ? string : V extends boolean ? boolean : never;
type ValueOf<S extends ParameterSpec> = S extends { readonly oneOf: readonly (infer V)[] } ? V : Widen<S['default']>;

/** The values that parameters of these specifications have: one of the choices where there are some, else the default's type. */
export type ValuesOf<S extends ParameterSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** Types `world`'s parameters by their specifications. */
export function defineScenario<const S extends ParameterSpecs>(
  scenario: Omit<Scenario, 'parameters' | 'world'> & { parameters: S; world(parameters: ValuesOf<S>): World },
): Scenario {
  return scenario;
}

export interface World {
  readonly nodes: readonly NodeSpec[];
  readonly clients: readonly ClientSpec[];
  readonly network: NetworkSpec;
  /** How long the run lasts unless told otherwise. */
  readonly until: Micros;
  /** The last part of the run, in which nothing is broken any more. */
  readonly tail: Micros;
  /** What the clients do: given, or drawn by the seed. */
  readonly workload: readonly Operation[] | ((random: Random, setting: Setting) => Operation[]);
  /** What goes wrong: given, or drawn by the seed. */
  readonly faults: readonly TimedFault[] | ((random: Random, setting: Setting) => TimedFault[]);
  /** Who plays `@leader` and the like at this moment. */
  readonly roles?: Readonly<Record<string, (view: View) => NodeId | undefined>>;
  /**
   * Groups of nodes of which the protocol needs a majority each to make progress, as the nodes in `knownTo` know them at this
   * moment; all nodes are one such group by default.
   */
  readonly voters?: (view: View, knownTo: readonly NodeId[]) => readonly (readonly NodeId[])[];
  readonly properties: readonly Property[];
  readonly checks: readonly Check[];
  /** More may be broken than the protocol promises to survive: `eventually` properties are not expected. */
  readonly safetyOnly?: boolean;
  /** Events of one instant leave in a seeded order instead of first in, first out. */
  readonly shuffleTies?: boolean;
}

/** What those who draw faults and operations are told about the world. */
export interface Setting {
  readonly nodes: readonly NodeId[];
  readonly clients: readonly NodeId[];
  readonly roles: readonly string[];
  /** Faults and operations belong into [0, until); from `healAt` on nothing is broken any more. */
  readonly until: Micros;
  readonly healAt: Micros;
}

export interface NodeSpec {
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  readonly clock?: ClockSpec;
  /** How long a sync takes; default 0.5 to 20 ms with a median of 1 ms. */
  readonly syncLatency?: LatencyTable;
  /** CPU time that every handler costs, in microseconds; default 0. */
  readonly perEvent?: Micros;
  /** True time at which the node first starts; default 0. */
  readonly joinsAt?: Micros;
}

export interface ClientSpec {
  readonly id: NodeId;
  /** Its `request` is `{ f, value }`; its `response` is the completed operation's value. */
  readonly protocol: AnyProtocol;
  /** After so long an operation ends as `info`, and the process starts afresh under a new number. */
  readonly timeout: Micros;
  readonly clock?: ClockSpec;
}

/** The identifiers `n1`, `n2`, ... for the letter `n`. */
export function nodeIds(letter: string, count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

/** So many nodes or clients alike, with the identifiers of `nodeIds`. */
export function numbered<Spec extends object>(letter: string, count: number, spec: Spec): (Spec & { id: NodeId })[] {
  return nodeIds(letter, count).map((id) => ({ id, ...spec }));
}

/** One operation of the workload. A client runs its operations one at a time, in order, each not before its time. */
export interface Operation {
  /** Unique in the workload. */
  readonly id: number;
  readonly client: NodeId;
  /** True time before which it is not invoked. */
  readonly at: Micros;
  readonly f: string;
  readonly value: Json;
}

/** The request that a client process receives for an operation. */
export interface Request {
  readonly f: string;
  readonly value: Json;
}

/** What has a name and parameters. */
export type Parameterized = Pick<Scenario, 'name' | 'parameters'>;

/**
 * The parameters of a run: what was set, else what the seed draws, else the defaults.
 * @throws InputError on an unknown name or a value outside the specification.
 */
export function resolveParameters(scenario: Parameterized, set: Parameters, seed: string): Parameters {
  for (const name of Object.keys(set)) {
    if (!Object.hasOwn(scenario.parameters, name)) {
      const known = Object.keys(scenario.parameters).join(', ') || 'none';
      throw new InputError(`scenario ${scenario.name} has no parameter ${JSON.stringify(name)}; it has: ${known}`);
    }
  }
  return Object.fromEntries(
    Object.entries(scenario.parameters).map(([name, spec]) => {
      const given = Object.hasOwn(set, name) ? set[name] : undefined;
      if (given !== undefined) return [name, assertFits(name, spec, given)];
      return [name, spec.draw === undefined ? spec.default : spec.draw(randomStream(seed, `parameter/${name}`))];
    }),
  );
}

/** Reads `key=value` text by the parameter's type; leaves judging the value to `resolveParameters`. */
export function parseParameter(scenario: Parameterized, name: string, text: string): ParameterValue {
  switch (typeof scenario.parameters[name]?.default) {
    case 'number':
      return text.trim() === '' ? Number.NaN : Number(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text;
  }
}

function assertFits(name: string, spec: ParameterSpec, value: ParameterValue): ParameterValue {
  const wanted = typeof spec.default;
  const whole = Number.isInteger(spec.default);
  const [low, high] = spec.range ?? [-Infinity, Infinity];
  const fits =
    typeof value === wanted &&
    (typeof value !== 'number' || (Number.isFinite(value) && value >= low && value <= high)) &&
    (!whole || Number.isInteger(value)) &&
    (spec.oneOf === undefined || spec.oneOf.includes(value));
  if (fits) return value;
  const range = spec.range === undefined ? '' : ` from ${low} to ${high}`;
  const expected =
    spec.oneOf === undefined ? `a ${whole ? 'whole number' : wanted}${range}` : `one of ${spec.oneOf.join(', ')}`;
  throw new InputError(`parameter ${name}: expected ${expected}, found ${JSON.stringify(value)}`);
}

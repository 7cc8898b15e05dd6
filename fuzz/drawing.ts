// Drawing with fast-check: faults, operations, knobs, networks and whole cases as arbitraries, for property tests of one's own,
// and as functions of a seed alone. Each draw first decides which kinds there are at all (swarm testing, Groce et al. 2012), and
// weighs what has found bugs before: crashes next to durable writes, the leader cut off, pauses longer than a lease.
import fc from 'fast-check';
import {
  ms,
  networkPresets,
  nemesis,
  randomStream,
  seconds,
  standardFaults,
  type Fault,
  type FaultClass,
  type Micros,
  type NetworkSpec,
  type Operation,
  type Parameters,
  type ParameterSpec,
  type ParameterValue,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import type { Case } from './case.ts';

/** A schedule within the budget of a minority, by the simulator's own nemesis with drawn classes; fast-check shrinks to none. */
export function faultsArbitrary(
  setting: Setting,
  classes: readonly FaultClass[] = standardFaults,
): fc.Arbitrary<readonly TimedFault[]> {
  const drawn = fc.record({
    swarm: fc.subarray([...classes], { minLength: 1 }),
    every: fc.integer({ min: ms(50), max: ms(1_500) }),
    longest: fc.integer({ min: ms(100), max: seconds(3) }),
    stream: fc.nat(),
  });
  const base = drawn.map(({ swarm, every, longest, stream }) =>
    nemesis({ classes: swarm, allClasses: true, every, longest })(randomStream(String(stream), 'faults'), setting),
  );
  // Any part of a schedule within the budget is within it, too.
  return base.chain((faults) => fc.subarray(faults));
}

/** One fault with a prior that pays, on the nodes and roles of the setting. It may impair one node at most. */
export function sharpFault({ nodes, roles, healAt }: Setting): fc.Arbitrary<TimedFault> {
  const node = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...nodes) },
    {
      weight: roles.length > 0 ? 2 : 0,
      arbitrary: fc.constantFrom(...roles.map((role) => `@${role}`), nodes[0] ?? ''),
    },
  );
  const crash = fc.record({
    type: fc.constant('power-loss' as const),
    node,
    unsynced: fc.constantFrom('lost' as const, 'torn' as const, 'kept' as const),
    when: fc.constantFrom('before-sync' as const, 'after-sync' as const, 'after-effects' as const),
    effects: fc.integer({ min: 1, max: 6 }),
    for: fc.integer({ min: ms(3), max: ms(60) }),
  });
  const lasting = (type: 'isolate' | 'pause', least: Micros, most: Micros): fc.Arbitrary<Fault> =>
    fc.record({ type: fc.constant(type), node, for: fc.integer({ min: least, max: most }) });
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    crash,
    lasting('isolate', ms(200), seconds(2)),
    lasting('pause', ms(500), seconds(3)),
  );
  return fc.record({ at: fc.nat(Math.max(0, healAt - 1)), fault });
}

/** Operations of the setting's clients, in order of time, each drawn by `draw` with a serial number. */
export function workloadArbitrary(
  { clients, until }: Setting,
  draw: (serial: number) => fc.Arbitrary<Pick<Operation, 'f' | 'value'>>,
  most = 200,
): fc.Arbitrary<readonly Operation[]> {
  if (clients.length === 0) return fc.constant([]);
  const times = fc.array(fc.record({ at: fc.nat(until - 1), client: fc.constantFrom(...clients) }), {
    maxLength: most,
  });
  return times.chain((slots): fc.Arbitrary<readonly Operation[]> => {
    const sorted = [...slots].sort((one, other) => one.at - other.at);
    const operations = sorted.map(({ at, client }, id) => draw(id).map((what) => ({ id, client, at, ...what })));
    return operations.length === 0 ? fc.constant([]) : fc.tuple(...operations);
  });
}

/** Every knob of a scenario: one of its values, a number of its range, or what it draws itself. Shrinks to the defaults. */
export function parametersArbitrary({ parameters }: Pick<Scenario, 'parameters'>): fc.Arbitrary<Parameters> {
  const knobs = Object.entries(parameters).map(([name, spec]) => [name, parameterArbitrary(name, spec)] as const);
  return fc.record(Object.fromEntries(knobs)) as fc.Arbitrary<Parameters>;
}

function parameterArbitrary(name: string, spec: ParameterSpec): fc.Arbitrary<ParameterValue> {
  const usual = fc.constant(spec.default);
  if (spec.draw === undefined) return usual;
  // What a scenario draws itself fits together; a range alone may hold worlds in which nothing can go well.
  const drawn = fc
    .nat()
    .map((stream) => spec.draw?.(randomStream(String(stream), `parameter/${name}`)) ?? spec.default);
  return fc.oneof(usual, drawn);
}

/** One of the network presets, with loss, duplication and reordering drawn on top. */
export function networkArbitrary(): fc.Arbitrary<NetworkSpec> {
  const share = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 100_000 }) },
  );
  return fc
    .record({
      preset: fc.constantFrom(...Object.values<NetworkSpec>(networkPresets)),
      loss: share,
      duplicate: share,
      reorder: share,
    })
    .map(({ preset, ...rates }) => ({ ...preset, ...rates }));
}

/** What a seed stands for, written out: knobs and a schedule with sharp faults; a function of scenario and seed alone. */
export function drawCase(scenario: Scenario, seed: number): Pick<Case, 'parameters' | 'faults' | 'seed'> {
  const [parameters = {}] = fc.sample(parametersArbitrary(scenario), { seed, numRuns: 1 });
  const world = scenario.world(parameters);
  const setting: Setting = {
    nodes: world.nodes.map(({ id }) => id),
    clients: world.clients.map(({ id }) => id),
    roles: Object.keys(world.roles ?? {}),
    until: world.until,
    healAt: Math.max(0, world.until - world.tail),
  };
  const [faults = []] = fc.sample(faultsArbitrary(setting), { seed, numRuns: 1 });
  return { parameters, faults, seed: String(seed) };
}

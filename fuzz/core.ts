// Safety, then liveness: a variant of any scenario in which, at a drawn moment, a majority becomes whole and stays so, the rest
// freezes in failure for good, and the majority must make progress within a bound (as in TigerBeetle's VOPR). A majority that
// could not have made progress even if nothing had ever failed before is explained, not blamed. It counts the world's nodes, so it
// says something only of worlds whose members do not change.
import {
  formatDuration,
  randomStream,
  simulate,
  type Check,
  type Fault,
  type History,
  type Micros,
  type NodeId,
  type Operation,
  type Parameters,
  type ParameterSpecs,
  type Scenario,
  type TimedFault,
  type World,
} from '../sim/index.ts';

const knobs = {
  'core-at': {
    about: 'when the core becomes whole, in percent of the time until everything would',
    default: 60,
    range: [1, 99],
    draw: (random) => random.between(20, 99),
  },
  'core-drawn': {
    about: 'a number that decides which nodes are the core',
    default: 0,
    range: [0, 1_000_000],
    draw: (random) => random.below(1_000_000),
  },
  'core-rest': {
    about: 'what becomes of all others',
    default: 'crash',
    oneOf: ['crash', 'pause', 'isolate'],
    draw: (random) => random.pick(['crash', 'pause', 'isolate']),
  },
} satisfies ParameterSpecs as ParameterSpecs;

export const coreProgress = 'the core makes progress';

/** The variant, under the scenario's name and `+core`. */
export function withCore(scenario: Scenario): Scenario {
  const variant: Scenario = {
    ...scenario,
    name: `${scenario.name}+core`,
    story: `${scenario.story} Then a majority becomes whole, and must make progress without the rest.`,
    parameters: { ...scenario.parameters, ...knobs },
    world: (parameters) => coreWorld(variant, scenario, parameters),
  };
  return variant;
}

interface Core {
  readonly at: Micros;
  readonly within: Micros;
  readonly members: readonly NodeId[];
  readonly rest: readonly NodeId[];
  /** What makes the core whole and freezes the rest. */
  readonly faults: readonly TimedFault[];
}

function coreWorld(variant: Scenario, scenario: Scenario, parameters: Parameters): World {
  const own = Object.entries(parameters).filter(([name]) => !Object.hasOwn(knobs, name));
  const world = scenario.world(Object.fromEntries(own));
  const core = coreOf(world, parameters);
  const { faults } = world;
  return {
    ...world,
    // Nothing heals by itself: the core does, by a fault that is data like all others.
    tail: 0,
    faults: (random, setting) => {
      const drawn = typeof faults === 'function' ? faults(random, { ...setting, healAt: core.at }) : faults;
      return [...drawn.filter(({ at }) => at < core.at), ...core.faults];
    },
    // What is promised when everything has healed is not promised here.
    properties: world.properties.filter(({ type }) => type !== 'eventually'),
    checks: [...world.checks, progressCheck(variant, parameters, core)],
  };
}

function coreOf(world: World, parameters: Parameters): Core {
  const at = Math.floor(((world.until - world.tail) * Number(parameters['core-at'])) / 100);
  const order = randomStream(String(parameters['core-drawn']), 'core').shuffle(world.nodes.map(({ id }) => id));
  const majority = Math.floor(order.length / 2) + 1;
  const rest = order.slice(majority);
  const type = parameters['core-rest'] as 'crash' | 'pause' | 'isolate';
  const freeze = (node: NodeId): Fault => ({ type, node });
  const faults = [
    { at, fault: { type: 'heal' } as const },
    ...rest.map((node) => ({ at: at + 1, fault: freeze(node) })),
  ];
  return { at, within: world.until - at, members: order.slice(0, majority).sort(), rest, faults };
}

function progressCheck(variant: Scenario, parameters: Parameters, core: Core): Check {
  const { at, within, members, rest } = core;
  return {
    name: coreProgress,
    about: 'some operation succeeds after a majority has become whole, whatever has become of the rest',
    judge(history) {
      if (madeProgress(history, core) !== false) return [];
      const frozen = rest.length === 0 ? '' : `, while ${rest.join(', ')} did not come back`;
      const reason = `nothing succeeded within ${formatDuration(within)} after ${members.join(', ')} had become whole at ${formatDuration(at)}${frozen}`;
      // The same clients, the same core, and no fault before it.
      const control = simulate(variant, {
        ...{ seed: 'control', parameters, faults: core.faults, workload: workloadOf(history), judge: false },
      });
      if (madeProgress(control.history, core) === true) return [{ verdict: 'invalid', reason, operations: [] }];
      const explained = `${reason}; but nor does anything when nothing fails before: this majority cannot promise progress here`;
      return [{ verdict: 'unknown', reason: explained, operations: [] }];
    },
  };
}

/**
 * Whether something succeeded that was asked for after the core had become whole: what was under way by then may only have had
 * to be answered. Undefined when nobody asked in time.
 */
function madeProgress(history: History, { at, within }: Core): boolean | undefined {
  const asked = history.filter(({ type, time }) => type === 'invoke' && time > at);
  const ids = new Set(asked.map(({ operation }) => operation));
  if (history.some(({ type, operation }) => type === 'ok' && ids.has(operation))) return true;
  return asked.some(({ time }) => time < at + within / 2) ? false : undefined;
}

function workloadOf(history: History): readonly Operation[] {
  return history.flatMap(({ type, operation: id, client, time, f, value }) =>
    type === 'invoke' ? [{ id, client, at: time, f, value }] : [],
  );
}

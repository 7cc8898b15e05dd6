// Safety, then liveness: a variant of any scenario in which, at a drawn moment, a majority becomes whole and stays so, the rest
// freezes in failure for good, and the majority must make progress within a bound (as in TigerBeetle's VOPR). Of whom it is a
// majority is what the protocol says at that moment: `World.voters`. A core that lost its majority since, as members were changed,
// and one that could not have made progress even if nothing had ever failed before, are explained, not blamed.
import {
  formatDuration,
  randomStream,
  simulate,
  type Check,
  type CheckOutcome,
  type Fault,
  type History,
  type Micros,
  type NodeId,
  type Operation,
  type Parameters,
  type ParameterSpecs,
  type Scenario,
  type TimedFault,
  type View,
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

/** What a scenario's name ends with where a majority must make progress without the rest. */
export const coreEnding = '+core';

/** The variant, under the scenario's name and that ending. */
export function withCore(scenario: Scenario): Scenario {
  const variant: Scenario = {
    ...scenario,
    name: `${scenario.name}${coreEnding}`,
    story: `${scenario.story} Then a majority becomes whole, and must make progress without the rest.`,
    parameters: { ...scenario.parameters, ...knobs },
    world: (parameters) => coreWorld(variant, scenario, parameters),
  };
  return variant;
}

/** The nodes of one run that must go on alone, and what strikes the others. */
interface Core {
  readonly at: Micros;
  readonly within: Micros;
  /** What makes the core whole and freezes the rest, who go by the names of roles. */
  readonly faults: readonly TimedFault[];
  readonly roles: NonNullable<World['roles']>;
  members(): readonly NodeId[];
  /** Those of the rest whom a fault has struck. */
  frozen(): readonly NodeId[];
  /** A group of voters of whom the core is no majority any more. */
  lacks(): readonly NodeId[] | undefined;
}

function coreWorld(variant: Scenario, scenario: Scenario, parameters: Parameters): World {
  const own = Object.entries(parameters).filter(([name]) => !Object.hasOwn(knobs, name));
  const world = scenario.world(Object.fromEntries(own));
  const core = coreOf(world, parameters);
  const { faults, roles = {} } = world;
  return {
    ...world,
    until: core.at + core.within,
    // Nothing heals by itself, not even in the last instant: the core does, by a fault that is data like all others.
    tail: -1,
    roles: { ...roles, ...core.roles },
    faults: (random, setting) => {
      const before = { ...setting, healAt: core.at, roles: Object.keys(roles) };
      const drawn = typeof faults === 'function' ? faults(random, before) : faults;
      return [...drawn.filter(({ at }) => at < core.at), ...core.faults];
    },
    // What is promised when everything has healed is not promised here.
    properties: world.properties.filter(({ type }) => type !== 'eventually'),
    checks: [...world.checks, progressCheck(variant, parameters, core)],
  };
}

/** A world is made for each run, so what is chosen in it is the run's. */
function coreOf(world: World, parameters: Parameters): Core {
  const nodes = world.nodes.map(({ id }) => id);
  const at = Math.floor(((world.until - world.tail) * Number(parameters['core-at'])) / 100);
  const order = randomStream(String(parameters['core-drawn']), 'core').shuffle(nodes);
  const type = parameters['core-rest'] as 'crash' | 'pause' | 'isolate';
  const votersOf = world.voters ?? (() => [nodes]);
  const struck = new Set<NodeId>();
  let chosen: { readonly members: readonly NodeId[]; readonly view: View } | undefined;
  const choose = (view: View): readonly NodeId[] => {
    chosen ??= { members: smallestCore(order, votersOf(view, nodes)), view };
    return chosen.members;
  };
  const restRoles = nodes.slice(1).map((_, place) => {
    const resolve = (view: View): NodeId | undefined => {
      const members = choose(view);
      const node = order.filter((id) => !members.includes(id))[place];
      if (node !== undefined) struck.add(node);
      return node;
    };
    return [`rest-${place + 1}`, resolve] as const;
  });
  return {
    at,
    // The tail is what the world needs when all are whole; those who cannot spare anybody get twice as much.
    within: Math.max(world.until - at, 2 * world.tail),
    roles: Object.fromEntries(restRoles),
    faults: [
      { at, fault: { type: 'heal' } },
      ...restRoles.map(([role]): TimedFault => ({ at: at + 1, fault: { type, node: `@${role}` } satisfies Fault })),
    ],
    members: () => [...(chosen?.members ?? nodes)].sort(),
    frozen: () => order.filter((id) => struck.has(id)).sort(),
    lacks: () => {
      if (chosen === undefined) return undefined;
      const { members, view } = chosen;
      return votersOf(view, members).find((voters) => !hasMajority(members, voters));
    },
  };
}

/** The first nodes of the order that are a majority of every group. */
function smallestCore(order: readonly NodeId[], groups: readonly (readonly NodeId[])[]): readonly NodeId[] {
  const isEnough = (count: number): boolean => groups.every((voters) => hasMajority(order.slice(0, count), voters));
  let count = 1;
  while (count < order.length && !isEnough(count)) count++;
  return order.slice(0, count);
}

function hasMajority(members: readonly NodeId[], voters: readonly NodeId[]): boolean {
  return voters.length === 0 || voters.filter((id) => members.includes(id)).length > voters.length / 2;
}

function progressCheck(variant: Scenario, parameters: Parameters, core: Core): Check {
  return {
    name: coreProgress,
    about: 'some operation succeeds after a majority has become whole, whatever has become of the rest',
    judge(history) {
      if (madeProgress(history, core) !== false) return [];
      const { at, within } = core;
      const [members, gone] = [core.members(), core.frozen()];
      const without = gone.length === 0 ? '' : `, while ${gone.join(', ')} did not come back`;
      const reason = `nothing succeeded within ${formatDuration(within)} after ${members.join(', ')} had become whole at ${formatDuration(at)}${without}`;
      const explained = (why: string): CheckOutcome[] => [
        { verdict: 'unknown', reason: `${reason}; but ${why}`, operations: [] },
      ];
      const voters = core.lacks();
      if (voters !== undefined) {
        return explained(`the members were changed since: of ${voters.join(', ')} they are no majority`);
      }
      // The same clients, and no fault before the core.
      const luckless = controls.filter((seed) => {
        const workload = workloadOf(history);
        const control = simulate(variant, { seed, parameters, faults: core.faults, workload, judge: false });
        return madeProgress(control.history, core) !== true;
      });
      if (luckless.length === 0) return [{ verdict: 'invalid', reason, operations: [] }];
      const often = `in ${luckless.length} of ${controls.length} runs in which nothing fails before`;
      return explained(`nor does anything ${often}: this majority cannot promise progress here`);
    },
  };
}

/** Seeds of the runs without faults: progress that hangs on luck is not promised either. */
const controls = ['control-1', 'control-2', 'control-3', 'control-4', 'control-5'];

/**
 * Whether something succeeded that was asked for after the core had become whole: what was under way by then may only have had
 * to be answered. Undefined when nobody asked in time.
 */
function madeProgress(history: History, { at, within }: Pick<Core, 'at' | 'within'>): boolean | undefined {
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

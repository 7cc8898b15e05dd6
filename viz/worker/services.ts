// What the simulator's thread does for the page, each service a generator: it yields what is worth telling on the way, and
// between slices of work, so that a run can be cancelled and a later question is not kept waiting.
import { coreEnding, withCore } from '../../fuzz/core.ts';
import { quote } from '../../fuzz/shell.ts';
import { findScenario, scenarios } from '../../scenarios/index.ts';
import { InputError } from '../../sim/fault.ts';
import { differentInputs, partingOf } from '../../sim/diff.ts';
import { replayFileOf } from '../../sim/replay.ts';
import type { Run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { simulate, Simulation, type SimulateOptions } from '../../sim/simulate.ts';
import { transcript } from '../../sim/transcript.ts';
import { catalogueOf } from '../catalogue.ts';
import { liveTimelineOf } from '../data.ts';
import { parseLesson } from '../lessons/format.ts';
import { mostEvents, parseRequest, type RunRequest } from '../request.ts';
import { watchClocks } from './clocks.ts';
import type { Difference, ServiceName, Services } from './messages.ts';
import { fileNameOf } from '../file-name.ts';
import { ordersOf, ordersOfOwn } from './orders.ts';
import { watchTenures, watchTenuresOfOwn } from './tenures/watch.ts';
import { createShelf, lookAt, momentOf, type Onlooker, type Shelf } from './shelf.ts';

type Work<N extends ServiceName> = Generator<Services[N]['partial'] | undefined, Services[N]['answer']>;

export type ServiceTable = { readonly [N in ServiceName]: (asks: Services[N]['asks']) => Work<N> };

const slice = 20_000;
const mostLines = 200_000;

/** Scenarios of the reader's own, which come before built-in ones of the same name. */
export interface OwnScenarios {
  readonly scenarios: readonly Scenario[];
  /** How the file that defines them is named on the command line, where it is known. */
  readonly path?: string | undefined;
}

/** The services, over a shelf of runs of their own. */
export function createServices(version: string, own: OwnScenarios = { scenarios: [] }): ServiceTable {
  const shelf = createShelf();
  let onlooker: Onlooker | undefined;
  return {
    catalogue: (besides) => once(() => catalogueOf(allScenarios(own, besides))),
    run: (asks) => runOne(shelf, asks, version, own),
    *moment({ run, event }) {
      onlooker = yield* lookAt(shelf.get(run), event, onlooker);
      return momentOf(onlooker);
    },
    lesson: (json) => once(() => parseLesson(json)),
    seeds: ({ request, seeds }) => runSeeds(request, seeds, own),
    replayFile: ({ run }) =>
      once(() => {
        const { scenario, options } = shelf.get(run);
        const recorded = simulate(scenario, { ...options, trace: false, fingerprints: true });
        return `${JSON.stringify(replayFileOf(recorded, version))}\n`;
      }),
    transcript: ({ run, from, to }) =>
      once(() => `${transcript(shelf.get(run).run, { from, to, limit: mostLines }).join('\n')}\n`),
  };
}

/** Work of one slice. */
function* once<T>(make: () => T): Generator<undefined, T> {
  yield;
  return make();
}

function* runOne(
  shelf: Shelf,
  { request, against }: Services['run']['asks'],
  version: string,
  own: OwnScenarios,
): Work<'run'> {
  const asked = parseRequest(request);
  const { scenario, options } = worldOf(asked, own);
  const simulation = new Simulation(scenario, options);
  const clocks = watchClocks(simulation);
  const isOwn = isOf(own, scenario.name);
  const tenures = (isOwn ? watchTenuresOfOwn : watchTenures)(simulation, scenario.protocol);
  clocks.look();
  tenures.look();
  const until = asked.until ?? Infinity;
  for (let steps = 1; simulation.step(); steps++) {
    clocks.look();
    tenures.look();
    if (steps % slice === 0) yield { events: simulation.events, now: simulation.view.now, until };
  }
  const tracks = clocks.take();
  const held = tenures.take();
  const after = (stage: string): Services['run']['partial'] => {
    return { events: simulation.events, now: simulation.view.now, until, stage };
  };
  yield after('Judging its history');
  const run = simulation.finish();
  yield after('Laying it out');
  const { number } = shelf.keep(scenario, options, run);
  const difference = against === undefined ? undefined : differenceOf(shelf.get(against).run, run);
  return {
    number,
    timeline: liveTimelineOf(run, { story: scenario.story, version, reproduce: commandFor(asked, run, own) }),
    clocks: tracks,
    tenures: held,
    orders: isOwn ? ordersOfOwn(scenario, run) : ordersOf(scenario, run),
    difference,
  };
}

function* runSeeds(request: RunRequest, seeds: readonly string[], own: OwnScenarios): Work<'seeds'> {
  const asked = parseRequest(request);
  for (const seed of seeds) {
    const { scenario, options } = worldOf({ ...asked, seed }, own);
    const simulation = new Simulation(scenario, { ...options, trace: false });
    for (let steps = 1; simulation.step(); steps++) if (steps % slice === 0) yield;
    const run = simulation.finish();
    yield {
      seed,
      verdict: run.verdict,
      findings: [...new Set(run.findings.map(({ name }) => name))],
      hash: run.hash,
      events: run.events,
      messages: run.statistics.sent,
      lost: run.statistics.lost,
    };
  }
  return seeds.length;
}

function worldOf(request: RunRequest, own: OwnScenarios): { scenario: Scenario; options: SimulateOptions } {
  const { seed, parameters, until, faults, workload, maxEvents = mostEvents } = request;
  const options = {
    seed,
    trace: true,
    maxEvents,
    ...(parameters === undefined ? {} : { parameters }),
    ...(until === undefined ? {} : { until }),
    ...(faults === undefined ? {} : { faults }),
    ...(workload === undefined ? {} : { workload }),
  };
  return { scenario: scenarioNamed(request.scenario, own), options };
}

/** The reader's own, then the built-in ones that have other names; and the variant of one of them that is asked for. */
function allScenarios(own: OwnScenarios, besides = ''): readonly Scenario[] {
  const names = new Set(own.scenarios.map(({ name }) => name));
  const all = [...own.scenarios, ...scenarios.filter(({ name }) => !names.has(name))];
  const base = besides.endsWith(coreEnding) ? besides.slice(0, -coreEnding.length) : undefined;
  return [...all, ...all.filter(({ name }) => name === base).map(withCore)];
}

/** @throws InputError that also says what helps where the scenario is the reader's own. */
function scenarioNamed(name: string, own: OwnScenarios): Scenario {
  const mine = own.scenarios.find((each) => each.name === name);
  if (mine !== undefined) return mine;
  if (name.endsWith(coreEnding)) return withCore(scenarioNamed(name.slice(0, -coreEnding.length), own));
  try {
    return findScenario(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}. A scenario of your own is run by the command line, which makes a timeline of a replay file of it: npx faultline timeline FILE --scenario YOUR-SCENARIO.ts`,
    );
  }
}

function isOf({ scenarios: mine }: OwnScenarios, name: string): boolean {
  return mine.some((each) => each.name === name || `${each.name}${coreEnding}` === name);
}

function differenceOf(one: Run, other: Run): Difference {
  const parting = partingOf(one, other);
  return { inputs: differentInputs(one, other), ...(parting === undefined ? {} : { parting }) };
}

/** A schedule or workload made by hand needs a replay file, which the page saves; everything else fits into one command. */
function commandFor(request: RunRequest, run: Run, own: OwnScenarios): string {
  const isOwn = isOf(own, run.scenario);
  const reference = isOwn ? `${own.path ?? 'YOUR-SCENARIO.ts'}#${run.scenario}` : run.scenario;
  if (request.faults !== undefined || request.workload !== undefined) {
    const where = isOwn ? ` --scenario ${quote(reference)}` : '';
    return `npx faultline replay ${fileNameOf(run)}.replay.json${where}`;
  }
  const set = Object.entries(request.parameters ?? {}).map(([name, value]) => ` --set ${quote(`${name}=${value}`)}`);
  const until = request.until === undefined ? '' : ` --until ${request.until}us`;
  return `npx faultline run ${isOwn ? quote(reference) : reference} --seed=${quote(run.seed)}${set.join('')}${until}`;
}

// What the simulator's thread does for the page, each service a generator: it yields what is worth telling on the way, and
// between slices of work, so that a run can be cancelled and a later question is not kept waiting.
import { findScenario, scenarios } from '../../scenarios/index.ts';
import { InputError } from '../../sim/fault.ts';
import { differentInputs, partingOf } from '../../sim/diff.ts';
import { replayFileOf } from '../../sim/replay.ts';
import type { Run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { simulate, Simulation, type SimulateOptions } from '../../sim/simulate.ts';
import { transcript } from '../../sim/transcript.ts';
import { catalogueOf } from '../catalogue.ts';
import { liveTimelineOf, type About } from '../data.ts';
import { parseLesson } from '../lessons/format.ts';
import { mostEvents, parseRequest, type RunRequest } from '../request.ts';
import { watchClocks } from './clocks.ts';
import type { Difference, ServiceName, Services } from './messages.ts';
import { fileNameOf } from '../file-name.ts';
import { ordersOf } from './orders.ts';
import { watchTenures } from './tenures/watch.ts';
import { createShelf, lookAt, momentOf, type Onlooker, type Shelf } from './shelf.ts';

type Work<N extends ServiceName> = Generator<Services[N]['partial'] | undefined, Services[N]['answer']>;

export type ServiceTable = { readonly [N in ServiceName]: (asks: Services[N]['asks']) => Work<N> };

const slice = 20_000;
const mostLines = 200_000;

/** The services, over a shelf of runs of their own. */
export function createServices(version: string): ServiceTable {
  const shelf = createShelf();
  let onlooker: Onlooker | undefined;
  return {
    catalogue: () => once(() => catalogueOf(scenarios)),
    run: (asks) => runOne(shelf, asks, version),
    *moment({ run, event }) {
      onlooker = yield* lookAt(shelf.get(run), event, onlooker);
      return momentOf(onlooker);
    },
    lesson: (json) => once(() => parseLesson(json)),
    seeds: ({ request, seeds }) => runSeeds(request, seeds),
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

function* runOne(shelf: Shelf, { request, against }: Services['run']['asks'], version: string): Work<'run'> {
  const asked = parseRequest(request);
  const { scenario, options } = worldOf(asked);
  const simulation = new Simulation(scenario, options);
  const clocks = watchClocks(simulation);
  const tenures = watchTenures(simulation, scenario.protocol);
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
    timeline: liveTimelineOf(run, aboutRun(scenario, asked, run, version)),
    clocks: tracks,
    tenures: held,
    orders: ordersOf(scenario, run),
    difference,
  };
}

function* runSeeds(request: RunRequest, seeds: readonly string[]): Work<'seeds'> {
  const asked = parseRequest(request);
  for (const seed of seeds) {
    const { scenario, options } = worldOf({ ...asked, seed });
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

function worldOf(request: RunRequest): { scenario: Scenario; options: SimulateOptions } {
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
  return { scenario: builtIn(request.scenario), options };
}

/** @throws InputError that also says what helps where the scenario is the reader's own. */
function builtIn(name: string): Scenario {
  try {
    return findScenario(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}. A scenario of your own is run by the command line, which makes a timeline of a replay file of it: npx faultline timeline FILE --scenario YOUR-SCENARIO.ts`,
    );
  }
}

function differenceOf(one: Run, other: Run): Difference {
  const parting = partingOf(one, other);
  return { inputs: differentInputs(one, other), ...(parting === undefined ? {} : { parting }) };
}

/** A schedule or workload made by hand needs a replay file, which the page saves; everything else fits into one command. */
function aboutRun({ story }: Scenario, request: RunRequest, run: Run, version: string): About {
  const set = Object.entries(request.parameters ?? {}).map(([name, value]) => ` --set ${quote(`${name}=${value}`)}`);
  const until = request.until === undefined ? '' : ` --until ${request.until}us`;
  const isByHand = request.faults !== undefined || request.workload !== undefined;
  const command = `npx faultline run ${run.scenario} --seed=${quote(run.seed)}${set.join('')}${until}`;
  return { story, version, reproduce: isByHand ? `npx faultline replay ${fileNameOf(run)}.replay.json` : command };
}

/** A word for a POSIX shell. */
function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

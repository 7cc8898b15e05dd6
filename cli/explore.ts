// `faultline explore`: every run of a small world within bounds, and the shortest one that breaks it.
import type { Command } from 'commander';
import { asJson, describeAction, type FaultBounds } from '../checkers/index.ts';
import {
  budgetNames,
  budgetsIn,
  exploredScenarios,
  findExploredScenario,
  parseBudgets,
  type ExploredScenario,
} from '../scenarios/index.ts';
import { InputError, parseDuration, resolveParameters } from '../sim/index.ts';
import { collect, readCount, readParameters, readSeed } from './arguments.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { readCheckpoint, saveCheckpoint } from './explore-checkpoint.ts';
import { budgetsInWords, describeSearch, describeWorlds, parametersInWords } from './explore-describe.ts';
import { watchSearch, watchShrink } from './explore-runner.ts';
import { exploreCommand, violationSaver } from './explore-save.ts';
import { mainViolation, worldOf, type SearchOrder, type Searched } from './explore-search.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import type { Session } from './program.ts';

interface ExploreFlags {
  readonly list?: true;
  readonly strategy: SearchOrder['strategy'];
  readonly depth?: number;
  readonly states?: number;
  readonly memory?: number;
  readonly timeout: string;
  readonly budget?: FaultBounds;
  readonly seed: string;
  readonly runs: number;
  readonly constraints: number;
  readonly por?: true;
  readonly symmetry?: true;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly all?: true;
  readonly audit?: number;
  readonly workers: number;
  readonly shrink?: true;
  readonly set?: readonly string[];
  readonly save?: string;
  readonly html?: string;
  readonly saveTest?: string;
  readonly json?: true;
}

const strategies = ['bfs', 'dfs', 'iddfs', 'random', 'pct', 'pos'];

export function addExplore(program: Command, session: Session): void {
  program
    .command('explore')
    .summary('search every run of a small world')
    .description(
      'Searches every run of a small world within bounds: every order of deliveries, time-outs and faults. ' +
        'Breadth first, so that what it finds is the shortest run that breaks a property.',
    )
    .argument('[world]', 'what to explore; without it, the worlds are listed')
    .option('--list', 'list the worlds, with their parameters')
    .option('--set <key=value>', 'set a parameter of the world; may be repeated', collect)
    .option(
      '--budget <name=count,...>',
      `how much may go wrong in a run, instead of what the world says: ${budgetNames.join(', ')}`,
      (text: string, before?: FaultBounds): FaultBounds => ({ ...before, ...parseBudgets(text) }),
    )
    .addOption(program.createOption('--strategy <name>', 'how to search').choices(strategies).default('bfs'))
    .option('--por', 'follow one of the orders of events that commute: the same states by fewer transitions')
    .option('--symmetry', 'visit one of the states that differ in the names of symmetric processes only')
    .option('--depth <levels>', 'levels of the search, the initial state included', readCount('--depth', 1, 1e9))
    .option('--states <count>', 'states to visit at most', readCount('--states', 1, 1e9))
    .option('--memory <megabytes>', 'memory that states may take (default: 4096)', readCount('--memory', 1, 1e6))
    .option('--timeout <duration>', 'real time it may take, such as 30s or 10m', '10m')
    .option('--seed <text>', 'of random walks', readSeed, '1')
    .option('--runs <count>', 'how many random walks, of at most --depth actions', readCount('--runs', 1, 1e9), 1_000)
    .option(
      '--constraints <count>',
      'of pct: how many events have to be in the right order for what it looks for',
      readCount('--constraints', 1, 1_000),
      3,
    )
    .option('--checkpoint <file>', 'write where the search stands when a bound or an interrupt ends it')
    .option('--resume <file>', 'go on from a checkpoint of the same world')
    .option('--all', 'go on after the first violation, to find one of each property')
    .option('--audit <n>', 'run one in n remembered handler calls again, and compare', readCount('--audit', 1, 1e9))
    .option(
      '--workers <count>',
      'threads that share a search breadth first, or random walks',
      readCount('--workers', 1, 64),
      1,
    )
    .option('--shrink', 'lower parameters and budgets as far as the same property is still violated')
    .option('--save <file>', 'write the violation as a file for `faultline replay`')
    .option('--html <file>', 'write the violation as an interactive timeline, one file that opens in any browser')
    .option('--save-test <file>', 'write the violation as a test for vitest')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExamples:\n  npx faultline explore two-phase-commit --set rms=5\n' +
        `  npx faultline explore raft-forgetful --html out/two-leaders.html\n${exitCodesHelp}`,
    )
    .action(async (name: string | undefined, flags: ExploreFlags) => {
      if (name === undefined || flags.list === true) listWorlds(flags, session.io);
      else session.code = await exploreWorld(findExploredScenario(name), flags, session);
    });
}

function listWorlds({ json }: ExploreFlags, io: Io): void {
  const worlds = exploredScenarios.map(({ name, story, expect, parameters }) => ({ name, story, expect, parameters }));
  if (json === true) printDocument(io.out, { worlds });
  else io.out(describeWorlds(io));
}

async function exploreWorld(
  scenario: ExploredScenario,
  flags: ExploreFlags,
  { io, version }: Session,
): Promise<number> {
  const save = violationSaver(flags, version);
  const asked = orderOf(scenario, flags);
  const watched = await watchSearch(asked, io);
  const isShrunk = flags.shrink === true && !watched.interrupted;
  const { searched, order, interrupted } = isShrunk
    ? await shrink(asked, watched.searched, io)
    : { ...watched, order: asked };
  const world = worldOf(order);
  const violation = mainViolation(searched);
  const files = violation === undefined ? [] : [...save({ scenario, world, order, violation })];
  if (flags.checkpoint !== undefined && watched.searched.type === 'search') {
    const { checkpoint } = watched.searched.result;
    if (checkpoint !== undefined) {
      saveCheckpoint(flags.checkpoint, checkpoint);
      files.push({ what: 'checkpoint', path: flags.checkpoint });
    }
  }
  const reproduce = exploreCommand(order);
  if (flags.json === true) {
    const rest = { files: Object.fromEntries(files.map(({ what, path }) => [what, path])), reproduce };
    printDocument(io.out, searchDocument(scenario, order, searched, interrupted, rest));
  } else {
    const shrunk = order === asked ? [] : [['shrunk to', knobsInWords(order)] as const];
    const facts = [
      ...shrunk,
      ...files.map(({ what, path }) => [what, path] as const),
      ...(violation === undefined ? [] : [['run it again', reproduce] as const]),
    ];
    io.out(describeSearch({ scenario, world, order, searched, interrupted, facts }, io));
  }
  if (interrupted) return exitCode.interrupted;
  if (searched.result.violations.length > 0) return exitCode.violation;
  return searched.type === 'search' && searched.result.complete ? exitCode.fine : exitCode.unknown;
}

/** @throws InputError that names the option, what was expected and what was found. */
function orderOf(scenario: ExploredScenario, flags: ExploreFlags): SearchOrder {
  const {
    strategy,
    constraints,
    por,
    symmetry,
    checkpoint,
    resume,
    depth,
    states,
    memory,
    seed,
    runs,
    audit = 0,
    workers,
    budget = {},
  } = flags;
  refuseForWorkers(flags);
  return {
    world: scenario.name,
    parameters: resolveParameters(scenario, readParameters(scenario, flags.set), ''),
    budgets: budget,
    strategy,
    constraints,
    por: por === true,
    symmetry: symmetry === true,
    checkpoint: checkpoint !== undefined,
    ...(resume !== undefined && { resume: readCheckpoint(resume) }),
    timeout: readTimeout(flags.timeout),
    seed,
    runs,
    all: flags.all === true,
    auditEvery: audit,
    workers,
    ...(depth !== undefined && { depth }),
    ...(states !== undefined && { states }),
    ...(memory !== undefined && { bytes: memory * 1_048_576 }),
  };
}

/** Milliseconds of real time. */
function readTimeout(text: string): number {
  try {
    return parseDuration(text) / 1_000;
  } catch (error) {
    throw error instanceof RangeError ? new InputError(`--timeout: ${error.message}`) : error;
  }
}

/** Only searches breadth first and walks can be shared out. @throws InputError that names what goes against it. */
function refuseForWorkers({ workers, strategy, por, symmetry, checkpoint, resume }: ExploreFlags): void {
  if (workers === 1) return;
  const against = {
    [`--strategy ${strategy}`]: strategy === 'dfs' || strategy === 'iddfs',
    '--por': por === true,
    '--symmetry': symmetry === true,
    '--checkpoint': checkpoint !== undefined,
    '--resume': resume !== undefined,
  };
  const found = Object.entries(against).find(([, isThere]) => isThere);
  if (found === undefined) return;
  throw new InputError(`--workers: expected a plain search breadth first or random walks, found ${found[0]} as well`);
}

/** The same finding in a smaller world, as far as one is found in as much time as a search may take. */
async function shrink(order: SearchOrder, searched: Searched, io: Io) {
  const violation = mainViolation(searched);
  if (violation === undefined || violation.cycle !== undefined) return { searched, order, interrupted: false };
  const { shrunk, interrupted } = await watchShrink(order, violation, io);
  const { parameters, budgets } = shrunk;
  const isSame = JSON.stringify([parameters, budgets]) === JSON.stringify([order.parameters, order.budgets]);
  if (isSame) return { searched, order, interrupted };
  const violations = [shrunk.violation];
  const smaller: Searched =
    searched.type === 'walk'
      ? { ...searched, result: { ...searched.result, violations } }
      : { ...searched, result: { ...searched.result, violations } };
  return { searched: smaller, order: { ...order, parameters, budgets }, interrupted };
}

function knobsInWords(order: SearchOrder): string {
  const budgets = budgetsInWords(worldOf(order));
  return [parametersInWords(order.parameters), budgets === '' ? 'no faults' : budgets].filter(Boolean).join('; ');
}

function searchDocument(
  scenario: ExploredScenario,
  order: SearchOrder,
  searched: Searched,
  interrupted: boolean,
  rest: { readonly [key: string]: unknown },
): { readonly [key: string]: unknown } {
  const { name, expect } = scenario;
  const { parameters, strategy } = order;
  const violations = searched.result.violations.map(({ property, verdict, reason, trace, cycle }) => ({
    property,
    verdict,
    reason,
    trace: trace.map(describeAction),
    actions: trace.map(asJson),
    ...(cycle !== undefined && { cycle: cycle.map(describeAction) }),
  }));
  const head = { scenario: name, expect, parameters, budgets: budgetsIn(worldOf(order)), strategy };
  const tail = { violations, seconds: searched.seconds, ...rest };
  const complete = searched.type === 'search' && searched.result.complete;
  if (searched.type === 'walk') {
    const { runs, steps, unreached } = searched.result;
    return { ...head, runs, steps, unreached, complete, statesPerSecond: null, ...tail };
  }
  const { unique, generated, levels, frontier, unreached, statistics } = searched.result;
  const endedBy = interrupted ? 'interrupt' : (searched.result.endedBy ?? null);
  const { memoHitRate, handlerRuns } = statistics;
  const statesPerSecond = Math.round(unique / Math.max(searched.seconds, 1e-3));
  const figures = { unique, generated, levels, frontier, endedBy, unreached, memoHitRate, handlerRuns };
  return { ...head, ...figures, complete, statesPerSecond, ...tail };
}

// `faultline explore`: every run of a small world within bounds, and the shortest one that breaks it.
import type { Command } from 'commander';
import { describeAction, explore, walk, type Exploration, type Violation } from '../checkers/index.ts';
import { exploredScenarios, findExploredScenario, type ExploredScenario } from '../scenarios/index.ts';
import { InputError, parseDuration, resolveParameters, type Parameters } from '../sim/index.ts';
import { collect, readCount, readParameters, readSeed } from './arguments.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { count, fact, thousands, wrap } from './layout.ts';
import type { Session } from './program.ts';

interface ExploreFlags {
  readonly strategy: string;
  readonly depth?: number;
  readonly states?: number;
  readonly timeout: string;
  readonly seed: string;
  readonly runs: number;
  readonly all?: true;
  readonly set?: readonly string[];
  readonly json?: true;
}

const strategies = ['bfs', 'dfs', 'random'];
const names = exploredScenarios.map(({ name }) => name).join(', ');

export function addExplore(program: Command, session: Session): void {
  program
    .command('explore')
    .summary('search every run of a small world')
    .description(
      'Searches every run of a small world within bounds: every order of deliveries, time-outs and faults. ' +
        'Breadth first, so that what it finds is the shortest run that breaks a property.',
    )
    .argument('<world>', `what to explore: ${names}`)
    .addOption(program.createOption('--strategy <name>', 'how to search').choices(strategies).default('bfs'))
    .option('--depth <levels>', 'levels of the search, the initial state included', readCount('--depth', 1, 1e9))
    .option('--states <count>', 'states to visit at most', readCount('--states', 1, 1e9))
    .option('--timeout <duration>', 'real time it may take, such as 30s or 10m', '10m')
    .option('--seed <text>', 'of random walks', readSeed, '1')
    .option('--runs <count>', 'how many random walks, of at most --depth actions', readCount('--runs', 1, 1e9), 1_000)
    .option('--all', 'go on after the first violation, to find one of each property')
    .option('--set <key=value>', 'set a parameter of the world; may be repeated', collect)
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `\nExamples:\n  npx faultline explore two-phase-commit --set rms=5\n  npx faultline explore raft-forgetful\n${exitCodesHelp}`,
    )
    .action((name: string, flags: ExploreFlags) => {
      session.code = exploreWorld(findExploredScenario(name), flags, session.io);
    });
}

/** What both searches say in the end. */
interface Found {
  readonly summary: { readonly [key: string]: unknown };
  readonly violations: readonly Violation[];
  readonly complete: boolean;
  readonly lines: readonly (readonly [name: string, text: string])[];
}

function exploreWorld(scenario: ExploredScenario, flags: ExploreFlags, io: Io): number {
  const parameters = resolveParameters(scenario, readParameters(scenario, flags.set), '');
  const start = performance.now();
  const found =
    flags.strategy === 'random' ? walkAtRandom(scenario, parameters, flags) : search(scenario, parameters, flags);
  const seconds = (performance.now() - start) / 1_000;
  if (flags.json === true) {
    const { name, expect } = scenario;
    const violations = found.violations.map(({ property, verdict, reason, trace }) => ({
      property,
      verdict,
      reason,
      trace: trace.map(describeAction),
    }));
    const rate = typeof found.summary['unique'] === 'number' ? Math.round(found.summary['unique'] / seconds) : null;
    const told = { ...found.summary, complete: found.complete, violations, statesPerSecond: rate, seconds };
    printDocument(io.out, { scenario: name, expect, parameters, strategy: flags.strategy, ...told });
  } else io.out(describe(scenario, parameters, found, seconds, io));
  if (found.violations.length > 0) return exitCode.violation;
  return found.complete ? exitCode.fine : exitCode.unknown;
}

function search(scenario: ExploredScenario, parameters: Parameters, flags: ExploreFlags): Found {
  const until = performance.now() + readTimeout(flags.timeout);
  const result = explore(scenario.world(parameters), {
    order: flags.strategy === 'dfs' ? 'depth first' : 'breadth first',
    stop: flags.all === true ? 'never' : 'at violation',
    isOver: () => performance.now() > until,
    ...(flags.depth === undefined ? {} : { maxLevels: flags.depth }),
    ...(flags.states === undefined ? {} : { maxStates: flags.states }),
  });
  const { unique, generated, levels, frontier, endedBy, unreached, statistics } = result;
  const { memoHitRate, handlerRuns } = statistics;
  return {
    summary: { unique, generated, levels, frontier, endedBy, unreached, memoHitRate, handlerRuns },
    violations: result.violations,
    complete: result.complete,
    lines: [
      ['states', `${thousands(unique)} different ones, ${thousands(generated)} transitions, ${count(levels, 'level')}`],
      ['handlers', `${thousands(handlerRuns)} runs; the rest, ${(memoHitRate * 100).toFixed(2)} %, was remembered`],
      ['ended', endOf(result)],
      ...(unreached.length === 0 ? [] : [['never reached', unreached.join(', ')] as const]),
    ],
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

/** Walks prove nothing by finding nothing: without a violation the answer is unknown. */
function walkAtRandom(scenario: ExploredScenario, parameters: Parameters, flags: ExploreFlags): Found {
  const { seed, runs, depth = 100 } = flags;
  const stop = flags.all === true ? 'never' : 'at violation';
  const found = walk(scenario.world(parameters), { seed, runs, maxSteps: depth, stop });
  return {
    summary: { runs: found.runs, steps: found.steps, unreached: found.unreached },
    violations: found.violations,
    complete: false,
    lines: [
      ['walks', `${count(found.runs, 'run')} of at most ${depth} actions, ${thousands(found.steps)} actions in all`],
    ],
  };
}

function endOf({ complete, endedBy, frontier }: Exploration): string {
  if (complete) return 'every run was followed to its end';
  const bound = endedBy === 'violation' ? 'the first violation' : `the bound of ${endedBy ?? 'the search'}`;
  return `at ${bound}, with ${thousands(frontier)} states not followed any further`;
}

function describe(scenario: ExploredScenario, parameters: Parameters, found: Found, seconds: number, io: Io): string {
  const { paint, columns } = io;
  const set = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
  const lines = [
    paint.bold(scenario.name),
    ...wrap(scenario.story, columns, '  '),
    '',
    ...(set.length === 0 ? [] : fact('parameters', set.join(', '), io)),
    ...found.lines.flatMap(([name, text]) => fact(name, text, io)),
    ...fact('time', `${seconds.toFixed(1)} s`, io),
    '',
    ...found.violations.flatMap((violation) => describeViolation(violation, io)),
  ];
  if (found.violations.length === 0) {
    lines.push(
      found.complete
        ? `  ${paint.green('VALID')}  no run breaks anything`
        : `  ${paint.yellow('UNKNOWN')}  no run that was followed breaks anything`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function describeViolation({ property, verdict, reason, trace }: Violation, { paint, columns }: Io): string[] {
  const word = verdict === 'unknown' ? paint.yellow('UNKNOWN') : paint.red('INVALID');
  const width = String(trace.length).length;
  return [
    `  ${word}  ${paint.bold(property)}, after ${count(trace.length, 'action')}`,
    ...wrap(reason, columns, '    '),
    ...trace.map((action, place) => `      ${String(place + 1).padStart(width)}  ${describeAction(action)}`),
    '',
  ];
}

// `faultline replay` of a run that was found by exploring: the same actions through the same handlers, compared state by state.
import {
  EncodingError,
  ExploreError,
  narrate,
  parseRecordedRun,
  rerun,
  runOf,
  type RecordedRun,
  type Rerun,
  type Retraced,
} from '../checkers/index.ts';
import { findExploredScenario, type ExploredScenario } from '../scenarios/index.ts';
import { InputError, resolveParameters, type Run } from '../sim/index.ts';
import { exitCode, exitCodeOf } from './exit.ts';
import { describeRunLines } from './explore-describe.ts';
import { worldOf } from './explore-search.ts';
import { checkHistoryPath, saveHistory, saveTimeline, saveTrace, timelineAssets } from './files.ts';
import { printDocument } from './json.ts';
import { count, fact, printable, wrap } from './layout.ts';
import type { Session } from './program.ts';
import { quote } from './reproduce.ts';

interface ReplayFlags {
  readonly json?: true;
  readonly trace?: string;
  readonly html?: string;
  readonly history?: string;
}

/** Its exit code: as for other replays, 4 when it is not the recorded run. */
export function replayExplored(path: string, text: string, flags: ReplayFlags, { io, version }: Session): number {
  const recorded = readRecorded(path, text);
  const scenario = findExploredScenario(recorded.world);
  const save = saverOf(flags, version);
  const again = runAgain(path, scenario, recorded);
  const reproduce = `npx faultline replay ${quote(path)}`;
  const files = again.retraced === undefined ? [] : save(again.retraced, scenario, recorded, reproduce);
  const facts = [...files.map(({ what, path: place }) => [what, place] as const), ['run it again', reproduce] as const];
  if (flags.json === true) {
    const { property, verdict, reason } = recorded.expected;
    const divergence = again.same ? {} : { divergence: { step: again.step, why: again.why } };
    printDocument(io.out, {
      scenario: scenario.name,
      parameters: recorded.parameters,
      budgets: recorded.budgets,
      reproduced: again.same,
      expected: { property, verdict, reason },
      actions: recorded.actions,
      ...divergence,
      recordedBy: recorded.faultline,
      faultline: version,
      reproduce,
      files: Object.fromEntries(files.map(({ what, path: place }) => [what, place])),
    });
  } else io.out(describe(scenario, recorded, again, facts, { io, version }));
  return again.same ? exitCodeOf(recorded.expected.verdict) : exitCode.internal;
}

function readRecorded(path: string, text: string): RecordedRun {
  try {
    return parseRecordedRun(text);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${path}: ${error.message}`) : error;
  }
}

function runAgain(path: string, scenario: ExploredScenario, recorded: RecordedRun): Rerun {
  const parameters = resolveParameters(scenario, recorded.parameters, '');
  try {
    return rerun(worldOf({ world: scenario.name, parameters, budgets: recorded.budgets }), recorded);
  } catch (error) {
    if (error instanceof ExploreError || error instanceof EncodingError)
      throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
}

type Saver = (
  retraced: Retraced,
  scenario: ExploredScenario,
  recorded: RecordedRun,
  reproduce: string,
) => { what: string; path: string }[];

function saverOf({ trace, html, history }: ReplayFlags, version: string): Saver {
  checkHistoryPath(history);
  const assets = html === undefined ? undefined : timelineAssets();
  return (retraced, { name, story }, { parameters }, reproduce) => {
    const run: Run = runOf(retraced, { scenario: name, parameters });
    if (trace !== undefined) saveTrace(run, trace);
    if (html !== undefined && assets !== undefined) saveTimeline(run, html, { story, version, reproduce }, assets);
    if (history !== undefined) saveHistory(run.history, history);
    const written = { trace, timeline: html, history };
    return Object.entries(written).flatMap(([what, path]) => (path === undefined ? [] : [{ what, path }]));
  };
}

function describe(
  { name, story }: ExploredScenario,
  { expected, actions, faultline }: RecordedRun,
  again: Rerun,
  facts: readonly (readonly [name: string, text: string])[],
  { io, version }: Session | { readonly io: Session['io']; readonly version: string },
): string {
  const { paint, columns } = io;
  const lines = again.retraced === undefined ? [] : describeRunLines(narrate(again.retraced), io);
  const by = `recorded by Faultline ${printable(faultline)}${faultline === version ? '' : `, run by ${version}`}`;
  const verdict = again.same
    ? [
        `  ${paint.bold(paint.red(expected.verdict.toUpperCase()))}  ${paint.bold(printable(expected.property))}, after ${count(actions.length, 'action')}`,
        ...wrap(expected.reason, columns, '    '),
      ]
    : [`  ${paint.bold(paint.red('This is not the recorded run.'))} (${by})`, ...wrap(again.why, columns, '    ')];
  return [
    paint.bold(name),
    ...wrap(story, columns, '  '),
    '',
    ...fact('replay', again.same ? 'the same as recorded, state for state' : 'NOT the same as recorded', io),
    '',
    ...verdict,
    '',
    ...lines,
    '',
    ...facts.flatMap(([what, text]) => fact(what, text, io)),
    '',
  ].join('\n');
}

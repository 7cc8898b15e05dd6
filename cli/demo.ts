// `faultline demo`: the first command to try. It breaks a Raft that reads from a leader's own state, shows the proof, and
// runs a correct Raft through the same kind of trouble.
import type { Command } from 'commander';
import type { Campaign } from '../fuzz/index.ts';
import { findScenario } from '../scenarios/index.ts';
import { simulate, type Run, type Scenario } from '../sim/index.ts';
import { describeVerdict } from './describe-run.ts';
import { saveEvidence, tellTrouble, type Evidence } from './evidence.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { makeFolder } from './files.ts';
import type { Io } from './io.ts';
import { count, fact, thousands, wrap } from './layout.ts';
import type { Session } from './program.ts';
import { quote, runCommand } from './reproduce.ts';
import { watchCampaign } from './watched.ts';

const breaks = { name: 'raft-local-reads', seeds: 300 };
const holds = { name: 'raft', seeds: 200 };

export function addDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .summary('see it work: start here')
    .description('Finds a bug in a broken Raft, proves it, and runs a correct Raft through the same kind of trouble.')
    .option('--out <folder>', 'where the replay file and the timeline go', 'out')
    .addHelpText('after', `\nExample:\n  npx faultline demo\n${exitCodesHelp}`)
    .action(async ({ out }: { out: string }) => {
      session.code = await demo(out, session);
    });
}

async function demo(folder: string, { io, version }: Session): Promise<number> {
  makeFolder(folder);
  const broken = findScenario(breaks.name);
  io.out(introduce('1', 'a Raft with a bug', broken, io));
  const failing = await watchCampaign(io, broken, { seeds: breaks.seeds, untilFailure: true });
  const failure = failing.failures.find(({ verdict }) => verdict === 'invalid');
  const options = { folder, everySeed: false, parameters: {}, until: undefined, version };
  const evidence = await saveEvidence(failing, broken, options);
  if (failure !== undefined) {
    const run = simulate(broken, { seed: failure.seed, trace: true });
    io.out(describeFailure(run, failing, evidence, io));
  } else if (failing.ended === 'finished') io.out(`  ${count(failing.seeds, 'seed')} did not show it.\n`);
  tellTrouble(evidence, io);
  const early = endedEarly(failing, io);
  if (early !== undefined) return early;

  const correct = findScenario(holds.name);
  io.out(introduce('2', 'a correct Raft, through the same kind of trouble', correct, io));
  const holding = await watchCampaign(io, correct, { seeds: holds.seeds });
  io.out(describeHolding(holding, io));
  const late = endedEarly(holding, io);
  if (late !== undefined) return late;
  io.out(nextCommands(failure?.seed, evidence, io));
  if (evidence.problem !== undefined) return exitCode.usage;
  return behavesAsDeclared(failing, broken) && holding.verdict === 'valid' ? exitCode.fine : exitCode.violation;
}

function introduce(number: string, title: string, scenario: Scenario, { paint, columns }: Io): string {
  const head = `${paint.bold(`${number}. ${title}`)} ${paint.dim(`(${scenario.name})`)}`;
  return [head, ...wrap(scenario.story, columns, '   '), '', ''].join('\n');
}

function describeFailure(run: Run, { seeds, elapsedMs }: Campaign, evidence: Evidence, io: Io): string {
  const { paint } = io;
  const optional = (name: string, text: string | undefined): string[] =>
    text === undefined ? [] : fact(name, text, io);
  return [
    ...fact('found', `with seed ${run.seed}: ${count(seeds, 'seed')} in ${(elapsedMs / 1_000).toFixed(1)} s`, io),
    '',
    ...describeVerdict(run, io),
    `  ${paint.dim('run it again')}  ${paint.cyan(runCommand(run.scenario, run.seed))}`,
    ...optional('replay file', evidence.replays.get(run.seed)),
    ...optional('timeline', evidence.timelines.get(run.seed)),
    '',
    '',
  ].join('\n');
}

function describeHolding({ verdict, seeds, events, elapsedMs, failures }: Campaign, { paint }: Io): string {
  const much = `${count(seeds, 'seed')}, ${thousands(events)} events in ${(elapsedMs / 1_000).toFixed(1)} s`;
  if (verdict === 'valid')
    return `  ${paint.bold(paint.green('VALID'))}  every property and every check held: ${much}\n\n`;
  const [failure] = failures;
  const again = failure === undefined ? '' : `: ${runCommand(holds.name, failure.seed)}`;
  return `  ${paint.bold(paint.red(verdict.toUpperCase()))}  ${much}${again}\n\n`;
}

/** The exit code of a campaign that could not do its part. */
function endedEarly({ ended, broken }: Campaign, io: Io): number | undefined {
  if (broken !== undefined) {
    io.err(`internal error, please report it: seed ${broken.seed}: ${broken.reason}\n`);
    return exitCode.internal;
  }
  if (ended !== 'interrupted') return undefined;
  io.err('interrupted\n');
  return exitCode.interrupted;
}

function behavesAsDeclared({ failures }: Campaign, { expect }: Scenario): boolean {
  if (expect.type === 'holds') return failures.length === 0;
  return failures.some(({ findings }) => findings.some(({ name }) => expect.what.includes(name)));
}

function nextCommands(seed: string | undefined, { replays, timelines }: Evidence, { paint }: Io): string {
  const replay = replays.get(seed ?? '');
  const timeline = timelines.get(seed ?? '');
  const commands = [
    ...(replay === undefined
      ? []
      : [['run that very failure again, event for event', `npx faultline replay ${quote(replay)}`]]),
    ['look for more causes', `npx faultline fuzz raft-vote-for-anyone`],
    ['see all scenarios', 'npx faultline list'],
  ];
  const look = timeline === undefined ? [] : [`Open ${timeline} in a browser to see the failure happen.`];
  return [
    ...look,
    paint.bold('Next:'),
    ...commands.map(([why = '', command = '']) => `  ${paint.cyan(command)}  ${paint.dim(`# ${why}`)}`),
    '',
  ].join('\n');
}

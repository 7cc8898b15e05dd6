// `faultline timeline`: a replay file as one HTML file that works from disk, simulator included.
import type { Command } from 'commander';
import { isRecordedRun } from '../checkers/index.ts';
import { replay } from '../sim/index.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { replayExplored } from './explore-replay.ts';
import { describeRecordedOnly, readReplay, readReplayText, saveTimeline, timelineAssetsFor } from './files.ts';
import { printable } from './layout.ts';
import type { Session } from './program.ts';
import { isReproduced } from './replay.ts';
import { replayCommand } from './reproduce.ts';
import { loadScenario, referenceFor, sourceOf } from './scenario-source.ts';

interface TimelineOptions {
  readonly scenario?: string;
  readonly out?: string;
}

export function addTimeline(program: Command, session: Session): void {
  program
    .command('timeline')
    .summary('make an interactive timeline of a replay file')
    .description(
      'Runs a recorded run again and writes its timeline: one HTML file that works offline, simulator included, and with it the code of a scenario from a file.',
    )
    .argument('<file>', 'a replay file')
    .option('--scenario <file>', 'the file that defines its scenario, where the scenario is not one of Faultline’s')
    .option('--out <file>', 'where the timeline goes (default: beside the replay file)')
    .addHelpText('after', `\nExample:\n  npx faultline timeline out/raft-local-reads-7.json\n${exitCodesHelp}`)
    .action(async (path: string, options: TimelineOptions) => {
      session.code = await timeline(path, options, session);
    });
}

async function timeline(path: string, options: TimelineOptions, session: Session): Promise<number> {
  const { io, version } = session;
  const out = options.out ?? `${path.replace(/(?:\.replay)?\.json$/, '')}.html`;
  const text = readReplayText(path);
  if (isRecordedRun(text)) {
    const code = replayExplored(path, text, { html: out }, session);
    return code === exitCode.internal ? code : exitCode.fine;
  }
  const file = readReplay(path, text);
  const sourced = await loadScenario(sourceOf(file.scenario, options.scenario));
  const { scenario } = sourced;
  const assets = await timelineAssetsFor(sourced);
  const replayed = replay(scenario, file);
  const reproduce = replayCommand(path, referenceFor(sourced));
  saveTimeline(replayed.run, out, { story: scenario.story, version, reproduce }, assets);
  io.out(`timeline  ${printable(out)}\n`);
  io.err(describeRecordedOnly(assets) ?? '');
  if (isReproduced(replayed, file)) return exitCode.fine;
  io.err(`This is not the run that was recorded: \`${reproduce}\` says where it parts.\n`);
  return exitCode.internal;
}

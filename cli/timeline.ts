// `faultline timeline`: a replay file as one HTML file that works from disk, simulator included.
import type { Command } from 'commander';
import { findScenario } from '../scenarios/index.ts';
import { replay } from '../sim/index.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { readReplay, saveTimeline, timelineAssets } from './files.ts';
import type { Session } from './program.ts';
import { quote } from './reproduce.ts';

export function addTimeline(program: Command, session: Session): void {
  program
    .command('timeline')
    .summary('make an interactive timeline of a replay file')
    .description(
      'Runs a recorded run again and writes its timeline: one HTML file that works offline, simulator included.',
    )
    .argument('<file>', 'a replay file')
    .option('--out <file>', 'where the timeline goes (default: beside the replay file)')
    .addHelpText('after', `\nExample:\n  npx faultline timeline out/raft-local-reads-7.json\n${exitCodesHelp}`)
    .action((path: string, { out }: { readonly out?: string }) => {
      session.code = timeline(path, out ?? `${path.replace(/(?:\.replay)?\.json$/, '')}.html`, session);
    });
}

function timeline(path: string, out: string, { io, version }: Session): number {
  const assets = timelineAssets();
  const file = readReplay(path);
  const scenario = findScenario(file.scenario);
  const { run, divergence } = replay(scenario, file);
  const reproduce = `npx faultline replay ${quote(path)}`;
  saveTimeline(run, out, { story: scenario.story, version, reproduce }, assets);
  io.out(`timeline  ${out}\n`);
  if (divergence === undefined) return exitCode.fine;
  io.err(`This is not the run that was recorded: it parts at event ${divergence.event}: ${divergence.description}\n`);
  return exitCode.violation;
}

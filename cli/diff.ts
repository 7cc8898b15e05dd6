// `faultline diff`: two recorded runs side by side, and the first thing that went differently.
import type { Command } from 'commander';
import { findScenario } from '../scenarios/index.ts';
import { differentInputs, formatDuration, partingOf, replay, type Parting, type Run } from '../sim/index.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { readReplay } from './files.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { alignColumns, count, printable } from './layout.ts';
import type { Session } from './program.ts';
import { isReproduced } from './replay.ts';

export function addDiff(program: Command, session: Session): void {
  program
    .command('diff')
    .summary('find where two recorded runs part')
    .description(
      'Runs two recorded runs again and names the first event that differs, and which of their inputs differ.',
    )
    .argument('<file>', 'a replay file')
    .argument('<other>', 'another one')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `\nExample:\n  npx faultline diff out/raft-7.replay.json out/edited.replay.json\n${exitCodesHelp}`,
    )
    .action((path: string, otherPath: string, options: { json?: true }) => {
      session.code = diffFiles(path, otherPath, options.json === true, session.io);
    });
}

function diffFiles(path: string, otherPath: string, json: boolean, io: Io): number {
  const files = [readReplay(path), readReplay(otherPath)] as const;
  const scenarios = files.map((file) => findScenario(file.scenario));
  const [one, other] = files.map((file, index) => {
    const replayed = replay(scenarios[index]!, file);
    if (!isReproduced(replayed, file)) {
      io.err(
        `warning: ${index === 0 ? path : otherPath} does not run as it was recorded; compared is how it runs now\n`,
      );
    }
    return replayed.run;
  }) as [Run, Run];
  const inputs = differentInputs(one, other);
  const parting = partingOf(one, other);
  if (json) {
    const sides = [one, other].map(({ scenario, seed, hash, events, verdict }) => ({
      scenario,
      seed,
      hash,
      events,
      verdict,
    }));
    const where = parting && { ...parting, time: undefined, timeUs: parting.time };
    printDocument(io.out, { same: parting === undefined, inputs, runs: sides, parting: where ?? null });
  } else io.out(describeDiff([path, one], [otherPath, other], inputs, parting, io));
  return parting === undefined ? exitCode.fine : exitCode.violation;
}

function describeDiff(
  [path, one]: [string, Run],
  [otherPath, other]: [string, Run],
  inputs: readonly string[],
  parting: Parting | undefined,
  { paint }: Io,
): string {
  const side = (sign: string, file: string, { scenario, seed, hash, events, verdict }: Run): string[] => {
    return [sign, file, `${scenario} seed ${printable(seed)}`, hash, count(events, 'event'), verdict];
  };
  const head = alignColumns([side('-', path, one), side('+', otherPath, other)]);
  const differing =
    inputs.length === 0
      ? 'none: the same scenario, seed, parameters, faults and workload'
      : inputs.map(printable).join(', ');
  const lines = [...head, '', `inputs that differ: ${differing}`];
  if (parting === undefined) return [...lines, paint.green('The runs are the same, event for event.'), ''].join('\n');
  const { event, time, before } = parting;
  const over = (run: Run): string => `the run is over after ${count(run.events, 'event')}`;
  return [
    ...lines,
    `The runs are the same up to event ${event}, at ${formatDuration(time)}. There they part:`,
    '',
    ...before.map((line) => `    ${printable(line)}`),
    paint.red(`  - ${printable(parting.one ?? over(one))}`),
    paint.green(`  + ${printable(parting.other ?? over(other))}`),
    '',
  ].join('\n');
}

// `faultline fuzz`: many seeds of one scenario, and its failures by cause.
import type { Command } from 'commander';
import { findScenario } from '../scenarios/index.ts';
import type { Micros, Scenario } from '../sim/index.ts';
import { collect, readCount, readParameters, readUntil } from './arguments.ts';
import { describeCampaign } from './describe-campaign.ts';
import { saveEvidence, tellTrouble } from './evidence.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { makeFolder } from './files.ts';
import { campaignDocument, printDocument } from './json.ts';
import type { Session } from './program.ts';
import { campaignExitCode, watchCampaign } from './watched.ts';

interface FuzzOptions {
  readonly seeds: number;
  readonly start: number;
  readonly until?: Micros;
  readonly set?: readonly string[];
  readonly json?: true;
  readonly out?: string;
}

export function addFuzz(program: Command, session: Session): void {
  program
    .command('fuzz')
    .summary('run many seeds of a scenario')
    .description(
      'Runs many seeds of a scenario and groups the failures by cause. For the smallest failing seed of each cause it ' +
        'writes a replay file and a timeline. Failing seeds and one in twenty others run twice, to prove that a seed is a run.',
    )
    .argument('<scenario>', 'its name (`faultline list` lists them)')
    .option('--seeds <count>', 'how many seeds to run', readCount('--seeds', 1, 1_000_000_000), 200)
    .option('--start <seed>', 'the first seed; the others count up from it', readCount('--start', 0, 1_000_000_000), 1)
    .option('--until <duration>', 'length of each run in virtual time, such as 500ms, 30s or 2m', readUntil)
    .option('--set <key=value>', 'set a parameter instead of leaving it to the seeds; may be repeated', collect)
    .option('--json', 'print one JSON document instead of text')
    .option(
      '--out <folder>',
      'where the files go (default: out), and a replay file for each of up to 100 failing seeds',
    )
    .addHelpText('after', `\nExample:\n  npx faultline fuzz raft-local-reads --seeds 500 --out out\n${exitCodesHelp}`)
    .action(async (name: string, options: FuzzOptions) => {
      session.code = await fuzz(findScenario(name), options, session);
    });
}

async function fuzz(scenario: Scenario, options: FuzzOptions, { io, version }: Session): Promise<number> {
  const { seeds, start, until, out } = options;
  const parameters = readParameters(scenario, options.set);
  if (out !== undefined) makeFolder(out);
  const length = until === undefined ? {} : { until };
  const found = await watchCampaign(io, scenario, { seeds, start, parameters, ...length });
  const folder = { folder: out ?? 'out', everySeed: out !== undefined };
  const evidence = saveEvidence(found, scenario, { ...folder, parameters, until, version });
  if (options.json === true) {
    const problem = evidence.problem === undefined ? {} : { problem: evidence.problem.message };
    const rest = { faultline: version, timelines: Object.fromEntries(evidence.timelines), ...problem };
    printDocument(io.out, campaignDocument(found, scenario, evidence.replays, rest));
  } else io.out(describeCampaign(found, { scenario, parameters, until, evidence }, io));
  tellTrouble(evidence, io);
  const code = campaignExitCode(found);
  return evidence.problem !== undefined && code !== exitCode.internal ? exitCode.usage : code;
}

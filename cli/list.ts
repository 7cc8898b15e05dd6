// `faultline list`: the scenarios there are.
import type { Command } from 'commander';
import { exploredScenarios, scenarios } from '../scenarios/index.ts';
import type { Scenario } from '../sim/index.ts';
import { printDocument } from './json.ts';
import { wrap } from './layout.ts';
import type { Io } from './io.ts';
import type { Session } from './program.ts';

export function addList(program: Command, { io }: Session): void {
  program
    .command('list')
    .summary('list the scenarios')
    .description('Lists the scenarios: worlds with a story, some that must hold and some that are broken on purpose.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  npx faultline list')
    .action((options: { json?: true }) => {
      const worlds = exploredScenarios.map(({ name, story, expect }) => ({ name, story, expect }));
      if (options.json === true) printDocument(io.out, { scenarios: scenarios.map(scenarioDocument), worlds });
      else io.out(describeScenarios(io));
    });
}

function scenarioDocument({ name, story, protocol, expect, parameters }: Scenario): object {
  const specs = Object.entries(parameters).map(([key, spec]) => ({
    name: key,
    about: spec.about,
    default: spec.default,
    drawn: spec.draw !== undefined,
    range: spec.range,
    oneOf: spec.oneOf,
  }));
  return { name, story, protocol, expect, parameters: specs };
}

function describeScenarios(io: Io): string {
  const { paint } = io;
  const protocols = [...new Set(scenarios.map(({ protocol }) => protocol))];
  const blocks = protocols.map((protocol) => {
    const lines = scenarios
      .filter((scenario) => scenario.protocol === protocol)
      .flatMap((scenario) => describeScenario(scenario, io));
    return [paint.dim(protocol), ...lines, ''].join('\n');
  });
  const worlds = wrap(exploredScenarios.map(({ name }) => name).join(', '), io.columns, '  ');
  const more = [paint.dim('worlds to explore (`npx faultline explore --list` tells their stories)'), ...worlds, ''];
  return `${[...blocks, more.join('\n')].join('\n')}\nRun one:  npx faultline run ${scenarios[0]?.name ?? 'NAME'}\n`;
}

function describeScenario({ name, story, expect }: Scenario, { paint, columns }: Io): string[] {
  const must = expect.type === 'holds' ? paint.green('holds') : `${paint.red('breaks')} ${expect.what.join(', ')}`;
  return [`  ${paint.bold(name)}  ${must}`, ...wrap(story, columns, '      ')];
}

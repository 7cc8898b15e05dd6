// `faultline init`: a project to start from, with a protocol, a scenario, a property, a test and a CI file, that runs at once.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { InputError } from '../sim/index.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { OutputError, saveText } from './files.ts';
import type { Session } from './program.ts';
import { quote } from './reproduce.ts';

export function addInit(program: Command, session: Session): void {
  program
    .command('init')
    .summary('start a project of your own')
    .description(
      'Writes a small project: a protocol with a bug that is easy to miss, its scenario, a test and a CI file. Files that are ' +
        'there already are never touched.',
    )
    .argument('[folder]', 'where it goes', '.')
    .addHelpText('after', `\nExample:\n  npx faultline init my-protocol\n${exitCodesHelp}`)
    .action((folder: string) => {
      session.code = init(folder, session);
    });
}

function init(folder: string, { io, version }: Session): number {
  const template = templateFolder();
  const files = filesBelow(template).map((path) => relative(template, path));
  const taken = files.filter((file) => existsSync(join(folder, file)));
  if (taken.length > 0) {
    throw new InputError(`${folder}: expected a folder without ${taken.join(', ')}; nothing was written`);
  }
  for (const file of files) {
    const text = readFileSync(join(template, file), 'utf8').replace(
      '"faultline": "^0.1.0"',
      `"faultline": "^${version}"`,
    );
    saveText(join(folder, file), text);
    io.out(`  ${join(folder, file)}\n`);
  }
  const enter = folder === '.' ? '' : `cd ${quote(folder)} && `;
  io.out(`\nNow:\n  ${enter}npm install && npx faultline fuzz ./scenario.ts\n`);
  return exitCode.fine;
}

/** Beside the sources, or two above the build. */
function templateFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const place of ['../templates/project', '../../templates/project']) {
    const folder = join(here, place);
    if (existsSync(folder)) return folder;
  }
  throw new OutputError('the template is missing from the installation');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

// Where scenarios come from: the registry by name or pattern, or a file by its path, TypeScript or JavaScript, as it is.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { coreEnding, withCore } from '../fuzz/index.ts';
import { findScenario, scenarios } from '../scenarios/index.ts';
import { InputError, type Scenario } from '../sim/index.ts';
import { scenariosIn } from '../viz/exported.ts';

/** A scenario and how another thread finds it again. */
export interface SourcedScenario {
  readonly scenario: Scenario;
  /** Its name in the registry, or `path#name`. */
  readonly reference: string;
  /** The file that defines it, where it came from one. */
  readonly file?: string;
}

/**
 * The scenarios that a name, a pattern such as `raft-*`, a file or `file#name` stands for; at least one.
 * @throws InputError that says what was expected and what came.
 */
export async function loadScenarios(reference: string): Promise<readonly SourcedScenario[]> {
  if (reference.endsWith(coreEnding)) {
    const plain = await loadScenarios(reference.slice(0, -coreEnding.length));
    return plain.map((each) => ({
      ...each,
      scenario: withCore(each.scenario),
      reference: each.reference + coreEnding,
    }));
  }
  if (isPath(reference)) return loadFile(reference);
  if (!/[*?]/.test(reference)) {
    const scenario = findScenario(reference);
    return [{ scenario, reference: scenario.name }];
  }
  const pattern = new RegExp(
    `^${reference
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const found = scenarios.filter(({ name }) => pattern.test(name));
  if (found.length > 0) return found.map((scenario) => ({ scenario, reference: scenario.name }));
  throw new InputError(`no scenario fits ${JSON.stringify(reference)} (\`faultline list\` lists them all)`);
}

/** The one scenario that a name or a file stands for. @throws InputError when it is none or several. */
export async function loadScenario(reference: string): Promise<SourcedScenario> {
  const [first, ...more] = await loadScenarios(reference);
  if (first !== undefined && more.length === 0) return first;
  const names = [first, ...more].map((each) => each?.scenario.name ?? '').join(', ');
  throw new InputError(
    `${reference}: expected one scenario, found ${names}; say which, as in ${reference.split('#')[0]}#${first?.scenario.name}`,
  );
}

/** Where the scenario of that name is to be looked for: in a file, if one is given. */
export function sourceOf(name: string, file: string | undefined): string {
  return file === undefined || file.includes('#') ? (file ?? name) : `${file}#${name}`;
}

/** How runs of a scenario are asked for on the command line. */
export function referenceFor({ file, scenario }: SourcedScenario): string {
  return file === undefined ? scenario.name : `${pathFor(file)}#${scenario.name}`;
}

/** How a file is named on the command line. */
export function pathFor(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : `./${path}`;
}

/** The line of the file, from 1, that names the scenario. */
export function lineOf({ file, scenario }: SourcedScenario): number | undefined {
  if (file === undefined) return undefined;
  const name = scenario.name.replace(coreEnding, '');
  const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => /\bname:/.test(text) && quoted.some((each) => text.includes(each)));
  return line < 0 ? 1 : line + 1;
}

/** The file that a reference names, if it names one. */
export function scenarioFileOf(reference: string): string | undefined {
  const plain = reference.endsWith(coreEnding) ? reference.slice(0, -coreEnding.length) : reference;
  return isPath(plain) ? plain.split('#')[0] : undefined;
}

function isPath(reference: string): boolean {
  const [path = ''] = reference.split('#');
  return /[\\/]/.test(path) || /\.[cm]?[jt]s$/.test(path);
}

async function loadFile(reference: string): Promise<readonly SourcedScenario[]> {
  const [path = '', wanted] = reference.split('#');
  const file = resolve(path);
  if (!existsSync(file)) throw new InputError(`cannot read ${path}: there is no such file or folder`);
  if (!statSync(file).isFile() || !/\.[cm]?[jt]s$/.test(file)) {
    throw new InputError(`${path}: expected a TypeScript or JavaScript file`);
  }
  const exported = await importFile(file, path);
  const all = scenariosIn(exported);
  const found = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
  if (found.length > 0) return found.map((scenario) => ({ scenario, reference: `${file}#${scenario.name}`, file }));
  const names = all.map(({ name }) => name).join(', ');
  if (all.length > 0) throw new InputError(`${path}: expected a scenario ${JSON.stringify(wanted)}, found ${names}`);
  throw new InputError(
    `${path}: expected an exported scenario (\`export const scenario = defineScenario({ … })\`), ` +
      `found ${Object.keys(exported).join(', ') || 'no exports'}`,
  );
}

async function importFile(file: string, path: string): Promise<Record<string, unknown>> {
  try {
    await useTypeScript();
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const { stack, message, name } = error instanceof Error ? error : new Error(String(error));
    // Where the text is no program, the message says the place; the stack is the loader's own.
    throw new InputError(`${path} cannot be loaded: ${name === 'TransformError' ? message : (stack ?? message)}`);
  }
}

let isRegistered = false;

/** tsx also finds imports without an ending and `.js` that is a `.ts`, as people's projects have them; Node alone does not. */
async function useTypeScript(): Promise<void> {
  if (isRegistered) return;
  // A folder without "type": "module" holds CommonJS, which has a loader of its own.
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  cjs.register();
  // Run from source, Faultline itself is loaded by the other one already.
  if (!import.meta.url.endsWith('.ts')) esm.register();
  isRegistered = true;
}

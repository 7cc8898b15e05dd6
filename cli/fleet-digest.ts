// What must be equal on all machines of a fleet for a seed to be the same run everywhere, as short digests: the code of Faultline
// itself, and scenario files with what they import.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The rooms that decide what a seed does. */
const rooms = ['sim', 'protocols', 'checkers', 'scenarios', 'fuzz'];

let installed: string | undefined;

/** Of the code that is running: 12 hexadecimal digits. A build and its sources differ. */
export function codeDigest(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return (installed ??= digestOf(
    rooms.flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((path) => /(?<!\.d)\.[jt]s$/.test(path))
        .map((path) => join(root, room, path)),
    ),
    root,
  ));
}

/**
 * Of a scenario file and of everything that it imports by relative paths: 12 hexadecimal digits. Packages are not looked into.
 * @returns undefined when there is no such file
 */
export function scenarioDigest(path: string): string | undefined {
  const first = resolve(path);
  if (!isFile(first)) return undefined;
  const found = new Set([first]);
  for (const file of found) {
    if (found.size > mostFiles) break;
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(relativeImport)) {
      const target = candidatesFor(resolve(dirname(file), specifier)).find(isFile);
      if (target !== undefined) found.add(target);
    }
  }
  return digestOf([...found], dirname(first));
}

const mostFiles = 10_000;

/** Also in comments and texts: what is hashed too much does no harm. */
const relativeImport = /\b(?:from|import|require)\s*\(?\s*['"`](\.{1,2}\/[^'"`\n]+)['"`]/g;

/** The files that an import may mean, as loaders for TypeScript try them. */
function candidatesFor(path: string): string[] {
  const source = path.replace(/\.([cm]?)js$/, '.$1ts');
  const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];
  return [
    path,
    source,
    ...endings.map((ending) => path + ending),
    ...endings.map((ending) => join(path, `index${ending}`)),
  ];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function digestOf(files: readonly string[], root: string): string {
  const hash = createHash('sha256');
  const named = files.map((file) => [relative(root, file).replaceAll('\\', '/'), file] as const);
  for (const [name, file] of named.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const content = readFileSync(file);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

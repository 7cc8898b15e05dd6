// The corpus on disk: a folder of small JSON files, one for each failing schedule.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { corpusEntryOf, entryName, parseEntry, type Case, type CorpusEntry } from '../fuzz/index.ts';
import { InputError, type Finding } from '../sim/index.ts';
import { saveText } from './files.ts';

/** A file of the folder: an entry, or why it is none. */
export type StoredEntry = { readonly path: string } & (
  { readonly entry: CorpusEntry; readonly reason?: never } | { readonly entry?: never; readonly reason: string }
);

/** Entries of one cause that are kept; more of the same teach nothing. */
const mostOfOneCause = 10;
const largest = 16 * 1024 * 1024;

/** All entries of a folder, in the order of their names; none where there is no folder yet. @throws InputError when it is none */
export function readCorpus(folder: string): readonly StoredEntry[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) throw new InputError(`${folder}: expected a folder, found a file`);
  return namesIn(folder).map((name) => readEntry(join(folder, name)));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    throw new InputError(`cannot read ${folder}: ${(error as Error).message}`);
  }
}

/** One file that cannot be read is no reason to leave out the others. */
function readEntry(path: string): StoredEntry {
  try {
    const { size } = statSync(path);
    if (size > largest) throw new InputError(`${basename(path)}: expected at most ${largest} bytes, found ${size}`);
    return { path, entry: parseEntry(readFileSync(path, 'utf8'), basename(path)) };
  } catch (error) {
    return { path, reason: (error as Error).message };
  }
}

/** Adds a failure of a scenario; undefined when the corpus has it or enough like it. @throws OutputError */
export function addToCorpus(
  folder: string,
  name: string,
  failure: { readonly case: Case; readonly finding: Finding },
  version: string,
): string | undefined {
  const entry = corpusEntryOf(name, failure.case, failure.finding, version);
  const path = join(folder, entryName(entry));
  const alike = readCorpus(folder).filter(
    ({ entry: other }) => other?.scenario === name && other.finding.name === entry.finding.name,
  );
  if (alike.length >= mostOfOneCause || alike.some((other) => other.path === path)) return undefined;
  saveText(path, `${JSON.stringify(entry, null, 1)}\n`);
  return path;
}

// Many judged histories for people: a table with a line for each, and how many of them there are of each verdict.
import type { Verdict } from '../sim/index.ts';
import type { Told } from './check-tell.ts';
import type { Io, Paint } from './io.ts';
import { alignColumns, count, printable } from './layout.ts';

/**
 * A line for each history, aligned: the verdict, how much there was, and the first reason in short. Where files state
 * verdicts, those that differ are marked.
 */
export function describeChecks(results: readonly Told[], { paint, columns }: Pick<Io, 'paint' | 'columns'>): string {
  const paths = new Set(results.map(({ path }) => path));
  const isOneFile = paths.size === 1;
  const folder = isOneFile ? '' : commonFolder([...paths]);
  const isStated = results.some(({ stated }) => stated !== undefined);
  const rows = results.map((result) => {
    const { verdict, operations, ms, brief } = result;
    const stated = isStated ? [remarkOn(result)] : [];
    const name = printable(nameOf(result, folder, isOneFile));
    if (verdict === undefined) return [name, notJudged, ...stated, '', '', printable(brief)];
    return [name, verdict.toUpperCase(), ...stated, String(operations), ms.toFixed(1), printable(brief)];
  });
  const path = results[0]!.path;
  const title = isOneFile ? [paint.bold(path === '-' ? 'standard input' : printable(path))] : [];
  const first = isOneFile ? 'history' : folder === '' ? 'file' : `in ${printable(folder)}`;
  const header = [first, 'verdict', ...(isStated ? ['stated'] : []), 'operations', 'ms', 'why'];
  const width = Math.max(60, columns);
  const right = isStated ? [3, 4] : [2, 3];
  const lines = alignColumns([header, ...rows], right).map((line) =>
    line.length > width ? `${line.slice(0, width - 1)}…` : line,
  );
  const painted = lines.map((line, row) =>
    row === 0 ? paint.dim(line) : colourVerdict(line, rows[row - 1]?.[1], paint),
  );
  return `${[...title, ...painted].join('\n')}\n\n${tally(results, isOneFile)}\n`;
}

const notJudged = 'NOT JUDGED';

function nameOf({ path, part }: Told, folder: string, isOneFile: boolean): string {
  const file = path.slice(folder.length);
  if (part === undefined) return file;
  return isOneFile ? part : `${file} ${part}`;
}

/** What the file states of a history, if it is something else. */
function remarkOn({ stated, verdict }: Told): string {
  if (stated === undefined) return '';
  return stated === verdict ? 'the same' : stated;
}

function tally(results: readonly Told[], isOneFile: boolean): string {
  const words = (['valid', 'invalid', 'unknown', undefined] satisfies (Verdict | undefined)[]).flatMap((verdict) => {
    const often = results.filter((result) => result.verdict === verdict).length;
    return often === 0 ? [] : [`${often} ${verdict ?? notJudged.toLowerCase()}`];
  });
  const stated = results.filter((result) => result.stated !== undefined);
  const same = stated.filter((result) => result.stated === result.verdict).length;
  const agreement = stated.length === 0 ? '' : `; ${same} of ${stated.length} as stated`;
  const noun = isOneFile ? count(results.length, 'history', 'histories') : count(results.length, 'file');
  return `${noun}: ${words.join(', ')}${agreement}`;
}

/** The folder that all paths lie in, with its slash; empty if there is none. */
function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (folder !== '' && !paths.every((path) => path.startsWith(folder))) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}

function colourVerdict(line: string, word: string | undefined, paint: Paint): string {
  if (word === undefined) return line;
  const colour = word === 'VALID' ? paint.green : word === 'UNKNOWN' ? paint.yellow : paint.red;
  return line.replace(` ${word} `, ` ${colour(word)} `);
}

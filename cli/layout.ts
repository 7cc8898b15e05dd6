// Small pieces of people's output: aligned columns, wrapped paragraphs, counts in words, text that cannot harm a terminal.
import type { Io } from './io.ts';

/** Text from outside, with control characters made visible instead of obeyed. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** Text without the rest of words that nobody would read to their end: a value may have megabytes. */
export function readable(text: string): string {
  return text.replace(/\S{400,}/g, (word) => `${word.slice(0, 200)}… (${thousands(word.length)} characters)`);
}

/** Rows as lines whose columns are aligned; a column whose header or place is in `right` is flush right. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, place) => (widths[place] = Math.max(widths[place] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, place) =>
        right.includes(place) ? cell.padStart(widths[place] ?? 0) : cell.padEnd(widths[place] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Paragraphs, one for each line of the text, broken at spaces and indented. */
export function wrap(text: string, columns: number, indent: string): string[] {
  const width = Math.max(30, Math.min(columns, 110) - indent.length);
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of printable(paragraph).split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(indent + line);
    return lines;
  });
}

/** `1 seed`, `2,000 seeds`. */
export function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${thousands(number)} ${number === 1 ? noun : nouns}`;
}

/** A name and what is to be said of it, wrapped beside it: `  seed        7`. */
export function fact(name: string, text: string, { paint, columns }: Pick<Io, 'paint' | 'columns'>): string[] {
  const indent = ' '.repeat(factIndent);
  const head = `  ${paint.dim(name.padEnd(factIndent - 4))}  `;
  return wrap(text, columns, indent).map((line, index) => (index === 0 ? head + line.slice(factIndent) : line));
}

const factIndent = 16;

/** A whole number with commas between its thousands. */
export function thousands(number: number): string {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** How often each thing occurs, the most frequent first: `partition 9, isolate 2`. */
export function tallyInWords(things: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([thing, often]) => `${thing} ${thousands(often)}`)
    .join(', ');
}

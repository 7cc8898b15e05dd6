// Golden transcripts: what a run told, line by line, kept in test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** @param name of the file, without its ending */
export function expectTranscript(name: string, title: string, lines: readonly string[]): void {
  const text = [title, '', ...lines].join('\n') + '\n';
  const file = new URL(`../transcripts/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

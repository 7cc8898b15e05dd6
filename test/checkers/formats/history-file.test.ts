// Bytes become text: gzip, UTF-8 cut anywhere, and what is neither.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readHistoryFile, textOf } from '../../../cli/history-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'history-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textIn(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

const text = 'plain, é, 漢, 😀\n'.repeat(50);

describe('a history file', () => {
  it('is the same text, gzipped or not, wherever its bytes are cut', async () => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      for (const size of [1, 2, 3, 5, 64, 100_000]) expect(await textIn(textOf(cut(bytes, size), 'file'))).toBe(text);
    }
  });

  it('is read by its path, or from standard input for -', async () => {
    const file = path.join(folder, 'history.edn.gz');
    writeFileSync(file, gzipSync(text));
    expect(await textIn(readHistoryFile(file))).toBe(text);
    expect(await textIn(readHistoryFile('-', cut(Buffer.from(text), 10)))).toBe(text);
    expect(await textIn(readHistoryFile('-', cut(Buffer.from(''), 10)))).toBe('');
  });

  it('that is missing, or a folder, is refused by name', () => {
    expect(() => readHistoryFile(path.join(folder, 'none'))).toThrow(/^cannot read .*none: there is no such file$/);
    expect(() => readHistoryFile(folder)).toThrow(/^cannot read .*: it is a folder$/);
  });

  it('that is no UTF-8 is refused at its line, column and byte', async () => {
    const bytes = Buffer.concat([Buffer.from('é\nab'), Buffer.from([0xff, 0x41])]);
    for (const size of [1, 2, 100]) {
      await expect(textIn(textOf(cut(bytes, size), 'file'))).rejects.toThrow(
        'file:2:3: expected UTF-8, found 0xff at byte 5',
      );
    }
    await expect(textIn(textOf(cut(Buffer.from('ab漢').subarray(0, 4), 9), 'file'))).rejects.toThrow(
      'file:1:3: expected UTF-8, found a character that is cut off at byte 2',
    );
    await expect(textIn(textOf(cut(Buffer.from('\ufeffab', 'utf16le'), 9), 'file'))).rejects.toThrow('found UTF-16');
  });

  it('whose gzip is cut off or damaged is refused', async () => {
    const whole = gzipSync(Buffer.from(Array.from({ length: 10_000 }, (_, index) => `${index * 7_919}`).join(' ')));
    await expect(textIn(textOf(cut(whole.subarray(0, whole.length >> 1), 1_000), 'file'))).rejects.toThrow(
      'cannot read file: its gzip is cut off',
    );
    await expect(textIn(textOf(cut(whole.subarray(0, 5), 1_000), 'file'))).rejects.toThrow(
      'cannot read file: its gzip is cut off',
    );
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 2_000, 2_100);
    await expect(textIn(textOf(cut(damaged, 1_000), 'file'))).rejects.toThrow(/^cannot read file: its gzip is damaged/);
    const lines = gzipSync(Buffer.from(Array.from({ length: 100_000 }, (_, index) => `${index * 7_919}\n`).join('')));
    await expect(textIn(textOf(cut(lines.subarray(0, lines.length - 9), 1_000), 'file'))).rejects.toThrow(
      /^cannot read file: its gzip is cut off, after line \d{5} of its text \(\d{6} bytes\)$/,
    );
  });

  it("that is Jepsen's binary one is refused with advice", async () => {
    await expect(textIn(textOf(cut(Buffer.from('JEPSEN\u0000\u0001'), 100), 'file'))).rejects.toThrow(
      'pass its history.edn',
    );
  });
});

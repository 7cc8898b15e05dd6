// Every recorded history that is at hand is recognised, read without complaint, and has the operations that it should.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { History } from '../../../sim/history.ts';
import { pairOperations } from '../../../checkers/index.ts';
import { readHistory, readOperations, writeEdn, writeJsonLines } from '../../../checkers/formats/index.ts';
import { readHistoryFile } from '../../../cli/history-file.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const folder = path.resolve(root, '..', 'shared', 'histories');
const present = existsSync(path.join(folder, 'MANIFEST.tsv'));
if (!present) console.warn(`skipped the recorded files: there is no ${folder}`);

describe.skipIf(!present)('a recorded file', () => {
  const rows = present ? readFileSync(path.join(folder, 'MANIFEST.tsv'), 'utf8').trim().split('\n').slice(1) : [];
  const listed = rows.map((row) => row.split('\t')).map(([file, , , , count]) => ({ file: file!, count: count! }));
  const suites = listed.filter(({ count }) => count.endsWith('histories'));
  const single = listed.filter(({ count }) => !count.endsWith('histories'));
  const real = present ? readdirSync(path.join(folder, 'real')).filter((file) => file.endsWith('.jsonl')) : [];
  const open = (file: string) => readHistoryFile(path.join(folder, file));

  it('is there in numbers', () => {
    expect(single.length).toBeGreaterThan(100);
    expect(real.length).toBeGreaterThan(5);
  });

  it.each(single)('$file has $count operations', async ({ file, count }) => {
    const { history, format, skipped } = await readHistory(open(file), { file });
    const operations = pairOperations(history);
    const isText = format === 'awdit' || format === 'polysi';
    const found = isText ? operations.flatMap(({ value }) => value) : operations;
    expect(found).toHaveLength(Number(count));
    expect(skipped).toEqual([]);
  });

  it.each(real)('real/%s is read', async (file) => {
    const { history } = await readHistory(open(`real/${file}`), { file });
    expect(pairOperations(history).length).toBeGreaterThan(2);
  });

  it.each(suites)('$file has $count', async ({ file, count }) => {
    const parts = new Set<string>();
    for await (const { part } of readOperations(open(file), { file })) parts.add(part!);
    for (const part of parts) {
      const { history } = await readHistory(open(file), { file, part, lenient: true });
      expect(() => pairOperations(history)).not.toThrow();
    }
    const empty = readFileSync(path.join(folder, file), 'utf8').split('"history":[]').length - 1;
    expect(`${parts.size + empty} histories`).toBe(count);
  });

  it.each([
    ['elle-cli/jepsen/bank.edn', 'elle-cli/jepsen/bank.json'],
    ['knossos/mutex/bad/etcd.edn', 'elle-cli/knossos/mutex/bad/etcd.json'],
    ['elle-cli/elle/rw-register.edn', 'elle-cli/elle/rw-register.json'],
  ])('is the same history in EDN and in JSON: %s, %s', async (edn, json) => {
    const [one, other] = [await readHistory(open(edn)), await readHistory(open(json))];
    const words = (history: History) =>
      JSON.stringify(history.map((event) => ({ ...event, error: '' }))).replaceAll('":x"', '"x"');
    expect(words(one.history)).toEqual(words(other.history));
  });

  it.each(['elle-sim/si-n10000-c10-s3.edn.gz', 'elle-cli/jepsen/bank-tidb.edn', 'real/zk-lock-sigstop.jsonl'])(
    '%s is the same after it was written',
    async (file) => {
      const { history } = await readHistory(open(file), { file });
      expect((await readHistory(writeEdn(history))).history).toEqual(history);
      expect((await readHistory(writeJsonLines(history))).history).toEqual(history);
    },
  );

  it('that is no history is refused', async () => {
    for (const file of ['real/consul-two-leaders.json', 'README.md', 'MANIFEST.tsv']) {
      await expect(readHistory(open(file), { file })).rejects.toThrow(/expected (?:a history|one of invoke)/);
    }
  });
});

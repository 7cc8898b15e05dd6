// Files and keys judged in several threads: the same verdicts in the same order, and a thread that dies is an error that
// names the file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { pairOperations, readHistory } from '../../checkers/index.ts';
import { runInThreads } from '../../cli/check-key-threads.ts';
import { judgeHere, type KeyWork } from '../../cli/check-keys.ts';
import { judgeAll } from '../../cli/check-runner.ts';
import type { Order } from '../../cli/check-tell.ts';
import type { History } from '../../sim/index.ts';
import { outcomeOf, startFaultline, temporaryFolder, testIo } from './command.ts';

const work: KeyWork = { model: 'key-value', initial: undefined, engine: 'auto', witness: true };
const patient = { deadline: () => false, onProgress: () => {} };

/** Four clients on each of some keys; the reads of key 3 are of what was never there. */
function keyedLines(keys: number): string {
  const stream = seedrandom.alea('keys');
  const random = (below: number): number => Math.floor(stream() * below);
  const lines: string[] = [];
  const values = new Map<number, number>();
  for (let turn = 0; turn < keys * 30; turn++) {
    const key = random(keys);
    const process = key * 4 + random(4);
    const isWrite = random(2) === 0;
    const argument = isWrite ? random(3) : null;
    if (isWrite) values.set(key, argument!);
    const result = isWrite ? argument : key === 3 ? 9 : (values.get(key) ?? null);
    const f = isWrite ? 'write' : 'read';
    lines.push(JSON.stringify({ process, type: 'invoke', f, value: [key, argument] }));
    lines.push(JSON.stringify({ process, type: 'ok', f, value: [key, result] }));
  }
  return lines.join('\n');
}

async function historiesByKey(text: string): Promise<readonly [History, readonly History[]]> {
  const { history } = await readHistory([text]);
  const keyOf = new Map(pairOperations(history).map(({ id, value }) => [id, (value as number[])[0]!]));
  const keys = [...new Set(keyOf.values())];
  return [history, keys.map((key) => history.filter(({ operation }) => keyOf.get(operation) === key))];
}

describe('keys judged in threads', () => {
  test('get the verdicts, orders and evidence that one thread finds', { timeout: 60_000 }, async () => {
    const [history, byKey] = await historiesByKey(keyedLines(12));
    const alone = judgeHere(history, work, patient);
    expect(alone.filter(({ verdict }) => verdict === 'invalid').map(({ key }) => key)).toEqual(['3']);
    const together: unknown[] = [];
    await runInThreads(byKey, work, 3, patient.deadline, (place, part) => (together[place] = part));
    expect(together).toEqual(structuredClone(alone));
  });

  test('are left in doubt, each of them, when the time is up', { timeout: 60_000 }, async () => {
    const [, byKey] = await historiesByKey(keyedLines(6));
    const found = new Map<number, string>();
    await runInThreads(
      byKey,
      work,
      2,
      () => true,
      (place, part) => found.set(place, part.verdict),
    );
    expect([...found].toSorted(([one], [other]) => one - other)).toEqual(byKey.map((_, place) => [place, 'unknown']));
  });

  test('are an error, not a silence, when their thread dies', async () => {
    const [, byKey] = await historiesByKey(keyedLines(2));
    const dying = () => new Worker('process.exit(1)', { eval: true });
    const judged = runInThreads(byKey, work, 2, patient.deadline, () => {}, dying);
    await expect(judged).rejects.toThrow('a thread that judged some of its keys ended without a word');
  });
});

describe('files judged in threads', () => {
  const orderOf = (path: string): Order => {
    const request = { engine: 'auto', settings: {}, timeout: 10_000, workers: 1, lenient: false } as const;
    return { path, request, explain: false, html: undefined, svg: undefined, version: '0', colour: false, columns: 80 };
  };

  test('are told in the order in which they were given', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const names = ['large.jsonl', 'small.jsonl', 'none.jsonl', 'bad.jsonl'];
    writeFileSync(join(folder, 'large.jsonl'), keyedLines(3));
    writeFileSync(join(folder, 'small.jsonl'), keyedLines(1));
    writeFileSync(join(folder, 'bad.jsonl'), keyedLines(4));
    const { code, out } = await outcomeOf(startFaultline(folder, 'check', ...names, '--workers', '3'));
    expect(code).toBe(2); // one cannot be read
    expect(
      out
        .split('\n')
        .slice(1, 5)
        .map((line) => line.split(/ {2,}/).slice(0, 2)),
    ).toEqual([
      ['large.jsonl', 'VALID'],
      ['small.jsonl', 'VALID'],
      ['none.jsonl', 'NOT JUDGED'],
      ['bad.jsonl', 'INVALID'],
    ]);
  });

  test('are named by the error when a thread dies', async () => {
    const dying = () => new Worker('process.exit(1)', { eval: true });
    const { signal } = new AbortController();
    const all = { io: { ...testIo(), threads: true }, signal, workers: 2 };
    const judged = judgeAll([orderOf('one.edn'), orderOf('other.edn')], all, () => {}, dying);
    await expect(judged).rejects.toThrow(/^(?:one|other)\.edn: the thread that judged it ended without a word$/);
  });
});

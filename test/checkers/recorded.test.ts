// Histories that others recorded, with the verdicts that they published. They are not part of the project: where their
// folder is absent these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  casRegister,
  checkLinearizable,
  elementSet,
  fifoQueue,
  keyValue,
  priorityQueue,
  readHistory,
  register,
  stack,
  type Model,
} from '../../checkers/index.ts';
import { readHistoryFile } from '../../cli/history-file.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'histories');
const manifest = path.join(folder, 'MANIFEST.tsv');
const present = existsSync(manifest);
if (!present) console.warn(`skipped the recorded histories: there is no ${manifest}`);

describe.skipIf(!present)('recorded histories', () => {
  const rows = present ? readFileSync(manifest, 'utf8').trim().split('\n').slice(1) : [];
  const entries = rows.map((row) => row.split('\t')).map((columns) => ({ file: columns[0]!, expected: columns[5]! }));
  const etcd = entries.filter(({ file }) => /^porcupine\/jepsen\/etcd_\d+\.log$/.test(file));
  const keyed = entries.filter(({ file }) => file.startsWith('porcupine/kv/'));
  const verdict = (expected: string) => (expected.startsWith('linearizable') ? 'valid' : 'invalid');
  const read = async (file: string) => {
    // a cas that failed has seen another value than it wanted
    const recorded = await readHistory(readHistoryFile(path.join(folder, file)), { file, failedCas: 'observed' });
    return recorded.history;
  };

  const generated = entries.filter(({ file }) => /^(synth|fastlin)\//.test(file));
  const knossos = entries.filter(({ file }) => file.startsWith('knossos/cas-register/'));

  it.each(generated)('$file is $expected', { timeout: 20_000 }, async ({ file, expected }) => {
    const history = await read(file);
    const check = <State>(model: Model<State>) => checkLinearizable(history, model).verdict;
    expect(checkNamed(file, check)).toBe(verdict(expected));
  });

  it.each([...etcd, ...knossos])('$file is the same to both engines', async ({ file, expected }) => {
    const isKnossos = file.startsWith('knossos');
    const { history } = await readHistory(readHistoryFile(path.join(folder, file)), {
      file,
      ...(isKnossos ? { nilReads: 'unknown' as const } : { failedCas: 'observed' as const }),
    });
    const model = casRegister(isKnossos ? 0 : null);
    for (const engine of ['wgl', 'fast', 'auto'] as const) {
      expect(checkLinearizable(history, model, { engine }).verdict).toBe(verdict(expected));
    }
  });

  it('include the etcd logs and the key-value logs', () => {
    expect(etcd.length).toBeGreaterThan(0);
    expect(keyed.length).toBeGreaterThan(0);
  });

  it.each(etcd)('$file is $expected', async ({ file, expected }) => {
    const result = checkLinearizable(await read(file), casRegister());
    expect(result.verdict).toBe(verdict(expected));
    expect(result.operations.length === 0).toBe(result.verdict === 'valid');
  });

  it.each(keyed)('$file is $expected', { timeout: 20_000 }, async ({ file, expected }) => {
    expect(checkLinearizable(await read(file), keyValue()).verdict).toBe(verdict(expected));
  });
});

function checkNamed<Result>(file: string, check: <State>(model: Model<State>) => Result): Result {
  const name = path.basename(file);
  if (file.startsWith('fastlin/stack') || name.startsWith('stack')) return check(stack());
  if (file.startsWith('fastlin/priorityqueue')) return check(priorityQueue());
  if (name.startsWith('queue')) return check(fifoQueue());
  return name.startsWith('set') ? check(elementSet()) : check(register(0));
}

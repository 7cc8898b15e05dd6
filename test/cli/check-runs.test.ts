// The histories that runs leave, judged by `check`: the same verdict as the run gave.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

describe('the history of a run', () => {
  test.each([
    ['raft', '1', 'history.edn', 0],
    ['raft-local-reads', '7', 'history.edn', 1],
    ['raft-local-reads', '7', 'history.jsonl', 1],
  ])('of %s with seed %s, written to %s, gets the verdict of the run', async (scenario, seed, name, expected) => {
    const path = join(temporaryFolder(), name);
    const run = await faultlineJson<{ verdict: string; findings: { operations: number[] }[]; files: object }>(
      ...['run', scenario, '--seed', seed, '--history', path],
    );
    expect(run.code).toBe(expected);
    expect(run.document.files).toEqual({ history: path });
    const check = await faultlineJson<{ valid: boolean; model: string; anomalies: { operations: number[] }[] }>(
      ...['check', path],
    );
    expect(check.code).toBe(expected);
    expect(check.document.model).toBe('key-value');
    const proofs = ({ anomalies, findings }: Partial<typeof check.document & typeof run.document>): string[] =>
      (anomalies ?? findings ?? []).map(({ operations }) => operations.join(' ')).toSorted();
    expect(proofs(check.document)).toEqual(proofs(run.document));
  });

  test('is the same when the run is replayed', async () => {
    const folder = temporaryFolder();
    const [first, second] = [join(folder, 'first.edn'), join(folder, 'second.edn')];
    const fuzz = ['fuzz', 'raft-local-reads', '--start', '7', '--seeds', '1', '--out', folder];
    const { document } = await faultlineJson<{ failures: { replay: string }[] }>(...fuzz);
    await faultline('replay', document.failures[0]!.replay, '--history', first);
    await faultline('run', 'raft-local-reads', '--seed', '7', '--history', second);
    expect(readFileSync(first, 'utf8')).toBe(readFileSync(second, 'utf8'));
  });

  test('is refused under a name that does not tell the format', async () => {
    const { code, err } = await faultline('run', 'raft', '--history', 'history.txt');
    expect(code).toBe(2);
    expect(err).toContain('--history: expected a name that ends in .edn, .jsonl or .json');
  });
});

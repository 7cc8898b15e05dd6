// Files that hold several histories, and orders that explain valid ones.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

interface Event {
  readonly process: number;
  readonly type: string;
  readonly f: string;
  readonly value: unknown;
}

const event = (process: number, type: string, f: string, value: unknown): Event => ({ process, type, f, value });
const written = [event(0, 'invoke', 'write', 1), event(0, 'ok', 'write', 1)];
const staleRead = [...written, event(1, 'invoke', 'read', null), event(1, 'ok', 'read', null)];
const dirtyWrites = [
  event(0, 'ok', 'txn', [['append', 'x', 1], ['append', 'y', 1]]), // prettier-ignore
  event(0, 'ok', 'txn', [['append', 'x', 2], ['append', 'y', 2]]), // prettier-ignore
  event(0, 'ok', 'txn', [['r', 'x', [1, 2]], ['r', 'y', [2, 1]]]), // prettier-ignore
];

function save(...records: readonly object[]): string {
  const path = join(temporaryFolder(), 'suite.jsonl');
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

describe('a file of several histories', () => {
  test('is judged whole, each by its name, against the verdicts that it states', async () => {
    const path = save(
      { id: 'good', history: written, result: { 'valid?': true } },
      { id: 'bad', history: staleRead, result: { 'valid?': true } },
      { id: 'empty', history: [] },
    );
    const { code, out } = await faultline('check', path);
    expect(code).toBe(1);
    expect(
      out
        .split('\n')
        .slice(2, 5)
        .map((line) => line.split(/ {2,}/).slice(0, 4)),
    ).toEqual([
      ['good', 'VALID', 'the same', '1'],
      ['bad', 'INVALID', 'valid', '2'],
      ['empty', 'VALID', '0', expect.any(String)],
    ]);
    expect(out).toMatch(/\n3 histories: 2 valid, 1 invalid; 1 of 2 as stated\n$/);
    expect((await faultline('check', path, '--part', 'good')).code).toBe(0);
    const { err } = await faultline('check', path, '--part', 'gone');
    expect(err).toContain('suite.jsonl:1:1: expected a history named gone, found good, bad, empty');
  });

  test('names checkers and their options, which those of the user outweigh', async () => {
    const record = { checker: 'list-append', history: dirtyWrites };
    const path = save(
      { id: 'asked', ...record, opts: { 'consistency-models': null, anomalies: ['G0'] } },
      { id: 'not asked', ...record, opts: { 'consistency-models': null, anomalies: ['lost-update'] } },
    );
    const verdicts = async (...argv: string[]) =>
      (await faultlineJson<{ files: { valid: boolean }[] }>('check', path, ...argv)).document.files.map(
        ({ valid }) => valid,
      );
    expect(await verdicts()).toEqual([false, true]);
    expect(await verdicts('--consistency', 'serializable')).toEqual([false, false]);
    const { code, err } = await faultline('check', path, '--part', 'asked', '--set', 'anomalies=["G9"]');
    expect(code).toBe(2);
    expect(err).toContain('found G9');
  });

  test('may hold one that cannot be judged: the others are', async () => {
    const path = save({ id: 'odd', history: [event(0, 'invoke', 'fly', 1)] }, { id: 'good', history: written });
    const { code, out } = await faultline('check', path);
    expect(code).toBe(2);
    expect(out).toMatch(/\nodd +NOT JUDGED .*\ngood +VALID /);
  });

  test('gives processes of their own to operations that overlap in one process', async () => {
    const [first, second] = [event(0, 'invoke', 'write', 1), event(0, 'invoke', 'write', 2)];
    const ends = [event(0, 'ok', 'write', 2), event(0, 'ok', 'write', 1)];
    const { document } = await faultlineJson<{ files: { valid: boolean; remarks: string[] }[] }>(
      ...['check', save({ id: 'one', history: [first, second, ...ends] }, { id: 'other', history: [] })],
    );
    expect(document.files[0]).toMatchObject({
      valid: true,
      remarks: [expect.stringContaining('a process of its own')],
    });
  });

  test('has no picture of its own', async () => {
    const path = save({ id: 'one', history: written }, { id: 'other', history: written });
    const { err } = await faultline('check', path, '--svg', join(temporaryFolder(), 'x.svg'));
    expect(err).toMatch(/--svg: expected one history, and .* holds several; choose with --part one/);
  });

  test('refuses a name that comes twice', async () => {
    const { err } = await faultline('check', save({ id: 'one', history: [] }, { id: 'one', history: [] }));
    expect(err).toContain('suite.jsonl:2:1: expected histories of different names, found one again');
  });
});

describe('an order that explains a history', () => {
  const overlapping = [
    event(0, 'invoke', 'write', 1),
    event(1, 'invoke', 'read', null),
    event(1, 'ok', 'read', 1),
    event(2, 'invoke', 'read', null),
    event(2, 'ok', 'read', 1),
    event(0, 'ok', 'write', 1),
  ];

  test('is shown on request, each operation where it takes effect', async () => {
    const path = join(temporaryFolder(), 'history.jsonl');
    writeFileSync(path, overlapping.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const { code, out } = await faultline('check', path, '--witness');
    expect(code).toBe(0);
    expect(out.slice(out.indexOf('  An order'))).toBe(`  An order that explains it, 3 operations:
       client  operation              invoked     ended
    1  c0      write of 1            0.000 ms  5.000 ms
    2  c1      read that returned 1  1.000 ms  2.000 ms
    3  c2      read that returned 1  3.000 ms  4.000 ms
`);
    const { document } = await faultlineJson<{ partitions: object[] }>('check', path, '--witness');
    expect(document.partitions).toMatchObject([{ key: null, valid: true, order: [0, 1, 2] }]);
  });
});

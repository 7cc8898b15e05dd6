// What `faultline check` prints of evidence that is large: a report stays one that people read.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

type Event = readonly [process: number, type: string, f: string, value: unknown];

function fileOf(events: readonly Event[]): string {
  const path = join(temporaryFolder(), 'large.jsonl');
  const lines = events.map(([process, type, f, value]) => JSON.stringify({ process, type, f, value }));
  writeFileSync(path, lines.join('\n'));
  return path;
}

const long = 'x'.repeat(1_000_000);

describe('check', () => {
  test('cuts values that nobody would read to their end, and keeps them in the document', async () => {
    const path = fileOf([
      [0, 'invoke', 'read', null],
      [0, 'ok', 'read', long],
    ]);
    const { code, out } = await faultline('check', path, '--explain');
    expect(code).toBe(1);
    expect(out).toMatch(/x…\s+\(1,000,002 characters\)/);
    expect(out.length).toBeLessThan(4_000);
    const { document } = await faultlineJson<{ reason: string }>('check', path);
    expect(document.reason).toContain(long);
  });

  test('cuts them in refusals, too', async () => {
    const path = fileOf([
      [0, 'invoke', 'add', 1],
      [0, 'ok', 'add', 1],
      [0, 'invoke', 'read', null],
      [0, 'ok', 'read', { [long]: 1 }],
    ]);
    const { code, err } = await faultline('check', path, '--checker', 'set');
    expect(code).toBe(2);
    expect(err).toContain('large.jsonl:4: expected a list of elements as the result of read');
    expect(err.length).toBeLessThan(1_000);
  });

  test('shows a few of thousands of operations that prove an anomaly', async () => {
    const writers = Array.from({ length: 8_000 }, (_, writer) => writer);
    const micros = (writer: number, read: unknown) => [
      ['r', 'x', read],
      ['append', 'x', writer],
    ];
    const path = fileOf([
      ...writers.map((writer): Event => [writer, 'invoke', 'txn', micros(writer, null)]),
      ...writers.map((writer): Event => [writer, 'ok', 'txn', micros(writer, [])]),
    ]);
    const { code, out } = await faultline('check', path, '--explain', '--consistency', 'snapshot-isolation');
    expect(code).toBe(1);
    expect(out).toContain('and 7996 more read x = [], and each wrote it');
    expect(out).toContain('… and 7984 more');
    expect(out.length).toBeLessThan(8_000);
  });
});

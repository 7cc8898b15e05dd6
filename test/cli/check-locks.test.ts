// Recorded locks: what a file keeps beside the values, such as tokens and leases, counts; and who waits in vain is named.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

type Line = readonly [process: number, type: string, f: string, milliseconds: number, more?: object];

function save(...lines: readonly Line[]): string {
  const path = join(temporaryFolder(), 'locks.jsonl');
  const text = lines.map(([process, type, f, milliseconds, more]) =>
    JSON.stringify({ process, type, f, time: milliseconds * 1_000_000, ...more }),
  );
  writeFileSync(path, text.join('\n'));
  return path;
}

const turn = (process: number, from: number, to: number, more: object): readonly Line[] => [
  [process, 'invoke', 'acquire', from],
  [process, 'ok', 'acquire', from + 1, more],
  [process, 'invoke', 'release', to - 1],
  [process, 'ok', 'release', to],
];

/** c1 takes the lock while c0, which releases it at 500 ms, has a lease until 100 ms or until 400 ms. */
const overlapping = (validMs: number): readonly Line[] => {
  const [first, granted, ...released] = turn(0, 0, 500, { validMs });
  return [first!, granted!, ...turn(1, 200, 300, { validMs: 100 }), ...released];
};

async function anomaliesOf(path: string, ...argv: string[]): Promise<readonly string[]> {
  const { document } = await faultlineJson<{ checker: string; anomalies: { type: string }[] }>('check', path, ...argv);
  expect(document.checker).toBe('lock');
  return document.anomalies.map(({ type }) => type);
}

describe('a recorded lock', () => {
  test('may be given again when its lease has run out, not before', async () => {
    expect(await anomaliesOf(save(...overlapping(100)))).toEqual([]);
    expect(await anomaliesOf(save(...overlapping(400)))).toEqual(['double-grant']);
    const { out } = await faultline('check', save(...overlapping(400)));
    expect(out.replace(/\s+/g, ' ')).toContain(
      'c0 and c1 both held the lock from 201 ms to 299 ms: c0 had it from 1 ms, on a lease until 400 ms',
    );
  });

  test('has tokens that go up', async () => {
    expect(await anomaliesOf(save(...turn(0, 0, 5, { token: 1 }), ...turn(1, 6, 9, { token: 2 })))).toEqual([]);
    expect(await anomaliesOf(save(...turn(0, 0, 5, { token: 2 }), ...turn(1, 6, 9, { token: 1 })))).toEqual([
      'token-order',
    ]);
  });

  test('has writes that its resource refuses, or should have', async () => {
    const late = (more: object): string => {
      const [first, granted, ...released] = turn(0, 0, 90, { token: 1 });
      const write: readonly Line[] = [
        [0, 'invoke', 'write', 60, { token: 1 }],
        [0, 'ok', 'write', 61, more],
      ];
      const mine = turn(1, 20, 80, { token: 2 });
      const fresh: readonly Line[] = [
        [1, 'invoke', 'write', 40, { token: 2 }],
        [1, 'ok', 'write', 41],
      ];
      return save(first!, granted!, ...mine.slice(0, 2), ...fresh, ...write, ...mine.slice(2), ...released);
    };
    expect(await anomaliesOf(late({ fencedAccepted: true }))).toContain('stale-write');
    expect(await anomaliesOf(late({ fencedAccepted: false }))).not.toContain('stale-write');
  });

  test('is reported when it is free and somebody waits in vain, with how long the others waited', async () => {
    const waiting: Line = [2, 'invoke', 'acquire', 10];
    const path = save(...turn(0, 0, 9, { token: 1 }), waiting, ...turn(1, 2_000, 2_050, { token: 2 }));
    expect(await anomaliesOf(path)).toEqual([]);
    expect(await anomaliesOf(path, '--set', 'grantWithin=1000000')).toEqual(['not-granted']);
    const { out } = await faultline('check', path, '--set', 'grantWithin=1000000');
    expect(out.replace(/\s+/g, ' ')).toContain('c2 waited for the lock from 10 ms to 2.05 s, and it was free from 10');
    expect(out).toMatch(/figures +2 grants after waits of 1 ms \(median\), 1 ms \(99 %\), 1 ms \(longest\)/);
    expect(await anomaliesOf(path, '--set', 'grantWithin=3000000')).toEqual([]);
  });
});

// Two clients and three servers, line by line: the lock, its fencing token, a write, and the release.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { redlock } from '../../../scenarios/redlock.ts';
import { ms, simulate, transcript } from '../../../sim/index.ts';

const title =
  'A client takes the lock of three servers, writes with its token, and gives it back; another does not get it.';

test(title, () => {
  const run = simulate(redlock, {
    seed: 3,
    trace: true,
    parameters: { instances: 3, clients: 2, fences: true, parallel: true, drift: 0 },
    faults: [],
    workload: [
      { id: 0, client: 'c1', at: ms(10), f: 'acquire', value: null },
      { id: 1, client: 'c2', at: ms(20), f: 'acquire', value: null },
      { id: 2, client: 'c1', at: ms(40), f: 'write', value: 7 },
      { id: 3, client: 'c1', at: ms(90), f: 'release', value: null },
    ],
  });
  const text = `${[title, '', ...transcript(run, { from: ms(10), to: ms(100) })].join('\n')}\n`;
  const file = new URL('../../transcripts/redlock.txt', import.meta.url);
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

// What a transcript leaves out when it is asked to.
import { expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { inWords, ms, simulate, transcript } from '../../sim/index.ts';

const run = simulate(findScenario('two-phase-commit'), { seed: 3, trace: true });

test('plain data reads without braces and quotes', () => {
  expect(inWords({ type: 'prepare', tx: '1.2', at: undefined })).toBe('prepare tx=1.2');
  expect(inWords(['k1', [3, null]])).toBe('[k1, [3, null]]');
  expect(inWords({ key: { a: 1, b: [] } })).toBe('key={a=1 b=[]}');
});

test('a span of time, some nodes, some kinds, and a limit can be asked for', () => {
  const lines = transcript(run, { from: ms(240), to: ms(260), nodes: ['p2'] });
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(line).toMatch(/^2[45]\d\.\d{3} ms {2}.*\bp2\b/);
  const sent = / → (?!.*(lost|held|second copy))/;
  expect(transcript(run).filter((line) => sent.test(line)).length).toBeGreaterThan(100);
  expect(transcript(run, { without: ['send'] }).filter((line) => sent.test(line))).toEqual([]);
  const few = transcript(run, { limit: 5 });
  expect(few).toHaveLength(6);
  expect(few.at(-1)).toMatch(/^… and \d+ more$/);
});

test('timers set, writes and syncs are told on request', () => {
  const all = transcript(run, { without: [], to: ms(400) }).join('\n');
  expect(all).toMatch(/p1 +sets timer ask 1\.\d+ to 250 ms/);
  expect(all).toMatch(/p\d +synced \d writes?/);
  expect(all).toMatch(/p\d +appends \{tx=1\.\d+ is=prepared\} to log/);
});

test('a run of any length can be told', () => {
  const long = simulate(findScenario('gossip'), { seed: 1, trace: true, until: ms(480_000) });
  expect(transcript(long, { without: [] }).length).toBeGreaterThan(125_000);
});

test('a run without a trace has no transcript', () => {
  expect(() => transcript(simulate(findScenario('counter'), { seed: 1 }))).toThrow('the run has no trace');
});

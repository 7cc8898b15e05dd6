// The corpus: entries that survive changes of the code where they can, and say when they cannot.
import { describe, expect, test } from 'vitest';
import { corpusEntryOf, entryName, parseEntry, runEntry, shrink, type CorpusEntry } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { simulate, type Scenario } from '../../sim/index.ts';

const broken = findScenario('ping-pong-late-pong');
const mended: Scenario = { ...findScenario('ping-pong'), name: broken.name };

describe('an entry', () => {
  test('fails while the bug is there, and passes when it is mended', () => {
    const entry = entryOf(broken);
    expect(runEntry(broken, entry)).toMatchObject({ type: 'fails', finding: { name: entry.finding.name } });
    expect(runEntry(mended, entry)).toMatchObject({ type: 'passes' });
  });

  test('is the same after it was written and read, under a name that says what it is', () => {
    const entry = entryOf(broken);
    expect(parseEntry(JSON.stringify(entry), 'file')).toEqual(entry);
    expect(entryName(entry)).toMatch(/^ping-pong-late-pong-a-pong-answers-its-own-ping-[0-9a-f]{8}\.json$/);
    expect(entryName({ ...entry, case: { ...entry.case, seed: 'other' } })).not.toBe(entryName(entry));
  });

  test('outlives a knob that is gone, but not a client', () => {
    const entry = entryOf(broken);
    const parameters = { ...entry.case.parameters, 'a knob of old': 3 };
    expect(runEntry(broken, { ...entry, case: { ...entry.case, parameters } }).type).toBe('fails');
    const workload = entry.case.workload.map((operation) => ({ ...operation, client: 'gone' }));
    const outcome = runEntry(broken, { ...entry, case: { ...entry.case, workload } });
    expect(outcome).toMatchObject({
      type: 'does not apply',
      reason: expect.stringContaining('there is no client "gone"'),
    });
  });

  test('that violates something else says so', () => {
    const entry = entryOf(broken);
    const renamed = { ...entry, finding: { ...entry.finding, name: 'something of old' } };
    expect(runEntry(broken, renamed)).toMatchObject({ type: 'fails otherwise', finding: { name: entry.finding.name } });
  });

  test.each([
    ['no JSON', '{', 'file: expected JSON'],
    ['a replay file', '{"format":"faultline-replay"}', 'file.format'],
    [
      'a fault that is none',
      JSON.stringify({ ...entryOf(broken), case: { ...entryOf(broken).case, faults: [{ at: -1 }] } }),
      'file.case.faults[0]',
    ],
  ])('%s is refused with its place', (_, text, message) => {
    expect(() => parseEntry(text, 'file')).toThrow(message);
  });
});

function entryOf(scenario: Scenario): CorpusEntry {
  const run = simulate(scenario, { seed: 1 });
  const [finding] = run.findings;
  const shrunk = shrink(scenario, run, finding!);
  return corpusEntryOf(scenario.name, shrunk.case, shrunk.finding, '0.0.0');
}

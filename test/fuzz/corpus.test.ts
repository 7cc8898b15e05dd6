// The corpus: entries that survive changes of the code where they can, and say when they cannot.
import { describe, expect, test } from 'vitest';
import { corpusEntryOf, entryName, parseEntry, runEntry, shrink, type CorpusEntry } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { eventually, InputError, seconds, simulate, type CheckOutcome, type Scenario } from '../../sim/index.ts';

const broken = findScenario('ping-pong-late-pong');
const mended: Scenario = { ...findScenario('ping-pong'), name: broken.name };

const never = eventually('what never comes', 'never comes', seconds(1), () => 'it does not come');

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

  test('does not apply where the scenario refuses its world, whoever says so', () => {
    const entry = entryOf(broken);
    for (const error of [new RangeError('too big'), new InputError('too small')]) {
      const refusing: Scenario = {
        ...broken,
        world: () => {
          throw error;
        },
      };
      expect(runEntry(refusing, entry)).toEqual({ type: 'does not apply', reason: error.message });
    }
    const defect: Scenario = {
      ...broken,
      world: () => {
        throw new TypeError('a defect');
      },
    };
    expect(() => runEntry(defect, entry)).toThrow('a defect');
  });

  test('passes where its cause is only in doubt, and where too little happens in what is left of it', () => {
    const entry = entryOf(broken);
    const doubt = { name: entry.finding.name, about: 'doubts', judge: () => [doubtful] };
    const doubtful: CheckOutcome = { verdict: 'unknown', reason: 'who knows', operations: [] };
    const doubting: Scenario = {
      ...mended,
      world: (set) => ({ ...mended.world(set), checks: [doubt], properties: [never] }),
    };
    const outcome = runEntry(doubting, entry);
    expect(outcome.type).toBe('passes');
    // Both were said of the run.
    const said = outcome.type === 'passes' ? outcome.run.findings.map(({ name }) => name) : [];
    expect(said.sort()).toEqual([entry.finding.name, 'what never comes']);
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

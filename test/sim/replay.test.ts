// Replay files: what they hold, that they run again to the same hash, and that they say where a run has changed.
import { describe, expect, test } from 'vitest';
import { thinFingerprints } from '../../sim/fingerprints.ts';
import { InputError, parseReplay, replay, replayFileOf, simulate, type Replay } from '../../sim/index.ts';
import { findScenario } from '../../scenarios/index.ts';

const counter = findScenario('counter');
const recorded = simulate(counter, { seed: 'any text', fingerprints: true });
const file = replayFileOf(recorded, '1.2.3');

describe('a replay', () => {
  test('runs to the same hash from its file alone', () => {
    const again = replay(counter, parseReplay(JSON.stringify(file)));
    expect(again.divergence).toBeUndefined();
    expect(again.run.hash).toBe(recorded.hash);
    expect(again.run.history).toEqual(recorded.history);
  });

  test('does not depend on what the scenario would draw', () => {
    const explicit = simulate(counter, {
      seed: file.seed,
      until: file.until,
      parameters: file.parameters,
      faults: file.faults,
      workload: file.workload,
    });
    expect(explicit.hash).toBe(recorded.hash);
  });

  test('stops where the recorded run was stopped by its bound', () => {
    const short = simulate(counter, { seed: 1, maxEvents: 300, fingerprints: true });
    const { run, divergence } = replay(counter, replayFileOf(short, '1.2.3'));
    expect(divergence).toBeUndefined();
    expect(run).toMatchObject({ events: 300, verdict: 'unknown' });
  });

  test('names the first event that differs, in words, with the last common one', () => {
    const late = file.workload.findIndex(({ at }) => at > 2_000_000);
    const workload = file.workload.map((operation, index) =>
      index === late ? { ...operation, f: operation.f === 'read' ? 'increment' : 'read' } : operation,
    );
    const { run, divergence } = replay(counter, { ...file, workload });
    expect(divergence).toBeDefined();
    const { event, through, time, description, lastCommon, repeatable } = divergence!;
    expect(through).toBe(event);
    expect(time).toBeGreaterThanOrEqual(2_000_000);
    expect(description).toMatch(/ms {2}c\d +invoke/);
    expect(lastCommon).toMatch(/ms {2}\w+/);
    expect(repeatable).toBe(true);
    expect(run.fingerprints!.slice(0, event)).toEqual(recorded.fingerprints!.slice(0, event));
  });

  test('says so when only the end differs, or one run is longer', () => {
    const ending = (expected: Partial<Replay['expected']>, fingerprints = file.fingerprints): string =>
      replay(counter, { ...file, expected: { ...file.expected, ...expected }, fingerprints }).divergence!.description;
    expect(ending({ hash: '0123456789abcdef' })).toContain('at its end');
    expect(ending({ events: recorded.events + 5 })).toContain(`over after ${recorded.events} events`);
    const { every, hex } = file.fingerprints;
    expect(ending({ events: recorded.events - 5 }, { every, hex: hex.slice(0, -20) })).toContain('this one goes on');
  });

  test('refuses the file of another scenario', () => {
    expect(() => replay(findScenario('election'), file)).toThrow('replay.scenario: expected "election"');
  });

  test('keeps every k-th fingerprint of a long run, and then names a range of events', () => {
    expect(thinFingerprints(new Uint16Array(450_000))).toMatchObject({ every: 3 });
    const thinned = [...recorded.fingerprints!].filter((_, event) => event % 10 === 9);
    thinned[50] = thinned[50]! ^ 1;
    const hex = thinned.map((bits) => bits.toString(16).padStart(4, '0')).join('');
    const expected = { ...file.expected, hash: '0123456789abcdef' };
    const { divergence } = replay(counter, { ...file, expected, fingerprints: { every: 10, hex } });
    expect(divergence).toMatchObject({ event: 500, through: 509 });
  });
});

describe('reading a replay file', () => {
  test.each<[string, string, string]>([
    ['no JSON', '{ "format": ', 'replay file: expected JSON'],
    ['another format', withField('format', 'other'), 'replay.format: '],
    ['a later version', withField('version', 2), 'replay.version: '],
    [
      'a number as its seed',
      withField('seed', 5),
      'replay.seed: Invalid input: expected string, received number, found 5',
    ],
    ['an endless run', withField('until', 1e308), 'replay.until: '],
    ['a time that is no whole number', withField('until', 1.5), 'replay.until: '],
    ['a parameter that is an object', withField('parameters', { nodes: {} }), 'replay.parameters.nodes: '],
    ['a fault that nobody knows', withField('faults', [{ at: 1, fault: { type: 'fire' } }]), 'replay.faults[0].fault'],
    [
      'an operation without a value',
      withField('workload', [{ id: 1, client: 'c1', at: 0, f: 'read' }]),
      'replay.workload[0].value',
    ],
    ['a hash that is none', withField('expected', { ...file.expected, hash: 'beef' }), 'replay.expected.hash: '],
    ['a field too many', withField('extra', 1), 'replay: '],
    [
      'a hidden prototype',
      JSON.stringify(file).replace('"parameters":{', '"parameters":{"__proto__":1,'),
      'replay.parameters: expected no field named __proto__',
    ],
    ['a deep nest', '['.repeat(100_000) + ']'.repeat(100_000), 'levels of nesting'],
    ['a list', '[]', 'replay: '],
    ['nothing', 'null', 'replay: '],
  ])('%s is refused at its place', (_what, text, message) => {
    expect(() => parseReplay(text)).toThrow(InputError);
    expect(() => parseReplay(text)).toThrow(message);
  });

  test('digits that do not come in fours are refused', () => {
    expect(() =>
      replay(counter, { ...file, expected: { ...file.expected, events: 1 }, fingerprints: { every: 1, hex: 'abc' } }),
    ).toThrow('replay.fingerprints.hex: expected four digits');
  });
});

function withField(name: string, value: unknown): string {
  return JSON.stringify({ ...file, [name]: value });
}

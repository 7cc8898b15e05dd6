// What is said of failures: which of them are one, in which ways they came about, and the story of one run.
import { describe, expect, test } from 'vitest';
import { campaign, causeOfFailure, optionsOf, shapeOfRun, shrink, tellStory } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { always, seconds, simulate, type Finding, type Run, type Scenario } from '../../sim/index.ts';
import { failures, firstFailure, type Failing } from './failing.ts';

describe('failures are one', () => {
  const finding = (name: string, event: number): Finding => ({
    ...{ name, event, verdict: 'invalid', reason: '', at: event, operations: [], nodes: [] },
  });

  test('by what they violate first, whatever followed from it', () => {
    const cause = (...findings: Finding[]): string => causeOfFailure({ verdict: 'invalid', findings });
    expect(cause(finding('b', 3), finding('a', 2))).toBe(cause(finding('a', 9), finding('c', 10)));
    expect(cause(finding('a', 3))).not.toBe(cause(finding('b', 3)));
    // Of two at one event the one that is declared first.
    expect(cause(finding('a', 3), finding('b', 3))).toBe(cause(finding('a', 1)));
    const unknown = { ...finding('z', 0), verdict: 'unknown' as const };
    expect(causeOfFailure({ verdict: 'invalid', findings: [unknown, finding('a', 3)] })).toBe(cause(finding('a', 3)));
  });

  test('so that one bug with many consequences is a few causes, which name the consequences', async () => {
    const { causes, failures: all } = await campaign(findScenario('raft-append-anywhere'), {
      seeds: 6,
      until: seconds(3),
    });
    const sets = new Set(
      all.map(({ findings }) => JSON.stringify([...new Set(findings.map(({ name }) => name))].sort())),
    );
    expect(sets.size).toBeGreaterThan(causes.length);
    expect(causes.reduce((sum, { seeds }) => sum + seeds, 0)).toBe(all.length);
    for (const { names, also } of causes) {
      expect(names).toHaveLength(1);
      expect(also).not.toContain(names[0]);
    }
    expect(causes.flatMap(({ also }) => also).length).toBeGreaterThan(2);
  });
});

describe('the shape of a minimal run', () => {
  test.each(['election-impatient', 'two-phase-commit-forgotten-vote'])('is one for the failures of %s', (name) => {
    const scenario = findScenario(name);
    expect(new Set(failures(scenario, 3).map((failing) => smallShape(scenario, failing))).size).toBe(1);
  });

  test('tells two ways apart in which one property breaks', () => {
    const scenario = findScenario('ping-pong-late-pong');
    const shapes = new Set(failures(scenario, 4).map((failing) => smallShape(scenario, failing)));
    // And sometimes by drawn delays alone.
    expect([...shapes]).toEqual(
      expect.arrayContaining([
        'invalid a pong answers its own ping | messages arrive twice',
        'invalid a pong answers its own ping | something is late',
      ]),
    );
    shapes.delete('invalid a pong answers its own ping');
    expect(shapes.size).toBe(2);
  });

  test('needs a trace', () => {
    const { run, finding } = firstFailure(findScenario('ping-pong-late-pong'));
    expect(() => shapeOfRun(run, finding)).toThrow('has no trace');
  });
});

describe('the story of a run', () => {
  test('tells faults, roles, operations and the violation; not how everybody begins, nor notes that are common', () => {
    const story = tellStory(small('raft-two-votes'));
    expect(story.join('\n')).toMatch(/n\d becomes candidate \(term 1\)[^]*“one vote a term” is violated: /);
    expect(story.filter((line) => line.startsWith('At 0 µs'))).toEqual([]);
  });

  test('ends with what a check of the whole history found', () => {
    const story = tellStory(small('counter-early-acknowledgement'));
    expect(story.join('\n')).toMatch(/dies[^]*starts again[^]*\nSo “.*” is violated: /);
  });

  test('of a protocol without roles tells its notes; repeats itself in numbers; leaves the middle of long ones out', () => {
    const base = findScenario('ping-pong');
    const run = simulate(base, { seed: 1, trace: true, until: 200_000 });
    const story = tellStory(run, 20);
    expect(story).toHaveLength(21);
    expect(story.join('\n')).toMatch(/ notes [^]*… \d+ more …/);
    const quiet: Scenario = {
      ...base,
      world: (set) => ({ ...base.world(set), workload: [], faults: [], properties: [loud] }),
    };
    expect(tellStory(simulate(quiet, { seed: 1, trace: true }))).toEqual([
      expect.stringMatching(/^At .* “quiet” is violated: somebody spoke\.$/),
    ]);
  });
});

const loud = always('quiet', 'nobody does anything', () => () => 'somebody spoke');

function small(name: string): Run {
  const scenario = findScenario(name);
  const { run, finding } = firstFailure(scenario);
  return simulate(scenario, { ...optionsOf(shrink(scenario, run, finding).case), trace: true });
}

function smallShape(scenario: Scenario, { run, finding }: Failing): string {
  const shrunk = shrink(scenario, run, finding);
  const again = simulate(scenario, { ...optionsOf(shrunk.case), trace: true });
  return shapeOfRun(again, shrunk.finding).join(' | ');
}

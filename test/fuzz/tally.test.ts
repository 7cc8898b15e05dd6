// The sums of a campaign: the same whatever the order in which outcomes come, and however often they are told.
import { describe, expect, test } from 'vitest';
import type { SeedOutcome } from '../../fuzz/index.ts';
import { SeedRunner } from '../../fuzz/seed-runner.ts';
import { Tally } from '../../fuzz/tally.ts';
import { findScenario } from '../../scenarios/index.ts';
import type { Finding } from '../../sim/index.ts';

function finding(name: string, event = 0, verdict: Finding['verdict'] = 'invalid'): Finding {
  return { name, verdict, event, at: event, reason: `${name} at ${event}`, operations: [], nodes: [] };
}

function ran(seed: number, events: number, findings: readonly Finding[] = [], verified = false): SeedOutcome {
  const isInvalid = findings.some((each) => each.verdict === 'invalid');
  const verdict = isInvalid ? 'invalid' : findings.length > 0 ? 'unknown' : 'valid';
  const much = { events, simulatedUs: 10, elapsedMs: 1, hash: `${seed}`.padStart(16, '0') };
  return {
    ...{ type: 'ran', seed: String(seed), verdict, ...much, findings, verified },
    sometimes: [{ name: 'x happens', reached: seed % 2 === 0 }],
    features: [seed],
  };
}

const tally = (untilFailure = false): Tally =>
  new Tally({ scenario: 's', start: 1, stride: 1, planned: 9, untilFailure });

const outcomes: readonly SeedOutcome[] = [
  ran(1, 50, [], true),
  ran(2, 40, [finding('late', 9), finding('first', 3), finding('doubt', 1, 'unknown')]),
  ran(3, 40, [finding('first', 3), finding('other', 5)]),
  ran(4, 30, [finding('doubt', 1, 'unknown')]),
  ran(5, 40, [finding('second', 1)]),
  { type: 'lost', seed: '6', why: 'hung', reason: 'no end' },
  ran(7, 60, [finding('second', 1)]),
  ran(8, 60, [finding('second', 1)]),
];

function sumOf(order: readonly number[]): ReturnType<Tally['result']> {
  const sums = tally();
  for (const index of order) sums.take(index, outcomes[index]!);
  sums.end('finished');
  return sums.result();
}

describe('sums', () => {
  const inOrder = sumOf([0, 1, 2, 3, 4, 5, 6, 7]);

  test('do not depend on the order, nor on what is told twice', () => {
    expect(sumOf([7, 3, 5, 0, 6, 1, 4, 2])).toEqual(inOrder);
    expect(sumOf([0, 0, 2, 1, 1, 2, 3, 5, 4, 6, 3, 7, 7])).toEqual(inOrder);
  });

  test('count seeds, events and what ran twice; group failures by what they violate first, violations before doubts', () => {
    expect(inOrder).toMatchObject({
      ...{ seeds: 8, events: 320, simulatedUs: 70, elapsedMs: 7, verified: 1, lost: 1, coverage: 7 },
      ...{ verdict: 'invalid', sometimes: [{ name: 'x happens', seeds: 3 }] },
      causes: [
        { names: ['second'], seeds: 3, also: [], smallest: { seed: '5' } },
        // Of equally small ones the first.
        { names: ['first'], seeds: 2, also: ['late', 'other'], smallest: { seed: '2' } },
        { verdict: 'unknown', names: ['doubt'], seeds: 1 },
        { verdict: 'unknown', names: ['a run ends'], seeds: 1, smallest: { lost: true } },
      ],
    });
    expect(inOrder.failures.map(({ seed }) => seed)).toEqual(['2', '3', '4', '5', '6', '7', '8']);
  });

  test('put violations before doubts, however many doubts there are', () => {
    const sums = tally();
    for (let index = 0; index < 5; index++) sums.take(index, ran(index, 9, [finding('doubt', 1, 'unknown')]));
    sums.take(5, ran(5, 9, [finding('sure', 1)]));
    expect(sums.result().causes.map(({ names }) => names[0])).toEqual(['sure', 'doubt']);
  });

  test('keep the first ten thousand failures and count the rest', () => {
    const sums = tally();
    for (let index = 0; index < 10_500; index++) sums.take(index, ran(index, 9, [finding('sure', 1)]));
    const { failures, causes, seeds } = sums.result();
    expect([failures.length, causes[0]!.seeds, seeds]).toEqual([10_000, 10_500, 10_500]);
  });

  test('end at the first violation, not at a doubt, and at that of the first seed, not at that told first', () => {
    const sums = tally(true);
    sums.take(4, ran(5, 9, [finding('later', 1)]));
    sums.take(0, ran(1, 9, [finding('doubt', 1, 'unknown')]));
    expect(sums.ended).toBe('running');
    for (const index of [3, 2, 1]) sums.take(index, ran(index + 1, 9, index === 2 ? [finding('sooner', 1)] : []));
    expect(sums.result()).toMatchObject({
      ended: 'first failure',
      seeds: 3,
      causes: [{ names: ['sooner'] }, { names: ['doubt'] }],
    });
  });

  test('that are ended early hold what came early, in order; without a seed they know nothing', () => {
    const sums = tally();
    sums.take(2, outcomes[2]!);
    sums.take(1, outcomes[1]!);
    sums.end('interrupted');
    sums.end('finished');
    expect(sums.result()).toMatchObject({ ended: 'interrupted', seeds: 2, failures: [{ seed: '2' }, { seed: '3' }] });
    const none = tally();
    expect(none.result().verdict).toBe('valid');
    none.end('out of time');
    expect(none.result()).toMatchObject({ seeds: 0, verdict: 'unknown' });
  });
});

test('a runner stops in the middle of a run, and tells nothing of it', async () => {
  let asked = 0;
  const pace = { breathe: () => Promise.resolve(), isInterrupted: () => ++asked > 2 };
  const plan = { start: 1, stride: 1, parameters: {} };
  expect(await new SeedRunner(findScenario('raft'), plan, pace).run(0)).toBeUndefined();
  expect(asked).toBe(3);
});

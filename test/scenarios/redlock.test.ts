// Redlock's worlds on many seeds: clean under the assumptions of its specification, violated where one is broken, and refused by
// the fencing store in every case; and what libraries got wrong, each found by what it names.
import { describe, expect, test } from 'vitest';
import { redlockKnownBugs } from '../../scenarios/known-bugs/redlock.ts';
import { redisLock, redisLockFailover } from '../../scenarios/redis-lock.ts';
import { redlockDebate } from '../../scenarios/redlock-debate.ts';
import { redlockContention, redlockOneOfThree, redlockProgress } from '../../scenarios/redlock-progress.ts';
import { redlock } from '../../scenarios/redlock.ts';
import { seconds, simulate, type Run, type Scenario } from '../../sim/index.ts';
import { breaks, expectSeamKept, firstViolation, named, rerun, violated } from './judged.ts';

const holding = [redlock, redisLock, ...redlockDebate, ...redlockProgress].filter(
  ({ expect: { type } }) => type === 'holds',
);
const breaking = [redisLockFailover, ...redlockDebate].filter(({ expect: { type } }) => type === 'breaks');

/** Enough to meet every class of faults; the nightly campaign runs many more. */
const seedsOf: Readonly<Record<string, number>> = {
  redlock: 300,
  'redlock-contention': 6,
  'redlock-one-of-three': 15,
  'redlock-drift': 15,
  'redlock-pause-in-acquisition': 20,
};

describe('under the assumptions of the specification', () => {
  test.each(named(holding))('%s is clean', { timeout: 120_000 }, (name, scenario) => {
    let acquired = 0;
    for (let seed = 0; seed < (seedsOf[name] ?? 40); seed++) {
      const { findings, history } = simulate(scenario, { seed });
      expect({ seed, findings }).toEqual({ seed, findings: [] });
      acquired += history.filter(({ f, type }) => f === 'acquire' && type === 'ok').length;
    }
    expect(acquired).toBeGreaterThan(40);
  });

  test('the rules of the seam are kept, and debugging changes nothing', { timeout: 60_000 }, () => {
    for (const scenario of [redlock, redisLockFailover]) expectSeamKept(scenario, { seed: 7, until: seconds(6) });
  });

  test('a holder may extend its lock three times, and then has to take it anew', () => {
    const run = alone(['acquire', 'extend', 'extend', 'extend', 'extend', 'release', 'acquire', 'extend']);
    const ends = run.history.filter(({ type }) => type !== 'invoke');
    expect(ends.map(({ type, error }) => error ?? type)).toEqual([
      ...['ok', 'ok', 'ok', 'ok', 'extended often enough', 'ok', 'ok', 'ok'],
    ]);
  });
});

describe('where an assumption is broken', () => {
  test.each(named(breaking))(
    '%s breaks what it says, and the fencing store refuses every late write',
    { timeout: 120_000 },
    (_name, scenario) => {
      const found = new Set<string>();
      for (let seed = 0; seed < 15; seed++) {
        const run = simulate(scenario, { seed });
        for (const { name } of run.findings) found.add(name);
        const fenced = rerun(run, scenario, { fences: true });
        expect({ seed, late: fenced.findings.filter(({ name }) => name === 'no late write') }).toEqual({
          seed,
          late: [],
        });
      }
      expect([...found].toSorted()).toEqual([...breaks(scenario)].toSorted());
    },
  );

  test('the fencing store refuses something', { timeout: 60_000 }, () => {
    const writing = breaking.filter((scenario) => breaks(scenario).includes('no late write'));
    const refused = writing.filter((scenario) => {
      for (let seed = 0; seed < 20; seed++) {
        const { history } = simulate(scenario, { seed, parameters: { fences: true } });
        if (history.some(({ error }) => error === 'refused: its token was stale')) return true;
      }
      return false;
    });
    expect(refused).toEqual(writing);
  });
});

/** The world that holds, next to each that does not. */
const partners: Readonly<Record<string, Scenario>> = {
  'redlock-keeps-partial-locks': redlockContention,
  'redlock-python-quorum': redlockOneOfThree,
};

describe('a broken rule', () => {
  test.each(named(redlockKnownBugs))(
    '%s is found by what it names, and by nothing else',
    { timeout: 120_000 },
    (_name, scenario) => {
      const run = firstViolation(scenario, 150);
      expect(breaks(scenario)).toEqual(expect.arrayContaining(violated(run)));
      expect(rerun(run, partners[scenario.name] ?? redlock).findings).toEqual([]);
    },
  );
});

/** One client, half a second apart, and nothing goes wrong. */
function alone(operations: readonly string[]): Run {
  return simulate(redlock, {
    seed: 1,
    parameters: { clients: 1, ttl: seconds(2) },
    faults: [],
    workload: operations.map((f, id) => ({ id, client: 'c1', at: seconds(id / 2), f, value: null })),
  });
}

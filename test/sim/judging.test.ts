// Properties and checks: when each kind is asked, and what becomes of its answer.
import { expect, test } from 'vitest';
import {
  always,
  alwaysOn,
  eventually,
  ms,
  seconds,
  sometimes,
  sometimesNoted,
  type Check,
  type Property,
  type Run,
  type World,
} from '../../sim/index.ts';
import { at, counting, listener, run } from './world.ts';

/** `a` sends 0 to 9 to `b`, one each 10 ms; the world heals at 500 ms and ends at 1 s. */
const judged = (properties: readonly Property[], world: Partial<World> = {}): Run =>
  run({
    nodes: [
      { id: 'a', protocol: counting(10, ms(10)) },
      { id: 'b', protocol: listener },
    ],
    tail: ms(500),
    properties,
    ...world,
  });

test('an always property is judged after every event, and reported once, with its moment', () => {
  const atMost = always('at most three', 'a sends at most three', () => (view) => {
    const sent = (view.node('a').state as { sent: number }).sent;
    return sent > 3 ? `a has sent ${sent}` : undefined;
  });
  const { findings, verdict } = judged([atMost]);
  expect(verdict).toBe('invalid');
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ name: 'at most three', reason: 'a has sent 4', at: ms(40), nodes: ['a'] });
});

test('a property on notes is judged when a node leaves one, with a fresh memory in each run', () => {
  const rising = alwaysOn(['got'], 'numbers rise', 'each number is greater than the last', () => {
    let last = -1;
    return (_view, { note }) => {
      const before = last;
      last = Number(note?.data['n']);
      return last > before ? undefined : `${last} after ${before}`;
    };
  });
  for (let time = 0; time < 2; time++) expect(judged([rising]).verdict).toBe('valid');
  const duplicated = judged([rising], {
    faults: [at(1, { type: 'duplicating-link', from: ['a'], to: ['b'], duplicate: 1_000_000 })],
  });
  expect(duplicated.findings[0]?.reason).toBe('0 after 0');
});

test('a sometimes property tells whether it was reached, and is no finding', () => {
  const { sometimes: reached, verdict } = judged([
    sometimesNoted('got', 'b gets something'),
    sometimesNoted('lost', 'b loses something'),
    sometimes('half way', 'a has sent five', (view) => (view.node('a').state as { sent: number }).sent === 5),
  ]);
  expect(verdict).toBe('valid');
  expect(reached).toEqual([
    { name: 'got happens', reached: true },
    { name: 'lost happens', reached: false },
    { name: 'half way', reached: true },
  ]);
});

test('an eventually property has its bound after the healing, no more and no less', () => {
  const within = (bound: number, from: number): Run =>
    judged([eventually('done', 'it is done', ms(bound), (view) => (view.now >= ms(from) ? undefined : 'not yet'))], {
      nodes: [{ id: 'a', protocol: counting(1_000, ms(1)) }],
    });
  expect(within(200, 0).verdict).toBe('valid');
  expect(within(200, 650).verdict).toBe('valid');
  expect(within(200, 750).findings[0]).toMatchObject({
    verdict: 'invalid',
    reason: 'it is done: not so 200 ms after everything had healed: not yet',
  });
});

test('an eventually property whose time the run does not reach is unknown, unless it came true', () => {
  const later = (missing: string | undefined): Run =>
    judged([eventually('done', 'it is done', seconds(9), () => missing)]);
  expect(later('not yet').findings[0]).toMatchObject({ name: 'done', verdict: 'unknown' });
  expect(later('not yet').verdict).toBe('unknown');
  expect(later(undefined).verdict).toBe('valid');
});

test('where more is broken than was promised, only safety is judged', () => {
  const never = eventually('done', 'it is done', ms(1), () => 'never');
  expect(judged([never]).verdict).toBe('invalid');
  expect(judged([never], { safetyOnly: true }).verdict).toBe('valid');
});

test('a check judges the history, and its operations name the clients', () => {
  const check: Check = {
    name: 'nothing happens',
    about: 'no operation is invoked',
    judge: (history) =>
      history.length === 0
        ? []
        : [{ verdict: 'invalid', reason: 'something happens', operations: [history[0]?.operation ?? -1] }],
  };
  const clients = [{ id: 'c', protocol: listener, timeout: ms(50) }];
  const workload = [{ id: 4, client: 'c', at: ms(10), f: 'read', value: null }];
  expect(judged([], { checks: [check], clients }).verdict).toBe('valid');
  expect(judged([], { checks: [check], clients, workload }).findings).toEqual([
    expect.objectContaining({
      name: 'nothing happens',
      reason: 'something happens',
      operations: [4],
      nodes: ['c'],
      at: ms(60),
    }),
  ]);
});

// The lock check: each violation planted by hand, what is no violation, and valid histories drawn from a right lock.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLocks, HistoryError, lockSafety, type LockOptions } from '../../../checkers/index.ts';
import { ms } from '../../../sim/time.ts';
import { drawnHistory } from '../models/drawn-history.ts';
import { lockReference } from '../models/references.ts';
import { written, type Line } from '../written-history.ts';

/** What happened, 100 ms apart; the verdict's reason and the operations that prove it. */
interface Planted {
  readonly name: string;
  readonly options?: LockOptions;
  readonly lines: readonly Line[];
  readonly reason: string;
  readonly operations: readonly number[];
}

const planted: readonly Planted[] = [
  {
    name: 'a service that gave the lock to two, and what both believed',
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', { token: 1 }],
      [2, 'invoke', 'acquire', 'a'],
      [2, 'ok', 'acquire', { token: 2 }],
      [1, 'invoke', 'release', 'a'],
      [1, 'ok', 'release', 'a'],
      [2, 'invoke', 'release', 'a'],
    ],
    reason:
      'double-grant: c1 and c2 both held a from 300 ms to 400 ms: c1 had it from 100 ms with token 1, and released it at 400 ms; c2 had it from 300 ms with token 2, and released it at 600 ms',
    operations: [0, 1, 2, 3],
  },
  {
    name: 'a lease that had run out before its client heard of it',
    options: { lease: ms(100) },
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', 'a'],
    ],
    reason: 'expired-grant: c1 was given a at 100 ms, when its lease had run out at 100 ms',
    operations: [0],
  },
  {
    name: 'an act of a client that never acquired',
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', 'a'],
      [2, 'invoke', 'release', 'a'],
      [2, 'ok', 'release', 'a'],
      [1, 'invoke', 'write', ['a', null]],
    ],
    reason:
      "non-holder-acts: c2's release was accepted between 200 ms and 300 ms, when c1 held a: c2 never held it; c1 had it from 100 ms, and never released it (last seen at 400 ms)",
    operations: [0, 1],
  },
  {
    name: 'a token that is given twice',
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', ['a', 3]],
      [1, 'invoke', 'release', ['a', 3]],
      [1, 'ok', 'release', null],
      [2, 'invoke', 'acquire', 'a'],
      [2, 'ok', 'acquire', ['a', 3]],
    ],
    reason: 'token-reused: c1 and c2 both got a with token 3',
    operations: [0, 2],
  },
  {
    name: 'a token that goes back, although another lock has its own',
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', 5],
      [1, 'invoke', 'release', 'a'],
      [1, 'ok', 'release', 'a'],
      [1, 'invoke', 'acquire', 'b'],
      [1, 'ok', 'acquire', 1],
      [2, 'invoke', 'acquire', 'a'],
      [2, 'ok', 'acquire', 4],
    ],
    reason: 'token-order: c2 got a with token 4 after c1 had got it with token 5',
    operations: [0, 3],
  },
  {
    name: 'a resource that accepts a stale token',
    lines: [
      [1, 'invoke', 'write', { token: 2 }],
      [1, 'ok', 'write', true],
      [2, 'invoke', 'write', { token: 1 }],
      [2, 'ok', 'write', true],
    ],
    reason: "stale-write: c2's write with token 1 was accepted at 300 ms, after c1's with token 2",
    operations: [0, 1],
  },
  {
    name: 'a free lock that nobody is given',
    options: { grantWithin: ms(150) },
    lines: [
      [1, 'invoke', 'acquire', 'a'],
      [1, 'ok', 'acquire', 'a'],
      [1, 'invoke', 'release', 'a'],
      [1, 'ok', 'release', 'a'],
      [2, 'invoke', 'acquire', 'a'],
      [3, 'invoke', 'write', 1],
      [3, 'ok', 'write', 1],
    ],
    reason:
      'not-granted: c2 waited for a from 400 ms to 600 ms, and it was free from 400 ms to 600 ms, longer than 150 ms',
    operations: [2],
  },
];

describe('the lock check', () => {
  it.each(planted)('finds $name', ({ lines, options = {}, ...expected }) => {
    const history = written(lines);
    const { verdict, reason, operations } = checkLocks(history, options);
    expect({ verdict, reason, operations }).toEqual({
      verdict: 'invalid',
      reason: expected.reason,
      operations: expected.operations,
    });
    expect(lockSafety(options).judge(history)).toMatchObject([{ verdict: 'invalid', reason: expected.reason }]);
  });

  const late: readonly Line[] = [
    [1, 'invoke', 'acquire', null],
    [1, 'ok', 'acquire', null],
    [2, 'invoke', 'write', 0],
    [2, 'fail', 'write', 0],
    [2, 'invoke', 'acquire', null],
    [2, 'ok', 'acquire', { lease: ms(900) }],
    [1, 'invoke', 'write', 7],
    [1, 'ok', 'write', 7],
    [1, 'invoke', 'release', null],
    [1, 'ok', 'release', null],
    [2, 'invoke', 'release', null],
  ];

  it('tells a holder whose lease ran out from a service that gave the lock to two', () => {
    const expired = checkLocks(written(late), { lease: ms(400) });
    expect(expired.evidence.map(({ type }) => type)).toEqual(['expired-holder-acts']);
    expect(expired.operations).toEqual([0, 2, 3]);
    expect(expired.reason).toBe(
      "expired-holder-acts: c1's write was accepted between 600 ms and 700 ms, when c2 held the lock: c1 had it from 100 ms, on a lease until 400 ms, and released it at 800 ms; c2 had it from 500 ms, on a lease until 1.3 s, and released it at 1 s",
    );
    const double = checkLocks(written(late));
    expect(double.evidence.map(({ type }) => type)).toEqual(['double-grant']);
    expect(double.overlaps).toEqual([{ lock: 'the lock', from: ms(500), to: ms(800), operations: [0, 2] }]);
  });

  it('has nothing against a late holder whom the resource refuses', () => {
    const refused = late.map(([process, type, f, value]): Line => [
      process,
      type,
      f,
      type === 'ok' && value === 7 ? false : value,
    ]);
    expect(checkLocks(written(refused), { lease: ms(400) }).verdict).toBe('valid');
  });

  it('prolongs the lease of whoever extended it in time', () => {
    const extended: readonly Line[] = [
      [1, 'invoke', 'acquire', { lease: ms(250) }],
      [1, 'ok', 'acquire', null],
      [1, 'invoke', 'extend', { lease: ms(500) }],
      [1, 'ok', 'extend', null],
      [2, 'invoke', 'acquire', null],
      [2, 'ok', 'acquire', null],
      [1, 'invoke', 'release', null],
    ];
    expect(checkLocks(written(extended)).overlaps).toEqual([]); // the second was not seen to have it
    const longer = [...extended, [2, 'invoke', 'release', null] as const];
    expect(checkLocks(written(longer)).overlaps).toEqual([
      { lock: 'the lock', from: ms(500), to: ms(600), operations: [0, 2] },
    ]);
  });

  it('takes nothing for proof that is not sure', () => {
    const unsure: readonly Line[] = [
      [1, 'invoke', 'acquire', null],
      [1, 'info', 'acquire', null],
      [2, 'invoke', 'acquire', null],
      [2, 'ok', 'acquire', null],
      [2, 'invoke', 'release', null],
      [2, 'info', 'release', null],
      [3, 'invoke', 'acquire', null],
      [3, 'ok', 'acquire', null],
      [4, 'invoke', 'acquire', null], // the third may have crashed
      [4, 'ok', 'acquire', null],
    ];
    expect(checkLocks(written(unsure), { grantWithin: 1 }).verdict).toBe('valid');
    expect(checkLocks([]).reason).toBe('nobody got a lock');
    expect(checkLocks([]).verdict).toBe('unknown');
  });

  it('counts the turns of a holder that may come in again', () => {
    const again: readonly Line[] = [
      [1, 'invoke', 'acquire', null],
      [1, 'ok', 'acquire', null],
      [1, 'invoke', 'acquire', null],
      [1, 'ok', 'acquire', null],
      [1, 'invoke', 'release', null],
      [1, 'ok', 'release', null],
      [2, 'invoke', 'acquire', null],
      [2, 'ok', 'acquire', null],
      [1, 'invoke', 'release', null],
      [2, 'invoke', 'release', null],
    ];
    expect(checkLocks(written(again), { isReentrant: true }).overlaps).toHaveLength(1);
    expect(checkLocks(written(again)).overlaps).toHaveLength(0);
  });

  it('measures waits over all attempts, and overtaking', () => {
    const { waits, maxOvertakes, grants } = checkLocks(
      written([
        [1, 'invoke', 'acquire', null],
        [1, 'ok', 'acquire', null],
        [2, 'invoke', 'acquire', null],
        [2, 'fail', 'acquire', null],
        [3, 'invoke', 'acquire', null],
        [1, 'invoke', 'release', null],
        [1, 'ok', 'release', null],
        [3, 'ok', 'acquire', null],
        [3, 'invoke', 'release', null],
        [3, 'ok', 'release', null],
        [2, 'invoke', 'acquire', null],
        [2, 'ok', 'acquire', null],
      ]),
    );
    expect({ grants, maxOvertakes }).toEqual({ grants: 3, maxOvertakes: 1 });
    expect(waits).toMatchObject({ count: 3, min: ms(100), p50: ms(300), max: ms(900) });
  });

  it('refuses a lease that cannot be', () => {
    expect(() => checkLocks(written([[1, 'invoke', 'acquire', { lease: -1 }]]))).toThrow(HistoryError);
  });

  it.each([
    ['a mutex', lockReference(1, false), {}],
    ['a fenced lock', lockReference(1, true), {}],
    ['a reentrant lock', lockReference(3, false), { isReentrant: true }],
  ] as const)('has nothing against %s that is right', (_name, reference, options) => {
    fc.assert(
      fc.property(drawnHistory(reference, { operations: 30 }), (history) => {
        const { verdict, reason } = checkLocks(history, options);
        expect([verdict, reason]).not.toContain('invalid');
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});

it('counts the overlaps of a lock that everybody gets, however many they are, and lists the first', () => {
  const clients = 20_000;
  const all = (type: 'invoke' | 'ok', f: string): Line[] =>
    Array.from({ length: clients }, (_, client) => [client, type, f, 'a'] as const);
  const history = written([...all('invoke', 'acquire'), ...all('ok', 'acquire'), ...all('invoke', 'release')]);
  const { verdict, overlaps, evidence } = checkLocks(history);
  expect(verdict).toBe('invalid');
  expect(overlaps).toHaveLength(10_000);
  expect(evidence[0]).toMatchObject({ type: 'double-grant', count: (clients * (clients - 1)) / 2 });
});

it('counts as many overlaps as there are pairs of turns that share a moment, in drawn histories of any service', () => {
  const action = fc.record({ client: fc.nat(3), f: fc.constantFrom('acquire', 'release'), lock: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const lines = actions.flatMap(({ client, f, lock }): Line[] => [
        [client, 'invoke', f, `l${lock}`],
        [client, 'ok', f, `l${lock}`],
      ]);
      const { evidence, overlaps } = checkLocks(written(lines));
      expect(evidence.find(({ type }) => type === 'double-grant')?.count ?? 0).toBe(overlaps.length);
    }),
    { numRuns: 500 },
  );
});

it('counts how often others went before a client, among thousands who wait at once', () => {
  const clients = 20_000;
  const waits = Array.from({ length: clients }, (_, client): Line => [client, 'invoke', 'acquire', 'a']);
  const turns = Array.from({ length: clients }, (_, place): Line[] => {
    const client = clients - 1 - place; // the last to come is the first to be served
    return [
      [client, 'ok', 'acquire', 'a'],
      [client, 'invoke', 'release', 'a'],
      [client, 'ok', 'release', 'a'],
    ];
  });
  const { verdict, maxOvertakes } = checkLocks(written([...waits, ...turns.flat()]), { grantWithin: ms(100) });
  expect({ verdict, maxOvertakes }).toEqual({ verdict: 'valid', maxOvertakes: clients - 1 });
});

it('judges what a client does that has no lock, however many have had it for ever', () => {
  const holders = 20_000;
  const forEver: Line[] = [
    [0, 'invoke', 'acquire', 'a'],
    [0, 'ok', 'acquire', 'a'],
  ];
  const turns = Array.from({ length: holders }, (_, place): Line[] => [
    [1, 'invoke', 'acquire', 'a'],
    [1, 'ok', 'acquire', 'a'],
    [1, 'invoke', 'release', 'a'],
    [1, 'ok', 'release', 'a'],
    [2, 'invoke', 'extend', 'a'],
    [2, 'ok', 'extend', place === 7 ? 'a' : false],
  ]);
  const { evidence } = checkLocks(written([...forEver, ...turns.flat(), [0, 'invoke', 'release', 'a']]));
  expect(evidence.map(({ type, count }) => [type, count])).toEqual([
    ['double-grant', holders],
    ['non-holder-acts', 1],
  ]);
});

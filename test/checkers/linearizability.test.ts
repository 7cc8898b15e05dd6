// What the check says and where it stops: evidence in words, bounds, long histories, malformed ones.
import { describe, expect, it } from 'vitest';
import {
  casRegister,
  checkLinearizable,
  HistoryError,
  keyValue,
  linearizable,
  register,
  type LinearizabilityProgress,
} from '../../checkers/index.ts';
import type { History } from '../../sim/history.ts';
import { longHistory, type Line, written } from './written-history.ts';

describe('the evidence against a history', () => {
  it('names a stale read, the write it missed and the write it saw', () => {
    const history = written([
      [1, 'invoke', 'write', ['x', 1]],
      [1, 'ok', 'write', ['x', 1]],
      [1, 'invoke', 'write', ['x', 2]],
      [3, 'invoke', 'write', ['y', 7]],
      [1, 'ok', 'write', ['x', 2]],
      [2, 'invoke', 'read', ['x', null]],
      [2, 'ok', 'read', ['x', 1]],
      [3, 'ok', 'write', ['y', 7]],
    ]);
    const { verdict, reason, operations, partitions } = checkLinearizable(history, keyValue());
    expect(verdict).toBe('invalid');
    expect(operations).toEqual([1, 3]);
    expect(reason).toBe(
      "c2's read of x that returned 1 (invoked at 500 ms, completed at 600 ms) has no place: " +
        "after c1's write of 2 to x, which had completed at 400 ms, x held 2. " +
        "The last that could have made it fit, c1's write of 1 to x, had completed at 100 ms.",
    );
    expect(partitions.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['x', 'invalid'],
      ['y', 'valid'],
    ]);
  });

  it('says so when nobody ever wrote what was read', () => {
    const history = written([
      [1, 'invoke', 'read', null],
      [1, 'ok', 'read', 9],
    ]);
    expect(checkLinearizable(history, register()).reason).toBe(
      "c1's read that returned 9 (invoked at 0 µs, completed at 100 ms) has no place: " +
        'at the start of the window the register was absent. No operation leads from there to a state that fits.',
    );
  });

  it('finds a lost update: two cas from the same value', () => {
    const history = written([
      [1, 'invoke', 'cas', [0, 1]],
      [2, 'invoke', 'cas', [0, 2]],
      [1, 'ok', 'cas', [0, 1]],
      [2, 'ok', 'cas', [0, 2]],
    ]);
    const { operations, partitions } = checkLinearizable(history, casRegister(0));
    expect(operations).toEqual([0, 1]);
    expect(partitions).toMatchObject([
      {
        verdict: 'invalid',
        window: {
          start: 0,
          minimal: true,
          places: [
            "after c1's cas from 0 to 1, which ran at the same time, the register held 1",
            "if it goes earlier, c1's cas from 0 to 1 has no place: after c2's cas from 0 to 2, which ran at the same time, the register held 2",
          ],
        },
      },
    ]);
  });
});

describe('operations without a known outcome', () => {
  it('may have happened long after they were given up', () => {
    const history = written([
      [1, 'invoke', 'write', 1],
      [1, 'info', 'write', null],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', null],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 1],
    ]);
    expect(checkLinearizable(history, register()).verdict).toBe('valid');
  });

  it('happen at most once', () => {
    const history = written([
      [1, 'invoke', 'write', 1],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 1],
      [2, 'invoke', 'write', 2],
      [2, 'ok', 'write', 2],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 1],
    ]);
    expect(checkLinearizable(history, register()).verdict).toBe('invalid');
  });

  it('did not happen when they failed', () => {
    const history = written([
      [1, 'invoke', 'write', 1],
      [1, 'fail', 'write', null],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 1],
    ]);
    expect(checkLinearizable(history, register()).verdict).toBe('invalid');
  });
});

describe('bounds', () => {
  it('make the verdict unknown and say how far the search came', () => {
    const history = longHistory({ operations: 200, processes: 8 });
    const { verdict, reason, partitions } = checkLinearizable(history, register(), { engine: 'wgl', maxSteps: 150 });
    expect(verdict).toBe('unknown');
    expect(reason).toMatch(/^the search stopped at its bound of 150 steps: it had explained \d+ of 200 completions$/);
    expect(partitions).toMatchObject([{ verdict: 'unknown', returned: 200 }]);
  });

  it.each(['auto', 'wgl', 'fast'] as const)('of time stop %s, which says what it had covered', (engine) => {
    const history = longHistory({ operations: 20_000, processes: 8 });
    let asked = 0;
    const { verdict, reason } = checkLinearizable(history, register(), {
      engine,
      deadline: () => asked++ > 0 || engine === 'auto',
    });
    expect(verdict).toBe('unknown');
    expect(reason).toMatch(/^the search stopped at its deadline: it had explained \d+ of 20000 completions$/);
  });

  it.each(['wgl', 'fast'] as const)('of memory stop %s', (engine) => {
    const history = longHistory({ operations: 20_000, processes: 8 });
    const { reason } = checkLinearizable(history, register(), { engine, maxMemory: 1_000 });
    expect(reason).toMatch(
      /^the search stopped at its bound of 1000 bytes: it had explained \d+ of 20000 completions$/,
    );
  });

  it('are told the progress towards them', () => {
    const history = longHistory({ operations: 20_000, processes: 4 });
    const told: number[] = [];
    const onProgress = ({ covered }: LinearizabilityProgress) => told.push(covered);
    expect(checkLinearizable(history, register(), { engine: 'fast', onProgress }).verdict).toBe('valid');
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
  });

  it('are positive integers', () => {
    expect(() => checkLinearizable([], register(), { maxSteps: 0 })).toThrow(RangeError);
    expect(() => checkLinearizable([], register(), { maxSteps: 1.5 })).toThrow('found 1.5');
  });

  it('do not weaken the verdict when only the narrowing of the window reaches them', () => {
    const history = longHistory({ operations: 300, processes: 1, staleAt: 250 });
    let asked = 0;
    const deadline = () => asked++ > 0; // the first question comes before the search, which is over before the next
    const [part] = checkLinearizable(history, register(), { engine: 'wgl', deadline }).partitions;
    expect(part).toMatchObject({ verdict: 'invalid', window: { minimal: false, culprit: { f: 'read', result: 0 } } });
  });
});

describe('long histories', () => {
  it('give away one planted stale read among 5,000 operations', () => {
    const history = longHistory({ operations: 5_000, processes: 5, staleAt: 4_000 });
    const { verdict, partitions } = checkLinearizable(history, register());
    expect(verdict).toBe('invalid');
    const [part] = partitions;
    if (part?.verdict !== 'invalid') return;
    expect(part.window.minimal).toBe(true);
    expect(part.window.operations).toHaveLength(2);
    expect(part.window.culprit).toMatchObject({ f: 'read', result: 0 });
  });

  it.each([1, 4])(
    'of 100,000 operations by %i processes pass without deep recursion',
    { timeout: 20_000 },
    (processes) => {
      const history = longHistory({ operations: 100_000, processes });
      expect(checkLinearizable(history, register()).verdict).toBe('valid');
    },
  );

  it.each([
    { seen: [null, 7, 7], verdict: 'valid' },
    { seen: [null, 7, null], verdict: 'invalid' },
  ])('with a write that takes as long as 1,000 others: reads of $seen are $verdict', ({ seen, verdict }) => {
    const others: Line[] = Array.from({ length: 1_000 }, (_, place): Line[] => [
      [2, 'invoke', 'cas', [place, place]],
      [2, 'ok', 'cas', false],
    ]).flat();
    const reads = seen.map((value): Line[] => [
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', value],
    ]);
    const history = written([
      [1, 'invoke', 'write', 7],
      ...reads[0]!,
      ...others.slice(0, 10),
      ...reads[1]!,
      ...others.slice(20),
      [3, 'invoke', 'write', 7],
      ...reads[2]!,
      [1, 'ok', 'write', 7],
      [3, 'ok', 'write', 7],
    ]);
    expect(checkLinearizable(history, casRegister()).verdict).toBe(verdict);
  });

  it('are judged the same way each time', () => {
    const history = longHistory({ operations: 500, processes: 6, staleAt: 400 });
    expect(checkLinearizable(history, register())).toEqual(checkLinearizable(history, register()));
  });
});

describe('a history that cannot be', () => {
  const cases: readonly (readonly [string, readonly Line[], number, string])[] = [
    [
      'completes what nobody invoked',
      [[1, 'ok', 'read', 1]],
      0,
      'history line 0: expected an invocation by process 1 first, found a completion (ok) of read',
    ],
    [
      'has a process invoke twice',
      [
        [1, 'invoke', 'read', null],
        [1, 'invoke', 'write', 1],
      ],
      1,
      'history line 1: expected a completion of read (operation 0) by process 1, found an invocation of write',
    ],
    [
      'completes another function than it invoked',
      [
        [1, 'invoke', 'read', null],
        [1, 'ok', 'write', 1],
      ],
      1,
      'history line 1: expected a completion of read (operation 0) by process 1, found one of write (operation 0) by process 1',
    ],
    [
      'calls what the model does not know',
      [[1, 'invoke', 'dequeue', null]],
      0,
      'history line 0: expected one of read, write, cas, found dequeue',
    ],
    [
      'has a cas without a pair',
      [[1, 'invoke', 'cas', 3]],
      0,
      'history line 0: expected [from, to] as the argument of cas, found 3',
    ],
  ];

  it.each(cases)('%s', (_, lines, index, message) => {
    const check = () => checkLinearizable(written(lines), casRegister());
    expect(check).toThrow(HistoryError);
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ index }));
  });

  it('reuses an operation id', () => {
    const [call, completion] = written([
      [1, 'invoke', 'write', 1],
      [1, 'ok', 'write', 1],
    ]);
    const again: History = [call!, completion!, { ...call!, index: 2 }];
    expect(() => checkLinearizable(again, register())).toThrow(
      'expected an operation id of its own, found 0, used before',
    );
  });

  it('is out of order', () => {
    const lines = written([
      [1, 'invoke', 'write', 1],
      [1, 'ok', 'write', 1],
    ]);
    expect(() => checkLinearizable(lines.toReversed(), register())).toThrow(
      'expected an invocation by process 1 first',
    );
    expect(() => checkLinearizable([lines[0]!, { ...lines[1]!, index: 0 }], register())).toThrow(
      'history line 0: expected an index above 0, found 0',
    );
  });

  it('has no key where the model needs one', () => {
    const check = (lines: readonly Line[]) => () => checkLinearizable(written(lines), keyValue());
    expect(check([[1, 'invoke', 'write', 1]])).toThrow('expected [key, value] as the argument, found 1');
    expect(
      check([
        [1, 'invoke', 'read', ['x', null]],
        [1, 'ok', 'read', ['y', 1]],
      ]),
    ).toThrow('expected ["x", value] as the result, found ["y",1]');
  });
});

describe('the key-value model', () => {
  it('keeps the keys 1 and "1" apart', () => {
    const history = written([
      [1, 'invoke', 'write', [1, 'a']],
      [1, 'ok', 'write', [1, 'a']],
      [1, 'invoke', 'read', ['1', null]],
      [1, 'ok', 'read', ['1', null]],
    ]);
    expect(checkLinearizable(history, keyValue()).partitions.map(({ key }) => key)).toEqual(['1', '"1"']);
  });

  it('compares values whatever the order of their properties', () => {
    const history = written([
      [1, 'invoke', 'write', ['x', { a: 1, b: [2] }]],
      [1, 'ok', 'write', null],
      [1, 'invoke', 'read', ['x', null]],
      [1, 'ok', 'read', ['x', { b: [2], a: 1 }]],
    ]);
    expect(checkLinearizable(history, keyValue()).verdict).toBe('valid');
  });
});

it('serves scenarios as a check', () => {
  const check = linearizable(register());
  expect(check.name).toBe('linearizable register');
  expect(check.judge([])).toEqual([]);
});

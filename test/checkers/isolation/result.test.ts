// What the isolation check takes and gives: malformed input, operations of unknown outcome, doubt, explanations, pictures.
import { describe, expect, it } from 'vitest';
import {
  checkIsolation,
  checkWeakIsolation,
  drawCycle,
  HistoryError,
  isolation,
  isolationModels,
  type IsolationModel,
} from '../../../checkers/index.ts';
import { drawBoundary, impliedModels } from '../../../checkers/isolation/models.ts';
import type { History, HistoryEvent } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { record, together } from './written-transactions.ts';

const event = (index: number, type: HistoryEvent['type'], value: Json): HistoryEvent => {
  return { index, time: index, process: 0, type, f: 'txn', value, client: 'c0', operation: 0 };
};

describe('a malformed micro-operation', () => {
  const bad: readonly Json[] = [['r'], ['append', 'x'], ['delete', 'x', 1], ['r', 'x', 1, 2], 7, { f: 'r' }, null];

  it.each(bad)('such as %j names its line', (micro) => {
    const history = [event(3, 'invoke', [['append', 'x', 1]]), event(8, 'ok', [['append', 'x', 1], micro])];
    expect(() => checkIsolation(history)).toThrow(HistoryError);
    expect(() => checkIsolation(history)).toThrow(/line 8: expected a micro-operation/);
  });

  it('of an operation that never completed names its invocation', () => {
    expect(() => checkIsolation([event(3, 'invoke', [['push', 'x', 1]])])).toThrow(/line 3/);
  });

  it('is also a list that is none, a write among appends, and a list read that is no list', () => {
    expect(() => checkIsolation([event(0, 'invoke', 'x')])).toThrow(/expected a list of micro-operations, found "x"/);
    expect(() =>
      checkIsolation([
        event(0, 'invoke', [
          ['append', 'x', 1],
          ['w', 'x', 2],
        ]),
      ]),
    ).toThrow(HistoryError);
    const history = [event(0, 'invoke', [['r', 'x', null]]), event(1, 'ok', [['r', 'x', 5]])];
    expect(() => checkIsolation(history, { workload: 'list-append' })).toThrow(/expected a list or null/);
    expect(() => checkWeakIsolation(together('append x 1'), 'causal')).toThrow(HistoryError);
  });

  it('is not a model that does not exist, which is an error of the caller', () => {
    expect(() => checkIsolation([], { model: 'best' as IsolationModel })).toThrow(RangeError);
  });
});

describe('an operation of unknown outcome', () => {
  it('counts if somebody read what it wrote, whether it is info or pending', () => {
    for (const type of ['info', 'pending'] as const) {
      const result = checkIsolation(together({ text: 'append x 1, append y 1', type }, 'r x [1], r y []'));
      expect(result.anomalies.map(({ name }) => name)).toEqual(['G-single-item']);
      expect(result.transactions).toBe(2);
    }
  });

  it('does not count otherwise', () => {
    const result = checkIsolation(together({ text: 'append x 1', type: 'info' }, 'append x 2', 'r x [2]'));
    expect(result).toMatchObject({ verdict: 'valid', transactions: 2, anomalies: [] });
  });

  it('alone leaves nothing to judge', () => {
    const result = checkIsolation(together({ text: 'append x 1', type: 'info' }));
    expect(result).toMatchObject({ verdict: 'unknown', reason: 'no transaction completed: there is nothing to judge' });
    expect(isolation().judge(together({ text: 'append x 1', type: 'info' }))).toHaveLength(1);
  });
});

describe('the verdict', () => {
  it('is unknown if a value was written twice, so that nobody knows who wrote it', () => {
    expect(checkIsolation(together('append x 1', 'append x 1', 'r x [1]')).verdict).toBe('unknown');
    expect(checkIsolation(together('w x 1', 'w x 1', 'r x 1')).reason).toMatch(/both wrote 1 to x/);
  });

  it('is not in doubt if the first write of a value failed and was repeated', () => {
    const result = checkIsolation(together({ text: 'append x 1', type: 'fail' }, 'append x 1', 'r x [1]'));
    expect(result.verdict).toBe('valid');
  });

  it('depends on the model; what was found and what is ruled out does not', () => {
    const skew = together('r x [], append y 1', 'r y [], append x 1');
    const strict = checkIsolation(skew);
    const snapshot = checkIsolation(skew, { model: 'snapshot-isolation' });
    expect([strict.verdict, snapshot.verdict]).toEqual(['invalid', 'valid']);
    expect(snapshot.anomalies.map(({ name }) => name)).toEqual(strict.anomalies.map(({ name }) => name));
    expect(snapshot.strongest).toEqual(['update-serializable', 'strong-snapshot-isolation']);
    expect(strict.not).toEqual(['repeatable-read']);
    expect(strict.alsoNot).toEqual(['serializable', 'strong-session-serializable', 'strict-serializable']);
  });

  it('is unknown for strict serializability without real time, and never invalid by the order of the file', () => {
    const stale = record(
      [
        { value: [['append', 'x', 1]], type: 'ok', process: 0 },
        { value: [['r', 'x', []]], type: 'ok', process: 1 },
      ],
      [
        [0, 'invoke'],
        [0, 'complete'],
        [1, 'invoke'],
        [1, 'complete'],
      ],
    );
    expect(checkIsolation(stale).verdict).toBe('invalid');
    expect(checkIsolation(stale, { realtime: false }).verdict).toBe('unknown');
    expect(checkIsolation(stale, { realtime: false, model: 'serializable' }).verdict).toBe('valid');
  });

  it('holds for keys and elements of any kind, and keeps the number 1 apart from the text "1"', () => {
    const value = (micros: readonly Json[]) => ({ value: micros, type: 'ok' as const, process: 0 });
    const run = (micros: readonly Json[]): History =>
      record(
        [value(micros)],
        [
          [0, 'invoke'],
          [0, 'complete'],
        ],
      );
    const key = { table: 'a', row: 1 };
    expect(
      checkIsolation(
        run([
          ['append', key, [1]],
          ['r', { row: 1, table: 'a' }, [[1]]],
        ]),
      ).verdict,
    ).toBe('valid');
    expect(
      checkIsolation(
        run([
          ['w', 'x', 1],
          ['r', 'x', '1'],
        ]),
      ).verdict,
    ).toBe('invalid');
    expect(
      checkIsolation(
        run([
          ['w', 1, 1],
          ['r', '1', null],
        ]),
      ).verdict,
    ).toBe('valid');
  });
});

describe('a cycle', () => {
  const skew = together('r x [], append y 1', 'r y [], append x 1');
  const { cycle, reason } = checkIsolation(skew).anomalies[0]!;

  it('is told in words', () => {
    expect(reason).toBe(
      [
        'G2-item (write skew), transactions missed writes of each other in a circle:',
        '  T1 = operation 0 of process 0: r x [], append y 1',
        '  T2 = operation 1 of process 1: r y [], append x 1',
        "  T1 read x = [], which lacks T2's append of 1, so T1 precedes T2 (rw).",
        "  T2 read y = [], which lacks T1's append of 1, so T2 precedes T1 (rw).",
        '  So T1 would precede itself.',
      ].join('\n'),
    );
  });

  it('is a shortest one of its kind', () => {
    expect(cycle).toMatchObject({ form: 'write skew', minimal: true });
    expect(cycle!.steps.map(({ from, to, type }) => [from, to, type])).toEqual([
      ['T1', 'T2', 'rw'],
      ['T2', 'T1', 'rw'],
    ]);
  });

  it('is drawn with all text escaped', () => {
    const nasty = '<script>&"\u0001';
    const history = record(
      [
        {
          value: [
            ['r', nasty, []],
            ['append', 'y', nasty],
          ],
          type: 'ok',
          process: 0,
        },
        {
          value: [
            ['r', 'y', []],
            ['append', nasty, 1],
          ],
          type: 'ok',
          process: 1,
        },
      ],
      [
        [0, 'invoke'],
        [1, 'invoke'],
        [0, 'complete'],
        [1, 'complete'],
      ],
    );
    const svg = drawCycle(checkIsolation(history).anomalies[0]!.cycle!);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('\u0001');
    expect(svg).toContain('&lt;script&gt;&amp;&quot;');
    expect(svg.match(/<path d="M[^"]*" fill="none"/g)).toHaveLength(2);
  });

  it('among many is the same each time', () => {
    const again = checkIsolation(skew);
    expect(again).toEqual(checkIsolation(skew));
  });
});

describe('the models', () => {
  it('form a lattice with read uncommitted at the bottom and strict serializability at the top', () => {
    for (const model of isolationModels) expect(impliedModels(model)).toContain('read-uncommitted');
    expect([...impliedModels('strict-serializable')].toSorted()).toEqual([...isolationModels].toSorted());
    expect(drawBoundary([])).toEqual({ not: [], alsoNot: [], strongest: ['strict-serializable'] });
    expect(drawBoundary(['G0'])).toMatchObject({ not: ['read-uncommitted'], strongest: [] });
  });
});

describe('a large circle', () => {
  /** Transaction i reads key i before transaction i + 1 appends to it; the last one closes the circle. */
  const ring = (size: number): History =>
    together(...Array.from({ length: size }, (_, i) => `r k${i} [], append k${(i + size - 1) % size} ${i}`));

  it(
    'of 20,000 anti-dependencies is found and told apart from worse ones, without a bound on time',
    { timeout: 30_000 },
    () => {
      const result = checkIsolation(ring(20_000));
      expect(result.anomalies.map(({ name }) => name)).toEqual(['G2-item']);
      expect(result.anomalies[0]!.cycle!.transactions).toHaveLength(20_000);
    },
  );
});

describe('a deadline', () => {
  const skews = together('r x [], append y 1', 'r y [], append x 1', 'r u [], append v 1', 'r v [], append u 1');

  /** Is over when it was asked this many times. */
  const after = (questions: number): (() => boolean) => {
    let asked = 0;
    return () => asked++ >= questions;
  };

  it('leaves a doubt that says how far the check came', () => {
    for (const [questions, words] of [
      [0, 'and not searched for cycles'],
      [2, 'and 0 of their 2 cyclic components searched'],
      [5, 'and 0 of their 2 cyclic components searched'], // within the first
    ] as const) {
      const { verdict, reason, anomalies } = checkIsolation(skews, { deadline: after(questions) });
      expect({ verdict, anomalies }).toEqual({ verdict: 'unknown', anomalies: [] });
      expect(reason).toMatch(/^the time was up: \d+ dependencies and precedences between 4 transactions were found, /);
      expect(reason).toContain(words);
    }
  });

  it('takes back nothing that was found before it, and changes nothing when it never comes', () => {
    const found = checkIsolation(skews, { deadline: after(8) });
    expect(found).toMatchObject({ verdict: 'invalid', anomalies: [{ name: 'G2-item', count: 1 }] });
    expect(checkIsolation(skews, { deadline: () => false })).toEqual(checkIsolation(skews));
  });
});

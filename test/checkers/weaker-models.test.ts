// Models weaker than linearizability: sequential consistency against its definition, and the session guarantees.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLinearizable,
  checkSequential,
  checkSessions,
  pairOperations,
  register,
  type Operation,
} from '../../checkers/index.ts';
import { arbitraryHistory } from './arbitrary-history.ts';
import { workloads } from './workloads.ts';
import { written } from './written-history.ts';

describe('sequential consistency', () => {
  it.each(workloads.filter(({ model }) => model.partition === undefined))(
    'of a $model.name is what the definition says',
    (workload) => {
      const { model } = workload;
      const seen = { valid: 0, invalid: 0, unknown: 0 };
      fc.assert(
        fc.property(arbitraryHistory(workload), (history) => {
          const { verdict } = checkSequential(history, model);
          seen[verdict] += 1;
          const happened = pairOperations(history).filter(({ type }) => type !== 'fail');
          const clients = new Set(happened.map(({ client }) => client));
          const lanes = [...clients].map((client) => happened.filter((operation) => operation.client === client));
          expect(verdict).toBe(hasSequentialOrder(lanes, model.init, model) ? 'valid' : 'invalid');
          if (checkLinearizable(history, model).verdict === 'valid' && happened.every(({ type }) => type === 'ok')) {
            expect(verdict).toBe('valid');
          }
        }),
        { numRuns: 2_000, seed: 3 },
      );
      expect(seen.valid).toBeGreaterThan(300);
      expect(seen.invalid).toBeGreaterThan(100);
    },
  );

  it('lets a read be stale, and its bound makes the verdict unknown', () => {
    const history = written([
      [1, 'invoke', 'write', 1],
      [1, 'ok', 'write', 1],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', null],
    ]);
    expect(checkLinearizable(history, register()).verdict).toBe('invalid');
    expect(checkSequential(history, register())).toMatchObject({ verdict: 'valid', order: [1, 0] });
    expect(checkSequential(history, register(), { maxSteps: 1 }).verdict).toBe('unknown');
  });
});

function hasSequentialOrder<State>(
  lanes: readonly (readonly Operation[])[],
  state: State,
  model: (typeof workloads)[number]['model'],
): boolean {
  if (lanes.every((lane) => lane.length === 0)) return true;
  return lanes.some((lane, index) => {
    const [first] = lane;
    if (first === undefined) return false;
    const rest = lanes.with(index, lane.slice(1));
    if (first.type === 'info' && hasSequentialOrder(rest, state, model)) return true;
    const step = model.step(state as never, first);
    return step.type === 'next' && hasSequentialOrder(rest, step.state, model);
  });
}

describe('session guarantees', () => {
  const write = (process: number, value: number) =>
    [
      [process, 'invoke', 'write', value],
      [process, 'ok', 'write', value],
    ] as const;
  const read = (process: number, value: number | null) =>
    [
      [process, 'invoke', 'read', null],
      [process, 'ok', 'read', value],
    ] as const;

  it.each([
    ['read your writes', [...write(1, 7), ...read(1, null)], [0, 1]],
    ['monotonic reads', [...write(1, 7), ...read(2, 7), ...read(2, null)], [1, 2]],
    ['monotonic writes', [...write(1, 7), ...write(1, 8), ...read(2, 8), ...read(2, 7)], [2, 3, 1]],
    [
      'writes follow reads',
      [...write(1, 7), ...read(2, 7), ...write(2, 8), ...read(3, 8), ...read(3, 7)],
      [3, 4, 1, 2],
    ],
  ] as const)('%s: a violation names what proves it', (guarantee, lines, operations) => {
    expect(checkSessions(written(lines))).toMatchObject([{ guarantee, operations }]);
  });

  it('hold for every linearizable history', () => {
    const lines = [
      ...write(1, 7),
      ...read(2, 7),
      ...write(2, 8),
      ...read(3, 8),
      ...read(1, 8),
      ...write(1, 9),
      ...read(3, 9),
    ];
    expect(checkSessions(written(lines))).toEqual([]);
  });

  it('need values that are written once', () => {
    expect(() => checkSessions(written([...write(1, 7), ...write(2, 7)]))).toThrow('a value of its own');
  });
});

// How to write a model of one's own: a register that keeps the greatest number ever written to it.
import { describe, expect, it } from 'vitest';
import { checkLinearizable, priorityQueue, register, type Model } from '../../../checkers/index.ts';
import { written } from '../written-history.ts';

/** `write` of a number, `read` returns the greatest of them, 0 before the first. */
const maxRegister: Model<number> = {
  name: 'max-register',
  init: 0,
  step: (state, { f, value, result, type }) => {
    if (f === 'write') return { type: 'next', state: Math.max(state, value as number) };
    if (type === 'info' || result === state) return { type: 'next', state };
    return { type: 'refused', reason: () => `the greatest was ${state}` };
  },
  key: String,
  observes: ({ f }) => f === 'read',
  describe: ({ f, value, result }) =>
    f === 'read' ? `read of ${JSON.stringify(result)}` : `write of ${JSON.stringify(value)}`,
  fault: ({ f }) => (f === 'read' || f === 'write' ? undefined : { expected: 'read or write', found: f }),
};

describe('a model that somebody else wrote', () => {
  it('judges histories, and its words tell what is wrong', () => {
    const history = (read: number) =>
      written([
        [1, 'invoke', 'write', 5],
        [1, 'ok', 'write', 5],
        [1, 'invoke', 'write', 3],
        [1, 'ok', 'write', 3],
        [2, 'invoke', 'read', null],
        [2, 'ok', 'read', read],
      ]);
    expect(checkLinearizable(history(5), maxRegister).verdict).toBe('valid');
    const { verdict, reason } = checkLinearizable(history(3), maxRegister);
    expect(verdict).toBe('invalid');
    expect(reason).toContain("c2's read of 3");
    expect(reason).toContain('the greatest was 5');
  });

  it('is not taken for one of ours that has its name, or that it was made of', () => {
    // the greatest stays: a register whose values are all different would answer 3
    const history = written([
      [1, 'invoke', 'write', 5],
      [1, 'ok', 'write', 5],
      [1, 'invoke', 'write', 3],
      [1, 'ok', 'write', 3],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 5],
    ]);
    expect(checkLinearizable(history, register(0)).verdict).toBe('invalid');
    for (const model of [{ ...maxRegister, name: 'register' }, { ...register(0), ...maxRegister } as Model<number>]) {
      for (const engine of ['auto', 'fast', 'wgl'] as const) {
        expect(checkLinearizable(history, model, { engine }).verdict).toBe('valid');
      }
    }
  });

  it('may begin in another state than ours', () => {
    const history = written([
      [1, 'invoke', 'poll', null],
      [1, 'ok', 'poll', 4],
    ]);
    expect(checkLinearizable(history, priorityQueue()).verdict).toBe('invalid');
    expect(checkLinearizable(history, { ...priorityQueue(), init: [4] }).verdict).toBe('valid');
  });
});

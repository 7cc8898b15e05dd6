// Every anomaly planted by hand: each checker finds it, says how sure it is, and names the operations that prove it.
import { describe, expect, it } from 'vitest';
import { checkers, findChecker, findModel, models } from '../../../checkers/index.ts';
import { planted as plantedElements, told } from './planted-cases.ts';
import { plantedLogs } from './planted-logs.ts';

const planted = [...plantedElements, ...plantedLogs];

describe('a planted anomaly', () => {
  it.each(planted)(
    '$checker: $reason',
    ({ checker: name, options = {}, verdict = 'invalid', reason, operations, steps }) => {
      const history = told(steps);
      const checker = findChecker(name);
      const result = checker.result(history, options);
      expect(result.reason).toContain(reason);
      expect(result.verdict).toBe(verdict);
      expect(result.operations).toEqual(operations);
      const outcomes = checker.make(options).judge(history);
      expect(outcomes.some((outcome) => outcome.verdict === verdict)).toBe(true);
    },
  );

  it.each(Object.keys(checkers))('is there for the checker %s, which also has nothing against its absence', (name) => {
    if (name !== 'elle') expect(planted.map(({ checker }) => checker)).toContain(name);
    expect(findChecker(name).make().about).toMatch(/\.$/);
  });
});

describe('what the names of checkers and models do not allow', () => {
  it.each([
    [() => findChecker('sets'), 'checker: expected one of linearizable, lock, set, set-full'],
    [() => findModel('toString'), 'model: expected one of register, cas-register'],
    [
      () => findChecker('bank').make({ totel: 3 }),
      'bank: expected one of its options (total, accounts, mayBeNegative), found totel',
    ],
    [() => findChecker('bank').make({ total: '3' }), 'bank total: expected a number, found "3"'],
    [
      () => findChecker('bank').result(told([[1, 'read', null, 3]])),
      'expected balances by account as the result of read',
    ],
    [() => findChecker('counter').result(told([[1, 'add', 'x', null]])), 'expected a number to add, found "x"'],
    [() => findChecker('long-fork').result(told([[1, 'read', null, [['r', 1]]]])), 'expected ["r", key, value]'],
    [
      () => findChecker('set').result(told([[1, 'read', null, 3]])),
      'expected a list of elements as the result of read',
    ],
  ])('is refused: %#', (act, message) => {
    expect(act).toThrow(message);
  });

  it('leaves every model that has a name with an instance', () => {
    for (const make of Object.values(models)) expect(make().name).not.toBe('');
  });
});

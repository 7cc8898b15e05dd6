// The weaker models by name: a history that is not linearizable may still be sequential, and one that breaks a session's
// expectations is neither.
import { describe, expect, test } from 'vitest';
import { checkLinearizable, findChecker, register } from '../../checkers/index.ts';
import type { History, HistoryEventType, Json } from '../../sim/index.ts';

/** Operations one after another: process, function, value. */
function history(...operations: readonly (readonly [process: number, f: string, value: Json])[]): History {
  return operations.flatMap(([process, f, value], id) => {
    const event = (index: number, type: HistoryEventType, of: Json) => ({
      index,
      time: index,
      process,
      type,
      f,
      value: of,
      client: `c${process}`,
      operation: id,
    });
    return [event(2 * id, 'invoke', f === 'read' ? null : value), event(2 * id + 1, 'ok', value)];
  });
}

const stale = history([1, 'write', 1], [2, 'write', 2], [1, 'read', 1]);
const backwards = history([1, 'write', 1], [1, 'write', 2], [2, 'read', 2], [2, 'read', 1]);

describe('by name', () => {
  test('sequential accepts a stale read that linearizability refuses', () => {
    expect(checkLinearizable(stale, register()).verdict).toBe('invalid');
    expect(findChecker('sequential').result(stale).verdict).toBe('valid');
    expect(findChecker('sequential').make({ model: 'register' }).judge(stale)).toEqual([]);
  });

  test('sequential and sessions refuse a client that sees writes go back', () => {
    expect(findChecker('sequential').result(backwards).verdict).toBe('invalid');
    const { verdict, reason, operations } = findChecker('sessions').result(backwards);
    expect(verdict).toBe('invalid');
    expect(reason).toMatch(/^monotonic writes: c2 read 2, then /);
    expect(operations).toEqual(expect.arrayContaining([2, 3]));
    expect(findChecker('sessions').make().judge(backwards)).toHaveLength(1);
  });

  test('bounds give unknown, and options are validated', () => {
    expect(findChecker('sequential').result(backwards, { maxSteps: 1 }).verdict).toBe('unknown');
    expect(() => findChecker('sessions').make({ keyed: 'yes' })).toThrow('sessions keyed: expected a boolean');
    expect(() => findChecker('sequential').result(stale, { model: 'anvil' })).toThrow(
      'model: expected one of register',
    );
  });
});

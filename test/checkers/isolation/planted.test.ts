// Every anomaly planted by hand: it is found, named, told with the operations that prove it, and rules out what it should.
import { describe, expect, it } from 'vitest';
import {
  checkIsolation,
  type AnomalyName,
  type IsolationModel,
  type IsolationOptions,
} from '../../../checkers/index.ts';
import type { History } from '../../../sim/history.ts';
import { beside, inTurn, together } from './written-transactions.ts';

interface Plant {
  readonly says: string;
  readonly history: History;
  readonly names: readonly AnomalyName[];
  /** The weakest models that are ruled out. */
  readonly not: readonly IsolationModel[];
  readonly options?: IsolationOptions;
}

const ofSession = (text: string) => ({ text, process: 9 });

const lists: readonly Plant[] = [
  {
    says: 'writes in opposite orders',
    history: together('append x 1, append y 1', 'append x 2, append y 2', 'r x [1 2], r y [2 1]'),
    names: ['G0'],
    not: ['read-uncommitted'],
  },
  {
    says: 'a read of what a failed transaction appended',
    history: together({ text: 'append x 1', type: 'fail' }, 'r x [1]'),
    names: ['G1a'],
    not: ['read-committed'],
  },
  {
    says: 'a committed append after a failed one',
    history: together({ text: 'append x 1', type: 'fail' }, 'append x 2', 'r x [1 2]'),
    names: ['dirty-update', 'G1a'],
    not: ['read-committed'],
  },
  {
    says: 'a read between two appends of one transaction',
    history: together('append x 1, append x 2', 'r x [1]'),
    names: ['G1b', 'G-single-item'],
    not: ['read-committed'],
  },
  {
    says: 'two transactions that read from each other',
    history: together('append x 1, r y [1]', 'append y 1, r x [1]'),
    names: ['G1c'],
    not: ['read-committed'],
  },
  {
    says: 'a read of only half of a transaction',
    history: together('append x 1, append y 1', 'r x [1], r y []'),
    names: ['G-single-item'],
    not: ['consistent-view', 'repeatable-read'],
  },
  {
    says: 'a long fork',
    history: together('append x 1', 'append y 1', 'r x [1], r y []', 'r x [], r y [1]'),
    names: ['G-nonadjacent-item'],
    not: ['repeatable-read', 'snapshot-isolation'],
  },
  {
    says: 'a write skew',
    history: together('r x [], append y 1', 'r y [], append x 1'),
    names: ['G2-item'],
    not: ['repeatable-read'],
  },
  {
    says: 'two updates of one version',
    history: together('r x [], append x 1', 'r x [], append x 2', 'r x [1 2]'),
    names: ['lost-update', 'G-single-item'],
    not: ['cursor-stability', 'update-atomic'],
  },
  {
    says: 'a transaction that does not see its own append',
    history: together('append x 1, r x []'),
    names: ['internal'],
    not: ['read-atomic'],
  },
  {
    says: 'a transaction that sees its own append too soon',
    history: together('r x [1], append x 1'),
    names: ['future-read'],
    not: ['read-committed'],
  },
  {
    says: 'an element twice in a list',
    history: together('append x 1', 'r x [1 1]'),
    names: ['duplicate-elements'],
    not: ['read-uncommitted'],
  },
  {
    says: 'reads in contradictory orders',
    history: together('append x 1', 'append x 2', 'r x [1 2]', 'r x [2]'),
    names: ['incompatible-order'],
    not: ['read-committed'],
  },
  {
    says: 'an element that nobody appended',
    history: together('append x 1', 'r x [1 7]'),
    names: ['garbage-read'],
    not: ['read-uncommitted'],
  },
];

const orders: readonly Plant[] = [
  {
    says: 'a session that misses its own write',
    history: inTurn({ text: 'append x 1', process: 4 }, { text: 'r x []', process: 4 }),
    names: ['G-single-item-process'],
    not: ['strong-session-snapshot-isolation'],
  },
  {
    says: 'a stale read by another session',
    history: inTurn('append x 1', 'r x []', 'r x [1]'),
    names: ['G-single-item-realtime'],
    not: ['strong-snapshot-isolation'],
  },
  {
    says: 'writes that a session made in one order and the list shows in the other',
    history: inTurn({ text: 'append x 1', process: 4 }, { text: 'append x 2', process: 4 }, 'r x [2 1]'),
    names: ['G0-process'],
    not: ['strong-session-read-uncommitted'],
  },
  {
    says: 'writes that took effect in the order opposite to real time',
    history: inTurn('append x 1', 'append x 2', 'r x [2 1]'),
    names: ['G0-realtime'],
    not: ['strong-read-uncommitted'],
  },
  {
    says: 'a read of what is written only later in the session',
    history: inTurn({ text: 'r x [1]', process: 4 }, { text: 'append x 1', process: 4 }),
    names: ['G1c-process'],
    not: ['strong-session-read-committed'],
  },
  {
    says: 'a read of what is written only later by another session',
    history: inTurn('r x [1]', 'append x 1'),
    names: ['G1c-realtime'],
    not: ['strong-read-committed'],
  },
  {
    says: 'a long fork that a session closes',
    history: beside(['r x [], r z [1]', 'append z 1'], [ofSession('append x 1'), ofSession('r z []')]),
    names: ['G-nonadjacent-item-process'],
    not: ['strong-session-snapshot-isolation'],
  },
  {
    says: 'a long fork that real time closes',
    history: beside(['r x [], r z [1]', 'append z 1'], ['append x 1', 'r z []']),
    names: ['G-nonadjacent-item-realtime'],
    not: ['strong-snapshot-isolation'],
  },
  {
    says: 'a write skew that a session closes',
    history: beside(['r x [], append y 1'], [ofSession('append x 1'), ofSession('r y []')]),
    names: ['G2-item-process'],
    not: ['strong-session-serializable'],
  },
  {
    says: 'a write skew that real time closes',
    history: beside(['r x [], append y 1'], ['append x 1', 'r y []']),
    names: ['G2-item-realtime'],
    not: ['strict-serializable'],
  },
];

const registers: readonly Plant[] = [
  {
    says: 'a read of a failed write',
    history: together({ text: 'w x 1', type: 'fail' }, 'r x 1'),
    names: ['G1a'],
    not: ['read-committed'],
  },
  {
    says: 'a read of a write that its transaction replaced',
    history: together('w x 1, w x 2', 'r x 1'),
    names: ['G1b'],
    not: ['read-committed'],
  },
  {
    says: 'a read of a value that nobody wrote',
    history: together('w x 1', 'r x 2'),
    names: ['garbage-read'],
    not: ['read-uncommitted'],
  },
  {
    says: 'reads from each other',
    history: together('w x 1, r y 1', 'w y 1, r x 1'),
    names: ['G1c'],
    not: ['read-committed'],
  },
  {
    says: 'a write skew over initial values',
    history: together('r x nil, w y 1', 'r y nil, w x 1'),
    names: ['G2-item'],
    not: ['repeatable-read'],
  },
  {
    says: 'two updates of one version',
    history: together('w x 1', 'r x 1, w x 2', 'r x 1, w x 3'),
    names: ['lost-update'],
    not: ['cursor-stability', 'update-atomic'],
  },
  {
    says: 'halves of two transactions, in no order of versions',
    history: together('w x 1, w y 1', 'w x 2, w y 2', 'r x 2, r y 1'),
    names: ['fractured-read'],
    not: ['read-atomic', 'consistent-view', 'repeatable-read'],
  },
  {
    says: 'a version older than what was read before',
    history: together('w x 1', 'r x 1, w x 2, w y 2', 'r y 2, r x 1'),
    names: ['non-monotonic-read'],
    not: ['monotonic-view', 'monotonic-atomic-view'],
  },
  {
    says: 'two different reads of one key',
    history: together('w x 1', 'w x 2', 'r x 1, r x 2'),
    names: ['internal', 'fractured-read'],
    not: ['read-atomic', 'consistent-view', 'repeatable-read'],
  },
  {
    says: 'a transaction that sees its own write too soon',
    history: together('r x 1, w x 1'),
    names: ['future-read'],
    not: ['read-committed'],
  },
  {
    says: 'an effect without its cause',
    history: beside(['r y 1, r x nil'], [ofSession('w x 1'), ofSession('w y 1')]),
    names: ['causality-violation', 'G-single-item-process'],
    not: ['strong-session-snapshot-isolation'],
  },
  {
    says: 'a session that goes back, though the order of versions is open',
    history: beside(['w x 1', 'w x 2'], [ofSession('r x 1'), ofSession('r x 2'), ofSession('r x 1')]),
    names: ['causality-violation'],
    not: ['strong-session-snapshot-isolation'],
  },
  {
    says: 'versions in a circle if keys are linearizable',
    history: inTurn('w x 1', 'w x 2', 'r x 1'),
    names: ['cyclic-versions'],
    not: ['read-uncommitted'],
    options: { linearizableKeys: true },
  },
  {
    says: 'a stale read if keys are sequential',
    history: inTurn(
      { text: 'w x 1, w y 1', process: 4 },
      { text: 'w x 2', process: 4 },
      { text: 'r x 2, r y nil', process: 5 },
    ),
    names: ['G-single-item', 'causality-violation'],
    not: ['consistent-view', 'repeatable-read'],
    options: { sequentialKeys: true },
  },
];

describe.each([
  ['lists', lists],
  ['sessions and real time', orders],
  ['registers', registers],
])('over %s', (_, plants) => {
  it.each(plants)('$says: $names', ({ history, names, not, options }) => {
    const result = checkIsolation(history, options);
    expect(result.anomalies.map(({ name }) => name)).toEqual(names);
    expect(result.not).toEqual(not);
    expect(result.verdict).toBe(names.length === 0 ? 'valid' : 'invalid');
    for (const { operations, reason, name } of result.anomalies) {
      expect(reason.startsWith(name)).toBe(true);
      if (name !== 'cyclic-versions') expect(operations.length).toBeGreaterThan(0);
    }
  });
});

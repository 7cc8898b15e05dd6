// The models with reference implementations of what they model, and with histories that no such object has.
import type { Model } from '../../../checkers/model.ts';
import { counter } from '../../../checkers/models/counter.ts';
import { fifoQueue } from '../../../checkers/models/fifo-queue.ts';
import { leaderRegister } from '../../../checkers/models/leader-register.ts';
import { fencedLock, mutex, ownedMutex, reentrantLock } from '../../../checkers/models/lock.ts';
import { priorityQueue } from '../../../checkers/models/priority-queue.ts';
import { semaphore } from '../../../checkers/models/semaphore.ts';
import { elementSet, set } from '../../../checkers/models/set.ts';
import { stack } from '../../../checkers/models/stack.ts';
import { uniqueIds } from '../../../checkers/models/unique-ids.ts';
import type { Json } from '../../../sim/protocol.ts';
import type { Reference } from './drawn-history.ts';
import {
  counterReference,
  electionReference,
  idsReference,
  listReference,
  lockReference,
  rankedReference,
  semaphoreReference,
  setReference,
} from './references.ts';
import { transactionCases } from './transaction-cases.ts';

/** Client, function, value, result: operations one after another. */
export type Told = readonly [number, string, Json, Json];

export interface ModelCase {
  readonly model: Model<Json>;
  readonly reference: Reference;
  /** What no such object answers, and in words what stood in the way. */
  readonly planted: readonly (readonly [why: string, lines: readonly Told[]])[];
}

export const modelCases: readonly ModelCase[] = [
  {
    model: fifoQueue(),
    reference: listReference('enqueue', 'dequeue', true),
    planted: [
      [
        '1 was next',
        [
          [1, 'enqueue', 1, 1],
          [1, 'enqueue', 2, 2],
          [2, 'dequeue', null, 2],
        ],
      ],
      [
        'it was empty',
        [
          [1, 'enqueue', 1, 1],
          [2, 'dequeue', null, 1],
          [3, 'dequeue', null, 1],
        ],
      ],
      [
        '1 was next',
        [
          [1, 'enqueue', 1, 1],
          [2, 'dequeue', null, null],
        ],
      ],
    ],
  },
  {
    model: stack(),
    reference: listReference('push', 'pop', false),
    planted: [
      [
        '2 was next',
        [
          [1, 'push', 1, 1],
          [1, 'push', 2, 2],
          [2, 'pop', null, 1],
        ],
      ],
    ],
  },
  {
    model: priorityQueue(),
    reference: rankedReference,
    planted: [
      [
        '6 was next',
        [
          [1, 'insert', 5, 5],
          [1, 'insert', 6, 6],
          [2, 'poll', null, 5],
        ],
      ],
      [
        '5 was next',
        [
          [1, 'insert', 5, 5],
          [1, 'insert', 6, 6],
          [2, 'delete-min', null, 6],
        ],
      ],
    ],
  },
  {
    model: priorityQueue('least'),
    reference: { calls: [['insert', 1]], make: () => () => null },
    planted: [
      [
        '5 was next',
        [
          [1, 'insert', 5, 5],
          [1, 'insert', 6, 6],
          [2, 'poll', null, 6],
        ],
      ],
    ],
  },
  {
    model: set(),
    reference: setReference,
    planted: [
      ['1 was not in the set', [[1, 'contains', 1, true]]],
      [
        '1 was in the set',
        [
          [1, 'add', 1, true],
          [2, 'add', 1, [1, true]],
        ],
      ],
      [
        'the set held [1]',
        [
          [1, 'add', 1, 1],
          [2, 'read', null, [1, 1]],
        ],
      ],
      [
        'the set held [1]',
        [
          [1, 'add', 1, 1],
          [2, 'read', null, []],
        ],
      ],
    ],
  },
  {
    model: elementSet(),
    reference: { ...setReference, calls: setReference.calls.slice(0, -1) },
    planted: [['1 was not in the set', [[1, 'remove', 1, true]]]],
  },
  {
    model: counter(),
    reference: counterReference,
    planted: [
      [
        'the counter held 3',
        [
          [1, 'add', 3, 3],
          [2, 'read', null, 2],
        ],
      ],
      [
        'the counter held 3',
        [
          [1, 'add', 3, 3],
          [2, 'add-and-get', 1, 1],
        ],
      ],
    ],
  },
  ...transactionCases,
  {
    model: mutex(),
    reference: lockReference(1, false),
    planted: [
      [
        'someone held the lock',
        [
          [1, 'acquire', null, null],
          [2, 'acquire', null, null],
        ],
      ],
      [
        'a was free',
        [
          [1, 'acquire', 'b', null],
          [1, 'release', 'a', null],
        ],
      ],
    ],
  },
  {
    model: ownedMutex(),
    reference: lockReference(1, false),
    planted: [
      [
        'c1 held a',
        [
          [1, 'acquire', 'a', 'a'],
          [2, 'release', 'a', 'a'],
        ],
      ],
      [
        'c1 held a',
        [
          [1, 'acquire', 'a', 'a'],
          [1, 'acquire', 'a', 'a'],
        ],
      ],
      [
        'c1 held a',
        [
          [1, 'acquire', 'a', 'a'],
          [2, 'write', { lock: 'a' }, null],
        ],
      ],
    ],
  },
  {
    model: reentrantLock(2),
    reference: lockReference(2, false),
    planted: [
      [
        'c1 held a 2 times over',
        [
          [1, 'acquire', 'a', null],
          [1, 'acquire', 'a', null],
          [1, 'acquire', 'a', null],
        ],
      ],
      [
        'c1 held a',
        [
          [1, 'acquire', 'a', null],
          [1, 'acquire', 'a', null],
          [1, 'release', 'a', null],
          [2, 'acquire', 'a', null],
        ],
      ],
    ],
  },
  {
    model: fencedLock(),
    reference: lockReference(1, true),
    planted: [
      [
        'token 7 had been given',
        [
          [1, 'acquire', 'a', 7],
          [1, 'release', ['a', 7], null],
          [2, 'acquire', 'a', { token: 7 }],
        ],
      ],
      ['it came without a fencing token', [[1, 'acquire', 'a', null]]],
    ],
  },
  {
    model: semaphore(2),
    reference: semaphoreReference(2),
    planted: [
      [
        '1 of 2 permits of the lock were free',
        [
          [1, 'acquire', null, true],
          [2, 'acquire', { permits: 2 }, null],
        ],
      ],
      [
        'c2 had 0 permits of the lock',
        [
          [1, 'acquire', null, true],
          [2, 'release', null, null],
        ],
      ],
    ],
  },
  {
    model: leaderRegister(),
    reference: electionReference,
    planted: [
      [
        'a in term 1 had been elected',
        [
          [1, 'elect', [1, 'a'], null],
          [2, 'elect', [1, 'b'], null],
        ],
      ],
      [
        'a in term 2 had been elected',
        [
          [1, 'elect', [2, 'a'], null],
          [2, 'elect', { term: 1, leader: 'b' }, null],
        ],
      ],
      [
        'a in term 2 led',
        [
          [1, 'elect', [2, 'a'], null],
          [2, 'read', null, 'b'],
        ],
      ],
    ],
  },
  {
    model: uniqueIds(),
    reference: idsReference,
    planted: [
      [
        'it had been given before',
        [
          [1, 'generate', null, 4],
          [2, 'generate', null, 5],
          [3, 'generate', null, 4],
        ],
      ],
    ],
  },
];

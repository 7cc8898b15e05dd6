// The models of transactions with their references, and with histories that no such object has.
import { listAppend } from '../../../checkers/models/list-append.ts';
import { multiRegister } from '../../../checkers/models/multi-register.ts';
import { predicateStore } from '../../../checkers/models/predicate-store.ts';
import type { ModelCase } from './model-cases.ts';
import { listTransactionReference, predicateReference, transactionReference } from './references.ts';

export const transactionCases: readonly ModelCase[] = [
  {
    model: listAppend(),
    reference: listTransactionReference,
    planted: [
      [
        'x was absent (or was in one of 2 other states)',
        [
          [1, 'txn', [['append', 'x', 1]], null],
          [2, 'txn', [['append', 'x', 2]], null],
          [1, 'txn', [['r', 'x', null]], [['r', 'x', [2, 1]]]],
        ],
      ],
      [
        'x was absent',
        [
          [
            1,
            'txn',
            [
              ['r', 'x', null],
              ['append', 'x', 1],
            ],
            [
              ['r', 'x', [1]],
              ['append', 'x', 1],
            ],
          ],
        ],
      ],
    ],
  },
  {
    model: predicateStore(),
    reference: predicateReference,
    planted: [
      [
        'the predicate ["=",1] held of {"x":1}',
        [
          [1, 'init', { x: 1, y: 2 }, { x: 1, y: 2 }],
          [2, 'txn', [['rp', ['=', 1], null]], [['rp', ['=', 1], {}]]],
        ],
      ],
      [
        'the predicate ":true" held of {"y":3}',
        [
          [
            1,
            'txn',
            [
              ['insert', 'x', 1],
              ['w', 'y', 3],
              ['delete', 'x'],
            ],
            null,
          ],
          [2, 'txn', [['rp', ':true', null]], [['rp', ':true', { x: 1, y: 3 }]]],
        ],
      ],
    ],
  },
  {
    model: multiRegister(),
    reference: transactionReference,
    planted: [
      [
        'y held 1',
        [
          [
            1,
            'txn',
            [
              ['w', 'x', 1],
              ['w', 'y', 1],
            ],
            null,
          ],
          [
            2,
            'txn',
            [
              ['r', 'x', null],
              ['r', 'y', null],
            ],
            [
              ['r', 'x', 1],
              ['r', 'y', null],
            ],
          ],
        ],
      ],
    ],
  },
];

// Histories with one anomaly each, and what the checkers of histories have to say about them.
import type { Json } from '../../../sim/protocol.ts';
import { written, type Line } from '../written-history.ts';

/** Client, function, value, result; operations run one after another, or at once within a list. */
export type Told = readonly [number, string, Json, Json] | readonly [number, string, Json, Json, 'info' | 'fail'];

/** The history of these steps. */
export const told = (steps: readonly (Told | readonly Told[])[]) =>
  written(
    steps.flatMap((step) => {
      const together = (typeof step[0] === 'number' ? [step] : step) as readonly Told[];
      return [
        ...together.map(([client, f, value]): Line => [client, 'invoke', f, value]),
        ...together.map(([client, f, , result, type]): Line => [client, type ?? 'ok', f, result]),
      ];
    }),
  );

export interface Planted {
  readonly checker: string;
  readonly options?: { readonly [name: string]: Json };
  readonly verdict?: 'unknown';
  readonly reason: string;
  readonly operations: readonly number[];
  readonly steps: readonly (Told | readonly Told[])[];
}

export const planted: readonly Planted[] = [
  {
    checker: 'set',
    reason: "lost: c1's add of 1 was acknowledged, but the final read by c2 lacks it",
    operations: [0, 2],
    steps: [
      [1, 'add', 1, 1],
      [1, 'add', 2, 2],
      [2, 'read', null, [2]],
    ],
  },
  {
    checker: 'set',
    reason: 'phantom: c2 read 9, that nobody added',
    operations: [0],
    steps: [[2, 'read', null, [9]]],
  },
  {
    checker: 'set',
    reason: 'phantom: c2 read 1, whose add had failed',
    operations: [0, 1],
    steps: [
      [1, 'add', 1, null, 'fail'],
      [2, 'read', null, [1]],
    ],
  },
  {
    checker: 'set',
    reason: 'duplicate: c2 read 1 2 times in one set',
    operations: [1],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, [1, 1]],
    ],
  },
  { checker: 'set', verdict: 'unknown', reason: 'nobody read the set', operations: [], steps: [[1, 'add', 1, 1]] },
  {
    checker: 'set-full',
    reason: "lost: 1, known at 100 ms, is missing in c2's read of 400 ms",
    operations: [0, 2],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, [1]],
      [2, 'read', null, []],
    ],
  },
  {
    checker: 'set-full',
    reason: "stale: 1, known at 100 ms, is missing in c2's read of 200 ms",
    operations: [0, 1],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, []],
      [2, 'read', null, [1]],
    ],
  },
  {
    checker: 'set-full',
    reason: 'duplicate: c2 read 1 2 times in one set',
    operations: [1],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, [1, 1]],
    ],
  },
  {
    checker: 'set-full',
    reason: 'phantom: c2 read 9, that nobody added',
    operations: [1],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, [1, 9]],
    ],
  },
  {
    checker: 'set-full',
    reason: 'phantom: c2 read 2, before its add',
    operations: [1, 2],
    steps: [
      [1, 'add', 1, 1],
      [2, 'read', null, [1, 2]],
      [1, 'add', 2, 2],
      [2, 'read', null, [1, 2]],
    ],
  },
  {
    checker: 'queue',
    reason: 'unexpected: c1 dequeued 1, which nobody enqueued',
    operations: [0],
    steps: [[1, 'dequeue', null, 1]],
  },
  {
    checker: 'queue',
    reason: 'unexpected: c2 dequeued 1, before any enqueue of it that may have happened',
    operations: [0, 1],
    steps: [
      [1, 'enqueue', 1, null, 'fail'],
      [2, 'dequeue', null, 1],
    ],
  },
  {
    checker: 'queue',
    reason: 'duplicated: c2 and c3 both dequeued 1, which was enqueued once',
    operations: [0, 1, 2],
    steps: [
      [1, 'enqueue', 1, 1],
      [2, 'dequeue', null, 1],
      [3, 'dequeue', null, 1],
    ],
  },
  {
    checker: 'total-queue',
    reason: 'duplicated: c2 and c2 both dequeued 1, which was enqueued once',
    operations: [0, 1, 2],
    steps: [
      [1, 'enqueue', 1, 1],
      [2, 'dequeue', null, 1],
      [2, 'drain', null, [1]],
    ],
  },
  {
    checker: 'total-queue',
    options: { mayDuplicate: true },
    reason: "lost: c1's enqueue of 2 was acknowledged, but nobody dequeued it",
    operations: [1],
    steps: [
      [1, 'enqueue', 1, 1],
      [1, 'enqueue', 2, 2],
      [2, 'drain', null, [1, 1]],
    ],
  },
  {
    checker: 'total-queue',
    verdict: 'unknown',
    reason: '1 dequeues without a result may have taken some',
    operations: [0],
    steps: [
      [1, 'enqueue', 1, 1],
      [2, 'dequeue', null, null, 'info'],
    ],
  },
  {
    checker: 'counter',
    reason: 'out-of-bounds: c2 read 4, expected 1 to 3',
    operations: [1, 2],
    steps: [
      [1, 'add', 1, 1],
      [
        [1, 'add', 2, 2],
        [2, 'read', null, 4],
      ],
    ],
  },
  {
    checker: 'counter',
    reason: 'impossible-sum: c2 read 1, which is not 0 and some of 2',
    operations: [0, 1],
    steps: [
      [
        [1, 'add', 2, 2],
        [2, 'read', null, 1],
      ],
    ],
  },
  {
    checker: 'counter',
    reason: 'backwards: c2 read 0 after c2 had read 2, and nothing was taken away',
    operations: [1, 2],
    steps: [
      [1, 'add', 2, null, 'info'],
      [2, 'read', null, 2],
      [2, 'read', null, 0],
    ],
  },
  {
    checker: 'unique-ids',
    reason: 'duplicated: c1 and c2 both got 7',
    operations: [0, 1],
    steps: [
      [1, 'generate', null, 7],
      [2, 'generate', null, 7],
    ],
  },
  {
    checker: 'bank',
    reason: 'wrong-total: c1 read a total of 9 instead of the 10 that was read at first',
    operations: [0, 1],
    steps: [
      [1, 'read', null, { a: 10, b: 0 }],
      [1, 'read', null, { a: 4, b: 5 }],
    ],
  },
  {
    checker: 'bank',
    reason: 'negative-balance: c1 read a balance of -1 in account b',
    operations: [0],
    steps: [
      [
        1,
        'read',
        null,
        [
          ['a', 11],
          ['b', -1],
        ],
      ],
    ],
  },
  {
    checker: 'bank',
    options: { accounts: ['a', 'b'], total: 1 },
    reason:
      'unexpected-account: c1 read an account c that nobody opened\nnil-balance: c1 read no balance of account c\nmissing-account: c1 read balances without account b',
    operations: [0],
    steps: [[1, 'read', null, { a: 1, c: null }]],
  },
  {
    checker: 'long-fork',
    reason: 'long-fork: c1 saw the write of "x" and not that of "y", c2 the other way round',
    operations: [2, 3],
    steps: [
      [
        [1, 'txn', [['w', 'x', 1]], [['w', 'x', 1]]],
        [2, 'txn', [['w', 'y', 1]], [['w', 'y', 1]]],
      ],
      [
        [
          1,
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
        [
          2,
          'txn',
          [
            ['r', 'y', null],
            ['r', 'x', null],
          ],
          [
            ['r', 'y', 1],
            ['r', 'x', null],
          ],
        ],
      ],
    ],
  },
  {
    checker: 'long-fork',
    verdict: 'unknown',
    reason: 'multiple-values: "x" was read as 1 and as 2',
    operations: [0, 1],
    steps: [
      [1, 'read', null, [['r', 'x', 1]]],
      [1, 'read', null, [['r', 'x', 2]]],
    ],
  },
  {
    checker: 'causal-reverse',
    reason: 'causal-reverse: c3 read 2 and not 1, whose write was over before that of 2 began',
    operations: [0, 1, 2],
    steps: [
      [1, 'write', 1, 1],
      [2, 'write', 2, 2],
      [3, 'read', null, [2]],
    ],
  },
  {
    checker: 'monotonic',
    reason: 'out-of-order: c2 read 2 and then 1 in the order of timestamps',
    operations: [0, 1, 2],
    steps: [
      [1, 'add', null, [1, 20]],
      [1, 'add', null, [2, 10]],
      [
        2,
        'read',
        null,
        [
          [1, 20],
          [2, 10],
        ],
      ],
    ],
  },
  {
    checker: 'monotonic',
    reason:
      "duplicate: c2 read 1 twice\nrevived: c2 read 3, whose add had failed\nphantom: c2 read 4, which nobody added\nlost: c1's add of 2 was acknowledged, but the final read by c2 lacks it",
    operations: [0, 1, 2],
    steps: [
      [1, 'add', 2, 2],
      [1, 'add', 3, null, 'fail'],
      [2, 'read', null, [1, 1, 3, 4]],
      [1, 'add', 1, 1],
    ],
  },
  {
    checker: 'monotonic',
    reason: 'backwards: c2 read 2 and then 1',
    operations: [0, 1],
    steps: [
      [2, 'read', null, 2],
      [2, 'read', null, 1],
    ],
  },
  {
    checker: 'stats',
    reason: 'no-success: none of 1 calls of write succeeded',
    operations: [1],
    steps: [
      [1, 'read', null, 1],
      [1, 'write', 1, null, 'fail'],
    ],
  },
  {
    checker: 'latency',
    options: { maxLatency: 99_999 },
    reason: "slow: c1's read took 100 ms, more than 99.999 ms",
    operations: [0],
    steps: [[1, 'read', null, 1]],
  },
  {
    checker: 'latency',
    options: { faults: [150_000], maxRecovery: 100_000 },
    reason: 'no-recovery: after the fault at 150 ms the first success took 350 ms, allowed are 100 ms',
    operations: [2],
    steps: [
      [1, 'read', null, 1],
      [1, 'read', null, null, 'fail'],
      [1, 'read', null, 1],
    ],
  },
  {
    checker: 'linearizable',
    options: { model: 'owned-mutex' },
    reason: 'c1 held the lock',
    operations: [1],
    steps: [
      [1, 'acquire', null, null],
      [2, 'release', null, null],
    ],
  },
  {
    checker: 'lock',
    reason: "non-holder-acts: c2's write of the lock was accepted, but it never acquired it",
    operations: [2],
    steps: [
      [1, 'acquire', null, null],
      [1, 'release', null, null],
      [2, 'write', 1, 1],
    ],
  },
  {
    checker: 'isolation',
    options: { model: 'serializable' },
    reason: 'G1a',
    operations: [0, 1],
    steps: [
      [1, 'txn', [['append', 'x', 1]], null, 'fail'],
      [2, 'txn', [['r', 'x', null]], [['r', 'x', [1]]]],
    ],
  },
];

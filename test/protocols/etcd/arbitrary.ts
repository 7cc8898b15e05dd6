// Requests that fast-check draws: few keys, leases and values, so that everything meets everything, and every option of
// every request.
import fc from 'fast-check';
import type { Compare, Operation, WriteRequest } from '../../../protocols/etcd/api.ts';

const key = fc.constantFrom('a', 'b', 'c', 'ca', 'd');
const value = fc.constantFrom('', '1', '2', '3');
const lease = fc.constantFrom(0, 0, 0, 1, 2, 3);
const revision = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 40 }));
const flag = fc.boolean();
const rarely = fc.integer({ min: 0, max: 5 }).map((draw) => draw === 0);
const interval = fc.record({ key, rangeEnd: fc.constantFrom('', '', 'b', 'cb', 'e', '\0') });

const range = fc
  .tuple(
    interval,
    fc.record({
      type: fc.constant('range' as const),
      revision,
      limit: fc.constantFrom(0, 0, 1, 2),
      sortOrder: fc.constantFrom('none' as const, 'ascend' as const, 'descend' as const),
      sortTarget: fc.constantFrom(
        'key' as const,
        'version' as const,
        'create' as const,
        'mod' as const,
        'value' as const,
      ),
      keysOnly: rarely,
      countOnly: rarely,
      serializable: flag,
      minModRevision: revision,
      maxModRevision: revision,
      minCreateRevision: revision,
      maxCreateRevision: revision,
    }),
  )
  .map(([where, how]): Operation => ({ ...where, ...how }));

const put = fc
  .record({ key, value, lease, prevKv: flag, ignoreValue: rarely, ignoreLease: rarely })
  .map(({ value, lease, ...rest }): Operation => ({
    type: 'put',
    ...rest,
    ...(rest.ignoreValue ? {} : { value }),
    ...(rest.ignoreLease ? {} : { lease }),
  }));

const deleteRange = fc
  .tuple(interval, flag)
  .map(([where, prevKv]): Operation => ({ type: 'deleteRange', ...where, prevKv }));

const result = fc.constantFrom('equal' as const, 'not-equal' as const, 'greater' as const, 'less' as const);
const compare: fc.Arbitrary<Compare> = fc.oneof(
  fc
    .tuple(interval, result, value)
    .map(([where, result, than]): Compare => ({ ...where, target: 'value', result, than })),
  fc
    .tuple(
      interval,
      result,
      fc.constantFrom('version' as const, 'create' as const, 'mod' as const, 'lease' as const),
      fc.integer({ min: 0, max: 20 }),
    )
    .map(([where, result, target, than]): Compare => ({ ...where, target, result, than })),
);

const { operation } = fc.letrec<{ operation: Operation; txn: Operation }>((tie) => ({
  operation: fc.oneof({ maxDepth: 2, withCrossShrink: true }, put, range, deleteRange, tie('txn')),
  txn: fc
    .record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('operation'), { maxLength: 3 }),
      failure: fc.array(tie('operation'), { maxLength: 3 }),
    })
    .map(({ compare, success, failure }): Operation => ({
      type: 'txn',
      compare,
      success,
      failure,
    })),
}));

/** Anything that a member executes. */
export const request: fc.Arbitrary<Operation | WriteRequest> = fc.oneof(
  { weight: 12, arbitrary: operation },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('leaseGrant' as const),
      id: fc.integer({ min: 1, max: 3 }),
      ttl: fc.integer({ min: 0, max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('leaseRevoke' as const), id: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('compact' as const), revision: fc.integer({ min: 1, max: 30 }) }),
  },
);

// How a leader brings a learner to its history: what both share decides whether it sends what is missing, has the learner drop
// what was never committed, or sends everything.
import { describe, expect, test } from 'vitest';
import { sharedPoint } from '../../../protocols/zab/sync-leader.ts';
import type { Entry } from '../../../protocols/zab/types.ts';
import { zxidOf, type Zxid } from '../../../protocols/zab/zxid.ts';

const entry = (zxid: Zxid): Entry => ({ zxid, txn: null, origin: { server: 'n1', boot: 1, ticket: 0 } });
const at = (text: string): Zxid => {
  const [epoch = 0, counter = 0] = text.split('.').map(Number);
  return zxidOf(epoch, counter);
};

/** A leader whose log begins after 1.2. */
const leader = {
  base: at('1.2'),
  log: ['1.3', '1.4', '3.1', '3.2'].map((zxid) => entry(at(zxid))),
  queue: [entry(at('3.3'))],
};

const cases: readonly {
  readonly learner: string;
  readonly snapshot?: string;
  readonly upTo?: string;
  readonly shared: string | undefined;
  readonly why: string;
}[] = [
  { learner: '3.3', shared: '3.3', why: 'it has everything' },
  { learner: '3.1', shared: '3.1', why: 'it is behind' },
  { learner: '1.4', shared: '1.4', why: 'it is an epoch behind' },
  { learner: '1.2', shared: '1.2', why: 'it ends where the log begins' },
  { learner: '1.1', shared: undefined, why: 'the log does not reach back to it' },
  { learner: '0.0', shared: undefined, why: 'it has nothing, and the log does not begin at the beginning' },
  { learner: '1.6', shared: '1.4', why: 'it has more of an epoch than was ever committed' },
  { learner: '2.1', shared: undefined, why: 'it has an epoch that the leader knows nothing of' },
  { learner: '3.5', shared: '3.3', why: 'it is ahead' },
  { learner: '3.3', upTo: '3.2', shared: '3.2', why: 'it has what is not committed: that is proposed again' },
  { learner: '4.1', shared: '3.3', why: 'it is ahead in an epoch that came to nothing' },
  { learner: '1.6', snapshot: '1.4', shared: '1.4', why: 'it can truncate to its snapshot' },
  { learner: '1.6', snapshot: '1.5', shared: undefined, why: 'it cannot truncate to before its snapshot' },
  { learner: '3.5', snapshot: '3.4', shared: undefined, why: 'nor when it is ahead' },
];

describe('learner and leader share', () => {
  test.each(cases)('$shared if the learner ends at $learner: $why', ({ learner, snapshot, upTo, shared }) => {
    const credentials = { currentEpoch: 0, lastZxid: at(learner) };
    const point = sharedPoint(leader, { credentials, snapshotZxid: at(snapshot ?? '0.0') }, at(upTo ?? '3.3'));
    expect(point).toBe(shared === undefined ? undefined : at(shared));
  });
});

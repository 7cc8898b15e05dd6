// The rules that are plain functions, for all small arguments: what they must be whatever a run makes of them.
import { describe, expect, test } from 'vitest';
import { zabRules } from '../../../protocols/zab/rules.ts';
import type { Credentials, Vote } from '../../../protocols/zab/types.ts';
import { zxidOf } from '../../../protocols/zab/zxid.ts';

const small = [0, 1, 2];
const zxids = [zxidOf(1, 1), zxidOf(1, 7), zxidOf(2, 0), zxidOf(2, 1)];
const votes: readonly Vote[] = small.flatMap((epoch) =>
  zxids.flatMap((zxid) => ['n1', 'n2', 'n10'].map((leader) => ({ epoch, zxid, leader }))),
);
const credentials: readonly Credentials[] = small.flatMap((currentEpoch) =>
  zxids.map((lastZxid) => ({ currentEpoch, lastZxid })),
);

describe('votes', () => {
  test('are totally ordered, by epoch, then zxid, then the number of the server', () => {
    for (const [place, one] of votes.entries()) {
      for (const [other, vote] of votes.entries()) expect(zabRules.isBetterVote(one, vote)).toBe(place > other);
    }
  });
});

describe('a history', () => {
  test('is newer by its epoch, and only within one epoch by its last transaction', () => {
    for (const [place, one] of credentials.entries()) {
      for (const [other, history] of credentials.entries()) expect(zabRules.isNewer(one, history)).toBe(place > other);
    }
  });
});

describe('an epoch', () => {
  test('comes after all that were accepted, whoever accepted them', () => {
    for (const accepted of [[0], [3, 1, 2], [1, 3, 2], [1, 2, 3]]) {
      expect(zabRules.epochAfter(accepted)).toBe(Math.max(...accepted) + 1);
    }
  });

  test('is accepted unless a later one was, and acknowledged once', () => {
    for (const accepted of small) {
      for (const epoch of small) {
        expect(zabRules.acceptsEpoch(accepted, epoch)).toBe(epoch >= accepted);
        expect(zabRules.acknowledgesEpoch(accepted, epoch)).toBe(epoch > accepted);
      }
    }
  });
});

test('two quorums share a server, and the smallest majority is one', () => {
  for (let total = 1; total <= 9; total++) {
    for (let weight = 0; weight <= total; weight++) {
      expect(zabRules.isQuorum(weight, total)).toBe(weight > total - weight);
    }
  }
});

test('who acknowledged a transaction holds all before it, and none after it', () => {
  for (const acked of zxids) for (const zxid of zxids) expect(zabRules.holds(acked, zxid)).toBe(zxid <= acked);
});

// The parts of a member by themselves: logarithms in whole numbers, the lengths of suspicions, budgets, the shared list.
import { describe, expect, test } from 'vitest';
import {
  lan,
  local,
  pushPullEvery,
  queryTimeout,
  startingMembers,
  suspicionLength,
  suspicionTimeout,
  swimAgent,
  swimRules,
  wan,
} from '../../../protocols/swim/index.ts';
import { adjustAwareness, scaled } from '../../../protocols/swim/awareness.ts';
import { ceilLog10OfNext, ceilLog2, log10PerMille, logRatioPerMillion } from '../../../protocols/swim/logarithms.ts';
import type { Turn } from '../../../protocols/swim/types.ts';
import { dropMember, findMember, listMembers, putMember, tableOf } from '../../../protocols/swim/table.ts';
import { ms, seconds } from '../../../sim/index.ts';

describe('logarithms', () => {
  test('agree with those of the host, and are exact at powers', () => {
    for (let n = 1; n <= 3_000; n++) {
      expect(Math.abs(log10PerMille(n) - 1_000 * Math.log10(n)), `log10 ${n}`).toBeLessThanOrEqual(1);
      expect(ceilLog2(n), `log2 ${n}`).toBe(Math.ceil(Math.max(0, Math.log2(n) - 1e-12)));
      expect(ceilLog10OfNext(n), `log10 of ${n} + 1`).toBe(Math.ceil(Math.log10(n + 1) - 1e-12));
    }
    expect([1, 10, 100, 1_000, 10_000].map(log10PerMille)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    for (let b = 2; b <= 12; b++) {
      for (let a = 1; a <= b; a++) {
        expect(Math.abs(logRatioPerMillion(a, b) - (1e6 * Math.log(a)) / Math.log(b)), `${a} ${b}`).toBeLessThan(1);
      }
    }
  });
});

describe('a suspicion', () => {
  test('lasts from Min to 6 Min in windows that grow with the cluster', () => {
    const windows = [1, 10, 30, 100, 300, 1_000, 10_000].map((n) => suspicionTimeout(4, n, seconds(1)) / 1_000);
    expect(windows).toEqual([4_000, 4_000, 5_908, 8_000, 9_908, 12_000, 16_000]);
  });

  test('ends sooner with each confirmation, and never before Min', () => {
    const lengths = [0, 1, 2, 3].map((confirmations) => suspicionLength(confirmations, 2, seconds(4), seconds(24)));
    expect(lengths).toEqual([seconds(24), ms(11_381), seconds(4), seconds(4)]);
    expect(suspicionLength(0, 0, seconds(4), seconds(24))).toBe(seconds(4));
  });
});

test('budgets and exchanges grow with the cluster as in memberlist', () => {
  const sizes = [9, 10, 99, 100, 999, 1_000, 10_000];
  expect(sizes.map((n) => swimRules.retransmitLimit(4, n))).toEqual([4, 8, 8, 12, 12, 16, 20]);
  const exchanges = [32, 33, 64, 65, 100, 1_000, 10_000].map((n) => pushPullEvery(seconds(30), n) / seconds(1));
  expect(exchanges).toEqual([30, 60, 60, 90, 90, 180, 300]);
});

test('answers to a query are awaited for longer where there are more to answer', () => {
  const waits = [1, 9, 10, 99, 100, 1_000].map((n) => queryTimeout(swimAgent({}), n) / ms(100));
  expect(waits).toEqual([32, 32, 64, 64, 96, 128]);
});

test('the presets are those of memberlist', () => {
  expect([lan, wan, local].map((preset) => [preset.probeInterval, preset.probeTimeout, preset.indirectChecks])).toEqual(
    [
      [seconds(1), ms(500), 3],
      [seconds(5), seconds(3), 3],
      [seconds(1), ms(200), 1],
    ],
  );
  expect([lan, wan, local].map((preset) => [preset.suspicionMult, preset.retransmitMult, preset.gossipNodes])).toEqual([
    [4, 4, 3],
    [6, 4, 4],
    [3, 2, 3],
  ]);
  expect([lan, wan, local].map((preset) => [preset.gossipInterval, preset.gossipToTheDeadTime])).toEqual([
    [ms(200), seconds(30)],
    [ms(500), seconds(60)],
    [ms(100), seconds(15)],
  ]);
  expect([lan, wan, local].map((preset) => [preset.pushPullInterval, preset.suspicionMaxTimeoutMult])).toEqual([
    [seconds(30), 6],
    [seconds(60), 6],
    [seconds(15), 6],
  ]);
  expect([lan, wan, local].map((preset) => [preset.udpBufferSize, preset.awarenessMaxMultiplier])).toEqual([
    [1_400, 8],
    [1_400, 8],
    [1_400, 8],
  ]);
  for (const preset of [lan, wan, local]) {
    expect(preset.probeTimeout + preset.nackTimeout, 'nacks come before the period ends').toBeLessThan(
      preset.probeInterval,
    );
  }
});

test('a list of members differs from the shared one where it was changed', () => {
  const table = tableOf(startingMembers(['a', 'b']));
  const other = tableOf(table.shared);
  const member = (name: string) => ({ name, address: name, incarnation: 2, status: 'dead', meta: '' }) as const;
  putMember(table, member('a'));
  putMember(table, member('c'));
  dropMember(table, 'b');
  dropMember(table, 'nobody');
  expect(listMembers(table).map(({ name, status }) => `${name} ${status}`)).toEqual(['a dead', 'c dead']);
  expect([table.size, findMember(table, 'b'), findMember(table, 'a')?.incarnation]).toEqual([2, undefined, 2]);
  putMember(table, member('b'));
  dropMember(table, 'c');
  expect([table.size, findMember(table, 'b')?.status, findMember(table, 'c')]).toEqual([2, 'dead', undefined]);
  expect(listMembers(other).map(({ name, status }) => `${name} ${status}`)).toEqual(['a alive', 'b alive']);
});

test('the local health multiplier stays between 0 and 7: a period of 8 s and a time-out of 4 s at most', () => {
  const turn = { swim: { awareness: 0 }, agent: swimAgent({}) } as Turn;
  const moves = [-1, 1, 3, 3, 3, -1, 20, -1, -20].map((delta) => {
    adjustAwareness(turn, delta);
    return turn.swim.awareness;
  });
  expect(moves).toEqual([0, 1, 4, 7, 7, 6, 7, 6, 0]);
  adjustAwareness(turn, 100);
  expect([scaled(turn, lan.probeInterval), scaled(turn, lan.probeTimeout)]).toEqual([seconds(8), seconds(4)]);
});

test('the rules count nacks that did not come, an accuser once, and an ack for its own ping', () => {
  expect([
    swimRules.awarenessAfterMissing(3, 1),
    swimRules.awarenessAfterMissing(0, 0),
    swimRules.awarenessAfterMissing(2, 2),
    swimRules.awarenessAfterMissing(2, 3), // one came twice
  ]).toEqual([2, 1, 0, 0]);
  expect([swimRules.isNewAccuser(['a'], 'a'), swimRules.isNewAccuser(['a'], 'b')]).toEqual([false, true]);
  expect([swimRules.refutation(1, 5), swimRules.refutation(5, 1)]).toEqual([6, 6]);
});

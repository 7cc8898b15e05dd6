// What the picture says beyond messages and roles: who has a lock and who believes to, what became of disk writes, and the
// order that explains a history or the proof that there is none.
import { describe, expect, test } from 'vitest';
import type { TimelineOperation } from '../../viz/data.ts';
import { realTimeOrder } from '../../viz/page/draw/proof.ts';
import { lessons } from '../../viz/lessons/index.ts';
import { readLocks } from '../../viz/page/locks.ts';
import { manner } from '../../viz/page/messages.ts';
import type { ShownRun } from '../../viz/page/shown-run.ts';
import type { Tenure } from '../../viz/worker/messages.ts';
import { shownOf } from './shown.ts';

const wrongBeliefs = ({ locks }: ShownRun, kind: 'shared' | 'unfounded'): number =>
  locks.beliefs.filter((belief) => belief[kind].length > 0).length;

describe('locks', () => {
  test.each(['lock', 'redlock', 'redis-lock', 'etcd-lock', 'consul-lock', 'zookeeper-lock'])(
    'of %s are believed in only while its service has given them, where nothing goes wrong',
    (scenario) => {
      const shown = shownOf({ scenario, seed: '5', faults: [] });
      expect(shown.locks.beliefs.length).toBeGreaterThan(5);
      expect(shown.locks.grants.length).toBeGreaterThanOrEqual(shown.locks.beliefs.length);
      expect([wrongBeliefs(shown, 'shared'), wrongBeliefs(shown, 'unfounded')]).toEqual([0, 0]);
      expect(shown.locks.beliefs.every(({ lane }) => shown.model.data.lanes[lane]?.type === 'client')).toBe(true);
    },
    60_000,
  );

  test.each([
    ['lock-trusted-lease', '4'],
    ['redlock-pause-after', '3'],
    ['zookeeper-lock-overlap', '5'],
    ['etcd-lock-trusted-lease', '6'],
    ['consul-lock-shared', '1'],
  ])(
    'of %s are believed in by two at once, which is seen',
    (scenario, seed) => {
      const shown = shownOf({ scenario, seed });
      expect(wrongBeliefs(shown, 'shared')).toBeGreaterThan(0);
    },
    60_000,
  );

  test('of Raft’s leaders are leases, and one that lasts too long by a slow clock is not its own any more', () => {
    const lesson = lessons.find(({ id }) => id === 'lease-and-clocks');
    if (lesson === undefined) throw new Error('there is no lesson of leases');
    const slow = shownOf(lesson.run);
    const [old, ...later] = slow.locks.beliefs;
    const elected = slow.model.data.roles.find(({ role, from }) => role === 'leader' && from > 700_000)?.from;
    // For 75 ms by its own clock, which runs at a fifth of its speed.
    expect(old?.unfounded).toEqual([{ from: elected, to: old?.to }]);
    expect((old?.to ?? 0) - (elected ?? 0)).toBeGreaterThan(350_000);
    expect(later.length).toBeGreaterThan(0);
    const right = shownOf(lesson.knob.run);
    expect(right.locks.beliefs.length).toBeGreaterThan(1);
    expect([wrongBeliefs(right, 'shared'), wrongBeliefs(right, 'unfounded')]).toEqual([0, 0]);
    expect(shownOf({ scenario: 'raft', seed: '1', parameters: { reads: 'index' } }).locks.beliefs).toEqual([]);
  }, 60_000);

  test('of readers are no overlap, and what is left of a belief without grants is exact', () => {
    const tenure = (type: Tenure['type'], node: string, from: number, to: number, isShared = false): Tenure => {
      return { type, node, lock: 'l', token: null, isShared, from, to };
    };
    const of = (...tenures: Tenure[]) => readLocks(tenures, ['a', 'b']).beliefs;
    const [readers] = of(tenure('believed', 'a', 0, 9, true), tenure('believed', 'b', 3, 5, true));
    expect(readers?.shared).toEqual([]);
    const [writer] = of(tenure('believed', 'a', 0, 9), tenure('believed', 'b', 3, 5, true));
    expect(writer?.shared).toEqual([{ from: 3, to: 5 }]);
    const [late] = of(tenure('believed', 'a', 2, 20), tenure('granted', 'a', 1, 4), tenure('granted', 'a', 6, 9));
    expect(late?.unfounded).toEqual([
      { from: 4, to: 6 },
      { from: 9, to: 20 },
    ]);
  });
});

describe('disk writes', () => {
  test('are all accounted for: synced, lost with the power, kept, or open at the end', () => {
    let lost = 0;
    for (const [scenario, seed] of [
      ['raft', '6'],
      ['counter', '6'],
      ['redlock-lost-fsync', '1'],
      ['redlock-lost-fsync', '3'],
    ] as const) {
      const { rows, disks } = shownOf({ scenario, seed }).model;
      const count = (kind: string): number =>
        rows.kind.reduce((sum, each) => sum + (rows.kinds[each] === kind ? 1 : 0), 0);
      const refs = (kind: string): number =>
        rows.kind.reduce((sum, each, row) => sum + (rows.kinds[each] === kind ? (rows.ref[row] as number) : 0), 0);
      const writes = (end: string): number =>
        disks.spans.reduce((sum, span) => sum + (span.end === end ? span.writes : 0), 0);
      expect(writes('synced')).toBe(refs('synced'));
      expect(writes('lost')).toBe(refs('unsynced'));
      expect(writes('synced') + writes('lost') + writes('kept') + writes('open')).toBe(count('write'));
      lost += writes('lost');
    }
    expect(lost).toBeGreaterThan(50);
  }, 60_000);
});

describe('the order that explains a history', () => {
  test('has a moment for each operation between its beginning and its end, and explains every answer', () => {
    const shown = shownOf({ scenario: 'raft', seed: '2', parameters: { keys: 3 } });
    const { operations } = shown.model.data;
    let read = 0;
    for (const { points } of shown.explained) {
      let value: unknown = null;
      let last = 0;
      for (const { operation: place, time } of points) {
        const operation = operations[place] as TimelineOperation;
        expect(time).toBeGreaterThanOrEqual(Math.max(last, operation.from));
        if (operation.outcome === 'ok') expect(time).toBeLessThanOrEqual(operation.to ?? Infinity);
        last = time;
        const given = (operation.argument as [string, unknown])[1];
        if (operation.f === 'read') {
          read++;
          expect((operation.result as [string, unknown])[1]).toEqual(value);
        } else if (operation.f === 'write') value = given;
        else if (operation.f === 'cas' && operation.outcome !== 'fail') [, value] = given as [unknown, unknown];
      }
    }
    expect(read).toBeGreaterThan(10);
  }, 30_000);

  test('is not there for a key whose history has none; what contradicts each other is drawn instead', () => {
    const shown = shownOf({ scenario: 'raft-local-reads', seed: '7' });
    const { findings, operations } = shown.model.data;
    const stale = findings.findIndex(({ name }) => name.startsWith('linearizable'));
    const evidence = operations.filter(({ evidence: of }) => of.includes(stale));
    const pairs = realTimeOrder(evidence);
    expect(pairs.length).toBeGreaterThan(0);
    for (const [before, after] of pairs) expect(before.to).toBeLessThanOrEqual(after.from);
    const [key] = (evidence[0]?.argument ?? []) as [string?];
    expect(shown.explained.map((each) => each.key)).not.toContain(key);
    expect(shown.explained.length).toBeGreaterThan(0);
  }, 30_000);
});

test('copies that the network made and messages held on their link are told apart', () => {
  const link = { from: ['n1', 'n2', 'n3'], to: ['n1', 'n2', 'n3'] };
  const faults = [
    { at: 1_000_000, fault: { type: 'duplicating-link', ...link, duplicate: 500_000, for: 300_000 } },
    { at: 2_000_000, fault: { type: 'hold', ...link, for: 40_000 } },
  ] as const;
  const { rows, messages } = shownOf({ scenario: 'raft', seed: '4', parameters: { nodes: 3 }, faults }).model;
  const rowsOf = (kind: string): number => rows.kind.reduce((sum, at) => sum + (rows.kinds[at] === kind ? 1 : 0), 0);
  const count = (how: number): number => messages.manner.reduce((sum, each) => sum + (each === how ? 1 : 0), 0);
  expect([count(manner.copy) > 10, count(manner.held) > 3]).toEqual([true, true]);
  expect([count(manner.copy), count(manner.held)]).toEqual([rowsOf('duplicate'), rowsOf('hold')]);
  for (const [index, how] of messages.manner.entries()) {
    const took = (messages.ended[index] as number) - (messages.sent[index] as number);
    if (how === manner.held && messages.fate[index] === 1) expect(took).toBeGreaterThan(0);
  }
});

// Replication: what a replica copies, counts and keeps while links, clocks and roles change, and what WAIT says of it.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Fault } from '../../../sim/index.ts';
import { powerLoss, talk } from './talk.ts';

describe('replication', () => {
  const pair = [{}, { replicaOf: 'r1' }];

  test('a replica follows, refuses writes, and WAIT says how many have followed', () => {
    const { answers } = talk(pair, [
      { at: seconds(3), lines: ['SET k 1', 'WAIT 1 1000', 'GET k'] },
      { at: seconds(4), to: 'r2', lines: ['GET k', 'SET k 2', 'ROLE'] },
      { at: seconds(5), lines: ['ROLE'] },
    ]);
    expect(answers[2]).toEqual(['["master", (integer) 1, [["r2", "6379", "1"]]]']);
    expect(answers[0]).toEqual(['OK', '(integer) 1', '"1"']);
    const role = '["slave", "r1", "6379", "connected", (integer) 1]';
    expect(answers[1]).toEqual(['"1"', "(error) READONLY You can't write against a read only replica.", role]);
  });

  test('what is published reaches those who listen to a replica, and leaves nothing in the file', () => {
    const { answers, pushes } = talk(pair, [
      { at: seconds(1), client: 'c2', to: 'r2', lines: ['SUBSCRIBE news'] },
      { at: seconds(3), lines: ['PUBLISH news hello'] },
      { at: seconds(5), to: 'r2', lines: ['PUBLISH news again'] },
    ]);
    expect([answers[1], answers[2]]).toEqual([['(integer) 0'], ['(integer) 1']]);
    expect(pushes).toHaveLength(2);
  });

  test('a replica with a history of its own has nothing of this one until it was given everything', () => {
    const { answers } = talk(
      [{}, {}],
      [
        { at: seconds(3), to: 'r2', lines: Array.from({ length: 50 }, (_, n) => `SET k${n} 1`) },
        { at: seconds(4), lines: ['SET k 1'] },
        { at: seconds(4) + ms(500), to: 'r2', lines: ['REPLICAOF r1 6379'] },
        { at: seconds(5) + ms(1), lines: ['SET k 2', 'WAIT 1 400'] },
        { at: seconds(9), lines: ['SET k 3', 'WAIT 1 400'] },
      ],
      // what r1 sends is on its way for a long time
      [
        {
          at: seconds(4) + ms(100),
          fault: { type: 'slow-link', from: ['r1'], to: ['r2'], add: seconds(1), for: seconds(4) },
        },
      ],
    );
    expect(answers[3]).toEqual(['OK', '(integer) 0']);
    expect(answers[4]).toEqual(['OK', '(integer) 1']);
  });

  test('a client that wrote nothing waits for nobody', () => {
    const { answers } = talk(pair, [
      { at: seconds(3), lines: ['SET k 1'] },
      { at: seconds(4), client: 'c2', lines: ['WAIT 1 0'] },
    ]);
    expect(answers[1]).toEqual(['(integer) 1']);
  });

  test('WAIT gives up after its time, and says what it has', () => {
    const { answers } = talk(
      pair,
      [{ at: seconds(5), lines: ['SET k 1', 'WAIT 1 500', 'PING'] }],
      [{ at: seconds(4), fault: { type: 'pause', node: 'r2', for: seconds(10) } }],
    );
    expect(answers[0]).toEqual(['OK', '(integer) 0', 'PONG']);
  });

  test('a replica that was away gets what it missed, or everything', () => {
    for (const backlog of [10_000, 4, 3, 2]) {
      const { answers } = talk(
        [{ backlog }, { replicaOf: 'r1' }],
        [
          { at: seconds(3), lines: ['SET a 1'] },
          { at: seconds(6), lines: ['SET b 1', 'SET c 1', 'SET d 1', 'INCR e'] },
          { at: seconds(20), to: 'r2', lines: ['MGET a b c d e'] },
        ],
        [{ at: seconds(5), fault: { type: 'partition', groups: [['r1'], ['r2']], for: seconds(5) } }],
      );
      expect(answers[2], `backlog ${backlog}`).toEqual(['["1", "1", "1", "1", "1"]']);
    }
  });

  test('a replica that missed writes does not take the next one for the first of them', () => {
    const { answers } = talk(
      pair,
      [
        { at: seconds(3), lines: ['SET a 1'] },
        { at: seconds(6), lines: ['SET b 1', 'SET c 1', 'SET d 1'] },
        { at: seconds(10) + ms(350), lines: ['SET e 1'] }, // before the replica asks for what it missed
        { at: seconds(20), to: 'r2', lines: ['MGET a b c d e'] },
      ],
      [{ at: seconds(5), fault: { type: 'partition', groups: [['r1'], ['r2']], for: seconds(5) + ms(300) } }],
    );
    expect(answers[3]).toEqual(['["1", "1", "1", "1", "1"]']);
  });

  test('a replica that is told the same write twice applies it once', () => {
    const slow: Fault = { type: 'slow-link', from: ['r1'], to: ['r2'], add: seconds(1), for: seconds(8) };
    const { answers } = talk(
      pair,
      [
        // The replica asks for what it lacks, as it does every second, while this is on its way to it.
        { at: seconds(9) + ms(500), lines: ['RPUSH l 1', 'RPUSH l 2'] },
        { at: seconds(11) + ms(500), client: 'c2', to: 'r2', lines: ['LRANGE l 0 -1', 'ROLE'] },
        { at: seconds(12), lines: ['RPUSH l 3'] },
        { at: seconds(20), to: 'r2', lines: ['LRANGE l 0 -1', 'ROLE'] },
        { at: seconds(21), lines: ['RPUSH l 4', 'WAIT 1 0'] },
        { at: seconds(25), to: 'r2', lines: ['LRANGE l 0 -1'] },
      ],
      [{ at: seconds(5), fault: slow }],
    );
    expect(answers[1]).toEqual(['["1", "2"]', '["slave", "r1", "6379", "connected", (integer) 2]']);
    expect(answers[3]).toEqual(['["1", "2", "3"]', '["slave", "r1", "6379", "connected", (integer) 3]']);
    expect(answers[5]).toEqual(['["1", "2", "3", "4"]']);
  });

  test('a replica of a primary that was passed over gets everything from the new one, which began a history of its own', () => {
    const { answers } = talk(
      [{}, { replicaOf: 'r1' }, { replicaOf: 'r1' }],
      [
        { at: seconds(3), lines: ['SET a 1'] },
        { at: seconds(6), lines: ['SET b old'] }, // reaches r3 and not r2
        { at: seconds(7), client: 'c2', to: 'r2', lines: ['REPLICAOF NO ONE', 'SET c new'] }, // the same place in another history
        { at: seconds(12), to: 'r3', lines: ['REPLICAOF r2 6379'] },
        { at: seconds(16), to: 'r3', lines: ['MGET a b c'] },
      ],
      [
        {
          at: seconds(5),
          fault: {
            type: 'partition',
            groups: [
              ['r1', 'r3', 'c1'],
              ['r2', 'c2'],
            ],
            for: seconds(5),
          },
        },
      ],
    );
    expect(answers[2]).toEqual(['OK', 'OK']);
    expect(answers[4]).toEqual(['["1", (nil), "new"]']);
  });

  test('a replica that was given everything goes on from there', () => {
    const { answers } = talk(
      [{}, {}],
      [
        { at: seconds(3), lines: ['RPUSH l 1', 'RPUSH l 2'] },
        { at: seconds(4), to: 'r2', lines: ['REPLICAOF r1 6379'] },
        { at: seconds(8), lines: ['RPUSH l 3', 'WAIT 1 500'] },
        { at: seconds(12), to: 'r2', lines: ['LRANGE l 0 -1', 'ROLE'] },
      ],
    );
    expect(answers[2]).toEqual(['(integer) 3', '(integer) 1']);
    expect(answers[3]).toEqual(['["1", "2", "3"]', '["slave", "r1", "6379", "connected", (integer) 3]']);
  });

  test('a replica has its own file: it comes back with what it copied though its primary is gone', () => {
    const synced = { appendfsync: 'always' } as const;
    const { answers } = talk(
      [{}, { ...synced, replicaOf: 'r1' }],
      [
        { at: seconds(3), lines: ['SET k 1', 'RPUSH l a'] },
        { at: seconds(9), to: 'r2', lines: ['GET k', 'LRANGE l 0 -1'] },
      ],
      [{ at: seconds(6), fault: { type: 'crash', node: 'r1', for: seconds(50) } }, powerLoss(seconds(7), 'r2')],
    );
    expect(answers[1]).toEqual(['"1"', '["a"]']);
  });

  test('a primary that restarted empty takes no word about its earlier writes for one about those since', () => {
    const { answers } = talk(
      pair,
      [
        // What the replica says is on its way for two seconds: first that it follows, then that it has these.
        { at: seconds(4) + ms(200), lines: Array.from({ length: 20 }, (_, n) => `SET k${n} 1`) },
        { at: seconds(6) + ms(300), lines: ['SET k 2', 'WAIT 1 300'] },
      ],
      [
        { at: seconds(3), fault: { type: 'slow-link', from: ['r2'], to: ['r1'], add: seconds(2), for: seconds(10) } },
        { at: seconds(5), fault: { type: 'crash', node: 'r1', for: ms(500) } },
        { at: seconds(5), fault: { type: 'one-way', from: ['r1'], to: ['r2'], for: seconds(10) } },
      ],
    );
    expect(answers[1]).toEqual(['OK', '(integer) 0']);
  });

  test('a primary that was a replica in between counts no replica of its earlier days', () => {
    const { answers } = talk(
      [{}, { replicaOf: 'r1' }, {}],
      [
        { at: seconds(3), lines: [...Array.from({ length: 20 }, (_, n) => `SET k${n} 1`), 'WAIT 1 500'] },
        { at: seconds(6), lines: ['REPLICAOF r3 6379'] },
        { at: seconds(9), lines: ['REPLICAOF NO ONE', 'SET k 2', 'WAIT 1 500'] },
      ],
      [{ at: seconds(5), fault: { type: 'isolate', node: 'r2', for: seconds(20) } }],
    );
    expect(answers[0]?.at(-1)).toBe('(integer) 1');
    expect(answers[2]).toEqual(['OK', 'OK', '(integer) 0']);
  });

  test('a replica whose clock is ahead drops nothing that its primary still has', () => {
    const { answers } = talk(
      pair,
      [
        { at: seconds(3), lines: ['SET k 1 PX 5000', 'SET l 1 PX 5000', 'SET m 1'] },
        { at: seconds(4), lines: ['PERSIST k', 'RENAME l n', 'PEXPIRE m 5000', 'PERSIST m'] },
        { at: seconds(5), to: 'r2', lines: ['MGET k m', 'EXISTS n'] },
        { at: seconds(6), lines: ['PERSIST n'] },
        { at: seconds(7), to: 'r2', lines: ['MGET k m n'] },
      ],
      [{ at: seconds(2), fault: { type: 'clock-jump', node: 'r2', by: seconds(20) } }],
    );
    expect(answers[2]).toEqual(['["1", "1"]', '(integer) 0']); // n has run out for whoever asks here, and stays
    expect(answers[4]).toEqual(['["1", "1", "1"]']);
  });

  test('a write that was answered and not yet copied is lost when the replica takes over', () => {
    const { answers } = talk(
      [{}, { replicaOf: 'r1', failoverAfter: seconds(3) }],
      [
        { at: seconds(3), lines: ['SET lock mine NX PX 30000'] },
        { at: seconds(6), lines: ['SET late mine NX PX 30000'] },
        { at: seconds(15), to: 'r2', lines: ['SET lock yours NX PX 30000', 'SET late yours NX PX 30000'] },
      ],
      [
        {
          at: seconds(5),
          fault: { type: 'partition', groups: [['r1', 'c1', 'c2'], ['r2']], for: seconds(5) },
        },
        { at: seconds(7), fault: { type: 'crash', node: 'r1', for: seconds(50) } },
      ],
    );
    expect(answers[1]).toEqual(['OK']);
    expect(answers[2]).toEqual(['(nil)', 'OK']); // the second lock is held twice
  });

  test('REPLICAOF makes a replica of a primary and the other way round', () => {
    const { answers } = talk(
      [{}, {}],
      [
        { at: seconds(3), lines: ['SET k 1'] },
        { at: seconds(4), to: 'r2', lines: ['GET k', 'REPLICAOF r1 6379'] },
        { at: seconds(6), to: 'r2', lines: ['GET k', 'REPLICAOF NO ONE', 'SET k 2', 'REPLICAOF nowhere 1'] },
        { at: seconds(7), lines: ['GET k'] },
      ],
    );
    expect(answers[1]).toEqual(['(nil)', 'OK']);
    expect(answers[2]).toEqual(['"1"', 'OK', 'OK', '(error) ERR Invalid master host nowhere']);
    expect(answers[3]).toEqual(['"1"']);
  });
});

test('a full copy replaces what was on disk, so that a restart does not bring the old keys back', () => {
  const { answers } = talk(
    [{}, { appendfsync: 'always' }],
    [
      { at: seconds(2), lines: ['SET new 1'] },
      { at: seconds(3), to: 'r2', lines: ['SET old 1', 'REPLICAOF r1 6379'] },
      { at: seconds(8), to: 'r2', lines: ['MGET old new', 'ROLE'] },
    ],
    [powerLoss(seconds(5), 'r2')],
  );
  expect(answers[2]).toEqual(['[(nil), "1"]', '["master", (integer) 0, []]']);
});

// Redis servers as nodes: what survives a crash by how it is written, what replicas know, and who hears of what.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Fault, type Micros } from '../../../sim/index.ts';
import type { RedisConfig } from '../../../protocols/redis/config.ts';
import { powerLoss, talk } from './talk.ts';

describe('what survives a power loss', () => {
  const afterCrash = (config: Partial<RedisConfig>, writeAt: Micros, crashAt: Micros) =>
    talk(
      [config],
      [
        { at: writeAt, lines: ['SET k 1 PX 30000', 'INCR n'] },
        { at: crashAt + seconds(1), lines: ['GET k', 'GET n'] },
      ],
      [powerLoss(crashAt)],
    ).answers[1];

  test('without an append-only file nothing does', () => {
    expect(afterCrash({}, seconds(5), seconds(10))).toEqual(['(nil)', '(nil)']);
  });

  test('what was answered does, if the file is synced before each reply', () => {
    expect(afterCrash({ appendfsync: 'always' }, seconds(5), seconds(5) + ms(50))).toEqual(['"1"', '"1"']);
  });

  test('synced every second, what is older than that does, and what is younger may be lost', () => {
    expect(afterCrash({ appendfsync: 'everysec' }, seconds(5), seconds(7))).toEqual(['"1"', '"1"']);
    expect(afterCrash({ appendfsync: 'everysec' }, seconds(5) + ms(100), seconds(5) + ms(150))).toEqual([
      '(nil)',
      '(nil)',
    ]);
  });

  test('a time to live goes on while the server is away', () => {
    const { answers } = talk(
      [{ appendfsync: 'always' }],
      [
        { at: seconds(5), lines: ['SET short 1 PX 1000', 'SET long 1 PX 30000'] },
        { at: seconds(15), lines: ['GET short', 'PTTL long'] },
      ],
      [{ at: seconds(5) + ms(500), fault: { type: 'power-loss', node: 'r1', unsynced: 'lost', for: seconds(5) } }],
    );
    expect(answers[1]?.[0]).toBe('(nil)');
    expect(Number(/\d+/.exec(answers[1]?.[1] ?? '')?.[0])).toBeLessThanOrEqual(20_001);
  });

  test('a transaction does as a whole or not at all, and so does a rewritten file', () => {
    const { answers } = talk(
      [{ appendfsync: 'everysec', rewriteAt: 5 }],
      [
        {
          at: seconds(5),
          lines: ['MULTI', ...Array.from({ length: 8 }, (_, n) => `SET k${n} ${n}`), 'EXEC', 'INCR n'],
        },
        { at: seconds(9), lines: ['INCR n'] },
        { at: seconds(15), lines: ['DBSIZE', 'GET k7', 'GET n'] },
      ],
      [powerLoss(seconds(12))],
    );
    expect(answers[2]).toEqual(['(integer) 9', '"7"', '"2"']);
  });
});

describe('the append-only file', () => {
  test('whose end is half a transaction is cut before it, so that later writes are not swallowed', () => {
    let cut = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { answers } = talk(
        [{ appendfsync: 'everysec' }],
        [
          { at: seconds(5), lines: ['SET old 1'] },
          { at: seconds(7) + ms(100), lines: ['MULTI', 'SET a 1', 'SET b 1', 'SET c 1', 'EXEC'] },
          { at: seconds(9), lines: ['MGET a b c', 'SET late 1'] },
          { at: seconds(14), lines: ['GET old', 'GET late'] },
        ],
        [
          { at: seconds(7) + ms(200), fault: { type: 'power-loss', node: 'r1', unsynced: 'torn', for: ms(100) } },
          { at: seconds(12), fault: { type: 'power-loss', node: 'r1', unsynced: 'lost', for: ms(100) } },
        ],
        seed,
      );
      const [values] = answers[2] as readonly string[];
      expect(['["1", "1", "1"]', '[(nil), (nil), (nil)]']).toContain(values);
      if (values !== '["1", "1", "1"]') cut++;
      expect({ seed, answers: answers[3] }).toEqual({ seed, answers: ['"1"', '"1"'] });
    }
    expect(cut).toBeGreaterThan(0);
  });

  test('is rewritten as what it amounts to, whatever commands it held and however it is synced', () => {
    for (const appendfsync of ['always', 'everysec'] as const) {
      const { answers } = talk(
        [{ appendfsync, rewriteAt: 5 }],
        [
          { at: seconds(5), lines: ['RPUSH l 1', 'RPUSH l 2', 'LPOP l', 'RPUSH l 3', 'SET a 1', 'RENAME a b'] },
          { at: seconds(8), lines: ['RPUSH l 4'] },
          { at: seconds(12), lines: ['LRANGE l 0 -1', 'MGET a b'] },
        ],
        // after the keyspace is written, before the file is trimmed
        [{ at: seconds(5) + ms(500), fault: { type: 'crash', node: 'r1', when: 'after-sync', for: ms(100) } }],
      );
      expect(answers[2]).toEqual(['["2", "3", "4"]', '[(nil), "1"]']);
    }
  });

  test('that is damaged before its end keeps the server down', () => {
    const { answers } = talk(
      [{ appendfsync: 'always' }],
      [
        { at: seconds(2), lines: ['SET a 1', 'SET b 1', 'SET c 1'] },
        { at: seconds(8), lines: ['PING'] },
      ],
      [{ at: seconds(4), fault: { type: 'bit-rot', node: 'r1' } }, powerLoss(seconds(5))],
      2,
    );
    expect(answers[1]).toBe('lost');
  });
});

test('a server with a delayed restart is deaf until the locks that it forgot have run out', () => {
  const { answers } = talk(
    [{ delayedRestart: seconds(10) }],
    [
      { at: seconds(1), lines: ['PING'] },
      { at: seconds(8), lines: ['PING'] },
      { at: seconds(16), lines: ['PING'] },
    ],
    [powerLoss(seconds(5))],
  );
  expect(answers).toEqual([['PONG'], 'lost', ['PONG']]);
});

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
    for (const backlog of [10_000, 2]) {
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

test('a client that begins anew has a connection without the transaction that it had begun', () => {
  const { answers } = talk(
    [{}],
    [
      { at: seconds(2), lines: ['MULTI'] },
      { at: seconds(3), lines: ['SET a 1'] }, // is not answered in time
      { at: seconds(8), lines: ['SET b 1', 'EXEC'] },
    ],
    [{ at: seconds(2) + ms(500), fault: { type: 'pause', node: 'r1', for: seconds(3) } }],
  );
  expect(answers).toEqual([['OK'], 'lost', ['OK', '(error) ERR EXEC without MULTI']]);
});

describe('expiry', () => {
  test('the expired event comes when the active cycle finds the key, up to about 100 ms late', () => {
    const { pushes } = talk(
      [{ notifyKeyspaceEvents: true }],
      [
        { at: seconds(1), client: 'c2', lines: ['SUBSCRIBE __keyevent@0__:expired'] },
        { at: seconds(2), lines: ['SET k 1 PX 540'] },
      ],
    );
    expect(pushes).toHaveLength(1);
    expect(pushes[0]).toBeGreaterThan(seconds(2) + ms(540));
    expect(pushes[0]).toBeLessThan(seconds(2) + ms(645));
  });

  test('a subscriber of a replica hears of a key that its primary found run out', () => {
    const { pushes } = talk(
      [{}, { replicaOf: 'r1', notifyKeyspaceEvents: true }],
      [
        { at: seconds(1), client: 'c2', to: 'r2', lines: ['PSUBSCRIBE __keyspace@0__:*'] },
        { at: seconds(3), lines: ['SET k 1 PX 540'] },
      ],
    );
    expect(pushes).toHaveLength(3); // set, expire, del
  });

  test('without the active cycle a key stays until somebody asks for it', () => {
    const { answers } = talk(
      [{ hz: 0 }],
      [
        { at: seconds(2), lines: ['SET k 1 PX 500'] },
        { at: seconds(20), lines: ['DBSIZE', 'GET k', 'DBSIZE'] },
      ],
    );
    expect(answers[1]).toEqual(['(integer) 1', '(nil)', '(integer) 0']);
  });

  test('a clock that jumps ahead takes keys away', () => {
    const { answers } = talk(
      [{}],
      [
        { at: seconds(2), lines: ['SET lock mine PX 30000'] },
        { at: seconds(4), lines: ['GET lock'] },
      ],
      [{ at: seconds(3), fault: { type: 'clock-jump', node: 'r1', by: seconds(60) } }],
    );
    expect(answers[1]).toEqual(['(nil)']);
  });
});

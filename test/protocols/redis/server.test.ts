// Redis servers as nodes: what survives a crash by how it is written, what a delayed restart is for, and who hears of what.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Micros } from '../../../sim/index.ts';
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

  test('a time to live that was prolonged is what it was prolonged to, though the first is over by now', () => {
    const { answers } = talk(
      [{ appendfsync: 'always' }],
      [
        { at: seconds(5), lines: ['SET lock mine NX PX 2000'] },
        { at: seconds(6), lines: ['PEXPIRE lock 20000'] },
        { at: seconds(12), lines: ['GET lock', 'SET lock yours NX PX 2000'] },
      ],
      [powerLoss(seconds(10))],
    );
    expect(answers[2]).toEqual(['"mine"', '(nil)']);
  });

  test('what is written right behind a rewrite does', () => {
    const { answers } = talk(
      [{ appendfsync: 'always', rewriteAt: 5, replPing: seconds(1) }],
      [
        { at: seconds(5), lines: Array.from({ length: 6 }, () => 'INCR n') },
        { at: seconds(8), lines: ['SET first 1'] },
        { at: seconds(9), lines: ['SET second 1'] },
        { at: seconds(14), lines: ['MGET n first second'] },
      ],
      [powerLoss(seconds(12))],
    );
    expect(answers[3]).toEqual(['["6", "1", "1"]']);
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

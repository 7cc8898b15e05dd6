// The commands of a Redis server, fact by fact, as redis-cli would show them.
import { describe, expect, test } from 'vitest';
import { server } from './shell.ts';

describe('SET', () => {
  test('NX PX answers OK when free, nil when held, and a failed attempt changes neither value nor time to live', () => {
    const { cli, later } = server();
    expect(cli('SET l a NX PX 500')).toBe('OK');
    later(3);
    expect(cli('SET l b NX PX 9000')).toBe('(nil)');
    expect([cli('GET l'), cli('PTTL l')]).toEqual(['"a"', '(integer) 497']);
  });

  test('after PX has elapsed the key is free for NX', () => {
    const { cli, later } = server();
    cli('SET l a NX PX 100');
    later(100);
    expect(cli('SET l b NX PX 100')).toBe('(nil)');
    later(1);
    expect(cli('SET l b NX PX 100')).toBe('OK');
  });

  test('a plain SET discards the time to live, KEEPTTL keeps it', () => {
    const { cli } = server();
    cli('SET k 1 PX 9000');
    cli('SET k 2 KEEPTTL');
    expect(cli('PTTL k')).toBe('(integer) 9000');
    cli('SET k 3');
    expect(cli('PTTL k')).toBe('(integer) -1');
  });

  test('XX writes only what exists; GET returns the old value; NX GET returns it and does not write', () => {
    const { cli } = server();
    expect(cli('SET k 1 XX')).toBe('(nil)');
    expect(cli('SET k old NX GET')).toBe('(nil)');
    expect(cli('SET k new NX GET')).toBe('"old"');
    expect(cli('GET k')).toBe('"old"');
    expect(cli('SET k new XX GET')).toBe('"old"');
    expect(cli('GET k')).toBe('"new"');
  });

  test.each([
    ['SET k v PX 0', "ERR invalid expire time in 'set' command"],
    ['SET k v EX -1', "ERR invalid expire time in 'set' command"],
    ['SET k v PX 9223372036854775807', "ERR invalid expire time in 'set' command"],
    ['SET k v PX x', 'ERR value is not an integer or out of range'],
    ['SET k v PX', 'ERR syntax error'],
    ['SET k v NX XX', 'ERR syntax error'],
    ['SET k v EX 1 PX 1', 'ERR syntax error'],
    ['SET k v EX 1 KEEPTTL', 'ERR syntax error'],
    ['SETEX k 0 v', "ERR invalid expire time in 'setex' command"],
    ['SET k', "ERR wrong number of arguments for 'set' command"],
    ['NOPE a b', "ERR unknown command 'NOPE', with args beginning with: 'a' 'b' "],
  ])('%s is refused: %s', (line, text) => {
    expect(server().cli(line)).toBe(`(error) ${text}`);
  });

  test('GET on a key of another kind is an error and writes nothing', () => {
    const { cli } = server();
    cli('RPUSH l 1 2');
    expect(cli('SET l v GET')).toContain('WRONGTYPE');
    expect(cli('LRANGE l 0 -1')).toBe('["1", "2"]');
    expect(cli('SET l v')).toBe('OK'); // a plain SET replaces whatever was there
  });
});

describe('expiry', () => {
  test('PTTL and TTL: -2 for a missing key, -1 for one that stays, TTL rounds', () => {
    const { cli } = server();
    cli('SET k 1');
    cli('SET t 1 PX 1499');
    cli('SET u 1 PX 1500');
    expect(['PTTL no', 'PTTL k', 'TTL t', 'TTL u'].map(cli)).toEqual([
      '(integer) -2',
      '(integer) -1',
      '(integer) 1',
      '(integer) 2',
    ]);
  });

  test('PEXPIRE with an instant that is over deletes at once and returns 1', () => {
    const { cli, events } = server();
    cli('SET k 1');
    expect([cli('PEXPIRE k -1'), cli('EXISTS k')]).toEqual(['(integer) 1', '(integer) 0']);
    expect(events()).toEqual(['set k', 'del k']);
  });

  test('GT only extends, LT only shortens, NX refuses where there is a time, XX where there is none', () => {
    const { cli } = server();
    cli('SET k 1 PX 1000');
    cli('SET stays 1');
    expect(
      ['PEXPIRE k 500 GT', 'PEXPIRE k 2000 GT', 'PEXPIRE k 3000 NX', 'PEXPIRE k 3000 LT', 'PEXPIRE k 100 LT'].map(cli),
    ).toEqual(['(integer) 0', '(integer) 1', '(integer) 0', '(integer) 0', '(integer) 1']);
    expect(['PEXPIRE stays 5 GT', 'PEXPIRE stays 5 XX', 'PEXPIRE stays 500 LT'].map(cli)).toEqual([
      '(integer) 0',
      '(integer) 0',
      '(integer) 1',
    ]);
    expect(cli('PEXPIRE k 1 NX GT')).toContain('NX and XX, GT or LT options');
    expect(cli('PEXPIRE k 1 GT LT')).toContain('GT and LT options');
    expect(cli('PEXPIRE k 1 ZZ')).toBe('(error) ERR Unsupported option ZZ');
  });

  test('an expired key that nobody came across is not there for anybody, counts in DBSIZE, and is not in KEYS', () => {
    const { cli, later } = server();
    cli('SET k 1 PX 100');
    later(101);
    expect(cli('DBSIZE')).toBe('(integer) 1');
    expect(cli('KEYS *')).toBe('[]');
    expect(['EXISTS k', 'TTL k', 'TYPE k', 'DEL k'].map(cli)).toEqual([
      '(integer) 0',
      '(integer) -2',
      'none',
      '(integer) 0',
    ]);
  });

  test('the event comes when the key is reaped: by access, or by the active cycle', () => {
    const { cli, later, cycle, events } = server();
    cli('SET a 1 PX 100');
    later(200);
    expect(events()).not.toContain('expired a');
    cli('GET a');
    expect(events()).toContain('expired a');
    cli('SET b 1 PX 100');
    later(200);
    expect(cycle()).toBe(1);
    expect(cli('DBSIZE')).toBe('(integer) 0');
  });

  test('a cycle goes on while more than a tenth of what it looks at had run out, twenty keys at a time', () => {
    const { cli, later, cycle } = server();
    for (let n = 0; n < 100; n++) cli(`SET short${n} x PX 10`);
    for (let n = 0; n < 20; n++) cli(`SET long${n} x PX 10000`);
    later(11);
    expect(cycle()).toBe(100);
    expect(cli('DBSIZE')).toBe('(integer) 20');
  });

  test('it is an absolute instant of the wall clock, so a clock that is set back lengthens it', () => {
    const { cli, later, now } = server();
    cli('SET k 1 PX 60000');
    expect(cli('PEXPIRETIME k')).toBe(`(integer) ${now() + 60_000}`);
    later(-5_000);
    expect(cli('PTTL k')).toBe('(integer) 65000');
    later(65_001);
    expect(cli('GET k')).toBe('(nil)');
  });

  test('GETEX changes the time to live, GETDEL takes the key away', () => {
    const { cli } = server();
    cli('SET k 1');
    expect([cli('GETEX k PX 100'), cli('PTTL k')]).toEqual(['"1"', '(integer) 100']);
    expect([cli('GETEX k PERSIST'), cli('PTTL k')]).toEqual(['"1"', '(integer) -1']);
    expect(cli('GETEX k PERSIST 1')).toBe('(error) ERR syntax error');
    expect([cli('GETDEL k'), cli('GETDEL k')]).toEqual(['"1"', '(nil)']);
  });

  test('what the log gets does not depend on when it is read', () => {
    const { cli, later, turns, now } = server();
    cli('SET k 1 PX 100');
    const until = String(now() + 100);
    cli('PEXPIRE k 50');
    later(60);
    cli('GET k');
    expect(turns.flatMap(({ propagated }) => propagated)).toEqual([
      ['SET', 'k', '1', 'PXAT', until],
      ['PEXPIREAT', 'k', String(now() - 10)],
      ['DEL', 'k'],
    ]);
  });
});

describe('counters', () => {
  test('count in 64 bits, keep the time to live, and refuse what is no number', () => {
    const { cli } = server();
    cli('SET n 5 PX 1000');
    expect([cli('INCR n'), cli('DECRBY n 10'), cli('PTTL n')]).toEqual([
      '(integer) 6',
      '(integer) -4',
      '(integer) 1000',
    ]);
    cli('SET big 9223372036854775806');
    expect(cli('INCR big')).toBe('(integer) 9223372036854775807');
    expect(cli('INCR big')).toBe('(error) ERR increment or decrement would overflow');
    cli('SET t 007');
    expect(cli('INCR t')).toBe('(error) ERR value is not an integer or out of range');
    cli('LPUSH l 1');
    expect(cli('INCR l')).toContain('WRONGTYPE');
  });
});

describe('transactions', () => {
  test('a command that fails does not roll the others back', () => {
    const { cli } = server();
    cli('LPUSH l x');
    cli('MULTI');
    expect(['SET a 1', 'INCR l', 'SET b 2'].map(cli)).toEqual(['QUEUED', 'QUEUED', 'QUEUED']);
    expect(cli('EXEC')).toBe('[OK, (error) WRONGTYPE Operation against a key holding the wrong kind of value, OK]');
    expect(cli('GET b')).toBe('"2"');
  });

  test('a command that cannot be queued aborts the whole', () => {
    const { cli } = server();
    cli('MULTI');
    cli('SET a 1');
    expect(cli('SET a')).toContain('wrong number of arguments');
    expect(cli('EXEC')).toBe('(error) EXECABORT Transaction discarded because of previous errors.');
    expect(cli('GET a')).toBe('(nil)');
  });

  test('what is out of place is refused', () => {
    const { cli } = server();
    expect(cli('EXEC')).toBe('(error) ERR EXEC without MULTI');
    expect(cli('DISCARD')).toBe('(error) ERR DISCARD without MULTI');
    cli('MULTI');
    expect(cli('MULTI')).toBe('(error) ERR MULTI calls can not be nested');
    expect(cli('WATCH a')).toBe('(error) ERR WATCH inside MULTI is not allowed');
    expect(cli('DISCARD')).toBe('OK');
  });

  test('a watched key that another client writes refuses the transaction, an own UNWATCH forgets it', () => {
    const { cli, as } = server();
    const other = as('c2');
    cli('WATCH k');
    other('SET k 1');
    cli('MULTI');
    cli('SET k 2');
    expect(cli('EXEC')).toBe('(nil)');
    cli('WATCH k');
    other('SET k 3');
    cli('UNWATCH');
    cli('MULTI');
    cli('SET k 4');
    expect(cli('EXEC')).toBe('[OK]');
  });

  test.each(['EXEC', 'DISCARD'])(
    '%s ends a transaction with its watches: the next one is not refused for them',
    (end) => {
      const { cli, as } = server();
      const other = as('c2');
      for (const change of ['before', 'after']) {
        cli('WATCH k');
        if (change === 'before') other('SET k 1');
        cli('MULTI');
        cli(end);
        if (change === 'after') other('SET k 1');
        cli('MULTI');
        cli('SET k 2');
        expect({ change, answer: cli('EXEC') }).toEqual({ change, answer: '[OK]' });
      }
    },
  );

  test('a watched key that merely runs out refuses it as well, reaped or not', () => {
    for (const reaps of [true, false]) {
      const { cli, as, later } = server();
      cli('SET k 1 PX 50');
      cli('WATCH k');
      later(60);
      if (reaps) as('c2')('GET k');
      cli('MULTI');
      cli('SET a 1');
      expect(cli('EXEC')).toBe('(nil)');
    }
  });

  test('a key that had run out before it was watched and is written since refuses it', () => {
    for (const reaps of [true, false]) {
      const { cli, as, later } = server();
      cli('SET k 1 PX 50');
      later(60);
      cli('WATCH k');
      if (reaps) as('c2')('GET k');
      as('c2')('SET k 2');
      cli('MULTI');
      cli('SET a 1');
      expect(cli('EXEC')).toBe('(nil)');
    }
  });

  test('a key that had run out before it was watched does not', () => {
    const { cli, as, later } = server();
    cli('SET k 1 PX 50');
    later(60);
    cli('WATCH k');
    as('c2')('GET k');
    cli('MULTI');
    cli('SET a 1');
    expect(cli('EXEC')).toBe('[OK]');
  });
});

describe('scripts', () => {
  test('compare-and-delete and compare-and-extend act for the owner alone', () => {
    const { cli } = server();
    cli('SET l mine PX 100');
    expect(cli('EVAL compare-and-delete 1 l yours')).toBe('(integer) 0');
    expect(cli('EVAL compare-and-extend 1 l yours 900')).toBe('(integer) 0');
    expect([cli('EVAL compare-and-extend 1 l mine 900'), cli('PTTL l')]).toEqual(['(integer) 1', '(integer) 900']);
    expect([cli('EVAL compare-and-delete 1 l mine'), cli('EXISTS l')]).toEqual(['(integer) 1', '(integer) 0']);
  });

  test('an error ends the script, and what it wrote before stays', () => {
    const { cli } = server();
    cli('SET k text');
    expect(cli('EVAL failing 1 k')).toContain('WRONGTYPE');
    expect([cli('GET s1'), cli('GET s2')]).toEqual(['"1"', '(nil)']);
  });

  test('keys do not run out while a script works, although its clock goes on', () => {
    const { cli } = server();
    cli('SET k 1 PX 20');
    expect(cli('EVAL slow 1 k')).toBe('(integer) 1');
    expect(cli('EXISTS k')).toBe('(integer) 0');
    expect(cli('EVAL clockInScript 0')).toBe('"goes on"');
  });

  test('EVALSHA knows what was loaded or run before', () => {
    const { cli } = server();
    expect(cli('EVALSHA slow 1 k')).toBe('(error) NOSCRIPT No matching script. Please use EVAL.');
    cli('SCRIPT LOAD slow');
    expect(cli('EVALSHA slow 1 k')).toBe('(integer) 0');
    expect(cli('SCRIPT EXISTS slow nope')).toBe('[(integer) 1, (integer) 0]');
    expect(cli('EVAL slow 3 k')).toContain("can't be greater than number of args");
    expect(cli('EVAL slow -1')).toContain("can't be negative");
  });
});

describe('replicas', () => {
  test('refuse writes, and hide a key that ran out without removing it', () => {
    const { cli, later, state } = server();
    cli('SET k 1 PX 100');
    state.role = 'replica';
    later(200);
    expect(cli('SET k 2')).toBe("(error) READONLY You can't write against a read only replica.");
    expect(cli('GET k')).toBe('(nil)');
    expect(cli('DBSIZE')).toBe('(integer) 1');
  });
});

describe('channels', () => {
  test('PUBLISH counts who hears it, by name and by pattern', () => {
    const { cli, as, turns } = server();
    as('c2')('SUBSCRIBE news');
    as('c3')('PSUBSCRIBE n*');
    expect(cli('PUBLISH news hello')).toBe('(integer) 2');
    expect(turns.at(-1)?.published).toEqual([{ channel: 'news', message: 'hello' }]);
    as('c2')('UNSUBSCRIBE');
    expect(cli('PUBLISH news again')).toBe('(integer) 1');
  });
});

test('patterns of KEYS', () => {
  const { cli } = server();
  cli('MSET hello 1 hallo 1 hxllo 1 "a*b" 1');
  expect(cli('KEYS h[ae]llo')).toBe('["hello", "hallo"]');
  expect(cli('KEYS h[^e]llo')).toBe('["hallo", "hxllo"]');
  expect(cli('KEYS h?llo')).toBe('["hello", "hallo", "hxllo"]');
  expect(cli('KEYS a\\*b')).toBe('["a*b"]');
});

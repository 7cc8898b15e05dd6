// The finer points of Redis's commands: the order in which it finds faults, what it calls its events, and where it is generous.
import { describe, expect, test } from 'vitest';
import { globMatcher } from '../../../protocols/redis/glob.ts';
import type { Call } from '../../../protocols/redis/scripts.ts';
import { server } from './shell.ts';

describe('options', () => {
  test.each([
    ['SET k v PX 0 FOO', '(error) ERR syntax error'], // the syntax is looked at before the time
    ['SET k v PX x NX XX', '(error) ERR syntax error'],
    ['SET k v NX NX', 'OK'],
    ['SET k v PX 5 PX 900', 'OK'],
    ['SET k v PERSIST', '(error) ERR syntax error'],
    ['GETEX k PX', '(error) ERR syntax error'],
    ['GETEX k PX 1 PERSIST', '(error) ERR syntax error'],
    ['GETEX k PX 0', '(nil)'], // a missing key is answered before its time is looked at
    ['MSETNX a 1 b', "(error) ERR wrong number of arguments for 'msetnx' command"],
    ['PING a b', "(error) ERR wrong number of arguments for 'ping' command"],
    ['WAIT 1', "(error) ERR wrong number of arguments for 'wait' command"],
  ])('%s: %s', (line, answer) => {
    expect(server().cli(line)).toBe(answer);
  });

  test('of two times the last counts', () => {
    const { cli } = server();
    cli('SET k v PX 5 PX 900');
    expect(cli('PTTL k')).toBe('(integer) 900');
  });

  test('an instant that is over is stored by SET, and the key runs out at once', () => {
    const { cli, later, events } = server();
    expect(cli('SET k v PXAT 1')).toBe('OK');
    later(1);
    expect(cli('GET k')).toBe('(nil)');
    expect(events()).toEqual(['set k', 'expire k', 'expired k']);
  });

  test('an unknown command is quoted with up to 128 characters of what came with it', () => {
    const long = 'x'.repeat(200);
    expect(server().cli(`NOPE ${long} more`)).toBe(
      `(error) ERR unknown command 'NOPE', with args beginning with: '${'x'.repeat(128)}' `,
    );
  });
});

describe('events', () => {
  test.each([
    ['SET k w KEEPTTL', ['set k']],
    ['SET k w PX 9', ['set k', 'expire k']],
    ['GETEX k PX 9', ['expire k']],
    ['GETEX k PXAT 1', ['del k']],
    ['GETEX k PERSIST', ['persist k']],
    ['GETDEL k', ['del k']],
    ['DECR k', ['incrby k']],
    ['INCRBYFLOAT k 0.5', ['incrbyfloat k']],
    ['APPEND k 1', ['append k']],
    ['RENAME k l', ['rename_from k', 'rename_to l']],
    ['FLUSHALL', []],
    ['PEXPIRE k -1', ['del k']],
  ])('%s: %s', (line, events) => {
    const shell = server();
    shell.cli('SET k 1 PX 5000');
    const before = shell.events().length;
    shell.cli(line);
    expect(shell.events().slice(before)).toEqual(events);
  });
});

describe('numbers', () => {
  test.each([
    ['10.50', '0.1', '"10.6"'],
    ['5.0e3', '2.0e2', '"5200"'],
    ['0.1', '0.2', '"0.3"'],
    ['3', '-3.0', '"0"'],
    ['-1.5', '1', '"-0.5"'],
    ['1', 'x', '(error) ERR value is not a valid float'],
    ['x', '1', '(error) ERR value is not a valid float'],
  ])('INCRBYFLOAT of %s by %s is %s', (from, by, result) => {
    const { cli } = server();
    cli(`SET k ${from}`);
    expect(cli(`INCRBYFLOAT k ${by}`)).toBe(result);
  });

  test('lengths are in bytes', () => {
    const { cli } = server();
    expect(cli('APPEND k é€😀')).toBe('(integer) 9');
    expect(cli('STRLEN k')).toBe('(integer) 9');
  });
});

describe('what scripts may not do', () => {
  test.each([
    ['MULTI', 'ERR This Redis command is not allowed from script'],
    ['NOPE', 'ERR Unknown Redis command called from script'],
    ['GET', 'ERR Wrong number of args calling Redis command from script'],
  ])('%s: %s', (line, text) => {
    const script = { run: (call: Call) => call(line) };
    expect(server(undefined, script).cli('EVAL run 0')).toBe(`(error) ${text} script: run, on @user_script:1.`);
  });
});

describe('a connection that listens', () => {
  test('is told of each channel apart, and is good for little else', () => {
    const { cli } = server();
    expect(cli('UNSUBSCRIBE')).toBe('["unsubscribe", (nil), (integer) 0]');
    expect(cli('SUBSCRIBE a b')).toBe('[["subscribe", "a", (integer) 1], ["subscribe", "b", (integer) 2]]');
    expect(cli('PING')).toBe('["pong", ""]');
    expect(cli('GET k')).toBe(
      "(error) ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
    );
    expect(cli('UNSUBSCRIBE a')).toBe('["unsubscribe", "a", (integer) 1]');
    expect(cli('RESET')).toBe('RESET');
    expect(cli('GET k')).toBe('(nil)');
  });
});

describe('transactions', () => {
  test('a key that had run out when it was watched, and is flushed away, does not refuse one', () => {
    const { cli, as, later } = server();
    cli('SET k 1 PX 5');
    later(6);
    cli('WATCH k');
    as('c2')('FLUSHALL');
    cli('MULTI');
    expect(cli('EXEC')).toBe('[]');
  });

  test('WAIT does not wait in one, and a nested MULTI does not spoil it', () => {
    const { cli } = server();
    expect(['MULTI', 'SET k 1', 'WAIT 3 0', 'MULTI'].map(cli).slice(2)).toEqual([
      'QUEUED',
      '(error) ERR MULTI calls can not be nested',
    ]);
    expect(cli('EXEC')).toBe('[OK, (integer) 0]');
  });
});

test('LPOP and RPOP take several, from the end that they are named after', () => {
  const { cli } = server();
  cli('RPUSH l 1 2 3 4 5');
  expect(cli('LPOP l 2')).toBe('["1", "2"]');
  expect(cli('RPOP l 2')).toBe('["5", "4"]');
  expect(cli('LPOP l 0')).toBe('[]');
  expect(cli('LPOP l -1')).toBe('(error) ERR value is out of range, must be positive');
  expect(cli('LINDEX l -1')).toBe('"3"');
  expect(cli('LPOP l 9')).toBe('["3"]');
  expect(cli('LPOP l 1')).toBe('(nil)');
  expect(cli('TYPE l')).toBe('none');
});

test('COPY takes the time to live along, and overwrites only if told to', () => {
  const { cli } = server();
  cli('SET a x PX 500');
  cli('SET b y');
  expect(cli('COPY a b')).toBe('(integer) 0');
  expect(cli('COPY a b REPLACE')).toBe('(integer) 1');
  expect([cli('GET b'), cli('PTTL b')]).toEqual(['"x"', '(integer) 500']);
  expect(cli('COPY a a')).toBe('(error) ERR source and destination objects are the same');
  expect(cli('COPY a c DB 3')).toBe('(error) ERR DB index is out of range');
});

test('LRANGE beyond either end gives what there is', () => {
  const { cli } = server();
  cli('RPUSH l a b c');
  expect(['LRANGE l -9 9', 'LRANGE l 0 -5', 'LRANGE l 2 1', 'LRANGE l -2 -1'].map(cli)).toEqual([
    '["a", "b", "c"]',
    '[]',
    '[]',
    '["b", "c"]',
  ]);
});

test.each([
  ['[c-a]x', ['ax', 'bx', 'cx'], ['dx', 'x']],
  ['[^a-b]', ['c', '^'], ['a', '', 'cc']],
  ['[a\\]]', ['a', ']'], ['\\', 'b']],
  ['[abc', ['a', 'c'], ['[abc', 'd']],
  ['a**b?c', ['abxc', 'axxbbc'], ['abc', 'ab']],
  ['*.*', ['.', 'a.b'], ['ab']],
  ['\\*', ['*'], ['a', '\\*']],
  ['a(b|c)+$', ['a(b|c)+$'], ['ab']],
])('the pattern %s', (pattern, fitting, other) => {
  const fits = globMatcher(pattern);
  expect([...fitting, ...other].filter(fits)).toEqual(fitting);
});

test('a pattern of many stars takes no longer than its length times the text', () => {
  expect(globMatcher(`${'*a'.repeat(40)}b`)('a'.repeat(400))).toBe(false);
});

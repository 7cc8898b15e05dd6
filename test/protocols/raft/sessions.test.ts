// The sessions of the replicated store (Ongaro's thesis, section 6.3): what is executed once, and which session expires when.
// Every server runs the same machine, so that servers that agree prove nothing here.
import { describe, expect, test } from 'vitest';
import { keyValueService, paperRules, type Service } from '../../../protocols/raft/index.ts';

type Command = Parameters<ReturnType<typeof keyValueService>['apply']>[1];

/** Applies commands one after another, from index 1 on; returns the answers. */
function answers(service: Service<never, Command, unknown>, commands: readonly Command[]): unknown[] {
  const machine = service.initial();
  return commands.map((command, place) => service.apply(machine, command, { index: place + 1, term: 1 }));
}

const serviceOf = (limit?: number, ttl?: number) =>
  keyValueService(paperRules, limit, ttl) as unknown as Service<never, Command, unknown>;
const register: Command = { type: 'register' };
const write = (session: number, sequence: number, value: number, at?: number): Command => ({
  ...{ type: 'apply', session, sequence, operation: { type: 'write', key: 'k', value } },
  ...(at === undefined ? {} : { at }),
});
const cas = (session: number, sequence: number, from: number | null, to: number): Command => ({
  ...{ type: 'apply', session, sequence, operation: { type: 'cas', key: 'k', from, to } },
});
const done = (value: number) => ({ type: 'done', value });
const expired = { type: 'session-expired' };

describe('a session', () => {
  test('has the index of its entry for a name, and one that was never opened has expired', () => {
    expect(answers(serviceOf(), [register, register, write(3, 1, 1)])).toEqual([
      { type: 'registered', session: 1 },
      { type: 'registered', session: 2 },
      expired,
    ]);
  });

  test('executes a command once, and answers its copy as it answered the command', () => {
    const commands = [register, cas(1, 5, null, 1), cas(1, 5, null, 1), cas(1, 6, null, 2), write(1, 7, 3)];
    const found = { type: 'mismatch', found: 1 };
    expect(answers(serviceOf(), commands).slice(1)).toEqual([done(1), done(1), found, done(3)]);
  });

  test('is the one to expire that was used least recently, not the one that was opened first', () => {
    const commands = [register, register, write(1, 1, 1), register, write(1, 2, 2), write(2, 1, 3), write(4, 1, 4)];
    expect(answers(serviceOf(2), commands).slice(4)).toEqual([done(2), expired, done(4)]);
  });

  test('that is new is not used less recently than those that were used before it came', () => {
    const commands = [register, write(1, 1, 1), register, register, write(1, 2, 2), write(3, 1, 3), write(4, 1, 4)];
    expect(answers(serviceOf(2), commands).slice(4)).toEqual([expired, done(3), done(4)]);
  });

  test('expires when it was not used for longer than its time, counted from its last use', () => {
    const opened: Command = { ...register, at: 1_000 };
    const commands = [opened, write(1, 1, 1, 1_100), write(1, 2, 2, 1_200), write(1, 3, 3, 1_301)];
    expect(answers(serviceOf(9, 100), commands).slice(1)).toEqual([done(1), done(2), expired]);
  });

  test('does not live longer because a later leader’s clock is behind', () => {
    const opened: Command = { ...register, at: 1_000 };
    const commands = [opened, register, write(1, 1, 1, 900), write(1, 2, 2, 1_099), write(1, 3, 3, 1_200)];
    expect(answers(serviceOf(9, 100), commands).slice(2)).toEqual([done(1), done(2), expired]);
  });

  test('lives for ever where no time is set', () => {
    expect(answers(serviceOf(), [{ ...register, at: 0 }, write(1, 1, 1, 10 ** 12)])[1]).toEqual(done(1));
  });
});

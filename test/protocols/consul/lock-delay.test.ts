// The lock-delay, which keeps a lock from everybody for a while when its holder's session has ended against its will, and who gets
// the lock all the same: in Consul, whoever asks while the end of the session is being committed.
import { describe, expect, test } from 'vitest';
import type { ConsulRules } from '../../../protocols/consul/rules.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { consulKvRules } from '../../../protocols/consul/state/kv.ts';
import { applyConsul, type ConsulAnswer, type ConsulCommand } from '../../../protocols/consul/state/machine.ts';
import { emptyState, type ConsulState } from '../../../protocols/consul/state/types.ts';
import { ms, seconds, type Micros } from '../../../sim/index.ts';
import { nodes } from './cluster.ts';
import { converse, inTurn, put, session, type Step } from './conversation.ts';

const servers = ['s1', 's2', 's3'];
const settled = seconds(8);

/** Whether another session acquires the lock so long after its holder's session was asked to end, one answer for each seed. */
function tries(after: Micros, rules: Partial<ConsulRules>): readonly unknown[] {
  const server = consulServer({ gossip: { contacts: servers }, raft: { voters: servers }, rules });
  const step = (at: Micros, as: string, request: Step['request']): Step => ({ at, ask: 's1', as, request });
  const ends = settled + seconds(1);
  const steps: Step[] = [
    step(settled, 'one', session('one', { lockDelay: seconds(2) })),
    step(settled, 'two', session('two')),
    step(settled + ms(500), 'one', put('lock', '', { acquire: '$one' })),
    step(ends, 'one', { type: 'session-destroy', session: '$one' }),
    step(ends + after, 'two', put('lock', '', { acquire: '$two' })),
  ];
  return Array.from({ length: 12 }, (_, seed) => {
    const { exchanges } = converse({ nodes: { s1: server, s2: server, s3: server }, steps, seed, until: seconds(15) });
    return exchanges[4]?.response.body;
  });
}

describe('a lock-delay', () => {
  test('is kept when it is known, and over when its time is', () => {
    expect(new Set(tries(ms(100), {}))).toEqual(new Set([false]));
    expect(new Set(tries(seconds(1.9), {}))).toEqual(new Set([false]));
    expect(new Set(tries(seconds(2.1), {}))).toEqual(new Set([true]));
  });

  test('is on every key that the session held, and on none that it had let go', () => {
    const keys = ['a', 'b', 'c'];
    const two = inTurn('s1', settled, [session('two')], 'two');
    const one = inTurn(
      's1',
      settled,
      [
        session('one', { lockDelay: seconds(5) }),
        ...[...keys, 'free'].map((key) => put(key, '', { acquire: '$one' })),
        put('free', '', { release: '$one' }),
        { type: 'session-destroy', session: '$one' },
      ],
      'one',
    );
    const asks = [...keys, 'free'].map((key) => put(key, '', { acquire: '$two' }));
    const steps = [
      ...two,
      ...one,
      ...inTurn('s1', settled + seconds(2), asks, 'two'),
      ...inTurn('s1', settled + seconds(8), asks, 'two'),
    ];
    const answers = converse({ nodes, steps })
      .exchanges.slice(-8)
      .map(({ response }) => response.body);
    expect(answers).toEqual([false, false, false, true, true, true, true, true]);
  });

  test('is overtaken in Consul by who asks before the end of the session is committed', () => {
    const answers = tries(ms(1), {});
    expect(answers).toContain(true);
  });

  test('is overtaken by nobody where it binds what is behind it in the log', () => {
    expect(new Set(tries(ms(1), { delaysBindTheLog: true }))).toEqual(new Set([false]));
    expect(new Set(tries(seconds(2.1), { delaysBindTheLog: true }))).toEqual(new Set([true]));
  });
});

describe('an acquisition that says up to which index it knew of delays', () => {
  const begin = (): { readonly state: ConsulState; readonly run: (command: ConsulCommand) => ConsulAnswer } => {
    const state = emptyState();
    let index = 10;
    const run = (command: ConsulCommand): ConsulAnswer => applyConsul(state, command, ++index, consulKvRules).answer;
    run({ type: 'register', registration: { node: 'n1', address: 'n1' } });
    for (const [id, lockDelay] of [
      ['one', seconds(2)],
      ['two', seconds(2)],
      ['hasty', 0],
    ] as const) {
      run({ type: 'session-create', request: { id, node: 'n1', checks: [], lockDelay } });
    }
    return { state, run };
  };
  const lock = (of: string, delaysKnownUpTo: number): ConsulCommand => {
    return { type: 'kv', write: { verb: 'lock', key: 'k', value: '', session: of, delaysKnownUpTo } };
  };

  test('is refused behind one that it did not know, alone and in a transaction', () => {
    const { run } = begin();
    expect(run(lock('one', 14))).toMatchObject({ type: 'done', index: 15 });
    run({ type: 'session-destroy', session: 'one' });
    expect(run(lock('two', 15))).toEqual({ type: 'not-done' });
    const write = { verb: 'lock', key: 'k', value: '', session: 'two', delaysKnownUpTo: 15 } as const;
    expect(run({ type: 'transaction', operations: [write] })).toMatchObject({ type: 'rolled-back' });
    expect(run(lock('two', 16))).toMatchObject({ type: 'done' });
  });

  test('is not refused behind a clean release, or the end of a session that asks for no delay', () => {
    const { run } = begin();
    run(lock('one', 14));
    run({ type: 'kv', write: { verb: 'unlock', key: 'k', value: '', session: 'one' } });
    expect(run(lock('hasty', 15))).toMatchObject({ type: 'done' });
    run({ type: 'session-destroy', session: 'hasty' });
    expect(run(lock('two', 17))).toMatchObject({ type: 'done' });
  });

  test('needs no memory of delays that are older than what is forgotten', () => {
    const { state, run } = begin();
    run(lock('one', 14));
    run({ type: 'session-destroy', session: 'one' });
    run({ type: 'reap-tombstones', upTo: 15 });
    expect([...state.delayed]).toEqual([['k', 16]]);
    run({ type: 'reap-tombstones', upTo: 16 });
    expect([...state.delayed]).toEqual([]);
  });
});

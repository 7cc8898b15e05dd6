// How long sessions live: their TTL is a lower bound, twice of it the upper one, and a new leader begins anew.
import { describe, expect, test } from 'vitest';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, type Micros } from '../../../sim/index.ts';
import { converse, get, put, session, type Step, type Talk } from './conversation.ts';

const servers = ['s1', 's2', 's3'];
const server = consulServer({ gossip: { contacts: servers }, raft: { voters: servers } });
const nodes = { s1: server, s2: server, s3: server };
const settled = seconds(8);
const opened: Step = { at: settled, ask: 's1', as: 'c', request: session('one', { ttl: seconds(10) }) };
const info = (at: Micros): Step => ({ at, ask: 's1', as: 'c', request: { type: 'session-info', session: '$one' } });
const renew = (at: Micros): Step => ({ at, ask: 's1', as: 'c', request: { type: 'session-renew', session: '$one' } });

const answers = (steps: readonly Step[], more: Partial<Talk> = {}) =>
  converse({ nodes, steps, ...more }).exchanges.map(({ response }) => response);

describe('a session with a TTL', () => {
  test('that is not renewed ends after twice of it, not before', () => {
    const [, alive, over] = answers([opened, info(settled + seconds(19.9)), info(settled + seconds(20.1))]);
    expect(alive!.body).toHaveLength(1);
    expect(over!.body).toEqual([]);
  });

  test('that is renewed has its time again; what is not there is 404', () => {
    const steps = [15, 30, 49.9, 70.5].map((after) => renew(settled + seconds(after)));
    const responses = answers([opened, ...steps], { until: seconds(90) });
    expect(responses.slice(1).map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    expect(responses[1]!.body).toMatchObject([{ name: 'one', ttl: seconds(10) }]);
    expect(responses[4]!.body).toMatch(/^Session id '.*' not found$/);
  });

  test('that is destroyed is gone at once, and may be destroyed again', () => {
    const destroy: Step = {
      at: settled + ms(100),
      ask: 's1',
      as: 'c',
      request: { type: 'session-destroy', session: '$one' },
    };
    const steps = [opened, destroy, info(settled + ms(200)), { ...destroy, at: settled + ms(300) }];
    const { exchanges, notes } = converse({ nodes, steps });
    expect(exchanges.slice(1).map(({ response }) => response.body)).toEqual([true, [], true]);
    expect(notes.filter(({ kind }) => kind === 'session expired')).toEqual([]);
  });

  test('has twice its TTL from the day of a new leader', () => {
    for (let seed = 0; seed < 8; seed++) {
      const { notes } = converse({
        nodes,
        steps: [opened],
        seed,
        until: seconds(60),
        faults: [[settled + seconds(15), { type: 'crash', node: '@leader', for: seconds(60) }]],
      });
      const elected = notes.findLast(({ kind, data }) => kind === 'role' && data['role'] === 'leader')?.at ?? 0;
      expect(elected).toBeGreaterThan(settled + seconds(15));
      const ended = notes.find(({ kind }) => kind === 'session expired')?.at ?? 0;
      expect(ended - elected).toBeGreaterThanOrEqual(seconds(20));
      expect(ended - elected).toBeLessThan(seconds(20.2));
    }
  });

  test('outlives a leader that was stopped, and does not end twice', () => {
    const { notes } = converse({
      nodes,
      steps: [opened],
      until: seconds(60),
      faults: [[settled + seconds(5), { type: 'pause', node: '@leader', for: seconds(20) }]],
    });
    const ends = notes.filter(({ kind }) => kind === 'session expired');
    expect(new Set(ends.map(({ data }) => data['session'])).size).toBe(1);
    expect(ends).toHaveLength(servers.length);
  });
});

test('the lock-delay outlives the leader under which it began', () => {
  for (let seed = 0; seed < 8; seed++) {
    const late = settled + seconds(6);
    const responses = answers(
      [
        { at: settled, ask: 's1', as: 'c', request: session('one', { lockDelay: seconds(15) }) },
        { at: settled + ms(10), ask: 's1', as: 'c', request: put('l', '', { acquire: '$one' }) },
        { at: settled + ms(20), ask: 's1', as: 'c', request: { type: 'session-destroy', session: '$one' } },
        ...servers.flatMap((ask): Step[] => [
          { at: settled + ms(30), ask, as: 'd', request: session('two') },
          { at: late, ask, as: 'd', request: put('l', '', { acquire: '$two' }) },
          { at: late + ms(100), ask, as: 'd', request: get('l') },
        ]),
      ],
      { seed, faults: [[settled + ms(200), { type: 'pause', node: '@leader', for: seconds(5) }]] },
    );
    const attempts = responses.slice(3).filter((_, place) => place % 3 === 1);
    expect(attempts.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(attempts.filter(({ body }) => body === true)).toEqual([]);
  }
});

// What becomes of a session that moves or is silent: who keeps its connection, how long it lives, what its watches missed, and
// who may say that it is over.
import { describe, expect, test } from 'vitest';
import { zooKeeper, type ServiceRequest } from '../../../protocols/zookeeper/index.ts';
import { seconds, type Json } from '../../../sim/index.ts';
import { converse as converseAmongPuppets } from '../conversation.ts';
import { ask, converse, create, get, remove, set, type Line, type Outcome } from './ensemble.ts';

const two = { c1: { server: 'n1' }, c2: { server: 'n2' } };
const exists = (path: string, watch = false): ServiceRequest => ({ type: 'exists', path, watch });
const ephemeral = create('/e', { mode: 'ephemeral' });
const log = (client: string, at: number): Line => ({ client, f: 'log', at });
const cut = (at: number, node: string, lasts: number) =>
  ({ at: seconds(at), fault: { type: 'isolate', node, for: seconds(lasts) } }) as const;
const news = (said: Outcome, line: number): string[] =>
  said.log(line).flatMap((entry) => (entry.type === 'news' ? [entry.news] : []));
const isThere = (said: Outcome, lines: readonly number[]): boolean[] =>
  lines.map((line) => said.answer(line).result.error === 'OK');

describe('a session', () => {
  test('that another process takes up at the same server leaves its first connection', () => {
    const clients = { c1: { server: 'n1', onlyThere: true }, c2: { server: 'n1', onlyThere: true } };
    const lines: Line[] = [{ client: 'c1', f: 'session' }, log('c1', 4)];
    const { session, password } = converse(lines, { clients }).outcomes[0] as { [field: string]: Json };
    const takeUp: Line = { client: 'c2', f: 'attach', value: { session: session!, password: password! }, at: 5 };
    const said = converse([...lines, takeUp, log('c1', 6)], { clients });
    expect((said.outcomes[2] as { [field: string]: Json })['session']).toBe(session);
    expect(news(said, 3)[0]).toBe('Disconnected');
  });

  test('has the whole of its time-out again when it has moved', () => {
    const move: Line = { client: 'c1', f: 'move', value: 'n2', at: 5 };
    const looks = [9, 13, 17, 21].map((at) => ask('c3', exists('/e'), at));
    const said = converse([ask('c1', ephemeral), move, ...looks], {
      clients: { c1: { server: 'n1', timeout: 10 }, c3: { server: 'n3' } },
      faults: [cut(5.5, 'c1', 50)],
    });
    expect(isThere(said, [2, 3, 4, 5])).toEqual([true, true, false, false]);
  });

  test.each(['n1', 'n3'])(
    'of a client that is idle lives on, be its server a follower or the leader (%s)',
    (server) => {
      const said = converse([ask('c1', ephemeral), ask('c2', exists('/e'), 40), log('c1', 41)], {
        clients: { c1: { server, timeout: 4, onlyThere: true }, c2: { server: 'n2' } },
      });
      expect(isThere(said, [1])).toEqual([true]);
      expect(news(said, 2)).not.toContain('Expired');
    },
  );

  test('of a client that is busy lives on by its requests: it sends no heartbeats', () => {
    const asks = Array.from({ length: 30 }, (_, place) => ask('c1', exists('/e'), 4 + place / 2));
    const said = converse([ask('c1', ephemeral), log('c1', 3.5), ...asks, log('c1', 19), ask('c2', exists('/e'), 19)], {
      clients: { c1: { server: 'n1', timeout: 4, onlyThere: true }, c2: two.c2 },
    });
    expect(isThere(said, [...asks.map((_, place) => place + 2), 33])).not.toContain(false);
    expect(news(said, 32)).toEqual([]);
  });

  test.each(['lose', 'refuse'] as const)('goes on at another server when its own dies (%s)', (whenDown) => {
    const said = converse([ask('c1', ephemeral), { client: 'c1', f: 'session', at: 14 }, ask('c1', exists('/e'))], {
      clients: { c1: { server: 'n1', timeout: 10 } },
      faults: [{ at: seconds(5), fault: { type: 'crash', node: 'n1', for: seconds(40) } }],
      whenDown,
    });
    expect((said.outcomes[1] as { [field: string]: Json })['server']).not.toBe('n1');
    expect(isThere(said, [0, 2])).toEqual([true, true]);
  });

  test('of a client that is gone ends, though its server knows of it and lives', () => {
    const said = converse([ask('c1', ephemeral), ask('c2', exists('/e'), 8), ask('c2', exists('/e'), 14)], {
      clients: { c1: { server: 'n1', timeout: 4 }, c2: { server: 'n2' } },
      faults: [cut(5, 'c1', 50)],
    });
    expect(isThere(said, [1, 2])).toEqual([true, false]);
  });

  test('brings no watch along that was told already', () => {
    const watches: ServiceRequest[] = [
      { type: 'getData', path: '/a', watch: true },
      { type: 'getChildren', path: '/a', watch: true },
      exists('/b', true),
    ];
    const touch = [set('/a'), create('/a/c'), create('/b')];
    const again = [set('/a'), create('/a/d'), set('/b')];
    const said = converse(
      [ask('c1', [create('/a'), ...watches]), ask('c2', touch, 4), log('c1', 4.5), ask('c2', again, 7), log('c1', 22)],
      { clients: { c1: { server: 'n1', timeout: 20 }, c2: two.c2 }, faults: [cut(5, 'c1', 5)] },
    );
    expect(said.events(2).toSorted()).toEqual(['NodeChildrenChanged /a', 'NodeCreated /b', 'NodeDataChanged /a']);
    expect(said.events(4)).toEqual([]);
  });

  test('knows the zxid of its last answer, by which a server that is behind is known', () => {
    const said = converse([ask('c1', [create('/a'), set('/a'), get('/a')]), { client: 'c1', f: 'session' }]);
    expect((said.outcomes[1] as { [field: string]: Json })['lastZxid']).toBe(said.answers(0)[1]!.zxid);
  });

  test('has watches that are told what was deleted while it was away', () => {
    const watches = [get('/a'), exists('/b'), { type: 'getChildren', path: '/c' }].map((request) => ({
      ...request,
      watch: true,
    }));
    const all = ['/a', '/b', '/c'];
    const said = converse(
      [
        ask('c1', [...all.map((path) => create(path)), ...(watches as ServiceRequest[])]),
        ask(
          'c2',
          all.map((path) => remove(path)),
          6,
        ),
        log('c1', 22),
      ],
      { clients: { c1: { server: 'n1', timeout: 20 }, c2: two.c2 }, faults: [cut(5, 'c1', 5)] },
    );
    expect(said.events(2).toSorted()).toEqual(all.map((path) => `NodeDeleted ${path}`));
  });
});

test('a server that does not lead says nothing about a session: it knows of none', () => {
  const question = { type: 'Revalidate', session: 7, timeout: seconds(4), connection: 'c1.1' };
  const lines = converseAmongPuppets({
    protocol: zooKeeper({ zab: { servers: ['n1', 'n2', 'n3'] } }),
    puppets: ['n2', 'n3'],
    says: [[20, 'n2', question]],
    from: 20,
    to: 40,
  });
  expect(lines.some((line) => line.includes('← n2  Revalidate '))).toBe(true);
  expect(lines.some((line) => line.includes('Revalidated'))).toBe(false);
});

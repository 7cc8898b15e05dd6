// What a real three-node ensemble was seen to do with sessions, ephemeral nodes, watches, order and sync, asked of the
// simulated one.
import { describe, expect, test } from 'vitest';
import type { ServiceRequest } from '../../../protocols/zookeeper/index.ts';
import { seconds, transcript, type Json } from '../../../sim/index.ts';
import { ask, converse, type Line, type Outcome } from './ensemble.ts';

const create = (path: string, rest: object = {}): ServiceRequest => ({ type: 'create2', path, data: 'x', ...rest });
const ephemeral = (path: string): ServiceRequest => create(path, { mode: 'ephemeral' });
const set = (path: string, data = 'y'): ServiceRequest => ({ type: 'setData', path, data });
const remove = (path: string): ServiceRequest => ({ type: 'delete', path });
const get = (path: string, watch = false): ServiceRequest => ({ type: 'getData', path, watch });
const exists = (path: string, watch = false): ServiceRequest => ({ type: 'exists', path, watch });
const children = (path: string, watch = false): ServiceRequest => ({ type: 'getChildren', path, watch });
const log = (client: string, at?: number): Line => ({ client, f: 'log', ...(at === undefined ? {} : { at }) });
const session = (client: string): Line => ({ client, f: 'session' });
const move = (client: string, to: string): Line => ({ client, f: 'move', value: to });
const attach = (client: string, value: Json = {}, at?: number): Line => {
  return { client, f: 'attach', value, ...(at === undefined ? {} : { at }) };
};
const cut = (at: number, node: string, lasts: number) => {
  return { at: seconds(at), fault: { type: 'isolate', node, for: seconds(lasts) } } as const;
};
const two = { c1: { server: 'n1' }, c2: { server: 'n2' } };
const field = (outcome: Outcome, line: number, name: string): Json =>
  (outcome.outcomes[line] as { [name: string]: Json })[name]!;

describe('sessions', () => {
  test('Z20 Z21 an ephemeral node names its session, and may have no children', () => {
    const said = converse([session('c1'), ask('c1', [ephemeral('/e'), create('/e/x')])]);
    const [made, child] = said.answers(1);
    expect(made!.result.stat!.ephemeralOwner).toBe(field(said, 0, 'session'));
    expect(child!.result.error).toBe('NoChildrenForEphemerals');
  });

  test('Z22 Z23 closing deletes all ephemerals in one transaction, tells who watches, and leaves the rest', () => {
    const said = converse(
      [
        ask('c1', [create('/p'), ephemeral('/p/e1'), ephemeral('/p/e2'), create('/stays')]),
        ask('c2', [exists('/p/e1', true), exists('/p/e2', true)]),
        ask('c1', { type: 'closeSession' }),
        log('c2'),
        ask('c2', [{ type: 'getChildren2', path: '/p' }, exists('/stays')]),
      ],
      { clients: two },
    );
    expect(said.events(3).toSorted()).toEqual(['NodeDeleted /p/e1', 'NodeDeleted /p/e2']);
    const close = said.answer(2).zxid;
    expect(said.answers(4)[0]!.result).toMatchObject({ children: [], stat: { pzxid: close, cversion: 4 } });
    expect(said.answers(4)[1]!.result.error).toBe('OK');
  });

  test('Z24 an expired session loses its ephemerals, and Z25 cannot be taken up again', () => {
    const said = converse(
      [ask('c1', ephemeral('/e')), ask('c2', exists('/e')), ask('c2', exists('/e'), 16), log('c1', 30)],
      {
        clients: { c1: { server: 'n1', timeout: 4 }, c2: { server: 'n2' } },
        faults: [cut(5, 'c1', 20)],
      },
    );
    expect(said.answer(1).result.error).toBe('OK');
    expect(said.answer(2).result.error).toBe('NoNode');
    const news = said.log(3).flatMap((entry) => (entry.type === 'news' ? [entry.news] : []));
    expect(news.slice(-2)).toEqual(['Disconnected', 'Expired']);
  });

  test('Z25 a closed session cannot be taken up again', () => {
    const said = converse([ask('c1', { type: 'closeSession' }), attach('c1')]);
    expect(said.outcomes[1]).toBe('Expired');
  });

  test.each([
    [0.1, 4],
    [10, 10],
    [1_000, 40],
  ])('Z26 a time-out of %s s comes to %s s: from 2 to 20 ticks', (asked, given) => {
    const said = converse([session('c1')], { clients: { c1: { timeout: asked } } });
    expect(field(said, 0, 'timeout')).toBe(seconds(given));
  });

  test('the bounds of time-outs can be configured', () => {
    const options = { config: { minSessionTimeout: seconds(6), maxSessionTimeout: seconds(7) } };
    const clients = { c1: { timeout: 1 }, c2: { timeout: 60 } };
    const said = converse([session('c1'), session('c2')], { clients, options });
    expect([field(said, 0, 'timeout'), field(said, 1, 'timeout')]).toEqual([seconds(6), seconds(7)]);
  });

  test('Z27 a session moves to another server with its ephemerals', () => {
    const said = converse([
      session('c1'),
      ask('c1', ephemeral('/e')),
      move('c1', 'n2'),
      ask('c1', [exists('/e'), create('/a')]),
    ]);
    expect(field(said, 2, 'session')).toBe(field(said, 0, 'session'));
    expect(field(said, 2, 'server')).toBe('n2');
    expect(said.answers(3).map(({ result }) => result.error)).toEqual(['OK', 'OK']);
  });

  test('Z28 a wrong password is refused as an expired session is', () => {
    const said = converse([session('c1'), attach('c1', { password: 'wrong' })]);
    expect(said.outcomes[1]).toBe('Expired');
  });

  test('Z29 a server that is behind what the client has seen closes without an answer', () => {
    const said = converse([session('c1'), attach('c1', { lastZxid: 2 ** 40 }, 5)], { until: 20, trace: true });
    expect(said.outcomes[1]).toBe('the run ended');
    const lines = transcript(said.run, { from: seconds(5) });
    expect(lines.some((line) => line.includes('client refused'))).toBe(true);
    expect(lines.some((line) => line.includes('→ c1  Connected'))).toBe(false);
  });

  test('Z30 opening and closing a session takes a zxid each, coming back takes none', () => {
    const lines = [
      ask('c1', create('/a')),
      move('c1', 'n2'),
      ask('c1', create('/b')),
      ask('c2', { type: 'closeSession' }),
      ask('c1', create('/c')),
    ];
    const said = converse([...lines, { client: 'c2', f: 'renew', value: seconds(10) }, ask('c1', create('/d'))], {
      clients: two,
    });
    const first = said.answer(0).zxid;
    expect([2, 3, 4, 6].map((line) => said.answer(line).zxid - first)).toEqual([1, 2, 3, 5]);
  });

  test('getEphemerals tells a session its own', () => {
    const list = (path: string): ServiceRequest => ({ type: 'getEphemerals', path });
    const said = converse(
      [
        ask('c1', [ephemeral('/e1'), create('/p'), ephemeral('/p/e2')]),
        ask('c2', ephemeral('/e3')),
        ask('c1', [list('/'), list('/p')]),
      ],
      { clients: two },
    );
    const [all, below] = said.answers(2);
    expect(all!.result.children!.toSorted()).toEqual(['/e1', '/p/e2']);
    expect(below!.result.children).toEqual(['/p/e2']);
  });

  test('ids of sessions are different, and tell their server', () => {
    const said = converse([session('c1'), session('c2')], { clients: two });
    const ids = [0, 1].map((line) => field(said, line, 'session') as number);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(Number.isSafeInteger(id)).toBe(true);
  });
});

describe('watches', () => {
  test('Z31 a data watch is told once, however often it was set, and of one change', () => {
    const said = converse(
      [
        ask('c1', create('/a')),
        ask('c1', [get('/a', true), get('/a', true)]),
        ask('c2', [set('/a'), set('/a')]),
        log('c1'),
      ],
      { clients: two },
    );
    expect(said.events(3)).toEqual(['NodeDataChanged /a']);
  });

  test('Z32 Z33 exists leaves a watch on a missing node, getData does not', () => {
    const said = converse(
      [ask('c1', exists('/a', true)), ask('c1', get('/b', true)), ask('c2', [create('/a'), create('/b')]), log('c1')],
      { clients: two },
    );
    expect(said.events(3)).toEqual(['NodeCreated /a']);
  });

  test('Z34 Z35 a child watch is told of a child that comes or goes, not of its data', () => {
    const quiet = converse(
      [ask('c1', [create('/p'), create('/p/c'), children('/p', true)]), ask('c2', set('/p/c')), log('c1')],
      { clients: two },
    );
    expect(quiet.events(2)).toEqual([]);
    const said = converse(
      [ask('c1', [create('/p'), children('/p', true)]), ask('c2', [create('/p/c'), create('/p/d')]), log('c1')],
      { clients: two },
    );
    expect(said.events(2)).toEqual(['NodeChildrenChanged /p']);
  });

  test('Z36 a deleted node tells data and child watchers of itself once, and its parent’s of the child', () => {
    const said = converse(
      [
        ask('c1', [create('/p'), create('/p/c'), children('/p', true), get('/p/c', true), children('/p/c', true)]),
        ask('c2', remove('/p/c')),
        log('c1'),
      ],
      { clients: two },
    );
    expect(said.events(2)).toEqual(['NodeDeleted /p/c', 'NodeChildrenChanged /p']);
  });

  test('Z37 the event comes before the first answer that shows the change', () => {
    const many = Array.from({ length: 40 }, () => get('/a'));
    const said = converse(
      [
        ask('c1', [create('/a'), get('/a', true)]),
        ask('c1', many, 5),
        ask('c2', set('/a', 'new'), 5),
        log('c1', 8),
        ask('c1', get('/a'), 9),
        log('c1'),
      ],
      { clients: two },
    );
    const both = [...said.log(3), ...said.log(5)];
    const event = both.findIndex((entry) => entry.type === 'event');
    const shown = both.findIndex((entry) => entry.type === 'reply' && entry.result.data === 'new');
    expect(event).toBeGreaterThanOrEqual(0);
    expect(shown).toBeGreaterThan(event);
  });

  test('Z38 Z39 watches come along to another server, and what was missed is told at once', () => {
    const said = converse(
      [
        ask('c1', [
          create('/a'),
          create('/b'),
          create('/p'),
          get('/a', true),
          get('/b', true),
          children('/p', true),
          exists('/n', true),
        ]),
        ask('c2', [set('/a'), create('/p/c'), create('/n')], 6),
        log('c1', 22),
        ask('c2', set('/b'), 23),
        log('c1', 24),
      ],
      { clients: { c1: { server: 'n1', timeout: 20 }, c2: { server: 'n2' } }, faults: [cut(5, 'c1', 5)] },
    );
    expect(said.events(2).toSorted()).toEqual(['NodeChildrenChanged /p', 'NodeCreated /n', 'NodeDataChanged /a']);
    expect(said.events(4)).toEqual(['NodeDataChanged /b']);
  });

  test('persistent watches stay; recursive ones hear of all below, and of no children lists', () => {
    const add = (path: string, mode: 'persistent' | 'recursive'): ServiceRequest => ({ type: 'addWatch', path, mode });
    const said = converse(
      [
        ask('c1', [create('/p'), create('/r'), add('/p', 'persistent'), add('/r', 'recursive')]),
        ask('c2', [
          set('/p'),
          set('/p'),
          create('/p/c'),
          create('/r/c'),
          create('/r/c/d'),
          set('/r/c/d'),
          remove('/r/c/d'),
        ]),
        log('c1'),
      ],
      { clients: two },
    );
    expect(said.events(2)).toEqual([
      'NodeDataChanged /p',
      'NodeDataChanged /p',
      'NodeChildrenChanged /p',
      'NodeCreated /r/c',
      'NodeCreated /r/c/d',
      'NodeDataChanged /r/c/d',
      'NodeDeleted /r/c/d',
    ]);
  });

  test('a watch that is removed is silent, and one that is not there is NoWatcher', () => {
    const drop = (kind: 'children' | 'data' | 'any'): ServiceRequest => ({ type: 'removeWatches', path: '/a', kind });
    const said = converse(
      [
        ask('c1', [create('/a'), get('/a', true), drop('children'), drop('data'), drop('any')]),
        ask('c2', set('/a')),
        log('c1'),
      ],
      { clients: two },
    );
    expect(said.answers(0).map(({ result }) => result.error)).toEqual(['OK', 'OK', 'NoWatcher', 'OK', 'NoWatcher']);
    expect(said.events(2)).toEqual([]);
  });

  test('of several watches on one path the one that is meant is removed', () => {
    const drop = (kind: 'persistent' | 'recursive'): ServiceRequest => ({ type: 'removeWatches', path: '/a', kind });
    const said = converse(
      [
        ask('c1', [create('/a'), { type: 'addWatch', path: '/a', mode: 'recursive' }, drop('persistent')]),
        ask('c1', [{ type: 'addWatch', path: '/a', mode: 'persistent' }, drop('recursive'), drop('recursive')]),
        ask('c2', [create('/a/b'), set('/a/b'), set('/a')]),
        log('c1'),
        move('c1', 'n3'),
        ask('c2', set('/a')),
        log('c1'),
      ],
      { clients: two },
    );
    expect(said.answers(0)[2]!.result.error).toBe('NoWatcher');
    expect(said.answers(1).map(({ result }) => result.error)).toEqual(['OK', 'OK', 'NoWatcher']);
    expect(said.events(3)).toEqual(['NodeChildrenChanged /a', 'NodeDataChanged /a']);
    // Only what is left comes along to another server.
    expect(said.events(6)).toEqual(['NodeDataChanged /a']);
  });

  test('setACL and a refused write tell nobody', () => {
    const acl = [{ scheme: 'world', id: 'anyone', perms: 31 }];
    const wrong: ServiceRequest = { type: 'setData', path: '/a', data: '', version: 7 };
    const said = converse(
      [ask('c1', [create('/a'), get('/a', true)]), ask('c2', [{ type: 'setACL', path: '/a', acl }, wrong]), log('c1')],
      { clients: two },
    );
    expect(said.events(2)).toEqual([]);
  });
});

describe('order', () => {
  test('Z44 pipelined writes and reads of a session at a follower: every read sees the write just before it', () => {
    const requests: ServiceRequest[] = [create('/a')];
    for (let serial = 0; serial < 50; serial++) requests.push(set('/a', String(serial)), get('/a'));
    const said = converse([ask('c1', requests), ask('c1', get('/a'))]);
    const answers = said.answers(0).slice(1);
    const read = answers.filter((_, place) => place % 2 === 1).map(({ result }) => result.data);
    expect(read).toEqual(Array.from({ length: 50 }, (_, serial) => String(serial)));
    const zxids = answers.map(({ zxid }) => zxid);
    expect(zxids).toEqual(zxids.toSorted((one, other) => one - other));
  });

  test('Z45 another server may answer with an older state, until it is synced', () => {
    const said = converse(
      [
        ask('c1', create('/a')),
        ask('c1', set('/a', 'new'), 5),
        ask('c2', get('/a'), 5.4),
        ask('c2', [{ type: 'sync', path: '/a' }, get('/a')], 5.5),
      ],
      {
        clients: two,
        faults: [
          {
            at: seconds(4.9),
            fault: { type: 'slow-link', from: ['n3'], to: ['n2'], add: seconds(1), for: seconds(3) },
          },
        ],
      },
    );
    expect(said.answer(2).result.data).toBe('x');
    expect(said.answers(3)[1]!.result.data).toBe('new');
  });

  test('the leader answers its own clients’ syncs, and a server that is alone everything', () => {
    const sync: ServiceRequest = { type: 'sync', path: '/a' };
    const atLeader = converse([ask('c1', [create('/a'), sync, get('/a')])], { clients: { c1: { server: 'n3' } } });
    const alone = converse([ask('c1', [create('/a'), sync, get('/a')])], { nodes: 1 });
    for (const said of [atLeader, alone])
      expect(said.answers(0).map(({ result }) => result.error)).toEqual(['OK', 'OK', 'OK']);
    expect(atLeader.endOf(0)).toBeLessThan(3.5);
  });

  test('Z46 sync answers with its path and the last zxid applied, and uses none', () => {
    const said = converse([ask('c1', create('/a')), ask('c1', { type: 'sync', path: '/a' }), ask('c1', create('/b'))]);
    expect(said.answer(1)).toEqual({ zxid: said.answer(0).zxid, result: { error: 'OK', path: '/a' } });
    expect(said.answer(2).zxid).toBe(said.answer(0).zxid + 1);
  });
});

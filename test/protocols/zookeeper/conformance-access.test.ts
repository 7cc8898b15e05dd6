// What a real three-node ensemble was seen to do about access control, paths, limits, containers and times to live, asked of
// the simulated one.
import { describe, expect, test } from 'vitest';
import type { ServiceRequest } from '../../../protocols/zookeeper/index.ts';
import { digestOfPassword } from '../../../protocols/zookeeper/sha1.ts';
import { answersTo, ask, converse, create, errors, get, remove, set, stat } from './ensemble.ts';

describe('access control', () => {
  const mine = [{ scheme: 'auth', id: '', perms: 31 }];
  const onlyRead = [{ scheme: 'world', id: 'anyone', perms: 1 }];

  test('Z49 a proof counts for its connection; setACL counts in aversion, not in version', () => {
    const clients = { c1: { server: 'n1' }, c2: { server: 'n2' } };
    const said = converse(
      [
        ask('c1', [
          { type: 'auth', scheme: 'digest', auth: 'u:p' },
          create('/a'),
          { type: 'setACL', path: '/a', acl: mine },
          get('/a'),
        ]),
        ask('c2', get('/a')),
        ask('c2', [{ type: 'auth', scheme: 'digest', auth: 'u:p' }, get('/a'), { type: 'getACL', path: '/a' }]),
      ],
      { clients },
    );
    expect(errors(said.answers(0))).toEqual(['OK', 'OK', 'OK', 'OK']);
    expect(stat(said.answers(0)[2])).toMatchObject({ aversion: 1, version: 0 });
    expect(said.answer(1).result.error).toBe('NoAuth');
    expect(errors(said.answers(2))).toEqual(['OK', 'OK', 'OK']);
    expect(said.answers(2)[2]!.result.acl).toEqual([{ scheme: 'digest', id: digestOfPassword('u:p'), perms: 31 }]);
  });

  test('Z50 deleting a child asks the parent, and lists are not inherited', () => {
    const answers = answersTo(
      create('/a'),
      create('/a/b'),
      { type: 'setACL', path: '/a', acl: onlyRead },
      set('/a/b'),
      remove('/a/b'),
      create('/a/c'),
    );
    expect(errors(answers)).toEqual(['OK', 'OK', 'OK', 'OK', 'NoAuth', 'NoAuth']);
  });

  test('Z51 without the permission everything but exists is refused', () => {
    const nothing = [{ scheme: 'digest', id: 'u:p', perms: 31 }];
    const answers = answersTo(
      create('/a', { acl: nothing }),
      get('/a'),
      set('/a'),
      { type: 'getChildren', path: '/a' },
      { type: 'getACL', path: '/a' },
      { type: 'setACL', path: '/a', acl: onlyRead },
      { type: 'exists', path: '/a' },
    );
    expect(errors(answers)).toEqual(['OK', 'NoAuth', 'NoAuth', 'NoAuth', 'NoAuth', 'NoAuth', 'OK']);
  });

  test('an empty list, an unknown scheme, and auth without a proof are InvalidACL', () => {
    const lists = [
      [],
      [{ scheme: 'nonsense', id: 'x', perms: 1 }],
      mine,
      [{ scheme: 'digest', id: 'nobody', perms: 1 }],
    ];
    expect(errors(answersTo(...lists.map((acl) => create('/a', { acl }))))).toEqual(Array(4).fill('InvalidACL'));
  });

  test('ids that their scheme cannot read are InvalidACL', () => {
    const ids: readonly (readonly [string, string])[] = [
      ['digest', 'u:'],
      ['digest', 'u:p:q'],
      ['ip', '10.0.0.256'],
      ['ip', '10.0.0.0/33'],
      ['ip', '10.0.0'],
      ['world', 'somebody'],
    ];
    const lists = ids.map(([scheme, id]) => [{ scheme, id, perms: 31 }]);
    expect(errors(answersTo(...lists.map((acl) => create('/a', { acl }))))).toEqual(Array(6).fill('InvalidACL'));
  });

  test('addresses are compared in the bits that the entry names', () => {
    const from = (id: string): ServiceRequest =>
      create(`/${id.replaceAll('/', '_')}`, { acl: [{ scheme: 'ip', id, perms: 31 }] });
    const networks = ['127.0.0.0/8', '127.0.0.1', '0.0.0.0/0', '127.0.0.2/31', '127.0.0.2'];
    const answers = answersTo(...networks.map(from), ...networks.map((id) => get(`/${id.replaceAll('/', '_')}`)));
    expect(errors(answers.slice(5))).toEqual(['OK', 'OK', 'OK', 'NoAuth', 'NoAuth']);
  });

  test('what is proved twice counts once, and whoAmI tells users without what proves them', () => {
    const prove: ServiceRequest = { type: 'auth', scheme: 'digest', auth: 'u:p' };
    const answers = answersTo(
      prove,
      prove,
      create('/a', { acl: mine }),
      { type: 'getACL', path: '/a' },
      { type: 'whoAmI' },
    );
    const digest = { scheme: 'digest', id: digestOfPassword('u:p'), perms: 31 };
    // `auth` stands for what was proved, which an address is not.
    expect(answers[3]!.result.acl).toEqual([digest]);
    expect(answers[4]!.result.identities).toEqual([
      { scheme: 'ip', id: '127.0.0.1' },
      { scheme: 'digest', id: 'u' },
    ]);
  });

  test('no list stops the superuser, where there is one', () => {
    const nobody = [{ scheme: 'digest', id: 'nobody:x', perms: 31 }];
    const requests = [
      create('/a', { acl: nobody }),
      { type: 'auth', scheme: 'digest', auth: 'super:secret' } as const,
      get('/a'),
    ];
    const options = { config: { superDigest: digestOfPassword('super:secret') } };
    expect(errors(converse([ask('c1', requests)], { options }).answers(0))).toEqual(['OK', 'OK', 'OK']);
    expect(errors(answersTo(...requests))).toEqual(['OK', 'OK', 'NoAuth']);
  });

  test('who may not administer a node sees no digests', () => {
    const acl = [{ scheme: 'digest', id: 'u:secret', perms: 31 }, ...onlyRead];
    const answers = answersTo(create('/a', { acl }), { type: 'getACL', path: '/a' });
    expect(answers[1]!.result.acl![0]).toEqual({ scheme: 'digest', id: 'u:x', perms: 31 });
  });

  test('a scheme that nobody knows ends the connection', () => {
    const said = converse([ask('c1', { type: 'auth', scheme: 'nonsense', auth: 'x' }), { client: 'c1', f: 'log' }]);
    expect(said.log(1)).toContainEqual({ type: 'news', news: 'AuthFailed' });
  });
});

describe('paths and limits', () => {
  test('Z52 a bad path is BadArguments, unless its parent is missing first', () => {
    const answers = answersTo(
      create('/bad//path'),
      create('bad'),
      create('/a'),
      create('/a/'),
      create('/./x'),
      create('/..'),
      remove('/'),
    );
    expect(errors(answers)).toEqual([
      'NoNode',
      'BadArguments',
      'OK',
      'BadArguments',
      'NoNode',
      'BadArguments',
      'BadArguments',
    ]);
  });

  test('Z53 a request beyond 1 MB ends the connection without an answer; one below is taken', () => {
    const big = (bytes: number): ServiceRequest => create('/a', { data: 'x'.repeat(bytes) });
    const said = converse([ask('c1', big(1_048_576)), ask('c1', big(1_048_000), 8), ask('c1', get('/a'))]);
    expect(said.outcomes[0]).toBe('ConnectionLoss');
    expect(said.answer(1).result.error).toBe('OK');
    expect(stat(said.answer(2)).dataLength).toBe(1_048_000);
  });

  test('Z55 children are not sorted', () => {
    const names = ['q', 'p1', 'nope', 'w', 'k', 'm1', 'cont', 'ttl', 'acl', 'nope2'];
    const answers = answersTo(create('/t'), ...names.map((name) => create(`/t/${name}`)), {
      type: 'getChildren',
      path: '/t',
    });
    expect(answers.at(-1)!.result.children).toEqual(['q', 'p1', 'm1', 'nope', 'w', 'k', 'acl', 'cont', 'ttl', 'nope2']);
  });

  test('the system’s own nodes are there and stay', () => {
    const answers = answersTo(
      { type: 'getChildren', path: '/zookeeper' },
      remove('/zookeeper/quota'),
      remove('/zookeeper'),
      set('/zookeeper/config'),
    );
    expect(answers[0]!.result.children!.toSorted()).toEqual(['config', 'quota']);
    expect(errors(answers.slice(1))).toEqual(['BadArguments', 'BadArguments', 'NoAuth']);
  });

  test('descendants are counted at any depth', () => {
    const answers = answersTo(create('/a'), create('/a/b'), create('/a/b/c'), create('/ab'), {
      type: 'getAllChildrenNumber',
      path: '/a',
    });
    expect(answers[4]!.result.number).toBe(2);
  });
});

describe('containers and nodes with a time to live', () => {
  test('Z54 Z56 show themselves in ephemeralOwner, and go some time after their last child, or their end', () => {
    const made = [
      create('/cont', { mode: 'container' }),
      create('/cont/x'),
      remove('/cont/x'),
      create('/unused', { mode: 'container' }),
      create('/ttl', { mode: 'ttl', ttl: 5_000 }),
      create('/full', { mode: 'ttl', ttl: 5_000 }),
      create('/full/x'),
    ];
    const kids: ServiceRequest = { type: 'getChildren', path: '/' };
    const options = { config: { reapEvery: 20_000_000 } };
    const said = converse([ask('c1', made), ask('c1', kids, 10), ask('c1', kids, 30)], { options });
    expect(errors(said.answers(0))).toEqual(Array(7).fill('OK'));
    expect(stat(said.answers(0)[0]).ephemeralOwner).toBe(-(2 ** 63));
    expect(stat(said.answers(0)[4]).ephemeralOwner).toBe(-(2 ** 56) + 5_000);
    expect(said.answer(1).result.children!.toSorted()).toEqual(['cont', 'full', 'ttl', 'unused', 'zookeeper']);
    expect(said.answer(2).result.children!.toSorted()).toEqual(['full', 'unused', 'zookeeper']);
  });

  test('a time to live belongs to those modes only, and is 40 bits of milliseconds', () => {
    const answers = answersTo(
      create('/a', { ttl: 5 }),
      create('/a', { mode: 'ttl' }),
      create('/a', { mode: 'ttl', ttl: 0 }),
      create('/a', { mode: 'ttl', ttl: 2 ** 40 }),
      create('/a', { mode: 'ttl-sequential', ttl: 2 ** 40 - 1 }),
    );
    expect(errors(answers)).toEqual([...Array<string>(4).fill('BadArguments'), 'OK']);
  });
});

// The data tree against a naive sequential model: thousands of drawn sequences of requests, answer by answer and stat by stat.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { applyTransaction } from '../../../protocols/zookeeper/apply.ts';
import { inHashOrder } from '../../../protocols/zookeeper/hash-order.ts';
import { isPath } from '../../../protocols/zookeeper/paths.ts';
import { prepare } from '../../../protocols/zookeeper/prepare.ts';
import { digestOfPassword, utf8Length } from '../../../protocols/zookeeper/sha1.ts';
import { emptyTree, nodeAt, statOf, type Tree } from '../../../protocols/zookeeper/tree.ts';
import type { Acl, CreateMode, Identity, WriteOperation, WriteRequest } from '../../../protocols/zookeeper/types.ts';
import { SequentialTree } from './sequential-tree.ts';

const names = ['a', 'b', 'ab', 'é', 'zookeeper'];
const path = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/',
      '',
      'a',
      '/a/',
      '//',
      '/a//b',
      '/.',
      '/a/..',
      '/..a',
      '/a\u0000',
      '/a\u0085',
      '/\ufffe',
    ),
  },
);
const version = fc
  .oneof(fc.constant(-1), fc.integer({ min: 0, max: 4 }), fc.constant(undefined))
  .map((value) => (value === undefined ? {} : { version: value }));
const data = fc.constantFrom('', 'x', 'häß', '𝒳', null);
const acl = fc.array(
  fc.record({
    scheme: fc.constantFrom('world', 'digest', 'auth', 'nonsense'),
    id: fc.constantFrom('anyone', 'u:p', 'v:q', ''),
    perms: fc.integer({ min: 0, max: 31 }),
  }),
  { maxLength: 2 },
);
const openOrDrawn: fc.Arbitrary<{ acl?: Acl[] }> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: acl.map((list) => ({ acl: list })) },
);
const modes: CreateMode[] = [
  'persistent',
  'persistent-sequential',
  'ephemeral',
  'ephemeral-sequential',
  'container',
  'ttl',
  'ttl-sequential',
];
const create = fc
  .tuple(
    fc.constantFrom('create' as const, 'create2' as const),
    path,
    data,
    fc.constantFrom(...modes),
    openOrDrawn,
    fc.constantFrom(undefined, 0, 1, 500, 2 ** 40),
  )
  .map(([type, at, bytes, mode, rest, ttl]): WriteOperation => {
    const life = mode.startsWith('ttl') ? { ttl: ttl ?? 7 } : ttl === 0 ? { ttl } : {};
    return { type, path: at, data: bytes, mode, ...rest, ...life };
  });
const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  { weight: 5, arbitrary: create },
  {
    weight: 3,
    arbitrary: fc.tuple(path, version).map(([at, rest]): WriteOperation => ({ type: 'delete', path: at, ...rest })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(path, data, version)
      .map(([at, bytes, rest]): WriteOperation => ({ type: 'setData', path: at, data: bytes, ...rest })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(path, version).map(([at, rest]): WriteOperation => ({ type: 'check', path: at, ...rest })),
  },
);
const request: fc.Arbitrary<WriteRequest> = fc.oneof(
  { weight: 10, arbitrary: operation },
  {
    weight: 3,
    arbitrary: fc.array(operation, { maxLength: 4 }).map((operations): WriteRequest => ({ type: 'multi', operations })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(path, acl, version)
      .map(([at, list, rest]): WriteRequest => ({ type: 'setACL', path: at, acl: list, ...rest })),
  },
  { weight: 1, arbitrary: fc.constant<WriteRequest>({ type: 'closeSession' }) },
  { weight: 1, arbitrary: fc.constant<WriteRequest>({ type: 'createSession', timeout: 4000 }) },
);
const identities: readonly (readonly Identity[])[] = [[], [{ scheme: 'digest', id: 'u:p' }]];
const step = fc.record({ session: fc.integer({ min: 1, max: 3 }), who: fc.constantFrom(...identities), request });

/** The first place where tree and model part; undefined if they never do. */
function firstDifference(
  steps: readonly { session: number; who: readonly Identity[]; request: WriteRequest }[],
  tree = emptyTree(),
): unknown {
  const model = new SequentialTree();
  // What the leader knows ahead of what is applied: proposals run up to three behind.
  const ahead: Tree = structuredClone(tree);
  const opened = [1, 2, 3].map((session) => ({
    session,
    who: [],
    request: { type: 'createSession', timeout: 4000 } as const,
  }));
  for (const [place, { session, who, request: asked }] of [...opened, ...steps].entries()) {
    const zxid = 100 + place;
    const time = 1_000 + 10 * place;
    const transaction = prepare(ahead, { session, identities: who, request: asked }, { time, server: 'n1' });
    applyTransaction(ahead, transaction, zxid);
    const { result } = applyTransaction(tree, transaction, zxid);
    const expected = model.write(session, who, asked, zxid, time);
    if (JSON.stringify(result) !== JSON.stringify(expected)) return { place, asked, result, expected };
  }
  const stats = (source: (at: string) => unknown): unknown => model.items.map((item) => [item.path, source(item.path)]);
  const mine = stats((at) => {
    const node = nodeAt(tree, at);
    return node === undefined ? undefined : statOf(node);
  });
  const theirs = stats((at) => model.stat(at));
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) return { mine, theirs };
  const paths = Object.keys(tree.nodes).sort();
  const others = model.items.map((item) => item.path).sort();
  return JSON.stringify(paths) === JSON.stringify(others) ? undefined : { paths, others };
}

describe('the data tree', () => {
  test('answers 3,000 drawn sequences of requests as the sequential model does', { timeout: 120_000 }, () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const tree = emptyTree();
        const difference = firstDifference(steps, tree);
        expect(difference).toBeUndefined();
      }),
      { numRuns: 3_000, seed: 1 },
    );
    fc.sample(fc.array(step, { minLength: 20, maxLength: 30 }), { numRuns: 300, seed: 2 }).forEach((steps) => {
      const tree = emptyTree();
      for (const session of [1, 2, 3])
        applyTransaction(
          tree,
          prepare(
            tree,
            { session, identities: [], request: { type: 'createSession', timeout: 1 } },
            { time: 0, server: 'n1' },
          ),
          1,
        );
      for (const [zxid, each] of steps.entries()) {
        const transaction = prepare(
          tree,
          { session: each.session, identities: each.who, request: each.request },
          { time: 0, server: 'n1' },
        );
        const { result } = applyTransaction(tree, transaction, zxid + 2);
        for (const { error } of [result, ...(result.results ?? [])]) outcomes.add(error);
      }
    });
    // The sequences reach every error that a write can have.
    expect([...outcomes].sort()).toEqual(
      [
        'BadArguments',
        'BadVersion',
        'InvalidACL',
        'NoAuth',
        'NoChildrenForEphemerals',
        'NoNode',
        'NodeExists',
        'NotEmpty',
        'OK',
        'RuntimeInconsistency',
        'SessionExpired',
      ].sort(),
    );
  });

  test('differs from the model as soon as one of its rules is broken', () => {
    const sequential = { type: 'create', path: '/a', mode: 'persistent-sequential' } as const;
    const steps = [sequential, { type: 'delete', path: '/a0000000000' }, sequential] as const;
    const count = (isBroken: boolean): string[] => {
      const tree = emptyTree();
      applyTransaction(
        tree,
        prepare(
          tree,
          { session: 1, identities: [], request: { type: 'createSession', timeout: 1 } },
          { time: 0, server: 'n1' },
        ),
        1,
      );
      return steps.map((each, place) => {
        const about = { time: 0, server: 'n1' };
        const transaction = prepare(tree, { session: 1, identities: [], request: each }, about);
        const applied = applyTransaction(tree, transaction, place + 2);
        if (isBroken) nodeAt(tree, '/')!.creates = nodeAt(tree, '/')!.children.length - 1;
        return applied.result.path ?? applied.result.error;
      });
    };
    expect(count(false)).toEqual(['/a0000000000', 'OK', '/a0000000001']);
    expect(count(true)).toEqual(['/a0000000000', 'OK', '/a0000000000']);
  });

  test('leaves the same tree when transactions are applied again over a later one', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const tree = emptyTree();
        const log = steps.map(({ session, who, request: asked }, place) => {
          const transaction = prepare(
            tree,
            { session, identities: who, request: asked },
            { time: place, server: 'n1' },
          );
          applyTransaction(tree, transaction, place + 1);
          return transaction;
        });
        const before = Object.keys(tree.nodes).sort();
        for (const [place, transaction] of log.entries()) applyTransaction(tree, transaction, place + 1);
        expect(Object.keys(tree.nodes).sort()).toEqual(before);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe('children', () => {
  test('come in the order of a Java hash set, as a real server was seen to give them', () => {
    const seen = ['q', 'p1', 'm1', 'nope', 'w', 'k', 'acl', 'cont', 'ttl', 'nope2'];
    expect(inHashOrder([...seen].sort(), seen.length)).not.toEqual([...seen].sort());
    const before = ['q', 'p1', 'nope', 'w', 'k', 'm1', 'cont', 'ttl', 'acl', 'nope2'];
    expect(inHashOrder(before, before.length)).toEqual(seen);
  });

  test('of equal hash stay in the order in which they came', () => {
    expect(inHashOrder(['C', 'Aa', 'BB'], 3)).toEqual(['Aa', 'BB', 'C']);
    expect(inHashOrder(['BB', 'C', 'Aa'], 3)).toEqual(['BB', 'Aa', 'C']);
  });
});

describe('digests', () => {
  test('are those of the digest scheme', () => {
    expect(digestOfPassword('super:admin')).toBe('super:xQJmxLMiHGwaqBvst5y6rkB6HQs=');
  });

  test('are SHA-1, whatever is hashed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (password) => {
        const text = `u:${password}`;
        expect(digestOfPassword(text)).toBe(`u:${createHash('sha1').update(text, 'utf8').digest('base64')}`);
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
      { seed: 4 },
    );
  });
});

test.each(['/', '/a', '/a/b', '/a.b', '/...', '/.a', '/a..', '/ ', '/é'])('%j is a path', (good) => {
  expect(isPath(good)).toBe(true);
});

test.each([
  '',
  'a',
  'a/b',
  '/a/',
  '//',
  '/a//b',
  '/.',
  '/..',
  '/a/./b',
  '/a/..',
  '/\u0000',
  '/\u001f',
  '/\u007f',
  '/\ud800',
  '/\uf8ff',
  '/\ufff0',
])('%j is no path', (bad) => {
  expect(isPath(bad)).toBe(false);
});

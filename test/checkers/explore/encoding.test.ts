// The canonical text: equal values have equal texts, different values different ones, and what is no plain data is refused.
import { isDeepStrictEqual } from 'node:util';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { EncodingError, encode, normalise } from '../../../checkers/explore/encoding.ts';

/** Small pools, so that equal parts meet often. */
const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(null, undefined, true, false, 0, -0, 1, NaN, Infinity, 1n, '', 'a', '1', 's1:a', 'a0:'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1:a', ''), tie('value'), { maxKeys: 2, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 2 }).map((members) => new Set(members)),
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), tie('value')), { maxLength: 2 }).map((entries) => new Map(entries)),
  ),
})).value;

describe('the canonical text', () => {
  property.prop([plain, plain], { numRuns: 5_000 })('tells values apart exactly when they differ', (one, other) => {
    expect(encode(one, 'one') === encode(other, 'other')).toBe(isDeepStrictEqual(one, other));
  });

  property.prop([plain], { numRuns: 1_000 })(
    'is the same for copies with their properties in either order',
    (value) => {
      expect(encode(normalise(value), 'copy')).toBe(encode(value, 'value'));
      expect(encode(normalise(value, 'reversed'), 'copy')).toBe(encode(value, 'value'));
    },
  );

  test('keeps containers apart from their neighbours, which hashing sorted members without lengths does not', () => {
    const [election, replication] = ['election', 'replication'];
    const three = [new Set([election]), new Set([replication]), new Set([election, replication])];
    const moved = [new Set([election, replication]), new Set(), new Set([election, replication])];
    expect(encode(three, 'timers')).not.toBe(encode(moved, 'timers'));
  });

  test('does not depend on the order of properties and members', () => {
    const one = { a: 1, b: new Map([[1, new Set([1, 2])]]) };
    const other = { b: new Map([[1, new Set([2, 1])]]), a: 1 };
    expect(encode(one, 'state')).toBe(encode(other, 'state'));
  });

  test.each([
    ['a function', { log: [{ next: () => 1 }] }, 'log[0].next in the state of n1 is a function: expected plain data'],
    ['a class instance', { at: new Date(0) }, 'at in the state of n1 is a class instance: expected plain data'],
    [
      'named properties of an array',
      { list: Object.assign([1], { next: 2 }) },
      'list in the state of n1 is an array with named properties: expected plain data',
    ],
    [
      'hidden properties',
      { a: Object.defineProperty({}, 'b', { value: 1 }) },
      'a in the state of n1 is an object with hidden properties: expected plain data',
    ],
    [
      'getters',
      {
        a: {
          get b() {
            return 1;
          },
        },
      },
      'a in the state of n1 is an object with getters: expected plain data',
    ],
    [
      'what was added to a Map',
      { a: Object.assign(new Map(), { b: 1 }) },
      'a in the state of n1 is a Map or Set with something added: expected plain data',
    ],
    ['a symbol', Symbol('x'), 'the state of n1 is a symbol: expected plain data'],
    ['a hole', { list: [1, , 3] }, 'list in the state of n1 is an array with a hole at 1: expected plain data'], // eslint-disable-line no-sparse-arrays
  ])('refuses %s and says where it is', (_, value, message) => {
    expect(() => encode(value, 'the state of n1')).toThrow(new EncodingError(message));
  });

  test('refuses cycles, and takes a part that occurs twice', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = { back: cycle };
    expect(() => encode(cycle, 'the state of n1')).toThrow('self.back in the state of n1 is part of itself');
    const part = { a: 1 };
    expect(encode([part, part], 'twice')).toBe(encode([{ a: 1 }, { a: 1 }], 'twice'));
  });
});

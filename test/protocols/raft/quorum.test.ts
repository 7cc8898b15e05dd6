// What a quorum has reached and how a vote goes, by tables that a person can check and against definitions that look at
// every case, for plain and for joint configurations.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialConfiguration, paperRules, type Configuration } from '../../../protocols/raft/index.ts';
import { quorumIndex, tally } from '../../../protocols/raft/quorum.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];

/** `abc` or, where two majorities are needed, `abc/cde`: incoming and outgoing. */
function configurationOf(text: string): Configuration {
  const [voters = '', outgoing = ''] = text.split('/');
  return { ...initialConfiguration(voters.split('')), outgoing: outgoing.split('').sort() };
}

/** As seen by somebody without a vote, so that every number is another's. */
function reached(configuration: Configuration, numbers: Readonly<Record<string, number>>): number {
  return quorumIndex(paperRules, configuration, 'nobody', 0, (id) => numbers[id] ?? 0);
}

const halvesOf = ({ voters, outgoing }: Configuration): readonly (readonly string[])[] =>
  outgoing.length > 0 ? [voters, outgoing] : [voters];

const isQuorum = (configuration: Configuration, servers: readonly string[]): boolean =>
  halvesOf(configuration).every((half) => half.filter((id) => servers.includes(id)).length * 2 > half.length);

describe('the index that a quorum has reached', () => {
  test.each([
    // One server decides alone; of two both are needed, of three two, of four three.
    ['a', { a: 12 }, 12],
    ['ab', { a: 12, b: 5 }, 5],
    ['ab', { a: 12 }, 0],
    ['abc', { a: 12, b: 5, c: 6 }, 6],
    ['abc', { a: 12, b: 5 }, 5],
    ['abc', { a: 12 }, 0],
    ['abcd', { a: 12, b: 11, c: 10, d: 1 }, 10],
    ['abcde', { a: 5, b: 5, c: 4, d: 9, e: 9 }, 5],
    // A server that has no vote does not count, however far it is.
    ['abc', { a: 3, d: 99, e: 99 }, 0],
    // Joint: the lesser of two majorities, whether they share servers or not.
    ['abc/abc', { a: 12, b: 5, c: 6 }, 6],
    ['abc/def', { a: 9, b: 9, c: 9, d: 2, e: 1, f: 3 }, 2],
    ['abc/cde', { a: 7, b: 7, c: 1, d: 4, e: 4 }, 4],
    ['a/bcd', { a: 100, b: 50, c: 60 }, 50],
  ] as const)('%s with %j is at %i', (voters, numbers, expected) => {
    expect(reached(configurationOf(voters), numbers)).toBe(expected);
  });

  test('is the greatest number that the servers who reached it are a quorum for', () => {
    fc.assert(
      fc.property(configurations, fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }), (configuration, drawn) => {
        const numbers = Object.fromEntries(ids.map((id, place) => [id, drawn[place] ?? 0]));
        const isReached = (number: number): boolean =>
          isQuorum(
            configuration,
            ids.filter((id) => (numbers[id] ?? 0) >= number),
          );
        const greatest = [5, 4, 3, 2, 1].find(isReached) ?? 0;
        expect(reached(configuration, numbers)).toBe(greatest);
      }),
      { numRuns: 2_000 },
    );
  });

  test('counts the server itself once, and not at all in a half that it is no member of', () => {
    const own = (text: string, self: string): number =>
      quorumIndex(paperRules, configurationOf(text), self, 9, (id) => (id === 'a' ? 0 : 4));
    expect(own('abc', 'a')).toBe(4);
    expect(own('ab', 'a')).toBe(4);
    expect(own('a', 'a')).toBe(9);
    expect(own('bc/abc', 'a')).toBe(4);
    expect(own('b/a', 'a')).toBe(4);
    expect(own('b', 'a')).toBe(4);
  });
});

describe('a vote', () => {
  test.each([
    ['a', '', '', 'open'],
    ['a', 'a', '', 'won'],
    ['a', '', 'a', 'lost'],
    ['ab', 'a', '', 'open'],
    ['ab', 'a', 'b', 'lost'],
    ['abc', 'ab', '', 'won'],
    ['abc', 'a', 'b', 'open'],
    ['abc', 'a', 'bc', 'lost'],
    ['abcd', 'ab', 'c', 'open'],
    ['abcd', 'ab', 'cd', 'lost'],
    ['abc', 'def', '', 'open'],
    ['abc/def', 'ab', '', 'open'],
    ['abc/def', 'abde', '', 'won'],
    ['abc/def', 'abc', 'de', 'lost'],
    ['abc/bcd', 'bc', '', 'won'],
  ] as const)('of %s with %j granted and %j refused is %4$s', (voters, granted, refused, expected) => {
    expect(tally(paperRules, configurationOf(voters), granted.split(''), refused.split(''))).toBe(expected);
  });

  test('is won when nobody who is still to answer can change that, lost when nobody can save it, else open', () => {
    fc.assert(
      fc.property(configurations, fc.array(answers, { minLength: 6, maxLength: 6 }), (configuration, drawn) => {
        const said = (what: string): string[] => ids.filter((_, place) => drawn[place] === what);
        const silent = said('nothing');
        const endings = subsetsOf(silent).map((rest) => isQuorum(configuration, [...said('yes'), ...rest]));
        const expected = endings.every(Boolean) ? 'won' : endings.some(Boolean) ? 'open' : 'lost';
        expect(tally(paperRules, configuration, said('yes'), said('no'))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

const answers = fc.constantFrom('yes', 'no', 'nothing');

const configurations = fc
  .tuple(fc.subarray(ids, { minLength: 1 }), fc.option(fc.subarray(ids, { minLength: 1 }), { nil: [] }))
  .map(([voters, outgoing]): Configuration => ({ ...initialConfiguration(voters), outgoing }));

function subsetsOf(items: readonly string[]): string[][] {
  return Array.from({ length: 2 ** items.length }, (_, chosen) =>
    items.filter((_item, place) => (chosen >> place) & 1),
  );
}

// Replicas that compare what they have: they agree on many seeds by digests and by hash trees, each broken partner is found, and
// trees differ exactly where entries do.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depth, hashEntry, hashTree, pathOf, type Entry } from '../../protocols/anti-entropy/tree.ts';
import { antiEntropy } from '../../scenarios/anti-entropy.ts';
import { antiEntropyKnownBugs } from '../../scenarios/known-bugs/anti-entropy.ts';
import { breaks, expectClean, expectSeamKept, firstViolation, named, violated } from './judged.ts';

test.each(['merkle', 'digest'])('replicas agree by %s on 60 seeds', { timeout: 60_000 }, (compares) => {
  expectClean(antiEntropy, 60, { parameters: { compares } });
});

test.each(named(antiEntropyKnownBugs))(
  '%s is found within 40 seeds, by what it names',
  (_name, scenario) => {
    expect(violated(firstViolation(scenario, 40))).toEqual(expect.arrayContaining([...breaks(scenario)]));
  },
  60_000,
);

test('replicas keep the rules of the seam, and debugging changes nothing', () => {
  for (const seed of [1, 2, 3, 4]) expectSeamKept(antiEntropy, { seed });
});

test('two trees differ at the root, and down to the bucket, exactly where an entry differs', () => {
  const entries = fc.uniqueArray(
    fc.record({ key: fc.string(), value: fc.option(fc.string()), time: fc.nat(9), writer: fc.constantFrom('a', 'b') }),
    { selector: ({ key }) => key, minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(entries, fc.nat(), (all, place) => {
      const changed = all[place % all.length] as Entry;
      const others = all.map((entry) => (entry === changed ? { ...entry, time: entry.time + 1 } : entry));
      const one = hashTree(all, hashEntry);
      const other = hashTree(others.toReversed(), hashEntry);
      const different = [...one].filter(([path, hash]) => other.get(path) !== hash).map(([path]) => path);
      const path = pathOf(changed.key);
      expect(different.toSorted()).toEqual(Array.from({ length: depth + 1 }, (_, length) => path.slice(0, length)));
      expect(hashTree(all.toReversed(), hashEntry)).toEqual(new Map(one));
    }),
    { numRuns: 300 },
  );
});

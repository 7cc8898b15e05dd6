// Replicas that compare what they have: they agree on many seeds by digests and by hash trees, each broken partner is found, and
// trees differ exactly where entries do.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depth, hashEntry, hashTree, pathOf, type Entry } from '../../protocols/anti-entropy/tree.ts';
import { antiEntropy } from '../../scenarios/anti-entropy.ts';
import { antiEntropyKnownBugs } from '../../scenarios/known-bugs/anti-entropy.ts';
import { simulate } from '../../sim/index.ts';

test.each(['merkle', 'digest'])('replicas agree by %s on 60 seeds', { timeout: 60_000 }, (compares) => {
  for (let seed = 1; seed <= 60; seed++) {
    const run = simulate(antiEntropy, { seed, parameters: { compares } });
    expect(run.findings, `seed ${seed}`).toEqual([]);
  }
});

test.each(antiEntropyKnownBugs.map((scenario) => [scenario.name, scenario] as const))(
  '%s is found within 40 seeds, by what it names',
  (_name, scenario) => {
    const what = scenario.expect.type === 'breaks' ? scenario.expect.what : [];
    for (let seed = 1; seed <= 40; seed++) {
      const found = simulate(scenario, { seed }).findings.map(({ name }) => name);
      if (found.length > 0) return expect(found).toEqual(expect.arrayContaining([...what]));
    }
    return expect.fail('not found');
  },
  60_000,
);

test('replicas keep the rules of the seam, and debugging changes nothing', () => {
  for (const seed of [1, 2, 3, 4]) {
    const plain = simulate(antiEntropy, { seed });
    expect(simulate(antiEntropy, { seed, debug: true }).hash).toBe(plain.hash);
  }
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

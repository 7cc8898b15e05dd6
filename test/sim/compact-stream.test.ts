// The streams of links are kept in whole numbers: they must give exactly what the package gives that all other streams use.
import { expect, test } from 'vitest';
import { compactStream, randomStream } from '../../sim/random.ts';

test('a compact stream gives the same numbers as the package, for hundreds of seeds and thousands of draws', () => {
  for (let seed = 0; seed < 300; seed++) {
    const concern = `link/n${seed % 7}>n${seed % 11}/latency`;
    const compact = compactStream(String(seed), concern);
    const plain = randomStream(String(seed), concern);
    for (let draw = 0; draw < 3_000; draw++) {
      if (compact.below(4_294_967_296) !== plain.below(4_294_967_296)) expect.fail(`seed ${seed}, draw ${draw}`);
    }
    expect([
      compact.between(3, 9),
      compact.chance(500_000),
      compact.pick([1, 2, 3]),
      compact.shuffle([1, 2, 3, 4]),
    ]).toEqual([plain.between(3, 9), plain.chance(500_000), plain.pick([1, 2, 3]), plain.shuffle([1, 2, 3, 4])]);
  }
});

test('a compact stream refuses to pick from nothing', () => {
  expect(() => compactStream('1', 'x').pick([])).toThrow('pick needs at least one item');
});

// The search's memory never takes one configuration for another.
import seedrandom from 'seedrandom';
import { expect, it } from 'vitest';
import { TupleTable } from '../../checkers/wing-gong/tuple-table.ts';

it('tells 100,000 tuples apart as their texts do, whatever their hashes', () => {
  const random = seedrandom.alea('tuples');
  const table = new TupleTable();
  const numbers = new Map<string, number>();
  const words = new Int32Array(8);
  for (let round = 0; round < 100_000; round += 1) {
    const length = Math.floor(random() * 5);
    for (let word = 0; word < length; word += 1) words[word] = Math.floor(random() * 20) - 10;
    const text = words.subarray(0, length).join(' ');
    const number = table.intern(words, length);
    if ((numbers.get(text) ?? number) !== number) expect.fail(`${text} was given two numbers`);
    numbers.set(text, number);
  }
  expect(table.size).toBe(numbers.size);
  expect(new Set(numbers.values()).size).toBe(numbers.size);
});

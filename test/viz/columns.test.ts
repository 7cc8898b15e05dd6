// Packed columns: whatever goes in comes out.
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { expect } from 'vitest';
import { packColumn, unpackColumn } from '../../viz/columns.ts';

test.prop([fc.array(fc.maxSafeInteger().map((value) => Math.trunc(value / 4)))])(
  'whole numbers survive packing',
  (values) => {
    expect([...unpackColumn(packColumn(values), new Float64Array(values.length))]).toEqual(
      values.map((value) => value + 0),
    );
  },
);

test('a column longer than a piece of base64 survives packing', () => {
  const values = Array.from({ length: 50_000 }, (_, row) => row * row);
  expect([...unpackColumn(packColumn(values), new Float64Array(values.length))]).toEqual(values);
});

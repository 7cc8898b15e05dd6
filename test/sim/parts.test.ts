// The small parts that everything else rests on: time, latency tables, keyed randomness, digests and parameters.
import { test as propertyTest, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { digestOf, RunningHash } from '../../sim/hash.ts';
import {
  assertLatencyTable,
  drawLatency,
  formatDuration,
  latencyPresets,
  minutes,
  ms,
  parseDuration,
  parseParameter,
  randomStream,
  resolveParameters,
  seconds,
  type ParameterSpecs,
  type Scenario,
} from '../../sim/index.ts';
import { listener, scenarioOf } from './world.ts';

describe('durations', () => {
  test.each([
    ['250us', 250],
    ['150ms', ms(150)],
    ['1.5s', ms(1_500)],
    [' 10m ', minutes(10)],
    ['1h', minutes(60)],
    ['42', 42],
  ])('%s is read as %i microseconds', (text, micros) => expect(parseDuration(text)).toBe(micros));

  test.each(['', '-1s', '1 s', '5d', 'soon', '99999999999999h'])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(`expected a duration such as 250us, 150ms, 30s, 10m or 1h, found`);
  });

  test.each([
    [999, '999 µs'],
    [12_345, '12.345 ms'],
    [150_000, '150 ms'],
    [3_200_000, '3.2 s'],
    [seconds(600), '600 s'],
  ])('%i microseconds read as %s', (micros, text) => expect(formatDuration(micros)).toBe(text));
});

describe('latency tables', () => {
  test.each(Object.entries(latencyPresets))('%s rises, and its draws keep to its quantiles', (_name, table) => {
    assertLatencyTable(table);
    const random = randomStream('latency', 'test');
    const draws = Array.from({ length: 20_000 }, () => drawLatency(table, random)).toSorted(
      (one, other) => one - other,
    );
    expect(draws.every(Number.isInteger)).toBe(true);
    expect(draws[0]).toBeGreaterThanOrEqual(table[0]?.[1] ?? 0);
    expect(draws.at(-1)).toBeLessThanOrEqual(table.at(-1)?.[1] ?? 0);
    const median = table.find(([share]) => share === 500_000)?.[1] ?? 0;
    expect((draws[10_000] ?? 0) / median).toBeCloseTo(1, 1);
  });

  test.each([
    [
      'that falls',
      [
        [0, 5],
        [1_000_000, 4],
      ],
    ],
    [
      'that ends early',
      [
        [0, 1],
        [500_000, 2],
      ],
    ],
    ['of one entry', [[0, 1]]],
    [
      'of fractions',
      [
        [0, 0.5],
        [1_000_000, 2],
      ],
    ],
  ] as const)('a table %s is refused', (_what, table) => {
    expect(() => assertLatencyTable(table)).toThrow(RangeError);
  });
});

describe('keyed randomness', () => {
  test('a stream depends on its seed and its concern alone', () => {
    const draw = (seed: string, concern: string): number[] => {
      const random = randomStream(seed, concern);
      return Array.from({ length: 5 }, () => random.below(1_000_000));
    };
    const first = draw('1', 'link/a>b');
    randomStream('1', 'link/a>c').below(10);
    expect(draw('1', 'link/a>b')).toEqual(first);
    expect(draw('1', 'link/b>a')).not.toEqual(first);
    expect(draw('2', 'link/a>b')).not.toEqual(first);
  });

  propertyTest.prop([fc.string(), fc.array(fc.nat(), { minLength: 1 }), fc.integer(), fc.nat(1_000)])(
    'draws keep to their bounds and a shuffle loses nothing',
    (seed, items, low, span) => {
      const random = randomStream(seed, 'test');
      const drawn = random.between(low, low + span);
      expect(drawn).toBeGreaterThanOrEqual(low);
      expect(drawn).toBeLessThanOrEqual(low + span);
      expect(items).toContain(random.pick(items));
      const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other);
      expect(sorted(random.shuffle(items))).toEqual(sorted(items));
      expect([random.chance(0), random.chance(1_000_000)]).toEqual([false, true]);
    },
  );
});

describe('digests', () => {
  propertyTest.prop([fc.jsonValue(), fc.jsonValue()])(
    'tell different values apart and equal ones not',
    (one, other) => {
      expect(digestOf(one)).toBe(digestOf(structuredClone(one)));
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(digestOf(one)).not.toBe(digestOf(other));
    },
  );

  test('see types, order and nesting', () => {
    const values = [
      0,
      -0,
      '0',
      false,
      null,
      [],
      {},
      [[]],
      [0],
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      0.5,
      2 ** 40,
      [1, [2]],
      [[1], 2],
    ];
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });

  test('a running hash depends on the order of what was mixed in', () => {
    const hash = (...values: number[]): string => {
      const running = new RunningHash();
      for (const value of values) running.mixNumber(value);
      return running.digest();
    };
    expect(hash(1, 2)).not.toBe(hash(2, 1));
    expect(hash(2 ** 40)).not.toBe(hash(2 ** 41));
    expect(hash(1, 2)).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('parameters', () => {
  const parameters: ParameterSpecs = {
    nodes: { about: 'how many', default: 3, range: [1, 9], draw: (random) => random.between(1, 9) },
    network: { about: 'which', default: 'lan', oneOf: ['lan', 'wan'] },
    fencing: { about: 'whether', default: true },
  };
  const scenario: Scenario = { ...scenarioOf({ nodes: [{ id: 'a', protocol: listener }] }), parameters };
  const resolve = (set: Record<string, string | number | boolean>, seed = '1'): unknown =>
    resolveParameters(scenario, set, seed);

  test('what is set counts, else what the seed draws, else the default', () => {
    expect(resolve({ nodes: 5, network: 'wan' })).toEqual({ nodes: 5, network: 'wan', fencing: true });
    const drawn = Array.from({ length: 50 }, (_, seed) => (resolve({}, String(seed)) as { nodes: number }).nodes);
    expect(new Set(drawn).size).toBeGreaterThan(5);
    expect(resolve({}, '7')).toEqual(resolve({ fencing: true }, '7'));
  });

  test.each([
    [{ node: 5 }, 'scenario test has no parameter "node"; it has: nodes, network, fencing'],
    [{ nodes: 10 }, 'parameter nodes: expected a whole number from 1 to 9, found 10'],
    [{ nodes: '5' }, 'parameter nodes: expected a whole number from 1 to 9, found "5"'],
    [{ network: 'moon' }, 'parameter network: expected one of lan, wan, found "moon"'],
    [{ fencing: 'yes' }, 'parameter fencing: expected a boolean, found "yes"'],
  ])('%j is refused', (set, message) => {
    expect(() => resolve(set)).toThrow(message);
  });

  test('text is read by the type of its parameter', () => {
    expect(parseParameter(scenario, 'nodes', '5')).toBe(5);
    expect(parseParameter(scenario, 'nodes', ' ')).toBeNaN();
    expect(parseParameter(scenario, 'fencing', 'false')).toBe(false);
    expect(parseParameter(scenario, 'network', 'wan')).toBe('wan');
  });
});

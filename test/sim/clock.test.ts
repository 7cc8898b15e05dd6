// The clocks of a node: drift, jumps, freezes and strobes, alone and on top of each other.
import { test as propertyTest, fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { NodeClock } from '../../sim/clock.ts';
import { seconds } from '../../sim/index.ts';

test('a clock starts at its offset and gains what it drifts', () => {
  const clock = new NodeClock({ offset: 500, drift: 100_000 });
  expect(clock.monotonic(seconds(10))).toBe(seconds(11));
  expect(clock.wall(seconds(10))).toBe(seconds(11) + 500);
});

test('a jump moves the wall clock and leaves the monotonic clock alone', () => {
  const clock = new NodeClock();
  clock.jump(-seconds(3));
  expect(clock.wall(seconds(5))).toBe(seconds(2));
  expect(clock.monotonic(seconds(5))).toBe(seconds(5));
});

test('a strobe moves the wall clock to and fro, and two strobes add up', () => {
  const clock = new NodeClock();
  clock.strobe(100);
  clock.strobe(30);
  expect(clock.wall(1_000)).toBe(1_130);
  clock.strobe(-100);
  expect(clock.wall(1_000)).toBe(1_030);
  expect(clock.monotonic(1_000)).toBe(1_000);
});

test('a frozen clock stands still until the last of its freezes is over', () => {
  const clock = new NodeClock();
  clock.freeze(100);
  clock.freeze(150);
  clock.thaw(200);
  expect(clock.monotonic(300)).toBe(100);
  expect(clock.trueTimeOf(101)).toBe(Infinity);
  clock.thaw(300);
  expect(clock.monotonic(350)).toBe(150);
});

test('however much drift piles up, the monotonic clock goes on', () => {
  const clock = new NodeClock({ drift: -900_000 });
  clock.setDrift(0, clock.drift - 900_000);
  expect(clock.monotonic(seconds(1))).toBe(1_000);
  clock.setDrift(seconds(1), clock.drift + 900_000);
  expect(clock.monotonic(seconds(2))).toBe(1_000 + 100_000);
});

const change = fc.oneof(
  fc.record({ type: fc.constant('drift' as const), ppm: fc.integer({ min: -900_000, max: 9_000_000 }) }),
  fc.record({ type: fc.constantFrom('freeze' as const, 'thaw' as const), ppm: fc.constant(0) }),
);

propertyTest.prop([
  fc.array(fc.tuple(fc.nat(seconds(3_600)), change), { maxLength: 12 }),
  fc.array(fc.nat(seconds(7_200)), { minLength: 1, maxLength: 10 }),
])(
  'the monotonic clock never goes back, and trueTimeOf is the first instant at which it shows a reading',
  (changes, ahead) => {
    const clock = new NodeClock();
    let now = 0;
    let shown = 0;
    let freezes = 0;
    for (const [later, { type, ppm }] of changes) {
      now += later;
      expect(clock.monotonic(now)).toBeGreaterThanOrEqual(shown);
      shown = clock.monotonic(now);
      if (type === 'drift') clock.setDrift(now, ppm);
      if (type === 'freeze') freezes++;
      if (type === 'freeze') clock.freeze(now);
      if (type === 'thaw' && freezes > 0) {
        freezes--;
        clock.thaw(now);
      }
      expect(clock.monotonic(now)).toBe(shown);
    }
    for (const more of ahead) {
      const instant = clock.trueTimeOf(shown + more);
      if (more > 0 && freezes > 0) expect(instant).toBe(Infinity);
      else {
        expect(clock.monotonic(instant)).toBeGreaterThanOrEqual(shown + more);
        if (instant > now) expect(clock.monotonic(instant - 1)).toBeLessThan(shown + more);
      }
    }
  },
);

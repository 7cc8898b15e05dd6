// The order of a node's timers: whatever really happens on its clock is allowed, and what its delays rule out is not.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  clearDeadline,
  fireFirst,
  letTimePass,
  mayBeFirst,
  setDeadline,
  type Deadlines,
} from '../../../checkers/explore/deadlines.ts';

const names = ['a', 'b', 'c'];
const step = fc.record({
  /** How late the node gets to its next event, in microseconds of its clock. */
  wait: fc.nat(30),
  fires: fc.boolean(),
  sets: fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(5, 10, 10, 25)), { maxLength: 3 }),
  clears: fc.option(fc.constantFrom(...names)),
});

describe('the order of timers', () => {
  property.prop([fc.array(step, { maxLength: 12 })], { numRuns: 3_000 })(
    'allows whatever a clock does on which timers fire in the order of their deadlines, late or not',
    (steps) => {
      let known: Deadlines = {};
      const due = new Map<string, number>();
      let clock = 0;
      for (const { wait, fires, sets, clears } of steps) {
        clock += wait;
        const [first] = [...due].sort(([, one], [, other]) => one - other);
        if (fires && first !== undefined) {
          const [timer, deadline] = first;
          expect(mayBeFirst(known, timer, [...due.keys()])).toBe(true);
          known = fireFirst(known, timer, [...due.keys()]);
          clock = Math.max(clock, deadline);
          due.delete(timer);
        } else known = letTimePass(known);
        for (const [timer, delay] of sets) {
          known = setDeadline(known, timer, delay);
          due.set(timer, clock + delay);
        }
        if (clears !== null) {
          known = clearDeadline(known, clears);
          due.delete(clears);
        }
      }
    },
  );

  test('rules out that the longer of two fires first that were set together', () => {
    const both = setDeadline(setDeadline({}, 'short', 5), 'long', 10);
    expect(mayBeFirst(both, 'long', ['short', 'long'])).toBe(false);
    expect(mayBeFirst(both, 'short', ['short', 'long'])).toBe(true);
    const cleared = clearDeadline(both, 'short');
    expect(mayBeFirst(cleared, 'long', ['long'])).toBe(true);
  });

  test('rules out nothing between a timer and a shorter one that was set later', () => {
    const later = setDeadline(letTimePass(setDeadline({}, 'long', 10)), 'short', 5);
    expect(['short', 'long'].filter((timer) => mayBeFirst(later, timer, ['short', 'long']))).toEqual(['short', 'long']);
  });

  test('adds up the delays of a timer that is set again each time it fires', () => {
    let known = setDeadline(setDeadline({}, 'election', 150), 'heartbeat', 50);
    const timers = ['election', 'heartbeat'];
    let beats = 0;
    while (mayBeFirst(known, 'heartbeat', timers)) {
      known = setDeadline(fireFirst(known, 'heartbeat', timers), 'heartbeat', 50);
      beats++;
    }
    expect(beats).toBe(3);
  });
});

// The event queue against a sorted array, and what it does with ties.
import { test as propertyTest, fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { EventQueue } from '../../sim/queue.ts';

const drain = (queue: EventQueue): [time: number, name: number][] => {
  const taken: [number, number][] = [];
  while (queue.pop()) taken.push([queue.time, queue.payload as number]);
  return taken;
};

propertyTest.prop([fc.array(fc.option(fc.nat(20), { freq: 3 }), { maxLength: 2_000 })])(
  'events leave by time, and those of one instant in the order in which they came, however pushes and pops mix',
  (steps) => {
    const queue = new EventQueue();
    const sorted: [time: number, name: number][] = [];
    steps.forEach((time, name) => {
      if (time === null) {
        const expected = sorted.shift();
        expect(queue.pop()).toBe(expected !== undefined);
        if (expected !== undefined) expect([queue.time, queue.payload]).toEqual(expected);
        return;
      }
      queue.push(time, 0, 0, 0, 0, name);
      const place = sorted.findIndex(([other]) => other > time);
      sorted.splice(place < 0 ? sorted.length : place, 0, [time, name]);
      expect(queue.peekTime()).toBe(sorted[0]?.[0]);
    });
    expect(queue.size).toBe(sorted.length);
    expect(drain(queue)).toEqual(sorted);
  },
);

test('an event keeps its kind, its three integers and its payload', () => {
  const queue = new EventQueue();
  queue.push(2, 7, 1, -2, 3, 'later');
  queue.push(1, 8, 4, 5, -6, 'earlier');
  queue.pop();
  expect([queue.time, queue.kind, queue.a, queue.b, queue.c, queue.payload]).toEqual([1, 8, 4, 5, -6, 'earlier']);
  queue.pop();
  expect([queue.time, queue.kind, queue.a, queue.b, queue.c, queue.payload]).toEqual([2, 7, 1, -2, 3, 'later']);
  expect(queue.pop()).toBe(false);
});

test('an event keeps all of it however many come behind', () => {
  const queue = new EventQueue();
  const events = Array.from({ length: 5_000 }, (_, name) => [name, name % 256, name + 1, -name, 3 * name, name]);
  for (const [time, kind, a, b, c, payload] of events as [number, number, number, number, number, number][]) {
    queue.push(time, kind, a, b, c, payload);
  }
  const taken: unknown[] = [];
  while (queue.pop()) taken.push([queue.time, queue.kind, queue.a, queue.b, queue.c, queue.payload]);
  expect(taken.map(String)).toEqual(events.map(String));
});

test('shuffled ties leave in an order that the seed decides, and times still rise', () => {
  const order = (seed: string): number[] => {
    const queue = new EventQueue(seed);
    for (let name = 0; name < 50; name++) queue.push(name < 40 ? 5 : 6, 0, 0, 0, 0, name);
    return drain(queue).map(([, name]) => name);
  };
  expect(order('a')).toEqual(order('a'));
  expect(order('a')).not.toEqual(order('b'));
  expect(
    order('a')
      .slice(0, 40)
      .every((name) => name < 40),
  ).toBe(true);
});

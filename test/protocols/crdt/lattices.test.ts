// The laws of the convergent data types: joining is commutative, associative and idempotent, updates only add, and the set
// agrees with the definition of observed removal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addTo,
  assign,
  emptyOrSet,
  emptyPnCounter,
  emptyRegister,
  increment,
  joinCounts,
  joinOrSets,
  joinPnCounters,
  joinRegisters,
  membersOf,
  removeFrom,
  total,
  valueOf,
  type OrSet,
} from '../../../protocols/crdt/lattices.ts';

/** What happens in a world of three replicas: each step is an update at one, or a meeting of two. */
const step = fc.record({
  kind: fc.constantFrom('up', 'down', 'add', 'remove', 'write', 'meet'),
  at: fc.nat(2),
  with: fc.nat(2),
  element: fc.constantFrom('x', 'y'),
});
const names = ['a', 'b', 'c'];
const initial = () => ({ count: {}, balance: emptyPnCounter(), set: emptyOrSet(), register: emptyRegister() });

/** States that can really come about: joining states with the same names of different events has no meaning. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const replicas = names.map(initial);
  let serial = 0;
  for (const { kind, at, with: other, element } of steps) {
    const name = names[at] ?? '';
    const state = replicas[at] ?? initial();
    const peer = replicas[other] ?? initial();
    if (kind === 'up') {
      state.count = increment(state.count, name);
      state.balance = { ...state.balance, up: increment(state.balance.up, name) };
    } else if (kind === 'down') state.balance = { ...state.balance, down: increment(state.balance.down, name) };
    else if (kind === 'add') state.set = addTo(state.set, element, name);
    else if (kind === 'remove') state.set = removeFrom(state.set, element);
    else if (kind === 'write') state.register = assign(state.register, `${element}${serial++}`, name);
    else {
      state.count = joinCounts(state.count, peer.count);
      state.balance = joinPnCounters(state.balance, peer.balance);
      state.set = joinOrSets(state.set, peer.set);
      state.register = joinRegisters(state.register, peer.register);
    }
  }
  return replicas;
}

describe('joining', () => {
  const laws: readonly (readonly [
    string,
    (one: never, other: never) => unknown,
    (state: ReturnType<typeof initial>) => unknown,
  ])[] = [
    ['counters', joinCounts, ({ count }) => count],
    ['counters that go down', joinPnCounters, ({ balance }) => balance],
    ['sets', joinOrSets, ({ set }) => set],
    ['registers', joinRegisters, ({ register }) => register],
  ];
  test.each(laws)('%s: order, grouping and repetition do not matter', (_name, join, part) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [a, b, c] = play(steps).map(part) as [never, never, never];
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b) as never, c)).toEqual(join(a, join(b, c) as never));
        expect(join(a, a)).toEqual(a);
        expect(join(join(a, b) as never, b)).toEqual(join(a, b));
      }),
      { numRuns: 500 },
    );
  });
});

test('a set holds what was added and not removed by somebody who had seen the addition', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      // The definition, literally: each replica's history of additions and of removals that name the additions they saw.
      const adds = names.map(() => new Map<string, string>());
      const removed = names.map(() => new Set<string>());
      let serial = 0;
      for (const { kind, at, with: other, element } of steps) {
        const known = adds[at] ?? new Map<string, string>();
        const gone = removed[at] ?? new Set<string>();
        const visible = [...known].filter(([tag, of]) => of === element && !gone.has(tag)).map(([tag]) => tag);
        if (kind === 'add') {
          for (const tag of visible) gone.add(tag);
          known.set(`t${serial++}`, element);
        } else if (kind === 'remove') for (const tag of visible) gone.add(tag);
        else if (kind === 'meet') {
          for (const [tag, of] of adds[other] ?? []) known.set(tag, of);
          for (const tag of removed[other] ?? []) gone.add(tag);
        }
      }
      const expected = adds.map((known, at) =>
        [...new Set([...known].filter(([tag]) => !removed[at]?.has(tag)).map(([, of]) => of))].toSorted(),
      );
      expect(play(steps).map(({ set }) => membersOf(set))).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('an addition at the same time as a removal survives it', () => {
  const both = addTo(emptyOrSet(), 'x', 'a');
  const removed: OrSet = removeFrom(both, 'x');
  const added = addTo(both, 'x', 'b');
  expect(membersOf(joinOrSets(removed, added))).toEqual(['x']);
  expect(membersOf(joinOrSets(removed, both))).toEqual([]);
});

test('counters add up what each replica counted', () => {
  const a = increment(increment({}, 'a'), 'a');
  const b = increment({}, 'b');
  expect(total(joinCounts(a, b))).toBe(3);
  expect(valueOf({ up: a, down: b })).toBe(1);
});

test('of two writes the later one stays, and a write is later than the one it replaces', () => {
  const first = assign(emptyRegister(), 'first', 'b');
  const second = assign(first, 'second', 'a');
  expect(joinRegisters(first, second).value).toBe('second');
  expect(joinRegisters({ value: 1, time: 7, writer: 'a' }, { value: 2, time: 7, writer: 'b' }).value).toBe(2);
});

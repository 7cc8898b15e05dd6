// Histories drawn from right implementations, with concurrency and unknown outcomes: no checker has anything against them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findChecker } from '../../../checkers/index.ts';
import type { Json } from '../../../sim/protocol.ts';
import { drawnHistory, type Reference } from '../models/drawn-history.ts';
import { counterReference, idsReference } from '../models/references.ts';

/** A set that only grows; every element may be added by several clients. */
const growingSet: Reference = {
  calls: [...[1, 2, 3, 4].map((value) => ['add', value] as const), ['read', null], ['read', null]],
  make: () => {
    const held = new Set<Json>();
    return (_client, f, value) => {
      if (f === 'read') return [...held];
      held.add(value);
      return value;
    };
  },
};

/** A queue of distinct elements, of which each is put in once at most. */
const queue: Reference = {
  calls: [...[1, 2, 3, 4, 5, 6].map((value) => ['enqueue', value] as const), ['dequeue', null], ['dequeue', null]],
  make: () => {
    const held: Json[] = [];
    const known = new Set<Json>();
    return (_client, f, value) => {
      if (f === 'dequeue') return held.shift() ?? null;
      if (known.has(value)) return undefined;
      known.add(value);
      held.push(value);
      return value;
    };
  },
};

const bank: Reference = {
  calls: [
    ['read', null],
    ['transfer', { from: 'a', to: 'b', amount: 3 }],
    ['transfer', { from: 'b', to: 'a', amount: 5 }],
  ],
  make: () => {
    const held: Record<string, number> = { a: 5, b: 5 };
    return (_client, f, value) => {
      if (f === 'read') return { ...held };
      const { from, to, amount } = value as { from: string; to: string; amount: number };
      if (held[from]! < amount) return undefined;
      held[from] = held[from]! - amount;
      held[to] = held[to]! + amount;
      return value;
    };
  },
};

const forks: Reference = {
  calls: [
    ['txn', [['w', 'x', 1]]],
    ['txn', [['w', 'y', 1]]],
    [
      'txn',
      [
        ['r', 'x', null],
        ['r', 'y', null],
      ],
    ],
  ],
  make: () => {
    const held = new Map<Json, Json>();
    return (_client, _f, value) =>
      (value as readonly (readonly [string, Json, Json])[]).map(([f, key, item]) => {
        if (f === 'w') held.set(key, item);
        return [f, key, held.get(key) ?? null];
      });
  },
};

const writes: Reference = {
  calls: [...[1, 2, 3, 4].map((value) => ['write', value] as const), ['read', null]],
  make: () => {
    const held: Json[] = [];
    return (_client, f, value) => {
      if (f === 'read') return [...held];
      held.push(value);
      return value;
    };
  },
};

const rows: Reference = {
  calls: [
    ['add', null],
    ['read', null],
  ],
  make: () => {
    const held: [number, number][] = [];
    return (_client, f) => {
      if (f === 'read') return held.map((row): Json => [...row]);
      held.push([held.length + 1, 10 * held.length]);
      return [...held.at(-1)!];
    };
  },
};

const partition: Reference = {
  calls: [...[1, 2, 3, 4, 5].map((value) => ['send', [['send', 'k', value]]] as const), ['poll', [['poll']]]],
  make: () => {
    const held: Json[] = [];
    const positions = new Map<string, number>();
    return (client, f, value) => {
      if (f === 'poll') {
        const from = positions.get(client) ?? 0;
        const batch = held.slice(from, from + 2).map((item, place): Json => [from + place, item]);
        positions.set(client, from + batch.length);
        return [['poll', { k: batch }]];
      }
      const [[, key, item]] = value as readonly [readonly [string, Json, Json]];
      if (held.includes(item)) return undefined;
      return [['send', key, [held.push(item) - 1, item]]];
    };
  },
};

const store: Reference = {
  calls: [...['a', 'b'].map((key) => ['put', [key, 1]] as const), ['watch', { from: 1 }], ['watch', null]],
  make: () => {
    const events: { type: string; key: Json; value: Json; revision: number }[] = [];
    const positions = new Map<string, number>();
    return (client, f, value) => {
      if (f === 'put') {
        const [key, item] = value as readonly [Json, Json];
        return events.push({ type: 'put', key, value: item, revision: events.length + 1 });
      }
      const from = value === null ? (positions.get(client) ?? events.length) : 0;
      positions.set(client, events.length);
      return [...events.slice(from).map((event): Json => ({ events: [event] })), { revision: events.length }];
    };
  },
};

describe('a history of a right implementation', () => {
  it.each([
    ['set', growingSet, {}],
    ['set-full', growingSet, {}],
    ['queue', queue, {}],
    ['counter', counterOf(['add', 'read']), {}],
    ['unique-ids', idsReference, {}],
    ['bank', bank, { total: 10, accounts: ['a', 'b'] }],
    ['long-fork', forks, {}],
    ['causal-reverse', writes, {}],
    ['monotonic', rows, {}],
    ['kafka', partition, { allowed: ['lost-write'] }],
    ['watch', store, {}],
    ['stats', growingSet, {}],
  ] as const)('passes the checker %s', (name, reference, options) => {
    const checker = findChecker(name);
    let valid = 0;
    fc.assert(
      fc.property(drawnHistory(reference, { operations: 24, info: name !== 'stats' }), (history) => {
        const { verdict, reason } = checker.result(history, options);
        if (verdict === 'valid') valid += 1;
        if (name === 'stats' && verdict === 'invalid') expect(reason).toContain('no-success');
        else expect([verdict, reason]).not.toContain('invalid');
      }),
      { numRuns: 400, seed: 17 },
    );
    expect(valid).toBeGreaterThan(50);
  });
});

function counterOf(functions: readonly string[]): Reference {
  return { ...counterReference, calls: counterReference.calls.filter(([f]) => functions.includes(f)) };
}

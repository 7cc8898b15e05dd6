// Reference implementations, each straight from what the object is, without a look at the models.
import type { Json } from '../../../sim/protocol.ts';
import type { Reference } from './drawn-history.ts';

/** First in, first out; or last in, first out. */
export function listReference(put: string, get: string, fromFront: boolean): Reference {
  return {
    calls: [...[1, 2, 3].map((value) => [put, value] as const), [get, null], [get, null]],
    make: () => {
      const held: Json[] = [];
      return (_client, f, value) => {
        if (f !== put) return (fromFront ? held.shift() : held.pop()) ?? null;
        held.push(value);
        return value;
      };
    },
  };
}

export const rankedReference: Reference = {
  calls: [
    ...[1, 2, 3].map((value) => ['insert', value] as const),
    ['poll', null],
    ['peek', null],
    ['delete-min', null],
  ],
  make: () => {
    let held: number[] = [];
    return (_client, f, value) => {
      if (f === 'insert') held.push(value as number);
      if (f === 'insert' || held.length === 0) return null;
      const found = f === 'delete-min' ? Math.min(...held) : Math.max(...held);
      if (f !== 'peek') held = held.toSpliced(held.indexOf(found), 1);
      return found;
    };
  },
};

export const setReference: Reference = {
  calls: [...['add', 'remove', 'contains'].flatMap((f) => [1, 2].map((value) => [f, value] as const)), ['read', null]],
  make: () => {
    const held = new Set<Json>();
    return (_client, f, value) => {
      if (f === 'read') return [...held];
      if (f === 'contains') return [value, held.has(value)];
      if (f === 'remove') return held.delete(value);
      const isNew = !held.has(value);
      held.add(value);
      return isNew;
    };
  },
};

export const counterReference: Reference = {
  calls: [
    ['add', 2],
    ['increment', null],
    ['decrement', null],
    ['add-and-get', 3],
    ['read', null],
  ],
  make: () => {
    let total = 0;
    return (_client, f, value) => {
      if (f === 'decrement') total -= 1;
      else if (f !== 'read') total += (value as number | null) ?? 1;
      return f === 'read' || f === 'add-and-get' ? total : value;
    };
  },
};

export const transactionReference: Reference = {
  calls: [
    ['txn', [['r', 'x', null]]],
    [
      'txn',
      [
        ['w', 'x', 1],
        ['r', 'y', null],
      ],
    ],
    [
      'txn',
      [
        ['w', 'x', 2],
        ['w', 'y', 2],
      ],
    ],
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
      (value as readonly [string, Json, Json][]).map(([f, key, item]) => {
        if (f === 'w') held.set(key, item);
        return [f, key, held.get(key) ?? null];
      });
  },
};

export const listTransactionReference: Reference = {
  calls: [
    ['txn', [['r', 'x', null]]],
    [
      'txn',
      [
        ['append', 'x', 1],
        ['r', 'x', null],
      ],
    ],
    [
      'txn',
      [
        ['r', 'x', null],
        ['append', 'x', 'a,b'],
        ['append', 'x', ['a']],
      ],
    ],
    [
      'txn',
      [
        ['append', 'y', 2],
        ['r', 'x', null],
      ],
    ],
  ],
  make: () => {
    const held = new Map<Json, Json[]>();
    return (_client, _f, value) =>
      (value as readonly [string, Json, Json][]).map(([f, key, element]) => {
        const list = held.get(key) ?? [];
        if (f === 'append') held.set(key, [...list, element]);
        return [f, key, f === 'append' ? element : list];
      });
  },
};

export const predicateReference: Reference = {
  calls: [
    ['init', { x: 0, y: 3 }],
    ['txn', [['rp', 'true', null]]],
    [
      'txn',
      [
        ['rp', ['mod', 2, 1], null],
        ['w', 'x', 1],
      ],
    ],
    [
      'txn',
      [
        ['insert', 'y', 2],
        ['rp', ['=', 2], null],
      ],
    ],
    [
      'txn',
      [
        ['r', 'x', null],
        ['delete', 'x'],
      ],
    ],
  ],
  make: () => {
    const held = new Map<string, Json>();
    const found = (predicate: Json) =>
      [...held].filter(([, value]) => {
        if (predicate === 'true') return true;
        const [f, first, rest] = predicate as [string, number, number];
        return f === '=' ? value === first : (value as number) % first === rest;
      });
    return (_client, f, value) => {
      if (f === 'init') for (const [key, item] of Object.entries(value as object)) held.set(key, item as Json);
      if (f === 'init') return value;
      return (value as readonly [string, string, Json?][]).map((micro) => {
        const [what, key, item] = micro;
        if (what === 'rp') return [what, key, Object.fromEntries(found(key))];
        if (what === 'r') return [what, key, held.get(key) ?? null];
        if (what === 'delete') held.delete(key);
        else held.set(key, item!);
        return micro as Json;
      });
    };
  },
};

/** A lock with an owner that may take it again up to `maxDepth` times; tokens count the times it was free and taken. */
export function lockReference(maxDepth: number, fenced: boolean): Reference {
  return {
    calls: [
      ['acquire', 'a'],
      ['acquire', 'a'],
      ['release', 'a'],
      ['release', 'a'],
      ['write', { lock: 'a' }],
    ],
    make: () => {
      let owner: string | undefined;
      let depth = 0;
      let token = 0;
      return (client, f) => {
        const isMine = owner === client;
        if (f === 'write') return isMine ? true : undefined;
        if (f === 'release') {
          if (!isMine) return undefined;
          depth -= 1;
          if (depth === 0) owner = undefined;
          return true;
        }
        if (owner !== undefined && (!isMine || depth === maxDepth)) return undefined;
        if (owner === undefined) token += 1;
        owner = client;
        depth += 1;
        return fenced ? { token } : true;
      };
    },
  };
}

export function semaphoreReference(permits: number): Reference {
  return {
    calls: [
      ['acquire', null],
      ['acquire', { permits: 2 }],
      ['release', null],
    ],
    make: () => {
      const held = new Map<string, number>();
      let free = permits;
      return (client, f, value) => {
        const count = (value as { permits: number } | null)?.permits ?? 1;
        const own = held.get(client) ?? 0;
        if (f === 'acquire' ? free < count : own < count) return undefined;
        free += f === 'acquire' ? -count : count;
        held.set(client, f === 'acquire' ? own + count : own - count);
        return true;
      };
    },
  };
}

export const electionReference: Reference = {
  calls: [
    ['elect', [1, 'a']],
    ['elect', [1, 'b']],
    ['elect', { term: 2, leader: 'b' }],
    ['read', null],
  ],
  make: () => {
    let term = 0;
    let leader: Json = null;
    return (_client, f, value) => {
      if (f === 'read') return leader === null ? null : [term, leader];
      const asked = Array.isArray(value) ? (value as [number, string]) : [(value as { term: number }).term, 'b'];
      if ((asked[0] as number) < term || (asked[0] === term && asked[1] !== leader)) return undefined;
      [term, leader] = asked as [number, string];
      return true;
    };
  },
};

export const idsReference: Reference = {
  calls: [['generate', null]],
  make: () => {
    let last = 0;
    return () => (last += 1);
  },
};

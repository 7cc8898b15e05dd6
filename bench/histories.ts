// Histories for benchmarks and tests: clients of one correct object, overlapping at random, with crashes and one planted lie.
import seedrandom from 'seedrandom';
import type { History, HistoryEvent } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';

export interface ConcurrentHistory {
  readonly operations: number;
  readonly clients: number;
  /** What the object is; a register, or as many as there are keys, unless said otherwise. */
  readonly object?: ObjectName;
  /** How many different values are written; each only once if not given. */
  readonly values?: number;
  /** If given, arguments and results are `[key, value]`. */
  readonly keys?: number;
  /** How many writes end as info; most of them take effect later. */
  readonly crashes?: number;
  /** The first read (dequeue, pop, contains) from this operation on answers wrongly. */
  readonly wrongAt?: number;
}

export type ObjectName = 'register' | 'text' | 'counter' | 'queue' | 'stack' | 'priority-queue' | 'set';

const functions = {
  register: ['write', 'read'],
  text: ['append', 'read'],
  counter: ['add', 'read'],
  'priority-queue': ['insert', 'poll'],
  queue: ['enqueue', 'dequeue'],
  stack: ['push', 'pop'],
  set: ['add', 'contains'],
} as const;

/** Each operation takes effect at its completion, a crashed one some time later, or never. */
export function concurrentHistory(options: ConcurrentHistory): History {
  const { operations, clients, object = 'register', values, keys, crashes = 0, wrongAt = Infinity } = options;
  const random = seedrandom.alea(`concurrent history ${operations} ${clients}`);
  const draw = (bound: number) => Math.floor(random() * bound);
  const history: HistoryEvent[] = [];
  const running = new Map<number, HistoryEvent>();
  const numbers = Array.from({ length: clients }, (_, client) => client);
  const objects = Array.from({ length: keys ?? 1 }, () => makeObject(object));
  const late: HistoryEvent[] = [];
  const [write, read] = functions[object];
  let next = 0;
  let crashed = 0;
  let planted = false;
  const emit = (event: Omit<HistoryEvent, 'index' | 'time' | 'client'>): HistoryEvent => {
    const index = history.length;
    history.push({ ...event, index, time: index * 1_000, client: `c${event.process % clients}` });
    return history[index]!;
  };
  const plain = (call: HistoryEvent) => (keys === undefined ? call.value : (call.value as readonly Json[])[1]!);
  const keyOf = (call: HistoryEvent) => (keys === undefined ? 0 : (call.value as readonly number[])[0]!);
  const wrap = (call: HistoryEvent, value: Json): Json => (keys === undefined ? value : [keyOf(call), value]);
  while (next < operations || running.size > 0) {
    const client = draw(clients);
    if (late.length > 0 && draw(100) === 0) {
      const [call] = late.splice(draw(late.length), 1);
      objects[keyOf(call!)]!(true, plain(call!));
    }
    const call = running.get(client);
    if (call === undefined && next < operations) {
      const writes = draw(2) === 0;
      const number = values === undefined ? next + 1 : draw(values);
      const argument = writes || object === 'set' ? (object === 'text' ? `${number};` : number) : null;
      const value = keys === undefined ? argument : [draw(keys), argument];
      const process = numbers[client]!;
      running.set(client, emit({ process, type: 'invoke', f: writes ? write : read, value, operation: next }));
      next += 1;
    } else if (call !== undefined) {
      running.delete(client);
      const writes = call.f === write;
      if (writes && crashed < crashes && random() < (crashes * 3) / operations) {
        crashed += 1;
        emit({ ...call, type: 'info', value: null });
        numbers[client] = call.process + clients;
        if (draw(10) < 7) late.push(call);
        continue;
      }
      const truth = objects[keyOf(call)]!(writes, plain(call));
      const lies = !writes && call.operation >= wrongAt && !planted;
      if (lies) planted = true;
      emit({ ...call, type: 'ok', value: wrap(call, lies ? lieOf(object, truth) : truth) });
    }
  }
  return history;
}

/** What no such object answers. */
function lieOf(object: ObjectName, truth: Json): Json {
  if (object === 'set') return truth !== true;
  return object === 'text' ? `${(truth as string | null) ?? ''}lie` : -1;
}

/** The object as a function: what a write or a read of it answers. */
function makeObject(object: ObjectName): (writes: boolean, value: Json) => Json {
  const held: Json[] = [];
  const elements = new Set<Json>();
  let first = 0;
  switch (object) {
    case 'register':
      return (writes, value) => (writes ? (held[0] = value) : (held[0] ?? null));
    case 'text':
      return (writes, value) => {
        if (writes) held[0] = ((held[0] as string | undefined) ?? '') + (value as string);
        return writes ? value : (held[0] ?? null);
      };
    case 'counter':
      return (writes, value) => {
        if (writes) held[0] = ((held[0] as number | undefined) ?? 0) + (value as number);
        return writes ? value : (held[0] ?? 0);
      };
    case 'priority-queue': {
      const heap = new RankHeap();
      return (writes, value) => {
        if (writes) heap.push(value as number);
        return writes ? value : heap.pop();
      };
    }
    case 'queue':
      return (writes, value) => {
        if (writes) held.push(value);
        return writes ? value : first < held.length ? held[first++]! : null;
      };
    case 'stack':
      return (writes, value) => {
        if (writes) held.push(value);
        return writes ? value : (held.pop() ?? null);
      };
    case 'set':
      return (writes, value) => {
        const isThere = elements.has(value);
        if (writes) elements.add(value);
        return writes ? !isThere : isThere;
      };
  }
}

/** The greatest number first. */
class RankHeap {
  private readonly numbers: number[] = [];

  push(number: number): void {
    const { numbers } = this;
    let place = numbers.push(number) - 1;
    for (let parent = (place - 1) >> 1; place > 0 && numbers[parent]! < number; parent = (place - 1) >> 1) {
      numbers[place] = numbers[parent]!;
      numbers[parent] = number;
      place = parent;
    }
  }

  pop(): number | null {
    const { numbers } = this;
    const first = numbers[0] ?? null;
    const last = numbers.pop();
    if (last === undefined || numbers.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = (numbers[left + 1] ?? -Infinity) > (numbers[left] ?? -Infinity) ? left + 1 : left;
      if ((numbers[child] ?? -Infinity) <= last) break;
      numbers[place] = numbers[child]!;
      place = child;
    }
    numbers[place] = last;
    return first;
  }
}

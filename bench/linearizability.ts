// How the linearizability check fares: histories of registers, key-value stores, sets, queues and stacks of growing sizes,
// right ones and ones with a planted lie, by each engine. Exponents and ratios are the figures to quote.
import {
  checkLinearizable,
  counter,
  fifoQueue,
  keyValue,
  priorityQueue,
  register,
  set,
  stack,
  type Model,
} from '../checkers/index.ts';
import type { Engine, LinearizabilityResult } from '../checkers/index.ts';
import type { History } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';
import { concurrentHistory, type ConcurrentHistory, type ObjectName } from './histories.ts';

export interface LinearizabilityFigures {
  readonly name: string;
  readonly operations: number;
  readonly engine: Engine;
  readonly verdict: LinearizabilityResult['verdict'];
  /** CPU time of the check alone. */
  readonly milliseconds: number;
  /** The most that was ever resident until then, in bytes, with the history: it never goes down. */
  readonly memory: number;
  /** How the time grew from the size before: 1 is linear. */
  readonly exponent: number | undefined;
}

export interface LinearizabilityBench {
  readonly name: string;
  readonly options: Omit<ConcurrentHistory, 'operations' | 'wrongAt'>;
  readonly sizes: readonly number[];
  readonly engines: readonly Engine[];
  /** Plants a lie after nine tenths of the operations. */
  readonly wrong?: boolean;
}

const growing = [10_000, 100_000, 1_000_000];

/** The histories that are measured unless others are asked for. */
export const linearizabilityBenches: readonly LinearizabilityBench[] = [
  ...[false, true].flatMap((wrong): readonly LinearizabilityBench[] => [
    { name: 'key-value, 1,000 keys', options: { clients: 20, keys: 1_000 }, sizes: growing, engines: ['auto'], wrong },
    { name: 'register', options: { clients: 50 }, sizes: growing, engines: ['auto'], wrong },
    { name: 'queue', options: { clients: 16, object: 'queue' }, sizes: growing, engines: ['auto'], wrong },
    { name: 'stack', options: { clients: 16, object: 'stack' }, sizes: growing, engines: ['auto'], wrong },
    {
      name: 'priority queue',
      options: { clients: 16, object: 'priority-queue' },
      sizes: growing,
      engines: ['auto'],
      wrong,
    },
    {
      name: 'text by appends, 1,000 keys',
      options: { clients: 20, object: 'text', keys: 1_000 },
      sizes: growing.slice(0, 2),
      engines: ['wgl', 'auto'],
      wrong,
    },
    {
      name: 'counter',
      options: { clients: 8, object: 'counter', values: 3 },
      sizes: [1_000, 10_000],
      engines: ['wgl', 'auto'],
      wrong,
    },
    {
      name: 'set, 100 elements',
      options: { clients: 8, object: 'set', values: 100 },
      sizes: growing,
      engines: ['auto'],
      wrong,
    },
  ]),
  {
    name: 'register, 5 values',
    options: { clients: 4, values: 5 },
    sizes: [10_000, 100_000],
    engines: ['wgl', 'fast', 'auto'],
  },
  {
    name: 'register, 100 values',
    options: { clients: 16, values: 100 },
    sizes: [1_000, 10_000],
    engines: ['wgl', 'fast', 'auto'],
  },
  ...[0, 20, 50, 100].flatMap((crashes): readonly LinearizabilityBench[] => [
    {
      name: `register, 5 values, ${crashes} crashed`,
      options: { clients: 5, values: 5, crashes },
      sizes: [10_000],
      engines: ['wgl', 'fast', 'auto'],
    },
    ...[false, true].map((wrong) => ({
      name: `register, 5 values, 50 clients, ${crashes} crashed`,
      options: { clients: 50, values: 5, crashes },
      sizes: [10_000],
      engines: ['auto'] as const,
      wrong,
    })),
  ]),
];

/** Checks each history with each engine. */
export function* benchLinearizability(
  benches: readonly LinearizabilityBench[] = linearizabilityBenches,
): Generator<LinearizabilityFigures> {
  for (const { name, options, sizes, engines, wrong = false } of benches) {
    for (const engine of engines) {
      let last: LinearizabilityFigures | undefined;
      for (const operations of sizes) {
        const wrongAt = wrong ? { wrongAt: Math.floor(operations * 0.9) } : {};
        const history = concurrentHistory({ ...options, operations, ...wrongAt });
        const measured = measure(history, options, engine);
        const exponent =
          last === undefined
            ? undefined
            : Math.log(measured.milliseconds / last.milliseconds) / Math.log(operations / last.operations);
        last = { name: wrong ? `${name}, one lie` : name, operations, engine, ...measured, exponent };
        yield last;
      }
    }
  }
}

function measure(
  history: History,
  { object = 'register', keys }: Omit<ConcurrentHistory, 'operations'>,
  engine: Engine,
) {
  const model = modelOf(object, keys !== undefined);
  globalThis.gc?.();
  const start = process.cpuUsage();
  const { verdict } = checkLinearizable(history, model, { engine });
  const { user, system } = process.cpuUsage(start);
  return { verdict, milliseconds: (user + system) / 1_000, memory: process.resourceUsage().maxRSS * 1_024 };
}

function modelOf(object: ObjectName, keyed: boolean): Model<Json> {
  switch (object) {
    case 'queue':
      return fifoQueue();
    case 'stack':
      return stack();
    case 'priority-queue':
      return priorityQueue();
    case 'set':
      return set();
    case 'counter':
      return counter();
    case 'text':
      return keyValue();
    case 'register':
      return keyed ? keyValue() : register();
  }
}

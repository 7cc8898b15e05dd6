// Small random transaction histories: a serial execution with lies in it, or a true one, invoked and completed at random.
import fc from 'fast-check';
import type { History } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { record } from './written-transactions.ts';

export interface SmallTransaction {
  readonly micros: readonly (readonly [string, string, Json])[];
  readonly type: 'ok' | 'info' | 'fail';
  readonly process: number;
  /** Places in the order of all events. */
  readonly invoked: number;
  readonly completed: number;
}

export interface SmallHistory {
  readonly transactions: readonly SmallTransaction[];
  readonly history: History;
}

interface Options {
  readonly workload: 'list-append' | 'rw-register';
  readonly most: number;
  /** Whether reads may tell something else than what the serial execution saw. */
  readonly lies: boolean;
  /** Whether a read of a register may tell any value that some transaction writes to it. */
  readonly isWild?: boolean;
  /** Whether a last transaction reads all lists, so that the order of all versions is known. */
  readonly reader: boolean;
  /** Whether some end as info or fail. */
  readonly endings: boolean;
}

/**
 * Transactions over two keys that take effect whole, at random instants between their invocations and completions. With lies
 * some read from a snapshot taken at their invocation, and some reads tell another prefix of the list, or an older value.
 */
export function smallHistories(options: Options): fc.Arbitrary<SmallHistory> {
  const { workload, most, endings, lies, reader, isWild = false } = options;
  const write = workload === 'list-append' ? 'append' : 'w';
  const micro = fc.tuple(fc.constantFrom('r', 'r', write), fc.constantFrom('x', 'y'), fc.nat(5), fc.nat(lies ? 4 : 0));
  const transaction = fc.record({
    micros: fc.array(micro, { minLength: 1, maxLength: 4 }),
    type: fc.constantFrom<SmallTransaction['type']>(
      ...(endings ? (['ok', 'ok', 'ok', 'info', 'fail'] as const) : ['ok' as const]),
    ),
    happens: fc.boolean(),
    isStale: lies ? fc.boolean() : fc.constant(false),
  });
  return fc.integer({ min: 2, max: most }).chain((count) =>
    fc
      .tuple(
        fc.array(transaction, { minLength: count, maxLength: count }),
        fc.shuffledSubarray([...Array(count * 3).keys()], { minLength: count * 3 }),
      )
      .map(([plans, order]) => {
        // Three instants of each: invoked, in effect, completed.
        const instants = plans.map((_, number) => order.slice(number * 3, number * 3 + 3).sort((a, b) => a - b));
        const lists: Record<string, Json[]> = { x: [], y: [] };
        const past: { readonly at: number; readonly x: number; readonly y: number }[] = [{ at: -1, x: 0, y: 0 }];
        const results = new Map<number, (readonly [string, string, Json])[]>();
        let next = 1;
        const named = plans.map((plan) => ({
          ...plan,
          micros: plan.micros.map(([f, key, choice, lie]) => ({
            f,
            key,
            choice,
            lie,
            element: f === 'r' ? 0 : next++,
          })),
        }));
        const all = (key: string) =>
          named.flatMap(({ micros }) =>
            micros.flatMap((micro) => (micro.f !== 'r' && micro.key === key ? [micro.element] : [])),
          );
        const effects = [...plans.keys()].sort((a, b) => instants[a]![1]! - instants[b]![1]!);
        for (const number of effects) {
          const { micros, type, happens, isStale } = named[number]!;
          const old = past.findLast(({ at }) => at <= instants[number]![0]!)!;
          const isReal = type === 'ok' || (type === 'info' && happens);
          const before = { x: [...lists['x']!], y: [...lists['y']!] } as Record<string, Json[]>;
          const own = isReal ? lists : before;
          const told = micros.map(({ f, key, choice, lie, element }): readonly [string, string, Json] => {
            if (f !== 'r') own[key]!.push(element);
            if (f !== 'r') return [f, key, element];
            const seen = isStale ? see(own[key]!, before[key]!, key === 'x' ? old.x : old.y) : own[key]!;
            const shown = lie === 1 ? seen.slice(0, choice % (seen.length + 1)) : seen;
            if (isWild && lie > 1) return [f, key, all(key)[choice] ?? null];
            return [f, key, workload === 'list-append' ? [...shown] : (shown.at(-1) ?? null)];
          });
          results.set(number, told);
          past.push({ at: instants[number]![1]!, x: lists['x']!.length, y: lists['y']!.length });
        }
        const transactions = place(
          named.map(({ type }, number) => ({ micros: results.get(number)!, type })),
          instants,
        );
        if (reader) {
          const both = (['x', 'y'] as const).map((key) => ['r', key, lists[key]!] as const);
          const end = count * 3;
          transactions.push({ micros: both, type: 'ok', process: 50, invoked: end, completed: end + 1 });
        }
        return { transactions, history: toHistory(transactions) };
      }),
  );
}

/** What is seen of a list from a snapshot: its first elements and the own ones. */
function see(now: readonly Json[], before: readonly Json[], length: number): readonly Json[] {
  return [...before.slice(0, length), ...now.slice(before.length)];
}

/** Gives each the lowest process that is free when it is invoked; those without a result have one of their own. */
function place(
  plans: readonly Pick<SmallTransaction, 'micros' | 'type'>[],
  instants: readonly (readonly number[])[],
): SmallTransaction[] {
  const free = new Map<number, number>(); // process to the instant from which it is free
  const order = [...plans.keys()].sort((a, b) => instants[a]![0]! - instants[b]![0]!);
  return order.map((number) => {
    const [invoked, , completed] = instants[number] as readonly [number, number, number];
    let process = 0;
    while ((free.get(process) ?? -1) > invoked) process += 1;
    if (plans[number]!.type === 'info') process = 10 + number;
    free.set(process, completed);
    return { ...plans[number]!, process, invoked, completed };
  });
}

function toHistory(transactions: readonly SmallTransaction[]): History {
  const events = transactions.flatMap(({ invoked, completed }, number) => [
    { at: invoked, event: [number, 'invoke'] as const },
    { at: completed, event: [number, 'complete'] as const },
  ]);
  events.sort((one, other) => one.at - other.at);
  return record(
    transactions.map(({ micros, type, process }) => ({ value: micros, type, process })),
    events.map(({ event }) => event),
  );
}

// How the isolation check grows: list-append histories of a correct store, ten clients, from ten thousand micro-operations to
// a million. The exponent of growth is the figure to quote; times depend on the machine.
import seedrandom from 'seedrandom';
import { checkIsolation, type IsolationModel } from '../checkers/index.ts';
import type { HistoryEvent } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';

export interface IsolationFigures {
  readonly microOperations: number;
  readonly transactions: number;
  /** Of the check alone, the best of five runs. */
  readonly milliseconds: number;
  /** Resident memory at its highest, in bytes, without what the process held before the history was made. */
  readonly memory: number;
  /** How the time grew from the size before: 1 is linear. */
  readonly exponent: number | undefined;
  /** The names of what was found: nothing unless stale reads are planted. */
  readonly anomalies: readonly string[];
}

/** Checks histories of each size; with `skew` one in a thousand reads sees a stale version. */
export function benchIsolation(
  sizes: readonly number[] = [10_000, 100_000, 1_000_000],
  { model = 'strict-serializable', skew = false }: { readonly model?: IsolationModel; readonly skew?: boolean } = {},
): readonly IsolationFigures[] {
  for (let round = 0; round < 5; round++) checkIsolation(listAppendHistory(10_000, skew)); // warm up
  const figures: IsolationFigures[] = [];
  for (const microOperations of sizes) {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const history = listAppendHistory(microOperations, skew);
    let best = Infinity;
    let memory = 0;
    let anomalies: readonly string[] = [];
    for (let round = 0; round < 5; round++) {
      globalThis.gc?.();
      const start = process.hrtime.bigint();
      const result = checkIsolation(history, { model });
      best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
      memory = Math.max(memory, process.memoryUsage().rss - before);
      anomalies = result.anomalies.map(({ name }) => name);
    }
    const last = figures.at(-1);
    figures.push({
      microOperations,
      transactions: history.length / 2,
      milliseconds: best,
      memory,
      exponent:
        last === undefined
          ? undefined
          : Math.log(best / last.milliseconds) / Math.log(microOperations / last.microOperations),
      anomalies,
    });
  }
  return figures;
}

/** Transactions of one to six micro-operations over keys that retire after 64 appends, each applied at one instant. */
export function listAppendHistory(microOperations: number, skew = false): readonly HistoryEvent[] {
  const random = seedrandom.alea('isolation bench');
  const draw = (bound: number) => Math.floor(random() * bound);
  const lists = new Map<number, number[]>();
  const active = Array.from({ length: 8 }, (_, key) => key);
  let keys = active.length;
  const history: HistoryEvent[] = [];
  const running: (HistoryEvent | undefined)[] = Array.from({ length: 10 });
  let operations = 0;
  let micros = 0;
  const emit = (type: 'invoke' | 'ok', client: number, operation: number, value: Json): HistoryEvent => {
    const index = history.length;
    const event = { index, time: index * 100, process: client, type, f: 'txn', value, client: `c${client}`, operation };
    history.push(event);
    return event;
  };
  const call = (client: number): HistoryEvent => {
    const value = Array.from({ length: 1 + draw(6) }, (): Json => {
      const slot = draw(active.length);
      const key = active[slot]!;
      if (draw(2) === 0) return ['r', key, null];
      const written = (counts.get(key) ?? 0) + 1;
      counts.set(key, written);
      if (written === 64) active[slot] = keys++;
      return ['append', key, written];
    });
    micros += value.length;
    return emit('invoke', client, operations++, value);
  };
  const counts = new Map<number, number>();
  const apply = (value: Json): Json =>
    (value as readonly Json[]).map((micro) => {
      const [f, key, element] = micro as readonly [string, number, number];
      const list = lists.get(key) ?? [];
      lists.set(key, list);
      if (f === 'r') return ['r', key, skew && draw(1_000) === 0 ? list.slice(0, -1) : [...list]];
      list.push(element);
      return micro;
    });
  for (;;) {
    const client = draw(running.length);
    const open = running[client];
    if (open !== undefined) {
      emit('ok', client, open.operation, apply(open.value));
      running[client] = undefined;
    } else if (micros < microOperations) running[client] = call(client);
    else if (running.every((event) => event === undefined)) return history;
  }
}

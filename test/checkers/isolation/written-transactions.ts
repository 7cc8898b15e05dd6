// Transactions for tests, written out in words: `append x 1, r y [1 2]`, `w x 1`, `r x nil`, all at once or one after another.
import type { History, HistoryEvent, HistoryEventType } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';

/** A transaction's micro-operations with what it read, and how it ended. */
export interface Written {
  readonly text: string;
  readonly type?: HistoryEventType | 'pending';
  readonly process?: number;
}

/** All transactions are invoked before any completes, each by a process of its own. */
export function together(...transactions: readonly (string | Written)[]): History {
  const all = transactions.map(parse);
  const order = [...all.keys()].map((number) => [number, 'invoke'] as const);
  return record(all, [...order, ...[...all.keys()].map((number) => [number, 'complete'] as const)]);
}

/** Each transaction completes before the next is invoked, by processes of their own unless they say otherwise. */
export function inTurn(...transactions: readonly (string | Written)[]): History {
  const all = transactions.map(parse);
  return record(
    all,
    [...all.keys()].flatMap((number) => [[number, 'invoke'] as const, [number, 'complete'] as const]),
  );
}

/** The first ones run all the time, by processes of their own; beside them the others run one after another. */
export function beside(whole: readonly string[], turns: readonly (string | Written)[]): History {
  const all = [...whole, ...turns].map(parse);
  const long = [...whole.keys()];
  const middle = [...turns.keys()].flatMap((turn) => {
    const number = whole.length + turn;
    return [[number, 'invoke'] as const, [number, 'complete'] as const];
  });
  const at = (what: 'invoke' | 'complete') => long.map((number) => [number, what] as const);
  return record(all, [...at('invoke'), ...middle, ...at('complete')]);
}

interface Parsed {
  readonly value: readonly Json[];
  readonly type: HistoryEventType | 'pending';
  readonly process: number;
}

function parse(transaction: string | Written, number: number): Parsed {
  const { text, type = 'ok', process = number } = typeof transaction === 'string' ? { text: transaction } : transaction;
  const value = text.split(', ').map((micro): Json => {
    const [f, key, ...rest] = micro.split(' ');
    const content = rest.join(' ');
    return [f!, key!, content === 'nil' ? null : (JSON.parse(content.replaceAll(' ', ',')) as Json)];
  });
  return { value, type, process };
}

/** The history of transactions whose invocations and completions come in the given order. */
export function record(
  transactions: readonly Parsed[],
  order: readonly (readonly [number, 'invoke' | 'complete'])[],
): History {
  const history: HistoryEvent[] = [];
  for (const [number, what] of order) {
    const { value, type, process } = transactions[number]!;
    if (what === 'complete' && type === 'pending') continue;
    const isOk = what === 'complete' && type === 'ok';
    const index = history.length;
    history.push({
      index,
      time: index * 1_000,
      process,
      type: what === 'invoke' || type === 'pending' ? 'invoke' : type,
      f: 'txn',
      value: isOk ? value : value.map((micro) => hideResult(micro as readonly Json[])),
      client: `c${process}`,
      operation: number,
    });
  }
  return history;
}

function hideResult([f, key, content]: readonly Json[]): Json {
  return [f!, key!, f === 'r' ? null : content!];
}

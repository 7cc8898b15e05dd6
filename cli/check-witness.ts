// The orders that explain a linearizable history, for people: each operation where it takes effect, key by key.
import { pairOperations, type Operation } from '../checkers/index.ts';
import type { Judged } from './check-judge.ts';
import { findModel } from './check-models.ts';
import type { Anomaly } from './check-opinion.ts';
import type { Io } from './io.ts';
import { alignColumns, count, printable, readable, thousands, wrap } from './layout.ts';

const mostKeys = 3;
const mostOperations = 20;
const mostOrders = 3;

/** Lines, with an empty one after each key; none if no order was asked for, or if some key has none. */
export function describeWitness(judged: Judged, { paint, columns }: Pick<Io, 'paint' | 'columns'>): string[] {
  const explained = judged.partitions.filter(({ order }) => order !== undefined);
  if (explained.length === 0 || judged.verdict !== 'valid') return [];
  const operations = new Map(pairOperations(judged.recorded.history).map((operation) => [operation.id, operation]));
  const { describe } = wordsOf(judged);
  const lines = explained.slice(0, mostKeys).flatMap(({ key, order = [] }) => {
    const shown = order.slice(0, mostOperations).map((id) => operations.get(id)!);
    const rows = shown.map((operation, place) => rowOf(operation, place, describe));
    const table = alignColumns([['', 'client', 'operation', 'invoked', 'ended'], ...rows], [0, 3, 4]);
    const more = order.length - shown.length;
    return [
      `  An order that explains ${key === null ? 'it' : printable(key)}, ${count(order.length, 'operation')}:`,
      ...table.map((line, row) => {
        const text = `    ${line}`;
        const cut = text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
        return row === 0 ? paint.dim(cut) : cut;
      }),
      ...(more > 0 ? [`    … and ${thousands(more)} more; --json has all`] : []),
      '',
    ];
  });
  const others = explained.length - mostKeys;
  return others > 0 ? [...lines, `  … and ${count(others, 'more key')}; --json has all`, ''] : lines;
}

/** The longest orders of the operations in the evidence, and why none of those that are left can come next. */
export function describeOrders({ orders = [] }: Anomaly, judged: Judged, { columns }: Pick<Io, 'columns'>): string[] {
  if (orders.length === 0) return [];
  const operations = new Map(pairOperations(judged.recorded.history).map((operation) => [operation.id, operation]));
  const { describe } = wordsOf(judged);
  const name = (id: number): string => {
    const operation = operations.get(id)!;
    return `${shorten(operation.client)}'s ${shorten(describe(operation))}`;
  };
  const lines = orders.slice(0, mostOrders).flatMap(({ operations: order, next }, place) => {
    const way = order.length === 0 ? 'with none of them first' : order.map(name).join(', then ');
    return [
      ...wrap(`${place + 1}. ${way}; after that:`, columns, '    '),
      ...next.flatMap(({ operation, reason }) =>
        wrap(`- not ${name(operation)}: ${readable(reason)}`, columns, '       '),
      ),
    ];
  });
  return ['  How far an order of these can go:', ...lines, ''];
}

function wordsOf({ model }: Judged): { readonly describe: (operation: Operation) => string } {
  const object = findModel(model ?? 'register', undefined);
  return { describe: (operation) => object.describe(operation) };
}

function rowOf(operation: Operation, place: number, describe: (operation: Operation) => string): string[] {
  const { client, called, returned } = operation;
  const ended = returned === undefined ? 'unknown' : milliseconds(returned.time);
  return [
    `${place + 1}`,
    shorten(printable(client)),
    shorten(printable(describe(operation))),
    milliseconds(called.time),
    ended,
  ];
}

const milliseconds = (time: number): string => `${(time / 1_000).toFixed(3)} ms`;
const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

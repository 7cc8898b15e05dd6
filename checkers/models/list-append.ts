// Lists that a transaction appends to and reads, as in Elle: strict serializability as a search for an order.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model } from '../model.ts';
import { heldBy, isRead, nameOf, toldMicros, transactionsOn, type CellKind, type Cells } from './transactions.ts';

/**
 * Lists, empty at first, with `txn`, whose value is a list of `["append", key, element]` and `["r", key, null]`; the result is
 * that list with what was read, null for an empty list. Micro-operations act in their order, all at one instant. Elements may
 * be appended more than once. The state has the elements of each list as text: what grows is told by its beginning.
 */
export function listAppend(): Model<Cells> {
  const model = transactionsOn(lists, {});
  return { ...model, fault: (call) => model.fault?.(call) ?? listFault(call) };
}

const lists: CellKind = {
  name: 'list-append',
  writes: ['append'],
  after: (held, element) => (held === null ? canonical(element) : `${held as string},${canonical(element)}`),
  shown: textOf,
  describe: (held) => `[${held as string}]`,
  hints: () => ({
    wants: (call) => {
      const { isTold, micros } = toldMicros(call);
      const [f, key, list] = micros[0]!;
      if (!isTold || !isRead(f)) return undefined;
      const text = textOf(list);
      return { state: text === null ? {} : { [nameOf(key)]: text } };
    },
    growth: { grows: ({ value }) => !isOfReads(value), canReach },
  }),
};

/** The elements between the brackets; null for none. */
function textOf(list: Json): Json {
  return list === null || (isArray(list) && list.length === 0) ? null : canonical(list).slice(1, -1);
}

/** What was appended to stays in front. */
function canReach(state: Cells, observation: Call): boolean {
  const { isTold, micros } = toldMicros(observation);
  const [f, key, list] = micros[0]!;
  if (!isTold || !isRead(f)) return true;
  const held = heldBy(state, nameOf(key));
  const text = textOf(list);
  if (held === null || held === text) return true;
  return typeof text === 'string' && text.startsWith(`${held as string},`);
}

function isOfReads(value: Json): boolean {
  return (value as readonly (readonly [string])[]).every(([f]) => isRead(f));
}

function listFault(call: Call): Fault | undefined {
  const { isTold, micros } = toldMicros(call);
  const wrong = isTold ? micros.find(([f, , list]) => isRead(f) && list !== null && !isArray(list)) : undefined;
  return wrong && { expected: 'a list or null as the value of a read', found: canonical(wrong) };
}

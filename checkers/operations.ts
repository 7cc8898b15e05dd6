// Operations: the invocations of a history paired with their completions, which is the form that history checkers judge.
import type { History, HistoryEvent } from '../sim/history.ts';
import type { Json, NodeId } from '../sim/protocol.ts';
import type { Micros } from '../sim/time.ts';

/** A line of the history: its index orders it against all others (two lines may carry the same time). */
export interface Moment {
  readonly index: number;
  readonly time: Micros;
}

/** One operation of a client, from its invocation to its completion, if it has one. */
export interface Operation {
  /** Its id in the workload, unique in the history. */
  readonly id: number;
  readonly process: number;
  readonly client: NodeId;
  readonly f: string;
  /** The argument. */
  readonly value: Json;
  /** What the completion returned; null unless the type is `ok`. */
  readonly result: Json;
  /** `info` is unknown or pending: it may have happened at any time after the call. `fail` surely did not happen. */
  readonly type: 'ok' | 'fail' | 'info';
  readonly called: Moment;
  /** When it had ended for sure: undefined for `info`, which may take effect long after its completion was logged. */
  readonly returned: Moment | undefined;
}

/** A history that no set of sequential processes can have produced, or that a model cannot read. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  /** The index of the history line. */
  readonly index: number;
  readonly expected: string;
  readonly found: string;

  constructor(index: number, expected: string, found: string) {
    super(`history line ${index}: expected ${expected}, found ${found}`);
    this.index = index;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * Pairs invocations with completions, process by process, and returns the operations in the order of their calls. An
 * operation that is still pending at the end becomes `info`. Failed operations are kept, for a judge to drop.
 * @throws HistoryError on an index that does not go up, a completion without invocation, a second invocation by a busy process, a completion of another
 * function or operation than the process invoked, and an operation id that was used before.
 */
export function pairOperations(history: History): readonly Operation[] {
  const operations: (Operation | undefined)[] = [];
  const pending = new Map<number, { readonly event: HistoryEvent; readonly slot: number }>();
  const ids = new Ids();
  let last = -1;
  for (const event of history) {
    if (!(event.index > last)) throw new HistoryError(event.index, `an index above ${last}`, `${event.index}`);
    last = event.index;
    const open = pending.get(event.process);
    if (event.type === 'invoke') {
      if (open !== undefined) {
        throw new HistoryError(event.index, `a completion of ${inWords(open.event)}`, `an invocation of ${event.f}`);
      }
      if (!ids.add(event.operation)) {
        throw new HistoryError(event.index, 'an operation id of its own', `${event.operation}, used before`);
      }
      pending.set(event.process, { event, slot: operations.length });
      operations.push(undefined);
    } else {
      if (open === undefined) {
        const expected = `an invocation by process ${event.process} first`;
        throw new HistoryError(event.index, expected, `a completion (${event.type}) of ${event.f}`);
      }
      if (open.event.f !== event.f || open.event.operation !== event.operation) {
        throw new HistoryError(event.index, `a completion of ${inWords(open.event)}`, `one of ${inWords(event)}`);
      }
      pending.delete(event.process);
      operations[open.slot] = makeOperation(open.event, event);
    }
  }
  for (const { event, slot } of pending.values()) operations[slot] = makeOperation(event, undefined);
  return operations as Operation[]; // each slot was filled by its completion or by the line above
}

function makeOperation(call: HistoryEvent, completion: HistoryEvent | undefined): Operation {
  const type = completion === undefined || completion.type === 'invoke' ? 'info' : completion.type;
  return {
    id: call.operation,
    process: call.process,
    client: call.client,
    f: call.f,
    value: call.value,
    result: completion?.type === 'ok' ? completion.value : null,
    type,
    called: call,
    returned: type === 'info' ? undefined : completion,
  };
}

/** The ids met so far: those that go up need no table. */
class Ids {
  readonly #met: number[] = [];
  #table: Set<number> | undefined;

  /** False if it was met before. */
  add(id: number): boolean {
    if (this.#table === undefined) {
      if (id > (this.#met.at(-1) ?? -Infinity)) return this.#met.push(id) > 0;
      this.#table = new Set(this.#met);
    }
    if (this.#table.has(id)) return false;
    this.#table.add(id);
    return true;
  }
}

function inWords(event: HistoryEvent): string {
  return `${event.f} (operation ${event.operation}) by process ${event.process}`;
}

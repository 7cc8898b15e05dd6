// Who has which operation open while a history is read. Events that name no process are matched by function and value.
import type { HistoryEvent } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { same } from '../models/cell.ts';

/** An event that is being built: its place in the history is not known before the end. */
export type Draft = { -readonly [Key in keyof HistoryEvent]: HistoryEvent[Key] };

/** A client, while its events are read. */
export interface Client {
  /** Its number in the file; negative, for now, if the file gives it none. */
  readonly number: number;
  /** The name of its node; empty until its number is known. */
  readonly name: string;
  open: Draft | undefined;
  /** The time of its last event, in microseconds. */
  time: number;
  /** The position of its last event; -1 before the first. */
  at: number;
}

/** Operations that can be pending without a process; matching looks at each of them. */
export const mostAnonymous = 1_000;

export class Clients {
  readonly #clients = new Map<number | string, Client>();
  #anonymous: Client[] = [];
  #unnumbered = 0;
  #highest = -1;

  /** The client of this number or name. */
  of(id: number | string): Client {
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const client = typeof id === 'number' ? makeClient(id, `c${id}`) : makeClient(-++this.#unnumbered, id);
    if (client.number > this.#highest) this.#highest = client.number;
    this.#clients.set(id, client);
    return client;
  }

  /** A client of its own, for one operation of an unknown process. */
  anonymous(): Client {
    return makeClient(-++this.#unnumbered, '');
  }

  /** Remembers that the client's operation is pending. False if there are too many such operations. */
  open(client: Client): boolean {
    if (this.#anonymous.length >= mostAnonymous)
      this.#anonymous = this.#anonymous.filter(({ open }) => open !== undefined);
    this.#anonymous.push(client);
    return this.#anonymous.length <= mostAnonymous;
  }

  /** Takes out the anonymous client whose pending operation a completion fits: the oldest. */
  fitting(f: string, value: Json): Client | undefined {
    const index = this.#anonymous.findIndex(({ open }) => open !== undefined && isResultOf(open, { f, value }));
    return index === -1 ? undefined : this.#anonymous.splice(index, 1)[0];
  }

  /** The number for good of a client whose number is negative for now: above all that the file gives. */
  settle(number: number): number {
    return number < 0 ? this.#highest - number : number;
  }
}

/** Whether a completion can be that of the call. */
export function isResultOf(call: Draft, { f, value }: { readonly f: string; readonly value: Json }): boolean {
  return call.f === f && fits(call.value, value);
}

/** Whether an argument, with null for what is not known yet, can have become this result. */
function fits(argument: Json, result: Json): boolean {
  if (argument === null || result === null) return true;
  if (!isArray(argument) || !isArray(result)) return same(argument, result);
  return argument.length === result.length && argument.every((item, index) => fits(item, result[index]!));
}

function makeClient(number: number, name: string): Client {
  return { number, name, open: undefined, time: 0, at: -1 };
}

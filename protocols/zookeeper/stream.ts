// The receiving end of a connection: takes messages in the order in which they were sent, each once, as TCP does. What was
// lost is not sent again: the connection is then as good as broken, and is given up when that shows.
import { ms, type Micros } from '../../sim/index.ts';

export interface Inbound<M extends Placed> {
  /** The place of the message that is due. */
  next: number;
  /** What came too early. */
  held: M[];
  /** Since when something is missing, on the receiver's monotonic clock. */
  heldSince: Micros;
}

interface Placed {
  readonly place: number;
}

/** How long a message may be missing. */
const patience: Micros = ms(500);

export function newInbound<M extends Placed>(): Inbound<M> {
  return { next: 0, held: [], heldSince: 0 };
}

/** What can be taken now, in order; `broken` if something has been missing for too long. */
export function receive<M extends Placed>(inbound: Inbound<M>, message: M, now: Micros): readonly M[] | 'broken' {
  const { held } = inbound;
  if (message.place < inbound.next || held.some(({ place }) => place === message.place)) return [];
  if (message.place > inbound.next) {
    if (held.length === 0) inbound.heldSince = now;
    held.push(message);
    return now - inbound.heldSince > patience ? 'broken' : [];
  }
  const ready = [message];
  for (let found: M | undefined = message; found !== undefined;) {
    inbound.next++;
    found = held.find(({ place }) => place === inbound.next);
    if (found !== undefined) ready.push(found);
  }
  inbound.held = held.filter(({ place }) => place >= inbound.next);
  inbound.heldSince = now;
  return ready;
}

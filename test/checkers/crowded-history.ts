// Histories that are too large for an oracle but not for a plain search: many clients at once on one cell with few values,
// so that the same value is written, read and crashed with again and again.
import seedrandom from 'seedrandom';
import type { History, HistoryEvent } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';

export interface CrowdedHistory {
  readonly seed: number;
  readonly operations: number;
  readonly clients: number;
  readonly values: number;
  /** Functions to draw from: read, write, cas. */
  readonly functions: readonly string[];
  /** In percent: operations without a known outcome, and reads that answer with an earlier value. */
  readonly crashes: number;
  readonly lies: number;
}

/** Each operation takes effect at one instant, drawn between its call and its return; crashed ones at once, later or never. */
export function crowdedHistory(options: CrowdedHistory): History {
  const { operations, clients, values, functions } = options;
  const random = seedrandom.alea(`crowded ${JSON.stringify(options)}`);
  const draw = (bound: number) => Math.floor(random() * bound);
  const history: HistoryEvent[] = [];
  const running = new Map<number, { call: HistoryEvent; answer: Json | undefined }>();
  const late: HistoryEvent[] = [];
  const numbers = Array.from({ length: clients }, (_, client) => client);
  const held: Json[] = [null];
  const apply = ({ f, value }: HistoryEvent): Json => {
    const now = held.at(-1)!;
    if (f === 'read') return now;
    const [from, to] = f === 'cas' ? (value as readonly [Json, Json]) : [now, value];
    if (from !== now) return false;
    held.push(to);
    return value;
  };
  const emit = (event: Omit<HistoryEvent, 'index' | 'time' | 'client'>): HistoryEvent => {
    const index = history.length;
    history.push({ ...event, index, time: index * 1_000, client: `c${event.process % clients}` });
    return history[index]!;
  };
  for (let next = 0; next < operations || running.size > 0;) {
    if (late.length > 0 && draw(20) === 0) apply(late.splice(draw(late.length), 1)[0]!);
    const client = draw(clients);
    const open = running.get(client);
    if (open === undefined) {
      if (next === operations) continue;
      const f = functions[draw(functions.length)]!;
      const value = f === 'read' ? null : f === 'cas' ? [draw(values), draw(values)] : draw(values);
      running.set(client, {
        call: emit({ process: numbers[client]!, type: 'invoke', f, value, operation: next++ }),
        answer: undefined,
      });
    } else if (open.answer === undefined && draw(2) === 0) {
      open.answer = apply(open.call);
    } else {
      running.delete(client);
      const { call } = open;
      if (draw(100) < options.crashes) {
        if (open.answer === undefined && draw(2) === 0) late.push(call);
        emit({ ...call, type: 'info', value: null });
        numbers[client] = call.process + clients;
        continue;
      }
      const truth = open.answer ?? apply(call);
      const lies = call.f === 'read' && draw(100) < options.lies;
      emit({ ...call, type: 'ok', value: lies ? held[draw(held.length)]! : truth });
    }
  }
  return history;
}

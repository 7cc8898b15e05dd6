// Histories of a reference implementation: an object that clients call one at a time, at an instant between call and return.
import fc from 'fast-check';
import type { History, HistoryEvent } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';

/** What the clients call, and an object that is surely right; it answers undefined where the call fails. */
export interface Reference {
  readonly calls: readonly (readonly [f: string, value: Json])[];
  readonly make: () => (client: string, f: string, value: Json) => Json | undefined;
}

export interface DrawOptions {
  /** The most operations; 8 by default. */
  readonly operations?: number;
  /** Whether some operations end as info, done or not. */
  readonly info?: boolean;
  /** Whether some results are those of other operations. */
  readonly lies?: boolean;
}

interface Running {
  readonly call: HistoryEvent;
  readonly result: Json | undefined;
  readonly isDone: boolean;
}

/** Histories of up to four clients, in which all operations that returned took effect at one instant meanwhile. */
export function drawnHistory(reference: Reference, options: DrawOptions = {}): fc.Arbitrary<History> {
  const { operations = 8, info = true, lies = false } = options;
  const move = fc.record({
    client: fc.nat(3),
    call: fc.constantFrom(...reference.calls),
    early: fc.boolean(),
    info: info ? fc.nat(9).map((die) => die === 0) : fc.constant(false),
    lie: lies ? fc.nat(5).map((die) => die === 0) : fc.constant(false),
  });
  return fc.array(move, { minLength: 2, maxLength: 2 * operations }).map((moves) => {
    const apply = reference.make();
    const history: HistoryEvent[] = [];
    const running = new Map<number, Running>();
    const processes = [0, 1, 2, 3];
    const told: Json[] = [null];
    let count = 0;
    const emit = (event: Omit<HistoryEvent, 'index' | 'time'>): HistoryEvent => {
      const full = { ...event, index: history.length, time: history.length * 1_000 };
      history.push(full);
      return full;
    };
    for (const { client: slot, call, early, info: isInfo, lie } of moves) {
      const client = `c${slot}`;
      const open = running.get(slot);
      if (open === undefined) {
        if (count === operations) continue;
        const [f, value] = call;
        const event = emit({ process: processes[slot]!, type: 'invoke', f, value, client, operation: count++ });
        running.set(slot, { call: event, isDone: early, result: early ? apply(client, f, value) : undefined });
        continue;
      }
      running.delete(slot);
      const { f, value } = open.call;
      const result = open.isDone || isInfo ? open.result : apply(client, f, value);
      const isOk = !isInfo && result !== undefined;
      const answer = isOk ? (lie ? told[count % told.length]! : result) : null;
      if (isOk) told.push(result);
      emit({ ...open.call, type: isOk ? 'ok' : isInfo ? 'info' : 'fail', value: answer });
      if (isInfo) processes[slot] = processes[slot]! + 4;
    }
    return history;
  });
}

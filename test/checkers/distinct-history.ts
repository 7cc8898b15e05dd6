// Small random histories of objects to which each value is written once: the answers are true or lie, as in
// `arbitrary-history.ts`, but the values are drawn from a counter.
import fc from 'fast-check';
import { fifoQueue, keyValue, priorityQueue, register, set, stack } from '../../checkers/index.ts';
import type { Model } from '../../checkers/model.ts';
import type { History, HistoryEvent } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';

/** How to make histories of one object. */
export interface DistinctWorkload {
  readonly model: Model<Json>;
  /** The function that writes, the one that reads or removes. */
  readonly write: string;
  readonly read: string;
  /** The function that reads without removing, if there is one besides. */
  readonly look?: string;
  /** The argument of a call and the result of a read, from the plain value. */
  readonly wrap: (value: Json) => Json;
  /** What a read could return after so many writes, if not null and each of them. */
  readonly answers?: (written: number) => readonly Json[];
}

const bare = (value: Json) => value;

export const distinctWorkloads: readonly DistinctWorkload[] = [
  { model: register(), write: 'write', read: 'read', wrap: bare },
  { model: keyValue(), write: 'write', read: 'read', wrap: (value) => ['x', value] },
  { model: fifoQueue(), write: 'enqueue', read: 'dequeue', wrap: bare },
  { model: stack(), write: 'push', read: 'pop', wrap: bare },
  { model: priorityQueue(), write: 'insert', read: 'poll', look: 'peek', wrap: shuffled },
  { model: priorityQueue('least'), write: 'insert', read: 'poll', look: 'peek', wrap: shuffled },
  { model: set(), write: 'add', read: 'read', wrap: bare, answers: subsets },
];

/** Numbers from 1 on in another order of rank. */
function shuffled(value: Json): Json {
  return value === null ? null : ((value as number) * 7) % 17;
}

/** All sets of the numbers up to `written`. */
function subsets(written: number): readonly Json[] {
  const numbers = Array.from({ length: written }, (_, index) => index + 1);
  return Array.from({ length: 2 ** written }, (_, bits) =>
    numbers.filter((number) => ((bits >> (number - 1)) & 1) === 1),
  );
}

/** Histories of up to eight operations by up to four processes; about one in ten ends as info or never. */
export function distinctHistory(workload: DistinctWorkload): fc.Arbitrary<History> {
  const move = fc.record({
    process: fc.nat(3),
    writes: fc.boolean(),
    looks: fc.nat(2).map((draw) => draw === 0),
    early: fc.boolean(),
    crashes: fc.nat(11).map((draw) => draw === 0),
    lie: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(15) }),
  });
  return fc.array(move, { minLength: 4, maxLength: 18 }).map((moves) => play(workload, moves));
}

interface Move {
  readonly process: number;
  readonly writes: boolean;
  readonly looks: boolean;
  /** The operation takes effect at its call; otherwise at its completion. */
  readonly early: boolean;
  readonly crashes: boolean;
  readonly lie: number | undefined;
}

function play(
  { model, write, read, look = read, wrap, answers = plainAnswers }: DistinctWorkload,
  moves: readonly Move[],
): History {
  const history: HistoryEvent[] = [];
  const running = new Map<number, { readonly call: HistoryEvent; readonly answer: Json | undefined }>();
  const numbers = [0, 1, 2, 3];
  let state = model.init;
  let written = 0;
  let operations = 0;
  const emit = (event: Omit<HistoryEvent, 'index' | 'time' | 'client'>): HistoryEvent => {
    const full = { ...event, index: history.length, time: history.length * 1_000, client: `c${event.process}` };
    history.push(full);
    return full;
  };
  const apply = (f: string, value: Json): Json => {
    const candidates = f === write ? [value] : answers(written);
    for (const candidate of candidates) {
      const result = f === write ? value : wrap(candidate);
      const step = model.step(state, { f, value, result, type: 'ok' });
      if (step.type !== 'next') continue;
      state = step.state;
      return result;
    }
    return null;
  };
  for (const { process: slot, writes, looks, early, crashes, lie } of moves) {
    const process = numbers[slot]!;
    const open = running.get(process);
    if (open === undefined) {
      if (operations === 8) continue;
      if (writes) written += 1;
      const f = writes ? write : looks ? look : read;
      const value = wrap(writes ? written : null);
      const call = emit({ process, type: 'invoke', f, value, operation: operations });
      operations += 1;
      running.set(process, { call, answer: early ? apply(f, value) : undefined });
      continue;
    }
    running.delete(process);
    const { call } = open;
    if (crashes) {
      emit({ ...call, type: 'info', value: null });
      numbers[slot] = process + 4;
      continue;
    }
    const truth = open.answer ?? apply(call.f, call.value);
    const lies = answers(4);
    const told = lie === undefined || call.f === write ? truth : wrap(lies[lie % lies.length]!);
    emit({ ...call, type: 'ok', value: told });
  }
  return history;
}

function plainAnswers(written: number): readonly Json[] {
  return [null, ...Array.from({ length: written }, (_, index) => index + 1)];
}

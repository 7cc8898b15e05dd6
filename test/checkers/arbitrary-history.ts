// Small random histories of a few clients: mostly what a correct object would answer, with a lie here and there.
import fc from 'fast-check';
import type { Model } from '../../checkers/model.ts';
import type { History, HistoryEvent } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';

interface Move {
  readonly process: number;
  readonly f: string;
  readonly value: Json;
  /** The operation takes effect at its call; otherwise at its completion. */
  readonly early: boolean;
  readonly ending: 'ok' | 'fail' | 'info';
  /** The answer is this one instead of the true one. */
  readonly lie: Json | undefined;
}

interface Running {
  readonly call: HistoryEvent;
  readonly answer: Json | undefined;
}

/** How to make one kind of history: a model, and calls with their possible results. */
export interface Workload {
  readonly model: Model<Json>;
  /** Function and argument. */
  readonly call: fc.Arbitrary<readonly [string, Json]>;
  /** What a client could be told, true or not, by function and argument. */
  readonly answers: (f: string, value: Json) => readonly Json[];
}

/** Histories of up to seven operations by one to four processes; some end as fail or info, some never. */
export function arbitraryHistory(workload: Workload): fc.Arbitrary<History> {
  const move = fc.record({
    process: fc.nat(3),
    call: workload.call,
    early: fc.boolean(),
    ending: fc.oneof(
      { weight: 8, arbitrary: fc.constant('ok' as const) },
      { weight: 1, arbitrary: fc.constantFrom('fail' as const, 'info' as const) },
    ),
    lie: fc.option(fc.nat(5), { freq: 4, nil: undefined }),
  });
  return fc.array(move, { minLength: 2, maxLength: 16 }).map((moves) =>
    play(
      workload,
      moves.map(({ call: [f, value], lie, ...rest }) => ({ ...rest, f, value, lie })),
    ),
  );
}

function play({ model, answers }: Workload, moves: readonly Move[]): History {
  const history: HistoryEvent[] = [];
  const running = new Map<number, Running>();
  const numbers = [0, 1, 2, 3];
  const states = new Map<string, Json>();
  /** The answer that the model accepts now, or undefined if it accepts none. */
  const apply = (f: string, value: Json): Json | undefined => {
    const part = model.partition?.({ f, value, result: null, type: 'info' }) ?? '';
    const state = states.get(part) ?? model.init;
    for (const result of answers(f, value)) {
      const step = model.step(state, { f, value, result, type: 'ok' });
      if (step.type !== 'next') continue;
      states.set(part, step.state);
      return result;
    }
    return undefined;
  };
  const emit = (event: Omit<HistoryEvent, 'index' | 'time' | 'client'>): HistoryEvent => {
    const full = { ...event, index: history.length, time: history.length * 1_000, client: `c${event.process}` };
    history.push(full);
    return full;
  };
  let operations = 0;
  for (const { process: slot, f, value, early, ending, lie } of moves) {
    const process = numbers[slot]!;
    const open = running.get(process);
    if (open === undefined) {
      if (operations === 7) continue;
      const call = emit({ process, type: 'invoke', f, value, operation: operations++ });
      running.set(process, { call, answer: early ? apply(f, value) : undefined });
      continue;
    }
    running.delete(process);
    const { call } = open;
    const type = ending === 'fail' && open.answer !== undefined ? 'ok' : ending;
    const truth = open.answer ?? (type === 'ok' || early ? apply(call.f, call.value) : undefined);
    const choices = answers(call.f, call.value);
    const told = lie === undefined ? truth : choices[(lie as number) % choices.length];
    const isOk = type === 'ok' && told !== undefined;
    emit({ ...call, type: isOk ? 'ok' : type === 'ok' ? 'info' : type, value: isOk ? told : null });
    if (history.at(-1)!.type === 'info') numbers[slot] = process + 4;
  }
  return history;
}

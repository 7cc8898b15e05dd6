// Containers whose inserted values are all different: each value's insertion and removal, which is what the monitors of
// queues and stacks reason about (Bouajjani, Emmi, Enea & Hamza 2015; Lee & Mathur 2025).
import { canonical } from '../canonical.ts';
import type { Operation } from '../operations.ts';
import { contradiction, declined, endOf, never, type MonitorOutcome } from './monitor.ts';

/** Values in the order of the calls of their insertions; times are history indices. */
export interface Matching {
  readonly type: 'matched';
  /** Index of the insertion of each value. */
  readonly inserted: Int32Array;
  /** Index of the removal; -1 if there is none. */
  readonly removed: Int32Array;
  /** When the insertion was called and returned. */
  readonly insertCall: Float64Array;
  readonly insertEnd: Float64Array;
  /** When the removal was called and returned; both `never` if there is none. */
  readonly removeCall: Float64Array;
  readonly removeEnd: Float64Array;
  /** Removals that found nothing. */
  readonly empties: readonly number[];
  /** The earliest call of a removal of unknown outcome, which may have removed anything: `never` if there is none. */
  readonly lost: number;
}

/**
 * Matches removals to insertions. Declines other functions, values inserted twice, and null. An insertion of unknown outcome
 * has happened if its value was removed; if not, it may be forgotten.
 */
export function match(operations: readonly Operation[], insert: string, remove: string): Matching | MonitorOutcome {
  const values = new Map<string, number>();
  for (const [index, { f, value }] of operations.entries()) {
    if (f !== insert && f !== remove) return declined(`there is a ${f}`);
    if (f === remove) continue;
    const text = canonical(value);
    if (value === null || values.has(text)) return declined(`${text} is inserted ${value === null ? '' : 'twice'}`);
    values.set(text, index);
  }
  const removals = new Int32Array(operations.length).fill(-1);
  const empties: number[] = [];
  let lost = never;
  for (const [index, operation] of operations.entries()) {
    if (operation.f !== remove) continue;
    if (operation.type !== 'ok') {
      lost = Math.min(lost, operation.called.index);
      continue;
    }
    if (operation.result === null) {
      empties.push(index);
      continue;
    }
    const text = canonical(operation.result);
    const source = values.get(text);
    if (source === undefined) return contradiction([index], `nobody inserted ${text}, which was removed`);
    if (endOf(operation) < operations[source]!.called.index) {
      return contradiction([source, index], `${text} was removed before it was inserted`);
    }
    if (removals[source] !== -1) {
      return contradiction([source, removals[source]!, index], `${text} was inserted once and removed twice`);
    }
    removals[source] = index;
  }
  const inserted = Int32Array.from(
    [...values.values()].filter((index) => removals[index] !== -1 || operations[index]!.type === 'ok'),
  );
  const removed = inserted.map((index) => removals[index]!);
  const times = (indices: Int32Array, time: (operation: Operation) => number) =>
    Float64Array.from(indices, (index) => (index === -1 ? never : time(operations[index]!)));
  return {
    type: 'matched',
    inserted,
    removed,
    insertCall: times(inserted, ({ called }) => called.index),
    insertEnd: times(inserted, endOf),
    removeCall: times(removed, ({ called }) => called.index),
    removeEnd: times(removed, endOf),
    empties,
    lost,
  };
}

/**
 * The same matching, as if everything that is left had been removed by a removal of unknown outcome: it allows more than
 * those removals could do. What contradicts itself even then, does.
 */
export function relax(matching: Matching): Matching {
  const removeCall = matching.removeCall.map((call) => (call === never ? matching.lost : call));
  return { ...matching, removeCall };
}

/** The operations of some values. */
export function operationsOf({ inserted, removed }: Matching, values: readonly number[]): readonly number[] {
  return values.flatMap((value) => (removed[value] === -1 ? [inserted[value]!] : [inserted[value]!, removed[value]!]));
}

/**
 * Judges strictly; if that fails, and outcomes of removals are unknown, as if they had removed what was in the way: a
 * failure is one only if it stays one then.
 */
export function judgeMatching(matching: Matching, judge: (matching: Matching) => MonitorOutcome): MonitorOutcome {
  const outcome = judge(matching);
  if (outcome.type !== 'invalid' || matching.lost === never) return outcome;
  const relaxed = judge(relax(matching));
  return relaxed.type === 'invalid' ? relaxed : declined('it depends on removals of unknown outcome');
}

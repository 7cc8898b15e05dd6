// When a container cannot have been empty: from the end of a value's insertion to the call of its removal the value is in it.
import type { Operation } from '../operations.ts';
import { operationsOf, type Matching } from './matching.ts';
import { contradiction, endOf, type MonitorOutcome } from './monitor.ts';

/**
 * A removal that found nothing needs a moment between its call and its return at which no value must have been present.
 * @returns the contradiction of one that has none, with a chain of values that were present one after another.
 */
export function checkEmpties(operations: readonly Operation[], matching: Matching): MonitorOutcome {
  if (matching.empties.length === 0) return { type: 'valid' };
  const { insertEnd, removeCall } = matching;
  const values = [...insertEnd.keys()]
    .filter((value) => insertEnd[value]! < removeCall[value]!)
    .sort((one, other) => insertEnd[one]! - insertEnd[other]!);
  const starts: number[] = []; // of the maximal stretches in which some value is present
  const ends: number[] = [];
  for (const value of values) {
    const last = ends.length - 1;
    if (last >= 0 && insertEnd[value]! <= ends[last]!) ends[last] = Math.max(ends[last]!, removeCall[value]!);
    else {
      starts.push(insertEnd[value]!);
      ends.push(removeCall[value]!);
    }
  }
  for (const empty of matching.empties) {
    const start = operations[empty]!.called.index;
    const end = endOf(operations[empty]!);
    const stretch = stretchAround(starts, start);
    if (stretch === -1 || ends[stretch]! < end) continue;
    const chain = chainOf(matching, values, start, end);
    const involved = [empty, ...operationsOf(matching, chain)];
    return contradiction(involved, 'it was found empty while there was always something in it');
  }
  return { type: 'valid' };
}

/** Few values that are present, one after the other, from `start` to `end`; they are sorted by the ends of their insertions. */
export function chainOf(
  { insertEnd, removeCall }: Pick<Matching, 'insertEnd' | 'removeCall'>,
  values: readonly number[],
  start: number,
  end: number,
): readonly number[] {
  const chain: number[] = [];
  let next = 0;
  let best = -1;
  for (let reached = start; reached < end; reached = removeCall[best]!) {
    for (; next < values.length && insertEnd[values[next]!]! <= reached; next += 1) {
      if (best === -1 || removeCall[values[next]!]! > removeCall[best]!) best = values[next]!;
    }
    if (best === -1 || removeCall[best]! <= reached) return chain;
    chain.push(best);
  }
  return chain;
}

function stretchAround(starts: readonly number[], moment: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

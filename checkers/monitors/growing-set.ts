// Sets to which each element is added at most once and from which none is removed, with reads of the whole set: linearizable
// in time linear in the sizes of the reads, but for sorting. What the reads returned must grow from one to the next, which
// fixes the order of all that was read; only real time is left to contradict it.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Operation } from '../operations.ts';
import { contradiction, declined, endOf, type MonitorOutcome } from './monitor.ts';

interface Read {
  readonly index: number;
  readonly elements: ReadonlySet<string>;
}

/**
 * Judges `add` and `read` of a set that is empty at first; declines other functions, a second add of an element, and adds
 * that returned false. An add of unknown outcome has happened if its element was read, and may be forgotten if not.
 */
export function judgeGrowingSet(operations: readonly Operation[], initial: readonly Json[]): MonitorOutcome {
  if (initial.length > 0) return declined('it is not empty at first');
  const adds = new Map<string, number>();
  const reads: Read[] = [];
  for (const [index, { f, value, result }] of operations.entries()) {
    if (f === 'read') {
      reads.push({ index, elements: new Set((result as readonly Json[]).map(canonical)) });
      continue;
    }
    const element = canonical(value);
    if (f !== 'add' || adds.has(element))
      return declined(f === 'add' ? `${element} is added twice` : `there is a ${f}`);
    if (result === false || (isArray(result) && result.includes(false))) return declined('an add returned false');
    adds.set(element, index);
  }
  for (const { index, elements } of reads) {
    if (elements.size === (operations[index]!.result as readonly Json[]).length) continue;
    const sources = [...elements].flatMap((element) => adds.get(element) ?? []);
    return contradiction([index, ...sources], 'it returned an element twice');
  }
  reads.sort((one, other) => one.elements.size - other.elements.size || one.index - other.index);
  return placeInSlots(operations, adds, reads);
}

/**
 * Numbers the slots of the order: reads of the same elements share an even one, and what they have more than those before
 * was added in the odd one below. Within a slot any order will do.
 */
function placeInSlots(
  operations: readonly Operation[],
  adds: ReadonlyMap<string, number>,
  reads: readonly Read[],
): MonitorOutcome {
  const order: number[] = [];
  const slots = new Map<number, number>(); // by operation
  const place = (index: number, slot: number): void => {
    order.push(index);
    slots.set(index, slot);
  };
  let slot = 0;
  let last: Read | undefined;
  for (const read of reads) {
    if (last !== undefined) {
      const missing = [...last.elements].find((element) => !read.elements.has(element));
      if (missing !== undefined) return notGrowing(adds, last, read);
    }
    if (read.elements.size > (last?.elements.size ?? 0)) {
      for (const element of read.elements) {
        if (last?.elements.has(element) === true) continue;
        const add = adds.get(element);
        if (add === undefined) return contradiction([read.index], `nobody added ${element}, which was read`);
        place(add, slot + 1);
      }
      slot += 2;
    }
    place(read.index, slot);
    last = read;
  }
  for (const [index, { f, type }] of operations.entries()) {
    if (f === 'add' && type === 'ok' && !slots.has(index)) place(index, slot + 1);
  }
  return checkRealTime(operations, adds, order, slots);
}

/** What comes in a later slot must not have returned before what comes in an earlier one was called. */
function checkRealTime(
  operations: readonly Operation[],
  adds: ReadonlyMap<string, number>,
  order: readonly number[],
  slots: ReadonlyMap<number, number>,
): MonitorOutcome {
  const elementsOf = (index: number): readonly number[] => {
    const { f, result } = operations[index]!;
    return f === 'add'
      ? [index]
      : [index, ...(result as readonly Json[]).map((element) => adds.get(canonical(element))!)];
  };
  let latest = -1; // of the slots below: the operation that was called last
  let candidate = -1; // the same, with the slot at hand
  for (const [place, index] of order.entries()) {
    if (place > 0 && slots.get(index) !== slots.get(order[place - 1]!)) latest = candidate;
    if (latest !== -1 && endOf(operations[index]!) < operations[latest]!.called.index) {
      const between = order.slice(0, place).filter((other) => operations[other]!.f === 'read');
      const involved = [index, latest, ...between.slice(-1)].flatMap(elementsOf);
      return contradiction(involved, 'what was read does not fit the order in which it happened');
    }
    if (candidate === -1 || operations[index]!.called.index > operations[candidate]!.called.index) candidate = index;
  }
  return { type: 'valid' };
}

function notGrowing(adds: ReadonlyMap<string, number>, one: Read, other: Read): MonitorOutcome {
  const sources = [...one.elements, ...other.elements].flatMap((element) => adds.get(element) ?? []);
  return contradiction([one.index, other.index, ...sources], 'each of two reads misses an element of the other');
}

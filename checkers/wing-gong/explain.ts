// Says in words why a window cannot be explained: which operation has no place, and what stands in the way of each place.
import { formatDuration } from '../../sim/time.ts';
import type { Operation } from '../operations.ts';
import { search, type DeadEnd } from './search.ts';
import { refused, type Transitions } from './transitions.ts';
import type { Window } from './window.ts';

const placesTold = 4;
const placesKept = 32;
const statesAsked = 4;
const ordersKept = 8;

export interface Explanation {
  /** A few sentences for people. */
  readonly reason: string;
  /** Why each place fails, one clause each: first those of the operation itself, then what fails elsewhere if it goes there. */
  readonly places: readonly string[];
  /** Orders after which no operation can be next: some that leave the culprit out first, the longest first. */
  readonly orders: readonly PartialOrder[];
}

/** An order that explains some operations, and why none of the others can follow it. Operations are indices in the partition. */
export interface PartialOrder {
  readonly operations: readonly number[];
  readonly next: readonly { readonly operation: number; readonly reason: string }[];
}

/** Explains a window; `maxSteps` and `deadline` bound the walk through its dead ends. */
export function explain<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  window: Window,
  maxSteps: number,
  deadline: () => boolean,
): Explanation {
  const { culprit, problem } = window;
  const subject = nameOf(operations[culprit]!, transitions);
  const refusals = new Map<string, Set<string>>(); // by place, those of the culprit itself first
  const others = new Map<string, Set<string>>();
  const states = new Set<number>();
  const orders: Ranked[] = [];
  const onDeadEnd = ({ blocked, state, placed }: DeadEnd): void => {
    const order = placed().map((operation) => problem.members[operation]!);
    const stuck = problem.members[blocked]!;
    if (stuck === culprit) states.add(state);
    const next = refusalsAfter(transitions, problem, order, state, problem.returned[blocked]!);
    if (next !== undefined) orders.push({ operations: order, next, isCulprit: stuck === culprit });
    if (orders.length === 2 * ordersKept) orders.sort(byWorth).length = ordersKept;
    const place = describePlace(operations, transitions, order, stuck, culprit);
    const places = stuck === culprit ? refusals : others;
    places.set(place, (places.get(place) ?? new Set()).add(transitions.reason(state, problem.kind[blocked]!)));
  };
  search(problem, transitions, maxSteps, { onDeadEnd, mustStop: deadline });
  const own = [...refusals].map(([place, reasons]) => `${place} ${listReasons([...reasons])}`);
  const early = [...others].map(([place, reasons]) => `${place} ${listReasons([...reasons])}`);
  const told = own.length === 0 ? ['the bound left no steps to tell its places'] : own.slice(0, placesTold);
  if (own.length > told.length) told.push(`and so on after ${own.length - told.length} more`);
  const source = describeSource(operations, transitions, culprit, [...states].slice(0, statesAsked));
  return {
    reason: `${subject} (${span(operations[culprit]!)}) has no place: ${told.join('; ')}. ${source}`,
    places: [...own, ...early].slice(0, placesKept),
    orders: orders
      .sort(byWorth)
      .slice(0, ordersKept)
      .map(({ operations, next }) => ({ operations, next })),
  };
}

type Ranked = PartialOrder & { readonly isCulprit: boolean };

function byWorth(one: Ranked, other: Ranked): number {
  return Number(other.isCulprit) - Number(one.isCulprit) || other.operations.length - one.operations.length;
}

/** Why none of the required operations that could come next is accepted; undefined if one is. */
function refusalsAfter<State>(
  transitions: Transitions<State>,
  { members, deadlines, required, called, kind }: Window['problem'],
  order: readonly number[],
  state: number,
  limit: number,
): PartialOrder['next'] | undefined {
  const placed = new Set(order);
  const next: PartialOrder['next'][number][] = [];
  for (let operation = 0; operation < deadlines && called[operation]! < limit; operation += 1) {
    const index = members[operation]!;
    if (required[operation] === 0 || placed.has(index)) continue;
    if (transitions.next(state, kind[operation]!) !== refused) return undefined;
    next.push({ operation: index, reason: transitions.reason(state, kind[operation]!) });
  }
  return next;
}

function describePlace<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  order: readonly number[],
  stuck: number,
  culprit: number,
): string {
  const last = order.at(-1);
  const where =
    last === undefined
      ? 'at the start of the window'
      : `after ${nameOf(operations[last]!, transitions)}${timing(operations[last]!, operations[stuck]!)}`;
  if (stuck === culprit) return where;
  const early = order.includes(culprit) ? 'if it goes earlier, ' : '';
  return `${early}${nameOf(operations[stuck]!, transitions)} has no place: ${where}`;
}

function listReasons(reasons: readonly string[]): string {
  return reasons.length < 3
    ? reasons.join(' or ')
    : `${reasons[0]!} (or was in one of ${reasons.length - 1} other states)`;
}

/** What could have led from those states to one that fits, and when it ran. */
function describeSource<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  culprit: number,
  states: readonly number[],
): string {
  const { kinds } = transitions;
  const helps = (index: number) =>
    states.some((state) => {
      const target = transitions.next(state, kinds[index]!);
      return target !== refused && target !== state && transitions.next(target, kinds[culprit]!) !== refused;
    });
  const stuck = operations[culprit]!;
  const sources = operations.filter((operation, index) => operation !== stuck && helps(index));
  const last = sources.findLast((operation) => operation.called.index < stuck.returned!.index) ?? sources[0];
  if (last === undefined) return 'No operation leads from there to a state that fits.';
  const name = nameOf(last, transitions);
  if (last.called.index > stuck.returned!.index) {
    return `The first that could have made it fit, ${name}, was invoked only at ${formatDuration(last.called.time)}.`;
  }
  if (last.returned === undefined || last.returned.index > stuck.called.index) {
    return `${name}, which could have made it fit, does not get there either.`;
  }
  return `The last that could have made it fit, ${name}, had completed at ${formatDuration(last.returned.time)}.`;
}

function nameOf<State>(operation: Operation, transitions: Transitions<State>): string {
  return `${operation.client}'s ${transitions.model.describe(operation)}`;
}

function span(operation: Operation): string {
  const { called, returned } = operation;
  return `invoked at ${formatDuration(called.time)}, completed at ${formatDuration(returned?.time ?? called.time)}`;
}

/** How the operation that set the state lies to the one that does not fit it. */
function timing(last: Operation, stuck: Operation): string {
  if (last.returned === undefined) return ', which never returned,';
  if (last.returned.index > stuck.called.index) return ', which ran at the same time,';
  return `, which had completed at ${formatDuration(last.returned.time)},`;
}

// Variations: a few small changes at once, drawn again and again. What goes one step at a time ends where each single step makes
// the run longer; another seed together with another moment, or without the operation that only passed time, leads on from there.
import { randomStream, type Micros, type Random, type Scenario, type TimedFault } from '../../sim/index.ts';
import type { Case } from '../case.ts';
import { roundLengths } from './faults.ts';
import { inSmallerWorld, smallerValues } from './knobs.ts';
import type { Search } from './index.ts';
import { toMilliseconds } from './times.ts';
import type { Trial } from './trial.ts';

/**
 * Goes from the best case to drawn variations of it that show the cause within as many events, until so many in a row were no
 * shorter as their events are worth; some times over from the same beginning, as luck has a part in it. None has more faults or
 * operations than the one before; what is asked for, and when, is left alone where the work must stay.
 */
export function vary(search: Search, needsWork: boolean): void {
  const changes = needsWork ? ofTheWorld : [...ofTheWorld, ...ofTheWork];
  const start = search.best;
  for (let way = 0; way < ways && !isEnough(search); way++) {
    const end = wander(search, start, changes, randomStream(String(way), 'variations'));
    if (lengthOf(end) < lengthOf(search.best)) search.take(end);
  }
}

const lengthOf = ({ events, case: { faults, workload } }: Trial): number => events + faults.length + workload.length;

function wander(search: Search, start: Trial, changes: readonly Change[], random: Random): Trial {
  let here = start;
  for (let inVain = 0; inVain < patience(here.events) && !isEnough(search); inVain++) {
    let varied = here.case;
    for (let more = random.between(1, mostChanges); more > 0; more--) {
      varied = random.pick(changes)(varied, random, {
        scenario: search.scenario,
        end: here.finding.at,
      });
    }
    // As short will do: who may drift finds ways that those who must always gain do not.
    const next = search.tries(varied, here.events);
    if (next === undefined) continue;
    if (next.events < here.events) inVain = -1;
    here = next;
  }
  return here;
}

/**
 * Only the last few operations, under one seed after the other: what needs a rare delay needs many operations only until it meets
 * with one.
 */
export function lastOperations(search: Search): void {
  const { case: found, events } = search.best;
  const seeds = Math.min(200, Math.floor(50_000 / events));
  for (const count of fewOperations.filter((few) => few < found.workload.length)) {
    const workload = found.workload.slice(-count);
    for (let seed = 0; seed < seeds && !isEnough(search); seed++) {
      if (search.accepts({ ...found, workload, seed: String(seed) }, events)) return;
    }
  }
}

const fewOperations = [2, 3, 4, 6, 8, 12];

/** What comes after the variations needs some of the runs and of the time as well. */
const isEnough = (search: Search): boolean => search.hasSpent(0.85) || search.isOver();

const ways = 3;
const mostChanges = 3;
const patience = (events: number): number => Math.max(50, Math.min(300, Math.floor(100_000 / events)));

type Change = (found: Case, random: Random, where: Where) => Case;

interface Where {
  readonly scenario: Scenario;
  /** When the cause shows. */
  readonly end: Micros;
}

const otherSeed: Change = (found, random) => ({ ...found, seed: String(random.below(1_000_000)) });

/** Another value of those that the scenario draws itself, the default, or a smaller world. */
const otherKnob: Change = (found, random, { scenario }) => {
  const drawn = Object.entries(scenario.parameters).filter(([, spec]) => spec.draw !== undefined);
  if (drawn.length === 0) return found;
  const [name, spec] = random.pick(drawn);
  const now = found.parameters[name] ?? spec.default;
  const value = random.pick([spec.draw?.(random) ?? now, spec.default, ...smallerValues(spec, now)]);
  return inSmallerWorld(scenario, { ...found, parameters: { ...found.parameters, [name]: value } }, found);
};

const otherFaultTime: Change = (found, random, { end }) => ({
  ...found,
  faults: withOneMoved(found.faults, end, random),
});

const otherWorkTime: Change = (found, random, { end }) => ({
  ...found,
  workload: withOneMoved(found.workload, end, random),
});

/** One of them at another time before the cause showed; now and then all that came later go along. */
function withOneMoved<T extends { readonly at: number }>(
  list: readonly T[],
  end: number,
  random: Random,
): readonly T[] {
  if (list.length === 0) return list;
  const moved = random.pick(list);
  const at = toMilliseconds(random.below(end + 1));
  const goAlong = random.chance(300_000);
  return list
    .map((each) => {
      if (each === moved) return { ...each, at };
      return goAlong && each.at > moved.at ? { ...each, at: Math.max(0, each.at + at - moved.at) } : each;
    })
    .sort((one, other) => one.at - other.at);
}

const allEarlier: Change = (found, random) => {
  const share = random.between(1, 15) / 16;
  const earlier = <T extends { readonly at: number }>(each: T): T => ({ ...each, at: toMilliseconds(each.at * share) });
  return { ...found, faults: found.faults.map(earlier), workload: found.workload.map(earlier) };
};

const withoutFaults: Change = (found, random) => ({ ...found, faults: withoutSome(found.faults, random) });
const withoutOperations: Change = (found, random) => ({ ...found, workload: withoutSome(found.workload, random) });

/** One of them left out, or up to half of them in a row. */
function withoutSome<T>(list: readonly T[], random: Random): readonly T[] {
  const count = random.chance(500_000) ? 1 : random.between(1, Math.max(1, Math.floor(list.length / 2)));
  const from = random.below(Math.max(1, list.length - count + 1));
  return list.filter((_, place) => place < from || place >= from + count);
}

const otherLength: Change = (found, random) => {
  const lasting = found.faults.filter(({ fault }) => 'for' in fault && fault.for !== undefined);
  if (lasting.length === 0) return found;
  const [changed, length] = [random.pick(lasting), random.pick(roundLengths)];
  const resized = { ...changed, fault: { ...changed.fault, for: length } } as TimedFault;
  return { ...found, faults: found.faults.map((each) => (each === changed ? resized : each)) };
};

/** One operation by another client, who was asked for the same as well: not each client can do everything. */
const otherClient: Change = (found, random) => {
  if (found.workload.length === 0) return found;
  const changed = random.pick(found.workload);
  const { client } = random.pick(found.workload.filter(({ f }) => f === changed.f));
  return { ...found, workload: found.workload.map((each) => (each === changed ? { ...each, client } : each)) };
};

/** A seed is the cheapest to change, and moves the most. */
const ofTheWorld: readonly Change[] = [
  otherSeed,
  otherSeed,
  otherSeed,
  otherKnob,
  otherFaultTime,
  otherLength,
  withoutFaults,
];
const ofTheWork: readonly Change[] = [otherWorkTime, otherWorkTime, withoutOperations, otherClient, allEarlier];

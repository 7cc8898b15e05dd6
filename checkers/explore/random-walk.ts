// Random walks through a world: runs drawn by a seed, with the transitions and properties of the search but no memory of
// where it has been. They reach far from the start at once, where a search would not get to, and prove nothing.
import { randomStream } from '../../sim/random.ts';
import type { Action } from './action.ts';
import { Expander, type Visitor } from './expander.ts';
import { noHandlerThrows, type Violation } from './explore.ts';
import { Judge, type Objection } from './judge.ts';
import { LocalSteps } from './local-steps.ts';
import { prepare } from './prepared-world.ts';
import { actionOf } from './traces.ts';
import type { ExploredWorld } from './world.ts';

export interface WalkOptions {
  readonly seed: string;
  readonly runs: number;
  /** The longest run, in actions. */
  readonly maxSteps: number;
  /** Whether the first violation ends the walks (the default), or one of each property is collected. */
  readonly stop?: 'at violation' | 'never';
}

export interface Walk {
  readonly runs: number;
  readonly steps: number;
  /** The first of each property. */
  readonly violations: readonly Violation[];
  readonly unreached: readonly string[];
}

/** The state in which a walk stands, or may stand next. */
interface Place {
  row: Int32Array;
  length: number;
  event: number;
  changed: number;
  draws: readonly number[];
}

/** Walks at random, each possible transition being as likely as any other. @throws as `explore` does. */
export function walk(world: ExploredWorld, { seed, runs, maxSteps, stop = 'at violation' }: WalkOptions): Walk {
  const prepared = prepare(world);
  const steps = new LocalSteps(prepared, 0);
  const expander = new Expander(prepared, steps);
  const judge = new Judge(prepared, steps, expander);
  const random = randomStream(seed, 'random walk');
  const violations: Violation[] = [];
  const objections: Objection[] = [];
  let taken = 0;
  let walked = 0;
  let path: Action[] = [];
  let choices = 0;
  let current = placeFor(64);
  let next = placeFor(64);

  const report = (last: readonly Action[] = []): void => {
    for (const objection of objections.splice(0)) {
      if (violations.some(({ property }) => property === objection.property)) continue;
      violations.push({ ...objection, trace: [...path, ...last] });
    }
  };
  const chooser: Visitor = {
    transition(row, length, event, changed) {
      choices++; // the newest of k choices is kept with a probability of one in k
      if (random.below(choices) === 0) next = keep(next, row, length, event, changed, expander.draws);
    },
    failure(event, thrown) {
      const last = event === -1 ? [] : [actionOf(event, expander.draws, steps, prepared)];
      objections.push({ property: noHandlerThrows, verdict: 'invalid', reason: thrown });
      report(last);
    },
  };
  const isOver = (): boolean => stop !== 'never' && violations.length > 0;

  for (; walked < runs && !isOver(); walked++) {
    path = [];
    choices = 0;
    expander.begin(chooser);
    if (choices === 0) break; // births threw
    for (let step = 0; ; step++) {
      [current, next] = [next, current];
      judge.judge(current.row, current.changed, objections);
      report();
      if (step === maxSteps || isOver()) break;
      choices = 0;
      const progress = expander.expand(current.row, current.length, chooser);
      if (progress === 0) {
        judge.judgeEnd(current.row, objections);
        report();
      }
      if (choices === 0) break;
      path.push(actionOf(next.event, next.draws, steps, prepared));
      taken++;
    }
  }
  return { runs: walked, steps: taken, violations, unreached: judge.unreached };
}

function placeFor(capacity: number): Place {
  return { row: new Int32Array(capacity), length: 0, event: -1, changed: -1, draws: [] };
}

function keep(
  place: Place,
  row: Int32Array,
  length: number,
  event: number,
  changed: number,
  draws: readonly number[],
): Place {
  if (length > place.row.length) place.row = new Int32Array(2 * length);
  for (let at = 0; at < length; at++) place.row[at] = row[at]!;
  place.length = length;
  place.event = event;
  place.changed = changed;
  place.draws = draws;
  return place;
}

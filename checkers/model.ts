// What a sequential object does: the specification that a concurrent history is compared with. See `models/` for some.
import type { MonitorOutcome } from './monitors/monitor.ts';
import type { Operation } from './operations.ts';

/**
 * What a model may know of an operation: what was asked and what came back, not when. Two calls that agree in it are
 * interchangeable, and the search makes use of that. Who asked counts only to models that are `ownerAware`.
 */
export type Call = Pick<Operation, 'f' | 'value' | 'result' | 'type'> & Partial<Pick<Operation, 'client'>>;

/** What a call does to a state: it moves on, or the model refuses, because the sequential object would not answer so. */
export type Step<State> =
  | { readonly type: 'next'; readonly state: State }
  /** The reason says what stood in the way, as a clause: `x held 2`. Built on demand, as most refusals are never told. */
  | { readonly type: 'refused'; readonly reason: () => string };

/**
 * A sequential specification (Wing & Gong 1993, section 2.2). It is deterministic, and it never mutates a state. A call of
 * type `info` has an unknown result: it goes wherever the call goes with any result.
 */
export interface Model<State> {
  readonly name: string;
  readonly init: State;
  /** Whether `step` looks at the client of a call, as that of a lock with owners does; equal calls of two clients then differ. */
  readonly ownerAware?: boolean;
  step(state: State, call: Call): Step<State>;
  /** A text that two states share exactly if they are the same state. */
  key(state: State): string;
  /** Whether the call, with this result, leaves every state as it is that accepts it: a read, a refused cas. */
  observes(call: Call): boolean;
  /** What was called and what came back, as a noun with its details: `read of x that returned 1`. */
  describe(call: Call): string;
  /** What is wrong with a call that this model cannot read; undefined for a sound one. */
  fault?(call: Call): Fault | undefined;
  /**
   * The independent part of the object that a call concerns, such as a key. Parts are judged on their own, which is sound
   * because linearizability is local (Herlihy & Wing 1990, theorem 1; Horn & Kroening 2015, P-compositionality).
   */
  partition?(call: Call): string;
  /** What is known of the object that makes it quicker to judge; nothing is assumed of a model without. */
  readonly hints?: Hints<State>;
}

/** What is known of an object beyond its steps. Verdicts rest on it, so it has to be true. */
export interface Hints<State> {
  /**
   * The function that they are true of. A model that was made of another one and steps in its own way is judged without them,
   * as its `step` is not this one.
   */
  readonly step: Model<State>['step'];
  /** Judges histories of some kind without a search: see `monitors/`. It declines all others, and initial states that it does not know. */
  monitor?(operations: readonly Operation[], init: State): MonitorOutcome;
  /**
   * Whether the call is accepted in every state and leads from each to the same one, like a write. What runs at the same time
   * as such a call may as well have happened just before it, unseen. (A search that sees one refused, or leading to two
   * states, stops to assume it of any call.)
   */
  overwrites?(call: Call): boolean;
  /**
   * The only state in which a call that does not overwrite is accepted or changes anything, if there is just one, like the
   * value that a read returned: what leads to states that nobody asks for need not be tried.
   */
  wants?(call: Call): { readonly state: State } | undefined;
  /** Which calls make the object grow, if what has grown is never lost but by calls of another kind. */
  readonly growth?: Growth<State>;
  /** A model of the same object that judges these operations the same way and is quicker, if there is one. */
  specialise?(operations: readonly Operation[], init: State): Model<State> | undefined;
}

/** An object that some calls extend: a text that is appended to, a counter that is added to. Reads tell how far it has come. */
export interface Growth<State> {
  /** Whether the call extends every state that accepts it. */
  grows(call: Call): boolean;
  /** Whether the state is one that the observation accepts, or can become one by growing. */
  canReach(state: State, observation: Call): boolean;
}

/** The hints of a model that are true of its steps. */
export function hintsOf<State>(model: Model<State>): Partial<Hints<State>> {
  return model.hints?.step === model.step ? model.hints : {};
}

/** What a model expected of a call and what it found. */
export interface Fault {
  readonly expected: string;
  readonly found: string;
}

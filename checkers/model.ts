// What a sequential object does: the specification that a concurrent history is compared with. See `models/` for some.
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
}

/** What a model expected of a call and what it found. */
export interface Fault {
  readonly expected: string;
  readonly found: string;
}

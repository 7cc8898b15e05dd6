// Properties: what must always hold, what must be reached at least sometimes, and what must come true after the last fault.
// They see the whole world at once, which no protocol can, through a read-only view.
import type { DiskImage } from './disk.ts';
import type { History } from './history.ts';
import type { AnyProtocol, Json, NodeId, Protocol, Types } from './protocol.ts';
import type { Micros } from './time.ts';

/** The world as a property sees it. Nothing in it may be mutated. */
export interface View {
  /** True virtual time, in microseconds. */
  readonly now: Micros;
  /** All nodes and client processes, in the scenario's order. */
  readonly nodes: readonly NodeView[];
  readonly history: History;
  node(id: NodeId): NodeView;
  /** What a node's own monotonic clock shows at this moment. */
  monotonic(id: NodeId): Micros;
  /** The running nodes whose protocol is this very value, with their typed states. */
  running<P extends Types>(
    protocol: Protocol<P>,
  ): readonly { readonly id: NodeId; readonly state: Readonly<P['state']> }[];
}

export interface NodeView {
  readonly id: NodeId;
  /** The very protocol value that the scenario gave it. */
  readonly protocol: AnyProtocol;
  readonly status: 'unborn' | 'up' | 'paused' | 'down';
  /** True while the node syncs or works: its state may be ahead of the effects that others have seen. */
  readonly busy: boolean;
  /** How often it has started. */
  readonly incarnation: number;
  /** The protocol's state; undefined unless the process lives. */
  readonly state: unknown;
  /** What of its disk would survive a power loss now. */
  readonly durable: DiskImage;
}

/**
 * What just happened: the node that an event touched, and the note it left where the property listens to notes. It is
 * judged when the event is over: a node that crashed in the middle of it has no state any more.
 */
export interface Touch {
  readonly node: NodeView;
  readonly note?: { readonly kind: string; readonly data: { readonly [key: string]: Json | undefined } };
}

/**
 * Judges one moment: undefined when all is well, else the violation in words. Keeps its memory in its closure. It may tell how
 * near to a violation the moment came: guided fuzzing follows that.
 */
export type Judge = (view: View, touch: Touch, near?: Near) => string | undefined;

/** A near miss: how far it was from a violation, in steps that mean something to the property; 0 is next to one. */
export type Near = (distance: number) => void;

/** Must hold after every event that touched a node, or, with `on`, whenever a node leaves a note of those kinds. */
export interface AlwaysProperty {
  readonly type: 'always';
  readonly name: string;
  readonly about: string;
  readonly on?: readonly string[];
  /** A fresh judge for one run. */
  start(): Judge;
}

/** Should be reached in some run: guards against properties that hold because nothing happens. */
export interface SometimesProperty {
  readonly type: 'sometimes';
  readonly name: string;
  readonly about: string;
  readonly on?: readonly string[];
  holds(view: View, touch: Touch): boolean;
}

/** Must come true within a bound after the last fault has healed. */
export interface EventuallyProperty {
  readonly type: 'eventually';
  readonly name: string;
  readonly about: string;
  /** Microseconds after the world has healed. */
  readonly within: Micros;
  /** Undefined when it holds, else what is missing, in words. */
  missing(view: View, healedAt: Micros): string | undefined;
}

export type Property = AlwaysProperty | SometimesProperty | EventuallyProperty;

/** An always property; `start` makes the judge of one run. */
export const always = (name: string, about: string, start: () => Judge): AlwaysProperty => ({
  type: 'always',
  name,
  about,
  start,
});

/** An always property that is judged at the moment that matters: when a node leaves a note of one of these kinds. */
export const alwaysOn = (on: readonly string[], name: string, about: string, start: () => Judge): AlwaysProperty => ({
  type: 'always',
  name,
  about,
  on,
  start,
});

export const sometimes = (
  name: string,
  about: string,
  holds: (view: View, touch: Touch) => boolean,
): SometimesProperty => ({
  type: 'sometimes',
  name,
  about,
  holds,
});

/** Reached when any node leaves a note of this kind. */
export const sometimesNoted = (kind: string, about: string): SometimesProperty => ({
  type: 'sometimes',
  name: `${kind} happens`,
  about,
  on: [kind],
  holds: () => true,
});

export const eventually = (
  name: string,
  about: string,
  within: Micros,
  missing: (view: View, healedAt: Micros) => string | undefined,
): EventuallyProperty => ({ type: 'eventually', name, about, within, missing });

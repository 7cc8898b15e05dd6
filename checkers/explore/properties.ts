// Properties of explored worlds. Those of one node or of two are judged once for each pair of interned local states, which
// is why most safety properties should be written as such.
import type { NodeInWorld } from './world.ts';

/** A violation in words, or undefined where all is well. */
export type Finding = string | undefined;

export type WorldProperty =
  /** Holds of each node by itself, in every state. */
  | { readonly type: 'each'; readonly name: string; readonly about: string; check(node: NodeInWorld): Finding }
  /** Holds of each two nodes, in every state; the first of the pair comes first in the world. */
  | {
      readonly type: 'pair';
      readonly name: string;
      readonly about: string;
      check(one: NodeInWorld, other: NodeInWorld): Finding;
    }
  /** Holds of all nodes together, in every state. */
  | {
      readonly type: 'always';
      readonly name: string;
      readonly about: string;
      check(nodes: readonly NodeInWorld[]): Finding;
    }
  /** Should hold in some state: guards against properties that hold because nothing happens. */
  | {
      readonly type: 'sometimes';
      readonly name: string;
      readonly about: string;
      holds(nodes: readonly NodeInWorld[]): boolean;
    }
  /** Should hold of some node or client in some state; judged once for each local state. */
  | {
      readonly type: 'sometimes each';
      readonly name: string;
      readonly about: string;
      holds(node: NodeInWorld): boolean;
    }
  /** Holds in some state of every fair run; judged on the graph of all transitions once a search is over. */
  | {
      readonly type: 'eventually';
      readonly name: string;
      readonly about: string;
      holds(nodes: readonly NodeInWorld[]): boolean;
    }
  /** Where no message can arrive, no timer fire, no node restart and no operation begin, this must hold. */
  | {
      readonly type: 'end';
      readonly name: string;
      readonly about: string;
      check(nodes: readonly NodeInWorld[]): Finding;
    };

/** Of each node by itself, in every state. */
export const alwaysEach = (name: string, about: string, check: (node: NodeInWorld) => Finding): WorldProperty => ({
  type: 'each',
  name,
  about,
  check,
});

/** Of each two nodes, in every state. */
export const alwaysPair = (
  name: string,
  about: string,
  check: (one: NodeInWorld, other: NodeInWorld) => Finding,
): WorldProperty => ({ type: 'pair', name, about, check });

/** Of all nodes together, in every state. */
export const alwaysAll = (
  name: string,
  about: string,
  check: (nodes: readonly NodeInWorld[]) => Finding,
): WorldProperty => ({ type: 'always', name, about, check });

/** Reached in some state. */
export const reachable = (
  name: string,
  about: string,
  holds: (nodes: readonly NodeInWorld[]) => boolean,
): WorldProperty => ({ type: 'sometimes', name, about, holds });

/** Reached by some node or client in some state. */
export const reachableByOne = (name: string, about: string, holds: (node: NodeInWorld) => boolean): WorldProperty => ({
  type: 'sometimes each',
  name,
  about,
  holds,
});

/** No run ends where the work is not done. */
export const noDeadlock = (about: string, isDone: (nodes: readonly NodeInWorld[]) => boolean): WorldProperty => ({
  type: 'end',
  name: 'no deadlock',
  about,
  check: (nodes) => (isDone(nodes) ? undefined : 'nothing can happen any more, and the work is not done'),
});

/** In every run, sooner or later: whatever is possible again and again on a node is done at last (weak fairness). */
export const inevitable = (
  name: string,
  about: string,
  holds: (nodes: readonly NodeInWorld[]) => boolean,
): WorldProperty => ({ type: 'eventually', name, about, holds });

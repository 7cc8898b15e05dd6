// The life of a member in the eyes of one other, as an xstate chart: the specification that every noted change is checked
// against. It stays off the message path.
import { createMachine } from 'xstate';

export const memberChart = createMachine({
  id: 'swim-member',
  initial: 'unknown',
  states: {
    unknown: { on: { 'is heard of': 'alive' } },
    alive: { on: { 'does not answer, or is said not to': 'suspect', 'is said to be dead': 'dead', leaves: 'left' } },
    suspect: { on: { objects: 'alive', 'does not object in time, or is said to be dead': 'dead', leaves: 'left' } },
    dead: { on: { 'objects, or comes back': 'alive', 'is forgotten': 'unknown' } },
    left: { on: { 'comes back': 'alive', 'is forgotten': 'unknown' } },
  },
});

/** The moves that the chart allows, as `from>to`. */
export const memberMoves: ReadonlySet<string> = new Set(
  Object.entries(memberChart.states).flatMap(([from, node]) =>
    Object.values(node.on).flatMap((transitions) =>
      transitions.flatMap(({ target }) => (target ?? []).map((to) => `${from}>${to.key}`)),
    ),
  ),
);

// The allowed role moves of a Raft server (Figure 4 of the paper, with pre-votes and servers without a vote) as an xstate
// chart: the specification that every noted role change is checked against. It stays off the message path.
import { createMachine } from 'xstate';

const stepsDown = { 'discovers a leader or a higher term': 'follower' } as const;

/** A server is a `learner` as long as it has no vote: not added yet, not promoted, or removed. */
export const roleChart = createMachine({
  id: 'raft-role',
  initial: 'start',
  states: {
    start: { on: { 'has a vote': 'follower', 'has no vote': 'learner' } },
    follower: {
      on: {
        'times out': 'pre-candidate',
        'times out (without pre-vote), is asked to take over': 'candidate',
        'discovers a higher term': 'follower',
        'loses its vote': 'learner',
      },
    },
    learner: { on: { 'is given a vote': 'follower', 'discovers a higher term': 'learner' } },
    'pre-candidate': {
      on: {
        'times out': 'pre-candidate',
        'would win, or is asked to take over': 'candidate',
        'would lose': 'follower',
        ...stepsDown,
      },
    },
    candidate: {
      on: {
        'times out': 'pre-candidate',
        'times out (without pre-vote), is asked to take over': 'candidate',
        'wins a majority': 'leader',
        loses: 'follower',
        ...stepsDown,
      },
    },
    leader: {
      on: {
        'hears from no quorum': 'follower',
        'discovers a higher term': 'follower',
        'its removal is committed': 'learner',
      },
    },
  },
});

/** The moves that the chart allows, as `from>to`. */
export const roleMoves: ReadonlySet<string> = new Set(
  Object.entries(roleChart.states).flatMap(([from, node]) =>
    Object.values(node.on).flatMap((transitions) =>
      transitions.flatMap(({ target }) => (target ?? []).map((to) => `${from}>${to.key}`)),
    ),
  ),
);

// The allowed role moves of a Raft server (Figure 4 of the paper) as an xstate chart: the specification that every noted
// role change is checked against. It stays off the message path.
import { createMachine } from 'xstate';
import type { Role } from './types.ts';

/** Events carry the term; `start` is a restart, which makes any server a follower. */
export const roleChart = createMachine({
  id: 'raft-role',
  initial: 'follower',
  states: {
    follower: { on: { 'times out': 'candidate', 'discovers a higher term': 'follower', starts: 'follower' } },
    candidate: {
      on: {
        'times out': 'candidate',
        'wins a majority': 'leader',
        'discovers a leader or a higher term': 'follower',
        starts: 'follower',
      },
    },
    leader: { on: { 'discovers a higher term': 'follower', starts: 'follower' } },
  },
});

/** The moves that the chart allows, as `from>to`. */
export const roleMoves: ReadonlySet<string> = new Set(
  Object.entries(roleChart.states).flatMap(([from, node]) =>
    Object.values(node.on).flatMap((transitions) =>
      transitions.flatMap(({ target }) => (target ?? []).map((to) => `${from}>${to.key satisfies string as Role}`)),
    ),
  ),
);

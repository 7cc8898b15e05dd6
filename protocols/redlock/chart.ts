// The life of a lock client as a chart: the specification of its moves. (xstate; it stays off the message path.)
import { createMachine } from 'xstate';

export const lockClientChart = createMachine({
  id: 'redlock client',
  initial: 'idle',
  states: {
    idle: { on: { acquire: 'acquiring' } },
    /** Asks the instances. */
    acquiring: {
      on: { majority: 'holding', tokenNeeded: 'fetching token', failed: 'waiting', gaveUp: 'idle', crashed: 'idle' },
    },
    /** Between two attempts. */
    waiting: { on: { retry: 'acquiring', crashed: 'idle' } },
    'fetching token': { on: { token: 'holding', tooLate: 'idle', crashed: 'idle' } },
    holding: { on: { work: 'working', extend: 'extending', release: 'releasing', expired: 'idle', crashed: 'idle' } },
    working: { on: { done: 'holding', crashed: 'idle' } },
    extending: { on: { extended: 'holding', failed: 'holding', crashed: 'idle' } },
    releasing: { on: { released: 'idle', crashed: 'idle' } },
  },
});

export type Step =
  'idle' | 'acquiring' | 'waiting' | 'fetching token' | 'holding' | 'working' | 'extending' | 'releasing';

/** The moves that the chart allows, as `idle>acquiring`. */
export const lockClientMoves: ReadonlySet<string> = new Set(
  Object.entries(lockClientChart.root.states).flatMap(([from, state]) =>
    [...state.transitions.values()].flat().flatMap(({ target = [] }) => target.map(({ key }) => `${from}>${key}`)),
  ),
);

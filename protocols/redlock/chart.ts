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
    working: { on: { done: 'holding', expired: 'idle', crashed: 'idle' } },
    extending: { on: { extended: 'holding', failed: 'idle', crashed: 'idle' } },
    releasing: { on: { released: 'idle', crashed: 'idle' } },
  },
});

export type Step =
  'idle' | 'acquiring' | 'waiting' | 'fetching token' | 'holding' | 'working' | 'extending' | 'releasing';

/** Whether the chart has a move from one step to another. */
export function isMove(from: Step, to: Step): boolean {
  const { on = {} } = lockClientChart.config.states?.[from] ?? {};
  return Object.values(on).includes(to as never);
}

// Lifeguard's local health: a member that hears less than it should takes itself for slow before it takes others for dead.
// (Dadgar, Phillips, Currey: "Lifeguard: local health awareness for more accurate failure detection", DSN 2018, section IV-A.)
import type { Micros } from '../../sim/index.ts';
import type { Turn } from './types.ts';

/** The multiplier saturates at 0 and, as in memberlist, at the maximum less one: 8 s and 4 s instead of 1 s and 500 ms. */
export function adjustAwareness({ swim, agent }: Turn, delta: number): void {
  if (!agent.config.lifeguard.awareness) return;
  const most = agent.config.awarenessMaxMultiplier - 1;
  swim.awareness = agent.rules.clampAwareness(swim.awareness + delta, most);
}

/** A time of the protocol as a member with this health takes it: the paper stretches the interval and the time-out alike. */
export function scaled({ swim }: Turn, time: Micros): Micros {
  return time * (swim.awareness + 1);
}

// The rules that failure detection hangs on, each small, so that a broken variant can replace one of them.
import type { Member, SwimState } from './types.ts';

export interface SwimRules {
  /** `alive` overrides what is known if its incarnation is greater (SWIM 4.2; memberlist, aliveNode). */
  acceptsAlive(known: Member, incarnation: number): boolean;
  /** `suspect` overrides `alive` of the same or an earlier incarnation (4.2; suspectNode). */
  acceptsSuspect(known: Member, incarnation: number): boolean;
  /** `dead` overrides all of the same or an earlier incarnation (deadNode). */
  acceptsDead(known: Member, incarnation: number): boolean;
  /** Who is accused objects with an incarnation that is greater than its own and than the accused one (refute). */
  refutation(own: number, accused: number): number;
  /** What a peer calls dead in a full exchange is suspected only: it may be wrong (mergeState). */
  readonly mergesDeadAsSuspect: boolean;
  /** A time-out of a suspicion counts if the member is suspected still, and since the same moment (suspectNode). */
  isStillSuspect(state: SwimState, name: string, startedAt: number): boolean;
  /** An ack counts for the probe that it answers. */
  answersProbe(state: SwimState, sequence: number): boolean;
  /** The same accuser confirms a suspicion once. */
  isNewAccuser(accusers: readonly string[], from: string): boolean;
  /** How the local health multiplier moves: down with each success, up with what was not heard (Lifeguard IV-A). */
  awarenessAfterSuccess: number;
  awarenessAfterMissing(expectedNacks: number, nacks: number): number;
  /** The order of probing is shuffled after each pass, and newcomers come in at random places (4.3). */
  readonly shuffles: boolean;
}

export const swimRules: SwimRules = {
  acceptsAlive: (known, incarnation) => incarnation > known.incarnation,
  acceptsSuspect: (known, incarnation) => incarnation >= known.incarnation,
  acceptsDead: (known, incarnation) => incarnation >= known.incarnation,
  refutation: (own, accused) => Math.max(own, accused) + 1,
  mergesDeadAsSuspect: true,
  isStillSuspect: (state, name, startedAt) =>
    state.members.get(name)?.status === 'suspect' && state.suspicions.get(name)?.startedAt === startedAt,
  answersProbe: (state, sequence) => state.probe?.sequence === sequence,
  isNewAccuser: (accusers, from) => !accusers.includes(from),
  awarenessAfterSuccess: -1,
  awarenessAfterMissing: (expectedNacks, nacks) => (expectedNacks > 0 ? expectedNacks - nacks : 1),
  shuffles: true,
};

// The rules that failure detection hangs on, each small, so that a broken variant can replace one of them.
import type { Micros } from '../../sim/index.ts';
import { ceilLog10OfNext } from './logarithms.ts';
import { findMember } from './table.ts';
import type { Member, SwimState } from './types.ts';

export interface SwimRules {
  /** `alive` overrides what is known if its incarnation is greater (SWIM 4.2; memberlist, aliveNode). */
  acceptsAlive(known: Member, incarnation: number): boolean;
  /** `suspect` overrides `alive` of the same or an earlier incarnation (4.2; suspectNode). */
  acceptsSuspect(known: Member, incarnation: number): boolean;
  /** `dead` overrides all of the same or an earlier incarnation (deadNode). */
  acceptsDead(known: Member, incarnation: number): boolean;
  /** A name belongs to one address until its bearer has left, or is dead for long enough (aliveNode). */
  mayMove(known: Member, deadFor: Micros, reclaimAfter: Micros): boolean;
  /** What is not news does not end a suspicion (memberlist b63166c moved the end behind the check). */
  readonly staleAliveEndsSuspicion: boolean;
  /** Who is accused objects with an incarnation that is greater than its own and than the accused one (refute). */
  refutation(own: number, accused: number): number;
  /** A member that hears of an earlier life of its own sets it right (aliveNode). */
  isOfEarlierLife(self: Pick<SwimState, 'incarnation' | 'meta'>, heard: Member): boolean;
  /** Only the member itself raises its incarnation: who has heard from it on behalf of another does not (4.2). */
  readonly helperVouches: boolean;
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
  /** How often news are passed on in a cluster of n: 4, 8, 12, ... for a multiplier of 4 (retransmitLimit). */
  retransmitLimit(mult: number, n: number): number;
  /** Newer news of a member take the place of older ones (Invalidates). */
  readonly supersedes: boolean;
  /** The order of probing is shuffled after each pass, and newcomers come in at random places (4.3). */
  readonly shuffles: boolean;
  /** The dead are told that they are, for a while, and are called again later (GossipToTheDeadTime; Serf's reconnect). */
  readonly talksToTheDead: boolean;
}

export const swimRules: SwimRules = {
  acceptsAlive: (known, incarnation) => incarnation > known.incarnation,
  acceptsSuspect: (known, incarnation) => incarnation >= known.incarnation,
  acceptsDead: (known, incarnation) => incarnation >= known.incarnation,
  mayMove: ({ status }, deadFor, reclaimAfter) =>
    status === 'left' || (status === 'dead' && reclaimAfter > 0 && deadFor > reclaimAfter),
  staleAliveEndsSuspicion: false,
  refutation: (own, accused) => Math.max(own, accused) + 1,
  isOfEarlierLife: (self, heard) =>
    heard.incarnation > self.incarnation || (heard.incarnation === self.incarnation && heard.meta !== self.meta),
  helperVouches: false,
  mergesDeadAsSuspect: true,
  isStillSuspect: (state, name, startedAt) =>
    findMember(state.members, name)?.status === 'suspect' && state.suspicions.get(name)?.startedAt === startedAt,
  answersProbe: (state, sequence) => state.probe?.sequence === sequence,
  isNewAccuser: (accusers, from) => !accusers.includes(from),
  awarenessAfterSuccess: -1,
  awarenessAfterMissing: (expectedNacks, nacks) => (expectedNacks > 0 ? expectedNacks - nacks : 1),
  retransmitLimit: (mult, n) => mult * ceilLog10OfNext(n),
  supersedes: true,
  shuffles: true,
  talksToTheDead: true,
};

// The rules that failure detection hangs on, each small, so that a broken variant can replace one of them.
import type { Micros } from '../../sim/index.ts';
import { ceilLog10OfNext } from './logarithms.ts';
import type { Member, SwimState } from './types.ts';

export interface SwimRules {
  /** `alive` overrides what is known if its incarnation is greater (SWIM 4.2; memberlist, aliveNode). */
  acceptsAlive(known: Member, incarnation: number): boolean;
  /** `suspect` overrides `alive` of the same or an earlier incarnation (4.2; suspectNode). */
  acceptsSuspect(known: Member, incarnation: number): boolean;
  /** Who is dead or gone is not suspected any more (suspectNode). */
  mayBeSuspected(known: Member): boolean;
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
  /** A suspicion that runs out is the end of who is suspected still (suspectNode). */
  isStillSuspect(known: Member): boolean;
  /** Who says of itself that it is dead has left; who is said to be by others has failed (deadNode). */
  statusOfDead(name: string, from: string): 'dead' | 'left';
  /** An ack counts for the probe that it answers. */
  answersProbe(state: SwimState, sequence: number): boolean;
  /** Who pings for another answers with the number that it was asked under (handleIndirectPing). */
  relayedSequence(asked: number, own: number): number;
  /** Whom it asks to ping a member that is silent: others that are alive (probeNode). */
  mayHelp(helper: Member, target: Member): boolean;
  /** A helper that says that it heard nothing lives itself, which says nothing of the target (Lifeguard IV-A). */
  readonly nackProvesLife: boolean;
  /** The same accuser confirms a suspicion once. */
  isNewAccuser(accusers: readonly string[], from: string): boolean;
  /** The more confirm a suspicion, the sooner it runs out (Lifeguard IV-B). */
  readonly confirmationsShorten: boolean;
  /** How the local health multiplier moves: down with each success, up with what was not heard (Lifeguard IV-A). */
  awarenessAfterSuccess: number;
  awarenessAfterMissing(expectedNacks: number, nacks: number): number;
  /** It stays within its bounds (ApplyDelta). */
  clampAwareness(wanted: number, most: number): number;
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
  mayBeSuspected: ({ status }) => status === 'alive',
  acceptsDead: (known, incarnation) => incarnation >= known.incarnation,
  mayMove: ({ status }, deadFor, reclaimAfter) =>
    status === 'left' || (status === 'dead' && reclaimAfter > 0 && deadFor > reclaimAfter),
  staleAliveEndsSuspicion: false,
  refutation: (own, accused) => Math.max(own, accused) + 1,
  isOfEarlierLife: (self, heard) =>
    heard.incarnation > self.incarnation || (heard.incarnation === self.incarnation && heard.meta !== self.meta),
  helperVouches: false,
  mergesDeadAsSuspect: true,
  isStillSuspect: ({ status }) => status === 'suspect',
  statusOfDead: (name, from) => (name === from ? 'left' : 'dead'),
  answersProbe: (state, sequence) => state.probe?.sequence === sequence,
  relayedSequence: (asked) => asked,
  mayHelp: (helper, target) => helper.status === 'alive' && helper.name !== target.name,
  nackProvesLife: false,
  isNewAccuser: (accusers, from) => !accusers.includes(from),
  confirmationsShorten: true,
  awarenessAfterSuccess: -1,
  awarenessAfterMissing: (expectedNacks, nacks) => (expectedNacks > 0 ? Math.max(0, expectedNacks - nacks) : 1),
  clampAwareness: (wanted, most) => Math.min(most, Math.max(0, wanted)),
  retransmitLimit: (mult, n) => mult * ceilLog10OfNext(n),
  supersedes: true,
  shuffles: true,
  talksToTheDead: true,
};

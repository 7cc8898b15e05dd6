// What the members of a cluster tell each other, and what each knows of the others. (Das, Gupta, Motivala: "SWIM", DSN 2002; the
// vocabulary is memberlist's.)
import type { Context, Micros, NodeId, Types } from '../../sim/index.ts';
import type { SwimConfig } from './config.ts';
import type { SwimRules } from './rules.ts';
import type { MemberTable } from './table.ts';

export type Status = 'alive' | 'suspect' | 'dead' | 'left';

/** What one member believes of another. Never mutated: members that agree share it. */
export interface Member {
  readonly name: string;
  /** Where it is reached: usually its name. */
  readonly address: NodeId;
  readonly incarnation: number;
  readonly status: Status;
  /** What it says of itself: its role, its version. */
  readonly meta: string;
}

/** Somebody says that a member is suspected or dead; a member that says so of itself has left. */
export interface Accusation {
  readonly type: 'suspect' | 'dead';
  readonly member: string;
  readonly incarnation: number;
  readonly from: string;
}

/** News of a member, which goes round. */
export type MemberUpdate = { readonly type: 'alive'; readonly member: Member } | Accusation;

/** News that the members carry for the service on them: `name` replaces what was under way under the same name. */
export interface UserUpdate {
  readonly type: 'user';
  readonly name: string;
  readonly payload: object;
  readonly bytes: number;
}

export type Update = MemberUpdate | UserUpdate;

interface Carrier {
  /** News that travel along (piggybacking, section 4.1). */
  readonly updates: readonly Update[];
}

export type SwimMessage =
  /** For the member of this name: another one at the same address does not answer. */
  | ({ readonly type: 'Ping'; readonly sequence: number; readonly target: string } & Carrier)
  | ({ readonly type: 'Ack'; readonly sequence: number } & Carrier)
  | ({
      readonly type: 'PingRequest';
      readonly sequence: number;
      readonly target: string;
      readonly address: NodeId;
    } & Carrier)
  /** The helper heard nothing from the target either: but from the helper one hears. */
  | { readonly type: 'Nack'; readonly sequence: number }
  | { readonly type: 'ReliablePing'; readonly sequence: number; readonly target: string }
  | { readonly type: 'ReliableAck'; readonly sequence: number }
  | ({ readonly type: 'Gossip' } & Carrier)
  | {
      readonly type: 'PushPull';
      readonly members: readonly Member[];
      readonly isReply: boolean;
      readonly user: object | null;
    };

export type SwimTimer =
  | 'swim probe'
  | 'swim probe timeout'
  | 'swim reliable'
  | 'swim gossip'
  | 'swim push-pull'
  | 'swim join'
  | 'swim reconnect'
  | 'swim left'
  | `swim suspicion ${string}`
  | `swim relay ${number}`;

/** An update that is passed on, and how often it was. */
export interface Broadcast {
  readonly update: Update;
  readonly bytes: number;
  /** Later ones are newer. */
  readonly serial: number;
  transmits: number;
}

/** A member that others suspect, or this one does. */
export interface Suspicion {
  readonly startedAt: Micros;
  readonly min: Micros;
  readonly max: Micros;
  /** Confirmations that make the time-out shortest. */
  readonly needed: number;
  /** Who suspects it, the first accuser included. */
  readonly accusers: string[];
}

/** A pass through the roster in a random order, which is drawn on the way. */
export interface Pass {
  /** The next place, and the first one behind the last. */
  place: number;
  end: number;
  /** Who stands at places ahead instead of those of the roster. */
  readonly moved: Map<number, string>;
}

export interface Probe {
  readonly target: string;
  /** As which it was known when it was pinged: what it has said of itself since is not accused. */
  readonly incarnation: number;
  readonly sequence: number;
  acked: boolean;
  /** Whether somebody else was asked, and how many of them should say something. */
  expectedNacks: number;
  nacks: number;
}

export interface SwimState {
  readonly name: string;
  readonly meta: string;
  /** All members that are known, this one among them. */
  readonly members: MemberTable;
  /** Since when, on the own monotonic clock, those that are not alive are so. */
  readonly since: Map<string, Micros>;
  readonly suspicions: Map<string, Suspicion>;
  /** Those that failed and may come back, by name, with their addresses. */
  readonly failed: Map<string, NodeId>;
  /** Whom it asks to let it in, until it knows somebody. */
  contacts: readonly NodeId[];
  /** The names of all that it knows; frozen where it shares the list with others. */
  roster: readonly string[];
  /** The round of probing under way. */
  pass: Pass;
  probe: Probe | null;
  /** When the next probe is due, on the own monotonic clock. */
  probeDue: Micros;
  /** Pings for others: who asked, under which number. */
  readonly relays: Map<number, { readonly asker: NodeId; readonly sequence: number; readonly target: string }>;
  /** News to pass on, the most urgent first. */
  readonly queue: Broadcast[];
  /** Gossip rounds are this much after full intervals of the own clock; none is due while there are no news. */
  readonly gossipPhase: Micros;
  isGossiping: boolean;
  serial: number;
  sequence: number;
  incarnation: number;
  /** The local health multiplier, from 0. */
  awareness: number;
  isLeaving: boolean;
  /** It has left: the others know. */
  hasLeft: boolean;
}

/** A protocol that embeds a member: its state has it in `swim`, its messages and timers include SWIM's. */
export interface SwimHost extends Types {
  state: { readonly swim: SwimState };
}

/** What the host is told. */
export interface SwimHooks<H extends SwimHost> {
  /** A member came, is suspected, is alive after all, died, left, or changed what it says of itself. */
  memberChanged?(state: H['state'], member: Member, before: Status | undefined, ctx: Context<H>): void;
  /** This member has left, as it was told to: what it said of that went round. */
  hasLeft?(state: H['state'], ctx: Context<H>): void;
  /** News of the service's own, each time it is heard; true if it is new and should go on. */
  userUpdate?(state: H['state'], update: UserUpdate, ctx: Context<H>): boolean;
  /** What is handed over in push-pull beside the members, and what to do with what came. */
  localState?(state: H['state'], ctx: Context<H>): object;
  mergeState?(state: H['state'], remote: object, ctx: Context<H>): void;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parts of SWIM serve any host
export interface SwimAgent<H extends SwimHost = any> {
  readonly config: SwimConfig;
  readonly rules: SwimRules;
  readonly hooks: SwimHooks<H>;
}

interface SwimTypes extends Types {
  message: SwimMessage;
  timer: SwimTimer;
}

/** The part of a host's context that a member needs: the context of any host fits. */
export type SwimContext = Pick<
  Context<SwimTypes>,
  'id' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'note'
>;

/** All that the parts of the protocol look at and change while one handler runs. */
export interface Turn {
  readonly agent: SwimAgent;
  readonly swim: SwimState;
  readonly host: SwimHost['state'];
  readonly ctx: SwimContext;
}

// The knobs of a member, with memberlist's names, and its three presets.
import { ms, seconds, type Micros } from '../../sim/index.ts';

export interface SwimConfig {
  /** One member is probed in each; the protocol period T' of the paper. */
  readonly probeInterval: Micros;
  /** How long a direct ping may take before others are asked to ping. */
  readonly probeTimeout: Micros;
  /** Whom a member probes: one after the other in a shuffled round (section 4.3), or each time any (section 3.1). */
  readonly targets: 'round-robin' | 'random';
  /** How many others are asked: k of the paper. */
  readonly indirectChecks: number;
  /** Whether a failed ping is repeated over a reliable connection at the same time as others are asked. */
  readonly reliablePing: boolean;
  /** After how long the reliable connection repeats what was not acknowledged. */
  readonly reliableRetry: Micros;
  /** After how long a helper says that it heard nothing: 80 % of the probe time-out as in the paper of Lifeguard, so that it is
   * heard before the period ends (memberlist waits the whole time-out). */
  readonly nackTimeout: Micros;
  /** A suspect is given at least this times log10(n) probe intervals. */
  readonly suspicionMult: number;
  /** And at most this times as long, if nobody confirms the suspicion. */
  readonly suspicionMaxTimeoutMult: number;
  /** An update is passed on this times ⌈log10(n + 1)⌉ times. */
  readonly retransmitMult: number;
  readonly gossipInterval: Micros;
  /** How many members hear of what is new in each gossip interval; 0 for no gossip but what other messages carry. */
  readonly gossipNodes: number;
  /** For how long the dead are still told, so that they can object. */
  readonly gossipToTheDeadTime: Micros;
  /** How often a member exchanges all it knows with another; 0 for never. Longer in clusters of more than 32. */
  readonly pushPullInterval: Micros;
  /** How long somebody must be dead until another address may bear its name; 0 for never. */
  readonly deadNodeReclaimTime: Micros;
  /** How often a member that nobody has let in asks again. */
  readonly joinRetry: Micros;
  /** How often one of those that failed is called (Serf's reconnect), so that a cluster that was split for long grows together;
   * 0 for never. */
  readonly reconnectInterval: Micros;
  /** Who leaves waits until that was passed on often enough, for so long at most (Serf's BroadcastTimeout). */
  readonly broadcastTimeout: Micros;
  /** And then stays for so long, until all have heard of it (LeavePropagateDelay). */
  readonly leavePropagateDelay: Micros;
  /** The local health multiplier goes up to this less one. */
  readonly awarenessMaxMultiplier: number;
  /** Bytes of a packet. */
  readonly udpBufferSize: number;
  /** Lifeguard's parts (Dadgar, Phillips, Currey 2018, section IV), each on or off. */
  readonly lifeguard: {
    /** A member that hears less than it should probes more slowly and waits longer (local health aware probe). */
    readonly awareness: boolean;
    /** A suspicion that is confirmed runs out sooner (local health aware suspicion). */
    readonly suspicion: boolean;
    /** A ping of a suspect tells it that it is suspected (buddy system). */
    readonly buddy: boolean;
  };
}

const allOfLifeguard = { awareness: true, suspicion: true, buddy: true };

/** memberlist's DefaultLANConfig. */
export const lan: SwimConfig = {
  probeInterval: seconds(1),
  probeTimeout: ms(500),
  targets: 'round-robin',
  indirectChecks: 3,
  reliablePing: true,
  reliableRetry: ms(200),
  nackTimeout: ms(400),
  suspicionMult: 4,
  suspicionMaxTimeoutMult: 6,
  retransmitMult: 4,
  gossipInterval: ms(200),
  gossipNodes: 3,
  gossipToTheDeadTime: seconds(30),
  pushPullInterval: seconds(30),
  deadNodeReclaimTime: 0,
  joinRetry: seconds(5),
  reconnectInterval: seconds(30),
  broadcastTimeout: seconds(5),
  leavePropagateDelay: seconds(1),
  awarenessMaxMultiplier: 8,
  udpBufferSize: 1_400,
  lifeguard: allOfLifeguard,
};

/** memberlist's DefaultWANConfig. */
export const wan: SwimConfig = {
  ...lan,
  probeInterval: seconds(5),
  probeTimeout: seconds(3),
  reliableRetry: seconds(1),
  nackTimeout: ms(1_600), // 80 % of the 2 s that are left of the period
  suspicionMult: 6,
  gossipInterval: ms(500),
  gossipNodes: 4,
  gossipToTheDeadTime: seconds(60),
  pushPullInterval: seconds(60),
};

/** memberlist's DefaultLocalConfig. */
export const local: SwimConfig = {
  ...lan,
  probeTimeout: ms(200),
  nackTimeout: ms(160),
  indirectChecks: 1,
  suspicionMult: 3,
  retransmitMult: 2,
  gossipInterval: ms(100),
  gossipToTheDeadTime: seconds(15),
  pushPullInterval: seconds(15),
};

export const swimPresets = { lan, wan, local } as const;

// Every knob of a Raft server and its default. Times are in microseconds of the server's own monotonic clock.
import { ms, type Micros, type NodeId } from '../../sim/index.ts';

export interface RaftConfig {
  /** The first configuration; default all nodes of the world. */
  readonly voters?: readonly NodeId[];
  /** The shortest election time-out; each draw adds up to `electionSpread`. Default 150 ms, as in section 9.3. */
  readonly electionTimeout: Micros;
  /** Default 150 ms. */
  readonly electionSpread: Micros;
  /** Default 30 ms. */
  readonly heartbeat: Micros;
  /** Ask whether one would be elected before raising the term (thesis 9.6). Default true, as in etcd since 3.5. */
  readonly preVote: boolean;
  /** A leader that hears from no quorum for an election time-out steps down (thesis 6.2). Default true, as in etcd. */
  readonly checkQuorum: boolean;
  /** With `checkQuorum`: a leader that a quorum has not answered for so long steps down, to the moment instead of to the
   * election time-out (LeaderLeaseTimeout of hashicorp/raft). Default 0: once in an election time-out, as in etcd. */
  readonly leaderLease: Micros;
  /** `reset`: whatever the leader sends puts the election off (Figure 2). `sampled`: the timer runs through and looks, when it
   * fires, whether the leader was heard of within `electionTimeout`, so that silence is noticed later (hashicorp/raft's
   * runFollower). Default `reset`. */
  readonly electionTimer: 'reset' | 'sampled';
  /** Ignore candidates within an election time-out of hearing from a leader (thesis 4.2.3). Default true. */
  readonly stickiness: boolean;
  /** A leader writes, syncs and sends what has gathered while it was busy in one go, instead of each proposal by itself: the
   * batches of a Ready in etcd, the group commit of hashicorp/raft. Default false, as in the paper. */
  readonly groupCommit: boolean;
  /** `parallel`: followers write while their leader does (thesis 10.2.1; etcd). `first`: the leader syncs before it sends
   * (hashicorp/raft's dispatchLogs). Default `parallel`. */
  readonly leaderWrites: 'parallel' | 'first';
  /** How a leader looks for the last entry that a follower shares with it: an earlier term with each refusal, or an entry
   * (section 5.3, last paragraphs; etcd and hashicorp/raft skip terms). Default `term`. */
  readonly backsUpBy: 'term' | 'entry';
  /** Entries that one AppendEntries carries at most. Default 64, as in hashicorp/raft. */
  readonly batch: number;
  /** Bytes of entries that one AppendEntries carries at most, but always one entry. Default unlimited; etcd: 1 MiB. */
  readonly maxMessageBytes: number;
  /** AppendEntries with entries that may be under way to one follower. Default 256; etcd: 512. */
  readonly maxInflight: number;
  /** Bytes of entries that may be under way to one follower. Default unlimited, as in etcd. */
  readonly maxInflightBytes: number;
  /** Bytes of commands not yet committed beyond which proposals are dropped. Default unlimited; etcd: 1 GiB. */
  readonly maxUncommittedBytes: number;
  /** Applied entries after which a snapshot is taken. Default 8,192, as in hashicorp/raft; 0 for never. */
  readonly snapshotThreshold: number;
  /** Entries kept before a snapshot for followers that are a little behind. Default 10,240, as in hashicorp/raft. */
  readonly trailing: number;
  /** Characters of a snapshot that one message carries at most. Default 65,536. */
  readonly snapshotChunk: number;
  /** `index` asks a quorum for every read; `lease` trusts clocks within `driftBound` and needs `checkQuorum` and
   * `stickiness`. Default `index`. */
  readonly reads: 'index' | 'lease';
  /** A lease lasts the election time-out divided by this: how much faster one server's clock may run than another's.
   * Default 1.25. */
  readonly driftBound: number;
  /** Followers ask the leader for the index of a read and serve it themselves. Default true. */
  readonly forwardReads: boolean;
  /** `joint` changes any number of voters at once, `single` refuses more than one. Default `joint`. */
  readonly membership: 'joint' | 'single';
  /** Entries applied in one go; the rest follow after `applyPause`. Default unlimited. */
  readonly applyLimit: number;
  /** Default 1 ms. */
  readonly applyPause: Micros;
}

export const defaultConfig: RaftConfig = {
  electionTimeout: ms(150),
  electionSpread: ms(150),
  heartbeat: ms(30),
  preVote: true,
  checkQuorum: true,
  leaderLease: 0,
  electionTimer: 'reset',
  stickiness: true,
  groupCommit: false,
  leaderWrites: 'parallel',
  backsUpBy: 'term',
  batch: 64,
  maxMessageBytes: Infinity,
  maxInflight: 256,
  maxInflightBytes: Infinity,
  maxUncommittedBytes: Infinity,
  snapshotThreshold: 8_192,
  trailing: 10_240,
  snapshotChunk: 65_536,
  reads: 'index',
  driftBound: 1.25,
  forwardReads: true,
  membership: 'joint',
  applyLimit: Infinity,
  applyPause: ms(1),
};

/** @throws RangeError when two knobs contradict each other: leases without what they stand on. */
export function checkedConfig(config: RaftConfig): RaftConfig {
  if (config.reads === 'lease' && !(config.checkQuorum && config.stickiness))
    throw new RangeError('reads: expected index, or lease with checkQuorum and stickiness; found lease without them');
  if (config.heartbeat >= config.electionTimeout)
    throw new RangeError(
      `heartbeat: expected less than electionTimeout (${config.electionTimeout} µs), found ${config.heartbeat} µs`,
    );
  if (config.leaderLease > config.electionTimeout)
    throw new RangeError(
      `leaderLease: expected at most electionTimeout (${config.electionTimeout} µs), found ${config.leaderLease} µs`,
    );
  if (config.driftBound < 1) throw new RangeError(`driftBound: expected at least 1, found ${config.driftBound}`);
  return config;
}

// The rules that Consul's promises hang on, each small; broken variants replace one of them.
import type { Micros, NodeId } from '../../sim/index.ts';
import type { RaftMessage, RaftState } from '../raft/index.ts';
import { sessionTtlMultiplier } from './state/sessions.ts';
import { consulKvRules, type KvRules } from './state/kv.ts';

export interface ConsulRules extends KvRules {
  /** A consistent read asks a quorum whether this server still leads. */
  readonly verifiesLeader: boolean;
  /** A key whose holder was invalidated is not given away before the lock-delay is over. */
  isDelayed(until: Micros, now: Micros): boolean;
  /** An acquisition that passed that look is refused when it is applied behind the end of a holder's session that was not applied
   * yet at the time. Consul does without (kvsPreApply), and so a lock-delay can be overtaken while it is being committed. */
  readonly delaysBindTheLog: boolean;
  /** When a session ends that was created or renewed now: its TTL is a lower bound. */
  endOf(now: Micros, ttl: Micros): Micros;
  /** When a deletion may be forgotten that takes place now. */
  forgottenAt(now: Micros, ttl: Micros): Micros;
  /** Whether a stale read asks for fresher data than a server has that heard of the leader so long ago. */
  isTooStale(silence: Micros, maxStale: Micros): boolean;
  /** Called when a message was handled. What the leader sends is contact with it, and so is, to hashicorp/raft, a candidate whom
   * this server gives its vote; others who look for a leader know no more. */
  isContact(raft: RaftState, from: NodeId, message: RaftMessage<unknown>): boolean;
  /** Whether this server is the leader that contact is counted with, however new it is. */
  leads(raft: RaftState): boolean;
  /** A change wakes the blocking queries that wait for it. */
  readonly wakesBlocked: boolean;
}

export const consulRules: ConsulRules = {
  ...consulKvRules,
  verifiesLeader: true,
  isDelayed: (until, now) => now < until,
  delaysBindTheLog: false,
  endOf: (now, ttl) => now + ttl * sessionTtlMultiplier,
  forgottenAt: (now, ttl) => now + ttl,
  isTooStale: (silence, maxStale) => silence > maxStale,
  isContact: ({ leader, votedFor, currentTerm }, from, message) =>
    from === leader || (message.type === 'RequestVote' && votedFor === from && currentTerm === message.term),
  leads: ({ role }) => role === 'leader',
  wakesBlocked: true,
};

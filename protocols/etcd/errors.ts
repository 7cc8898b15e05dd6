// What an etcd server refuses with: the texts and the gRPC status codes of its `rpctypes` package, word by word, because
// clients decide by them what may be tried again.

/** gRPC status codes by name. */
export const grpcCodes = {
  canceled: 1,
  unknown: 2,
  'invalid-argument': 3,
  'not-found': 5,
  'resource-exhausted': 8,
  'failed-precondition': 9,
  'out-of-range': 11,
  unavailable: 14,
} as const;

/** A refused request: nothing happened, except where the error is one of `mayHaveHappened`. */
export interface Refusal {
  readonly type: 'error';
  readonly error: string;
  /** The gRPC status code. */
  readonly code: number;
}

const refuse = (error: string, code: keyof typeof grpcCodes): Refusal => ({
  type: 'error',
  error: `etcdserver: ${error}`,
  code: grpcCodes[code],
});

export const refusals = {
  emptyKey: refuse('key is not provided', 'invalid-argument'),
  keyNotFound: refuse('key not found', 'invalid-argument'),
  valueProvided: refuse('value is provided', 'invalid-argument'),
  leaseProvided: refuse('lease is provided', 'invalid-argument'),
  tooManyOperations: refuse('too many operations in txn request', 'invalid-argument'),
  duplicateKey: refuse('duplicate key given in txn request', 'invalid-argument'),
  invalidSortOption: refuse('invalid sort option', 'invalid-argument'),
  requestTooLarge: refuse('request is too large', 'invalid-argument'),
  compacted: refuse('mvcc: required revision has been compacted', 'out-of-range'),
  futureRevision: refuse('mvcc: required revision is a future revision', 'out-of-range'),
  noSpace: refuse('mvcc: database space exceeded', 'resource-exhausted'),
  leaseNotFound: refuse('requested lease not found', 'not-found'),
  leaseExists: refuse('lease already exists', 'failed-precondition'),
  leaseTtlTooLarge: refuse('too large lease TTL', 'out-of-range'),
  memberExists: refuse('member ID already exist', 'failed-precondition'),
  memberNotFound: refuse('member not found', 'not-found'),
  notEnoughStarted: refuse('re-configuration failed due to not enough started members', 'failed-precondition'),
  memberNotLearner: refuse('can only promote a learner member', 'failed-precondition'),
  learnerNotReady: refuse('can only promote a learner member which is in sync with leader', 'failed-precondition'),
  tooManyLearners: refuse('too many learner members in cluster', 'failed-precondition'),
  notSupportedForLearner: refuse('rpc not supported for learner', 'failed-precondition'),
  badTransferee: refuse('bad leader transferee', 'failed-precondition'),
  notLeader: refuse('not leader', 'failed-precondition'),
  unhealthy: refuse('unhealthy cluster', 'unavailable'),
  tooManyRequests: refuse('too many requests', 'resource-exhausted'),
  noLeader: refuse('no leader', 'unavailable'),
  leaderChanged: refuse('leader changed', 'unavailable'),
  stopped: refuse('server stopped', 'unavailable'),
  /** Raft's own word: a leader that hands over, or has too much under way, takes nothing on. */
  proposalDropped: { type: 'error', error: 'raft proposal dropped', code: grpcCodes.unknown },
  timeout: refuse('request timed out', 'unavailable'),
  timeoutLeaderFailure: refuse('request timed out, possibly due to previous leader failure', 'unavailable'),
  timeoutConnectionLost: refuse('request timed out, possibly due to connection lost', 'unavailable'),
} as const;

const doubtful = new Set([
  refusals.timeout.error,
  refusals.timeoutLeaderFailure.error,
  refusals.timeoutConnectionLost.error,
  refusals.leaderChanged.error,
  refusals.stopped.error,
]);

/** Whether a write that was answered with this error may have happened, or may still happen. */
export function mayHaveHappened({ error }: Refusal): boolean {
  return doubtful.has(error);
}

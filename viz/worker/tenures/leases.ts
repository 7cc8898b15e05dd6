// The leases of Raft's leaders: for how long each trusts, by its own clock, that nobody else can lead, and so answers reads
// by itself (thesis, section 6.4.1). Where clocks are wrong another leads before the lease is over.
import type { KeyValueState } from '../../../protocols/raft/index.ts';
import type { Claim } from './beliefs.ts';
import type { Looked } from './grants.ts';

export interface Lease {
  readonly node: string;
  readonly claim: Claim;
  /** Whether nobody leads in a higher term. */
  readonly isLatest: boolean;
}

/** The leases that leaders believe to have; none where reads do not rest on them. */
export function leasesOf({ nodes, clocks }: Looked): Lease[] {
  const leaders = nodes.flatMap(({ id, state }, place) => {
    const raft = (state as KeyValueState | null)?.raft;
    return raft?.role === 'leader' ? [{ node: id, raft, place }] : [];
  });
  if (leaders.every(({ raft }) => raft.leaseUntil === 0)) return [];
  const latest = Math.max(...leaders.map(({ raft }) => raft.currentTerm));
  return leaders.flatMap(({ node, raft, place }) => {
    const { leaseUntil, leaseForfeited, currentTerm } = raft;
    const holds = leaseUntil > 0 && !leaseForfeited && clocks(place).monotonic < leaseUntil;
    const claim = { lock: 'leader lease', token: currentTerm, isShared: false };
    return holds ? [{ node, claim, isLatest: currentTerm === latest }] : [];
  });
}

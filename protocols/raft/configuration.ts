// Who belongs to a cluster, and how that may change: one server at a time, or through a joint configuration in which both
// the old and the new majority must agree (section 6 of the paper; thesis, chapter 4). Pure functions over plain data.
import type { NodeId } from '../../sim/index.ts';

/** Lists are sorted. `outgoing` holds the old voters while the configuration is joint, else nothing. */
export interface Configuration {
  readonly voters: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** Voters of the old half that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  /** The leader leaves the joint configuration by itself as soon as it is committed. */
  readonly autoLeave: boolean;
  readonly [key: string]: readonly NodeId[] | boolean;
}

export interface MembershipChange {
  readonly type: 'add-voter' | 'add-learner' | 'remove';
  readonly server: NodeId;
}

/**
 * How to get to the new configuration: `auto` changes one voter directly and more than one jointly; `implicit` is always
 * joint and leaves by itself; `explicit` is joint until it is left by a change of nothing.
 */
export type Transition = 'auto' | 'implicit' | 'explicit';

export type Changed =
  | { readonly type: 'changed'; readonly configuration: Configuration }
  | { readonly type: 'refused'; readonly reason: string };

export function initialConfiguration(voters: readonly NodeId[], learners: readonly NodeId[] = []): Configuration {
  return {
    voters: [...voters].sort(),
    outgoing: [],
    learners: [...learners].sort(),
    learnersNext: [],
    autoLeave: false,
  };
}

export function isJoint({ outgoing }: Configuration): boolean {
  return outgoing.length > 0;
}

/** Has a vote in either half. */
export function isVoter({ voters, outgoing }: Configuration, server: NodeId): boolean {
  return voters.includes(server) || outgoing.includes(server);
}

/** Everybody whom the leader sends entries to. */
export function membersOf({ voters, outgoing, learners }: Configuration): NodeId[] {
  return [...new Set([...voters, ...outgoing, ...learners])];
}

/** The configuration after the changes, or why there is none. No changes mean: leave the joint configuration. */
export function changed(now: Configuration, changes: readonly MembershipChange[], transition: Transition): Changed {
  if (changes.length === 0) return leaveJoint(now);
  if (isJoint(now)) return refused('the configuration is joint: it must be left first');
  const next = applyChanges(now, changes, []);
  if (next.voters.length === 0) return refused('a cluster needs a voter');
  if (isSame(next, now)) return refused('nothing would change');
  if (transition === 'auto' && votersThatDiffer(now.voters, next.voters) <= 1) {
    return { type: 'changed', configuration: next };
  }
  const joint = applyChanges(now, changes, now.voters);
  return {
    type: 'changed',
    configuration: { ...joint, outgoing: now.voters, autoLeave: transition !== 'explicit' },
  };
}

/** Old voters go; those that were to become learners do. */
export function leaveJoint(now: Configuration): Changed {
  if (!isJoint(now)) return refused('the configuration is not joint');
  const learners = sorted([...now.learners, ...now.learnersNext]);
  return {
    type: 'changed',
    configuration: { voters: now.voters, outgoing: [], learners, learnersNext: [], autoLeave: false },
  };
}

/** How many servers have a vote in one of the two sets only. */
export function votersThatDiffer(one: readonly NodeId[], other: readonly NodeId[]): number {
  return one.filter((id) => !other.includes(id)).length + other.filter((id) => !one.includes(id)).length;
}

/** A server that keeps its vote in the old half cannot be a learner at the same time: it becomes one later. */
function applyChanges(
  now: Configuration,
  changes: readonly MembershipChange[],
  outgoing: readonly NodeId[],
): Configuration {
  const voters = new Set(now.voters);
  const learners = new Set(now.learners);
  const learnersNext = new Set<NodeId>();
  for (const { type, server } of changes) {
    voters.delete(server);
    learners.delete(server);
    learnersNext.delete(server);
    if (type === 'add-voter') voters.add(server);
    if (type === 'add-learner') (outgoing.includes(server) ? learnersNext : learners).add(server);
  }
  return {
    voters: sorted(voters),
    outgoing: [],
    learners: sorted(learners),
    learnersNext: sorted(learnersNext),
    autoLeave: false,
  };
}

function isSame(one: Configuration, other: Configuration): boolean {
  const differs = (key: 'voters' | 'learners'): boolean => votersThatDiffer(one[key], other[key]) > 0;
  return !differs('voters') && !differs('learners');
}

function sorted(servers: Iterable<NodeId>): NodeId[] {
  return [...servers].sort();
}

function refused(reason: string): Changed {
  return { type: 'refused', reason };
}

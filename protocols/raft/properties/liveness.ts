// What must come true once everything has healed (section 5.6 on timing; thesis, section 9.2).
import { eventually, type AnyProtocol, type Micros, type Property, type View } from '../../../sim/index.ts';
import { isJoint, membersOf } from '../configuration.ts';
import type { RaftState } from '../types.ts';
import { currentLeader, raftOf } from './view.ts';

/** After everything has healed, a command commits within the bound. */
export function progress(within: Micros): Property {
  const about = 'an operation that was invoked after the world had healed succeeds';
  return eventually('progress', about, within, (view, healedAt) => {
    const invoked = new Set<number>();
    for (const event of historySince(view, healedAt)) {
      if (event.type === 'invoke' && event.f !== 'change' && event.f !== 'transfer') invoked.add(event.operation);
      if (event.type === 'ok' && invoked.has(event.operation)) return undefined;
    }
    return `none of ${invoked.size} operations succeeded`;
  });
}

/** How far behind the leader a follower may be at the moment when it is looked at. */
const slack = 16;

/** After everything has healed, there is a leader that every member follows closely. */
export function followersCatchUp(server: AnyProtocol, within: Micros): Property {
  return underALeader('followers catch up', 'every member follows the leader', server, within, (view, id, leader) => {
    for (const member of membersOf(leader.configuration)) {
      const follower = raftOf(view.node(member));
      if (follower?.currentTerm !== leader.currentTerm) return `${member} is not in the term of its leader ${id}`;
      if (follower.commitIndex < leader.commitIndex - slack)
        return `${member} has committed up to ${follower.commitIndex}, its leader ${id} up to ${leader.commitIndex}`;
    }
    return undefined;
  });
}

/**
 * After everything has healed, nothing is left half done: a transfer was completed or given up (thesis, section 3.10), a joint
 * configuration that leaves itself was left (section 4.3), and what is committed is applied.
 */
export function looseEnds(server: AnyProtocol, within: Micros): Property {
  return underALeader('loose ends', 'nothing is left half done', server, within, (view, id, leader) => {
    const { configuration, transfer } = leader;
    if (transfer !== null) return `${id} still hands over to ${transfer.target}`;
    if (isJoint(configuration) && configuration.autoLeave) return `${id} still goes by a joint configuration`;
    for (const member of membersOf(configuration)) {
      const { commitIndex = 0, lastApplied = 0 } = raftOf(view.node(member)) ?? {};
      if (lastApplied < commitIndex - slack)
        return `${member} has committed up to ${commitIndex}, and applied up to ${lastApplied}`;
    }
    return undefined;
  });
}

/** What comes true once there is a leader: `missing` says what does not hold yet. */
function underALeader(
  name: string,
  about: string,
  server: AnyProtocol,
  within: Micros,
  missing: (view: View, id: string, leader: RaftState) => string | undefined,
): Property {
  const leaderOf = currentLeader(server);
  return eventually(name, about, within, (view) => {
    const id = leaderOf(view);
    const leader = id === undefined ? undefined : raftOf(view.node(id));
    return id === undefined || leader === undefined ? 'there is no leader' : missing(view, id, leader);
  });
}

function historySince({ history }: View, time: Micros): View['history'] {
  let first = history.length;
  while (first > 0 && (history[first - 1]?.time ?? 0) >= time) first--;
  return history.slice(first);
}

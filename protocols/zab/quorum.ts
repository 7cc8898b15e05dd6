// Who counts: the servers of the ensemble, their weights, and when a set of them is a quorum.
import type { NodeId } from '../../sim/index.ts';
import type { Turn } from './turn.ts';
import type { Leading, Learner } from './types.ts';

/** Orders server ids as their numbers: n2 before n10. */
export function compareIds(one: NodeId, other: NodeId): number {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

/** The leader's learners in the order of their ids: in what order they came must not matter. */
export function learnersOf({ learners }: Pick<Leading, 'learners'>): readonly (readonly [NodeId, Learner])[] {
  return Object.entries(learners).sort(([one], [other]) => compareIds(one, other));
}

/** All other servers of the ensemble, observers as well. */
export function others({ config, ctx }: Turn): readonly NodeId[] {
  return config.servers === null ? ctx.peers : config.servers.filter((id) => id !== ctx.id);
}

export function isObserver({ config }: Turn, id: NodeId): boolean {
  return config.observers.includes(id);
}

/** What the server's vote and acknowledgement count. */
export function weightOf(turn: Turn, id: NodeId): number {
  return isObserver(turn, id) ? turn.rules.weightOfObserver : (turn.config.weights[id] ?? 1);
}

export function isQuorum(turn: Turn, servers: readonly NodeId[]): boolean {
  const weightOfAll = (ids: readonly NodeId[]): number => ids.reduce((sum, id) => sum + weightOf(turn, id), 0);
  const voters = [turn.ctx.id, ...others(turn)].filter((id) => !isObserver(turn, id));
  return turn.rules.isQuorum(weightOfAll(servers), weightOfAll(voters));
}

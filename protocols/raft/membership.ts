// Changes of membership: one entry of the log that holds the whole new configuration. It is in force on a server as soon as
// it is in that server's log (thesis, section 4.1), which needs no second state beside the log and lets a new majority
// commit it; etcd waits until it is applied instead, and pays with checks before each candidacy.
import {
  changed,
  initialConfiguration,
  isJoint,
  leaveJoint,
  votersThatDiffer,
  type MembershipChange,
} from './configuration.ts';
import type { Transition } from './configuration.ts';
import { configurationAt } from './log.ts';
import { trackMembers } from './progress.ts';
import { appendAndSend, broadcast } from './replication.ts';
import { becomeFollower, refreshRole } from './roles.ts';
import { firstVoters, type Turn } from './server.ts';

export interface MembershipRequest {
  /** What changes; nothing leaves a joint configuration. */
  readonly changes: readonly MembershipChange[];
  /** Default `auto`. */
  readonly transition?: Transition;
}

/** Why a change cannot be made now, or the index of its entry. */
export function proposeChange(turn: Turn, request: MembershipRequest): number | string {
  const { raft, ctx, server } = turn;
  const { rules, config } = server;
  const stranger = request.changes.find(({ server: id }) => id !== ctx.id && !ctx.peers.includes(id));
  if (stranger !== undefined) return `there is no server ${stranger.server}`;
  if (!rules.isChangeSettled(raft)) return 'an earlier change is not committed yet';
  if (!rules.mayChangeMembership(raft)) return 'nothing of this term is committed yet';
  const next = changed(raft.configuration, request.changes, request.transition ?? 'auto');
  if (next.type === 'refused') return next.reason;
  const { configuration } = next;
  if (config.membership === 'single' && (isJoint(configuration) || differs(turn, configuration.voters) > 1))
    return 'one voter at a time';
  return appendAndSend(turn, { term: raft.currentTerm, type: 'configuration', configuration });
}

/** Brings the configuration in force in line with the log. */
export function adoptConfiguration(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const initial = initialConfiguration(firstVoters(server, ctx));
  const found = configurationAt(raft, server.rules.configurationHorizon(raft), initial);
  raft.configuration = found.configuration;
  raft.configurationIndex = found.index;
  ctx.note('configuration', { index: found.index, role: raft.role, ...found.configuration });
  if (raft.role === 'leader') trackMembers(turn);
  else refreshRole(turn);
}

/**
 * A leader that a committed configuration does not know has done its last duty. An earlier configuration may be committed
 * while the latest is not: whoever has a vote in it may be needed to commit the latest.
 */
export function onConfigurationCommitted(turn: Turn, isLatest: boolean): void {
  const { raft, ctx, server } = turn;
  if (raft.role !== 'leader') return refreshRole(turn);
  if (!isLatest || !server.rules.stepsDownWhenRemoved(raft, ctx.id)) return;
  broadcast(turn); // the others learn that it is committed
  becomeFollower(turn, null);
}

/** A joint configuration leaves itself once it is committed, unless it was asked to wait. */
export function leaveIfJoint(turn: Turn): void {
  const { raft, server } = turn;
  const { configuration } = raft;
  if (!isJoint(configuration) || !configuration.autoLeave || !server.rules.mayLeaveJoint(raft)) return;
  const next = leaveJoint(configuration);
  if (next.type === 'changed')
    appendAndSend(turn, { term: raft.currentTerm, type: 'configuration', configuration: next.configuration });
}

function differs({ raft }: Turn, voters: readonly string[]): number {
  return votersThatDiffer(raft.configuration.voters, voters);
}

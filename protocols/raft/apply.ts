// Commits, and applies what is committed to the state machine, in order (Figure 2, all servers, first rule).
import { entryAt } from './log.ts';
import { adoptConfiguration, leaveIfJoint, onConfigurationCommitted } from './membership.ts';
import { answerReads } from './reads.ts';
import { hostContext, sizeOf, type Turn } from './server.ts';
import { takeSnapshotIfDue } from './snapshot.ts';

/** @param compared how far a follower's log was compared with its leader's by the message that says so. */
export function commitTo(turn: Turn, index: number, compared?: number): void {
  const { raft, ctx } = turn;
  const before = raft.commitIndex;
  ctx.note('commit', { from: before + 1, to: index, role: raft.role, term: raft.currentTerm, compared });
  raft.commitIndex = index;
  if (turn.server.config.maxUncommittedBytes < Infinity) countCommitted(turn, before);
  applyCommitted(turn);
  if (raft.configurationIndex > before) onConfigurationCommitted(turn, raft.configurationIndex <= index);
  if (raft.role === 'leader') leaveIfJoint(turn);
}

/** Applies everything up to the commit index, or as much of it as is done in one go. */
export function applyCommitted(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const { applyLimit, applyPause } = server.config;
  for (let count = 0; raft.lastApplied < server.rules.applicable(raft); count++) {
    if (count >= applyLimit) {
      ctx.setTimer('apply', applyPause);
      break;
    }
    applyEntry(turn, ++raft.lastApplied);
  }
  takeSnapshotIfDue(turn);
  answerReads(turn);
}

function applyEntry(turn: Turn, index: number): void {
  const { raft, server, host } = turn;
  const entry = entryAt(raft, index);
  if (entry === undefined) throw new Error(`entry ${index} is to be applied, and is not in the log`);
  const { term } = entry;
  switch (entry.type) {
    case 'noop':
      return;
    case 'command': {
      const { command } = entry;
      const result: unknown = server.service.apply(raft.machine, command, { index, term });
      server.hooks.applied?.(host, { index, term, command }, result, hostContext(turn));
      return;
    }
    case 'configuration':
      if (raft.configurationIndex < index) adoptConfiguration(turn);
      server.hooks.configured?.(host, entry.configuration, hostContext(turn));
  }
}

/** What is committed counts no longer towards the limit of what is not. */
function countCommitted({ raft, server }: Turn, before: number): void {
  if (raft.role !== 'leader') return;
  for (let index = before + 1; index <= raft.commitIndex; index++) {
    const entry = entryAt(raft, index);
    if (entry?.type === 'command') raft.uncommittedBytes -= sizeOf(server, entry.command);
  }
  raft.uncommittedBytes = Math.max(0, raft.uncommittedBytes);
}

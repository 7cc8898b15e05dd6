// Leadership transfer (thesis, section 3.10): the leader takes no more proposals, brings its successor up to date, and asks
// it to stand for election at once. If that takes longer than an election time-out, it goes on leading.
import type { NodeId } from '../../sim/index.ts';
import { progressOf } from './progress.ts';
import { sendNext } from './replication.ts';
import type { Turn } from './server.ts';

/** Begins a transfer; why it cannot, or undefined. One to somebody else that is under way is given up. */
export function beginTransfer(turn: Turn, target: NodeId): string | undefined {
  const { raft, ctx, server } = turn;
  if (target === ctx.id) return 'it leads already';
  if (!raft.configuration.voters.includes(target)) return `${target} is not a voter`;
  if (raft.transfer?.target === target) return undefined;
  raft.transfer = { target, deadline: ctx.monotonic() + server.config.electionTimeout };
  ctx.note('transfer', { to: target });
  const progress = progressOf(turn, target);
  if (progress !== undefined) sendNext(turn, target, progress);
  handOver(turn, target);
  return undefined;
}

/** Asks the successor to stand as soon as it has everything. */
export function handOver({ raft, ctx, server }: Turn, peer: NodeId): void {
  if (raft.transfer?.target !== peer) return;
  if (!server.rules.mayTakeOver(raft, raft.progress[peer]?.matchIndex ?? 0)) return;
  raft.leaseForfeited = true; // from now on it may be elected although the others hear from this leader
  ctx.send(peer, { type: 'TimeoutNow', term: raft.currentTerm });
}

/** A transfer that takes too long is given up. */
export function giveUpTransfer({ raft, ctx }: Turn): void {
  if (raft.transfer !== null && ctx.monotonic() >= raft.transfer.deadline) raft.transfer = null;
}

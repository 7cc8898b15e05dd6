// Linearizable reads without a log entry: ReadIndex (Ongaro's thesis, section 6.4). The leader remembers its commit index,
// makes sure with a round of heartbeats that it still is the leader, waits until that index is applied, and answers.
import type { Context, NodeId } from '../../sim/index.ts';
import type { Server } from './raft.ts';
import { broadcast } from './replication.ts';
import type { ClientRead, PendingRead, Raft, RaftState } from './types.ts';

/** Reads that one leader holds at most; what exceeds it is turned away and asks again. */
const readLimit = 10_000;

export function onClientRead(
  server: Server,
  state: RaftState,
  client: NodeId,
  message: ClientRead,
  ctx: Context<Raft>,
): void {
  const { sequence, key } = message;
  if (state.role !== 'leader' || state.reads.length >= readLimit) {
    const leader = state.role === 'leader' ? null : state.leader;
    ctx.send(client, { type: 'ClientReply', sequence, answer: { type: 'not-leader', leader } });
    return;
  }
  const readIndex = hasCommittedInTerm(state) ? state.commitIndex : -1;
  ctx.note('read-arrives', { client, sequence });
  state.reads.push({ client, sequence, key, round: server.rules.roundThatConfirms(state), readIndex });
  broadcast(server, state, ctx);
  answerReads(server, state, ctx);
}

/** Answers the reads whose leadership is confirmed and whose index is applied. */
export function answerReads(server: Server, state: RaftState, ctx: Context<Raft>): void {
  const acked = ctx.peers.map((peer) => state.progress[peer]?.ackedRound ?? 0);
  state.reads = state.reads.filter((read) => !answers(server, state, read, acked, ctx));
}

function answers(
  server: Server,
  state: RaftState,
  read: PendingRead,
  acked: readonly number[],
  ctx: Context<Raft>,
): boolean {
  // Before an entry of its own term is committed, a leader does not know which entries are (thesis 6.4, step 1).
  if (read.readIndex < 0 && hasCommittedInTerm(state)) read.readIndex = state.commitIndex;
  if (read.readIndex < 0 || state.lastApplied < read.readIndex) return false;
  if (!server.rules.isReadConfirmed(acked, 1 + ctx.peers.length, read.round)) return false;
  ctx.note('read-served', { client: read.client, sequence: read.sequence, index: state.lastApplied });
  const value = state.machine.data.get(read.key) ?? null;
  ctx.send(read.client, { type: 'ClientReply', sequence: read.sequence, answer: { type: 'done', value } });
  return true;
}

function hasCommittedInTerm(state: RaftState): boolean {
  return state.log[state.commitIndex - 1]?.term === state.currentTerm;
}

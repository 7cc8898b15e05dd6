// Applies committed entries to the state machine in order, and answers the clients that wait for them.
import type { Context } from '../../sim/index.ts';
import { applyCommand } from './machine.ts';
import type { Server } from './raft.ts';
import { answerReads } from './read-index.ts';
import type { Entry, Raft, RaftState } from './types.ts';

/** Applies everything up to the commit index (Figure 2, all servers, first rule). */
export function applyCommitted(server: Server, state: RaftState, ctx: Context<Raft>): void {
  while (state.lastApplied < state.commitIndex) {
    const index = ++state.lastApplied;
    const { command } = state.log[index - 1] as Entry;
    const answer = applyCommand(state.machine, index, command, server.rules);
    const waiting = state.waiting[0]?.index === index ? state.waiting.shift() : undefined;
    if (waiting !== undefined) ctx.send(waiting.client, { type: 'ClientReply', sequence: waiting.sequence, answer });
  }
  if (state.reads.length > 0) answerReads(server, state, ctx);
}

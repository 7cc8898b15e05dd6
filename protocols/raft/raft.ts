// Raft (Ongaro & Ousterhout 2014): a server is the rules of Figure 2 over plain state. This file starts a server and hands
// each message and time-out to the part of the protocol that it belongs to.
import { ms, type Context, type NodeId, type Protocol } from '../../sim/index.ts';
import { adoptTerm, onRequestVote, onRequestVoteReply, resetElectionTimer, standForElection } from './election.ts';
import { emptyMachine } from './machine.ts';
import { onClientRead } from './read-index.ts';
import { broadcast, onAppendEntries, onAppendEntriesReply, propose } from './replication.ts';
import { paperRules, type Rules } from './rules.ts';
import { recover } from './storage.ts';
import type { ClientCommand, Message, Raft, RaftConfig, RaftState } from './types.ts';

/** What a server is built from. */
export interface Server {
  readonly config: RaftConfig;
  readonly rules: Rules;
}

export const defaultConfig: RaftConfig = {
  electionTimeout: ms(150),
  electionSpread: ms(150),
  heartbeat: ms(30),
  batch: 64,
  window: 256,
};

/** A Raft server with a replicated key-value store. All nodes of the world are its cluster. */
export function raft(config: Partial<RaftConfig> = {}, rules: Partial<Rules> = {}): Protocol<Raft> {
  const server: Server = { config: { ...defaultConfig, ...config }, rules: { ...paperRules, ...rules } };
  return {
    start: (ctx) => start(server, ctx),
    onMessage(state, from, message, ctx) {
      if ('term' in message && message.term > state.currentTerm) adoptTerm(server, state, message.term, ctx);
      onMessage(server, state, from, message, ctx);
    },
    onTimer(state, timer, ctx) {
      switch (timer) {
        case 'election':
          if (state.role !== 'leader') standForElection(server, state, ctx);
          return;
        case 'heartbeat':
          ctx.setTimer('heartbeat', server.config.heartbeat);
          broadcast(server, state, ctx);
          return;
      }
    },
  };
}

function start(server: Server, ctx: Context<Raft>): RaftState {
  resetElectionTimer(server, ctx);
  const recovered = server.rules.recovers(recover(ctx));
  ctx.note('role', { role: 'follower', term: recovered.currentTerm });
  return {
    ...recovered,
    role: 'follower',
    leader: null,
    commitIndex: 0,
    lastApplied: 0,
    machine: emptyMachine(),
    votes: [],
    progress: {},
    round: 0,
    reads: [],
    waiting: [],
  };
}

function onMessage(server: Server, state: RaftState, from: NodeId, message: Message, ctx: Context<Raft>): void {
  switch (message.type) {
    case 'RequestVote':
      return onRequestVote(server, state, from, message, ctx);
    case 'RequestVoteReply':
      return onRequestVoteReply(server, state, from, message, ctx);
    case 'AppendEntries':
      return onAppendEntries(server, state, from, message, ctx);
    case 'AppendEntriesReply':
      return onAppendEntriesReply(server, state, from, message, ctx);
    case 'ClientCommand':
      return onClientCommand(server, state, from, message, ctx);
    case 'ClientRead':
      return onClientRead(server, state, from, message, ctx);
    case 'ClientReply':
      return; // for clients
  }
}

/** Only the leader takes commands; the others say who leads, as far as they know (section 8). */
function onClientCommand(
  server: Server,
  state: RaftState,
  client: NodeId,
  message: ClientCommand,
  ctx: Context<Raft>,
): void {
  const { sequence, command } = message;
  if (state.role !== 'leader') {
    ctx.send(client, { type: 'ClientReply', sequence, answer: { type: 'not-leader', leader: state.leader } });
    return;
  }
  state.waiting.push({ client, sequence, index: state.log.length + 1 });
  propose(server, state, command, ctx);
}

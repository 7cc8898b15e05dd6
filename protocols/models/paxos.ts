// Single-decree Paxos (Lamport, "Paxos Made Simple", 2001) behind a register: the first write that is chosen is what all
// reads return. Every server proposes, accepts and learns.
import type { Context, Json, NodeId, Protocol } from '../../sim/index.ts';
import type { RegisterMessage, RequestId } from './register-client.ts';

/** Ordered by round, then by server. */
export type Ballot = readonly [round: number, server: NodeId];

export interface Proposal {
  readonly request: RequestId;
  readonly client: NodeId;
  readonly value: Json;
}

export interface Accepted {
  readonly ballot: Ballot;
  readonly proposal: Proposal;
}

export type PaxosMessage =
  | RegisterMessage
  | { readonly type: 'prepare'; readonly ballot: Ballot }
  | { readonly type: 'prepared'; readonly ballot: Ballot; readonly accepted: Accepted | null }
  | { readonly type: 'accept'; readonly ballot: Ballot; readonly proposal: Proposal }
  | { readonly type: 'accepted'; readonly ballot: Ballot }
  | { readonly type: 'decided'; readonly ballot: Ballot; readonly proposal: Proposal };

export interface PaxosServer {
  state: PaxosState;
  message: PaxosMessage;
  timer: never;
  request: never;
  response: never;
}

export interface PaxosState {
  /** The highest ballot that this server has seen. */
  ballot: Ballot;
  /** As a proposer: what it proposes, who has promised with what they had accepted, and who has accepted, sorted. */
  proposal: Proposal | null;
  promises: Record<NodeId, Accepted | null>;
  acceptedBy: NodeId[];
  /** As an acceptor. */
  accepted: Accepted | null;
  isDecided: boolean;
}

type Ctx = Context<PaxosServer>;

export interface PaxosOptions {
  /** Whether a proposer keeps to what the promises show to be accepted already; without it, two values get chosen. */
  readonly adoptsAccepted?: boolean;
}

/** All other nodes of the world are servers as well. */
export function paxosServer({ adoptsAccepted = true }: PaxosOptions = {}): Protocol<PaxosServer> {
  return {
    start: () => ({
      ballot: [0, ''],
      proposal: null,
      promises: {},
      acceptedBy: [],
      accepted: null,
      isDecided: false,
    }),
    onMessage(state, from, message, ctx) {
      if (state.isDecided) answer(state, from, message, ctx);
      else hear(state, from, message, ctx, adoptsAccepted);
    },
  };
}

/** What a server does that knows the decision: it reads it out, and nothing else. */
function answer(state: PaxosState, from: NodeId, message: PaxosMessage, ctx: Ctx): void {
  if (message.type !== 'get' || state.accepted === null) return;
  ctx.send(from, { type: 'get ok', request: message.request, value: state.accepted.proposal.value });
}

function hear(state: PaxosState, from: NodeId, message: PaxosMessage, ctx: Ctx, adoptsAccepted: boolean): void {
  switch (message.type) {
    case 'put': {
      if (state.proposal !== null) return;
      state.proposal = { request: message.request, client: from, value: message.value };
      state.ballot = [state.ballot[0] + 1, ctx.id];
      state.promises = { [ctx.id]: state.accepted };
      state.acceptedBy = [];
      return broadcast({ type: 'prepare', ballot: state.ballot }, ctx);
    }
    case 'prepare': {
      if (compare(message.ballot, state.ballot) <= 0) return;
      state.ballot = message.ballot;
      return ctx.send(from, { type: 'prepared', ballot: message.ballot, accepted: state.accepted });
    }
    case 'prepared': {
      if (compare(message.ballot, state.ballot) !== 0) return;
      state.promises[from] = message.accepted;
      if (isMajority(Object.keys(state.promises).length, ctx)) propose(state, ctx, adoptsAccepted);
      return;
    }
    case 'accept': {
      if (compare(message.ballot, state.ballot) < 0) return;
      state.ballot = message.ballot;
      state.accepted = { ballot: message.ballot, proposal: message.proposal };
      return ctx.send(from, { type: 'accepted', ballot: message.ballot });
    }
    case 'accepted': {
      if (compare(message.ballot, state.ballot) !== 0) return;
      state.acceptedBy = [...state.acceptedBy.filter((server) => server !== from), from].sort();
      if (isMajority(state.acceptedBy.length, ctx)) decide(state, ctx);
      return;
    }
    case 'decided': {
      state.ballot = message.ballot;
      state.accepted = { ballot: message.ballot, proposal: message.proposal };
      state.isDecided = true;
      return;
    }
    case 'get': // not decided here: the client waits
    case 'put ok':
    case 'get ok':
      return;
  }
}

/** A majority has promised: it proposes the latest proposal that any of them had accepted, else its own. */
function propose(state: PaxosState, ctx: Ctx, adoptsAccepted: boolean): void {
  let latest: Accepted | null = null;
  for (const accepted of Object.values(state.promises)) {
    if (accepted !== null && (latest === null || compare(accepted.ballot, latest.ballot) > 0)) latest = accepted;
  }
  if (latest !== null && adoptsAccepted) state.proposal = latest.proposal;
  const { ballot, proposal } = state;
  if (proposal === null) return;
  state.accepted = { ballot, proposal };
  state.acceptedBy = [ctx.id];
  broadcast({ type: 'accept', ballot, proposal }, ctx);
}

/** A majority has accepted: the value is chosen. */
function decide(state: PaxosState, ctx: Ctx): void {
  const { ballot, proposal } = state;
  if (proposal === null) return;
  state.isDecided = true;
  broadcast({ type: 'decided', ballot, proposal }, ctx);
  ctx.send(proposal.client, { type: 'put ok', request: proposal.request });
}

function broadcast(message: PaxosMessage, ctx: Ctx): void {
  for (const peer of ctx.peers) ctx.send(peer, message);
}

/** Whether the count has just become a majority of all servers. */
function isMajority(count: number, ctx: Ctx): boolean {
  return count === Math.floor((ctx.peers.length + 1) / 2) + 1;
}

function compare(one: Ballot, other: Ballot): number {
  if (one[0] !== other[0]) return one[0] - other[0];
  return one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0;
}

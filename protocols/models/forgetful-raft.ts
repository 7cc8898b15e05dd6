// Raft's leader election and log replication without persistence, after Kleppmann's lecture notes ("Distributed Systems",
// 2020, section 6.2): a node that restarts forgets its vote, and so may vote twice in a term. Ongaro's thesis (2014, section
// 3.8) says why term and vote belong on disk; this model shows it.
import type { Context, NodeId, Protocol } from '../../sim/index.ts';

export interface ForgetfulRaft {
  state: ForgetfulRaftState;
  message: ForgetfulRaftMessage;
  timer: 'election' | 'replication';
  request: never;
  response: never;
}

export interface Entry {
  readonly term: number;
  readonly payload: string;
}

export interface ForgetfulRaftState {
  term: number;
  votedFor: NodeId | null;
  log: Entry[];
  committed: number;
  role: 'follower' | 'candidate' | 'leader';
  leader: NodeId | null;
  /** Who voted for this candidate, sorted. */
  votes: NodeId[];
  /** As a leader: how much of the log each node was sent and has acknowledged. */
  sent: Record<NodeId, number>;
  acknowledged: Record<NodeId, number>;
  delivered: string[];
  /** Payloads that wait for a leader. */
  buffer: string[];
}

export type ForgetfulRaftMessage =
  | { readonly type: 'vote request'; readonly term: number; readonly logLength: number; readonly logTerm: number }
  | { readonly type: 'vote'; readonly term: number; readonly granted: boolean }
  | LogRequest
  | { readonly type: 'log response'; readonly term: number; readonly acknowledged: number; readonly success: boolean }
  | { readonly type: 'broadcast'; readonly payload: string };

interface LogRequest {
  readonly type: 'log request';
  readonly term: number;
  readonly prefix: number;
  readonly prefixTerm: number;
  readonly committed: number;
  readonly suffix: readonly Entry[];
}

export interface ForgetfulRaftOptions {
  /** Whether term and vote survive on disk. */
  readonly remembersVote?: boolean;
}

type State = ForgetfulRaftState;
type Ctx = Context<ForgetfulRaft>;

/** Every node broadcasts its own name when it starts. All other nodes of the world take part. */
export function forgetfulRaft({ remembersVote = false }: ForgetfulRaftOptions = {}): Protocol<ForgetfulRaft> {
  const keepVote = ({ term, votedFor }: State, ctx: Ctx): void => {
    if (!remembersVote) return;
    ctx.disk.set('vote', { term, votedFor });
    ctx.disk.sync();
  };
  return {
    start: (ctx) => ({ ...begin(ctx), ...ctx.disk.get<{ readonly term: number; readonly votedFor: NodeId }>('vote') }),
    onMessage: (state, from, message, ctx) => {
      hear(state, from, message, ctx);
      keepVote(state, ctx);
    },
    onTimer: (state, timer, ctx) => {
      if (timer === 'replication') replicateToAll(state, ctx);
      else if (state.role !== 'leader') standForElection(state, ctx);
      keepVote(state, ctx);
    },
  };
}

function begin(ctx: Ctx): State {
  ctx.setTimer('election', 0);
  ctx.setTimer('replication', 0);
  ctx.send(ctx.id, { type: 'broadcast', payload: ctx.id });
  return newState(ctx);
}

function hear(state: State, from: NodeId, message: ForgetfulRaftMessage, ctx: Ctx): void {
  switch (message.type) {
    case 'vote request':
      return vote(state, from, message, ctx);
    case 'vote':
      return countVote(state, from, message, ctx);
    case 'log request':
      return follow(state, from, message, ctx);
    case 'log response':
      return acknowledge(state, from, message, ctx);
    case 'broadcast':
      return broadcast(state, message.payload, ctx);
  }
}

function newState(ctx: Ctx): State {
  const zeros = Object.fromEntries([ctx.id, ...ctx.peers].map((id) => [id, 0]));
  return {
    term: 0,
    votedFor: null,
    log: [],
    committed: 0,
    role: 'follower',
    leader: null,
    votes: [],
    sent: { ...zeros },
    acknowledged: { ...zeros },
    delivered: [],
    buffer: [],
  };
}

function standForElection(state: State, ctx: Ctx): void {
  state.term++;
  state.votedFor = ctx.id;
  state.role = 'candidate';
  state.votes = [ctx.id];
  const logTerm = state.log.at(-1)?.term ?? 0;
  for (const peer of ctx.peers) {
    ctx.send(peer, { type: 'vote request', term: state.term, logLength: state.log.length, logTerm });
  }
}

function vote(
  state: State,
  from: NodeId,
  asked: { readonly term: number; readonly logLength: number; readonly logTerm: number },
  ctx: Ctx,
): void {
  if (asked.term > state.term) stepDown(state, asked.term);
  const lastTerm = state.log.at(-1)?.term ?? 0;
  const isComplete = asked.logTerm > lastTerm || (asked.logTerm === lastTerm && asked.logLength >= state.log.length);
  const granted = asked.term === state.term && isComplete && (state.votedFor === null || state.votedFor === from);
  if (granted) state.votedFor = from;
  ctx.send(from, { type: 'vote', term: state.term, granted });
}

function countVote(
  state: State,
  from: NodeId,
  { term, granted }: { readonly term: number; readonly granted: boolean },
  ctx: Ctx,
): void {
  if (state.role === 'candidate' && term === state.term && granted) {
    state.votes = [...state.votes.filter((voter) => voter !== from), from].sort();
    if (state.votes.length < majority(ctx)) return;
    state.role = 'leader';
    state.leader = ctx.id;
    drainBuffer(state, ctx);
    for (const peer of ctx.peers) {
      state.sent[peer] = state.log.length;
      state.acknowledged[peer] = 0;
    }
    replicateToAll(state, ctx);
  } else if (term > state.term) stepDownAndWait(state, term, ctx);
}

function follow(state: State, from: NodeId, request: LogRequest, ctx: Ctx): void {
  if (request.term > state.term) {
    state.term = request.term;
    state.votedFor = null;
    ctx.setTimer('election', 0);
  }
  if (request.term === state.term) {
    state.role = 'follower';
    state.leader = from;
    ctx.setTimer('election', 0);
  }
  const fits =
    state.log.length >= request.prefix &&
    (request.prefix === 0 || state.log[request.prefix - 1]?.term === request.prefixTerm);
  const success = request.term === state.term && fits;
  if (success) append(state, request);
  const acknowledged = success ? request.prefix + request.suffix.length : 0;
  ctx.send(from, { type: 'log response', term: state.term, acknowledged, success });
}

function append(state: State, { prefix, suffix, committed }: LogRequest): void {
  if (suffix.length > 0 && state.log.length > prefix) {
    const index = Math.min(state.log.length, prefix + suffix.length) - 1;
    if (state.log[index]?.term !== suffix[index - prefix]?.term) state.log.length = prefix;
  }
  if (prefix + suffix.length > state.log.length) state.log.push(...suffix.slice(state.log.length - prefix));
  if (committed > state.committed) deliverUntil(state, committed);
}

function acknowledge(
  state: State,
  from: NodeId,
  response: { readonly term: number; readonly acknowledged: number; readonly success: boolean },
  ctx: Ctx,
): void {
  if (response.term === state.term && state.role === 'leader') {
    const sent = state.sent[from] ?? 0;
    if (response.success && response.acknowledged >= (state.acknowledged[from] ?? 0)) {
      state.sent[from] = response.acknowledged;
      state.acknowledged[from] = response.acknowledged;
      commit(state, ctx);
    } else if (sent > 0) {
      state.sent[from] = sent - 1;
      replicate(state, from, ctx);
    }
  } else if (response.term > state.term) stepDownAndWait(state, response.term, ctx);
}

function commit(state: State, ctx: Ctx): void {
  let ready = 0;
  for (let length = state.committed + 1; length <= state.log.length; length++) {
    const acknowledging = Object.values(state.acknowledged).filter((acknowledged) => acknowledged >= length);
    if (acknowledging.length >= majority(ctx)) ready = length;
  }
  if (ready > 0 && state.log[ready - 1]?.term === state.term) deliverUntil(state, ready);
}

function deliverUntil(state: State, length: number): void {
  state.delivered.push(...state.log.slice(state.committed, length).map(({ payload }) => payload));
  state.committed = length;
}

function broadcast(state: State, payload: string, ctx: Ctx): void {
  if (state.role === 'leader') {
    state.log.push({ term: state.term, payload });
    state.acknowledged[ctx.id] = state.log.length;
    replicateToAll(state, ctx);
  } else if (state.leader === null) state.buffer.push(payload);
  else ctx.send(state.leader, { type: 'broadcast', payload });
}

function drainBuffer(state: State, ctx: Ctx): void {
  for (const payload of state.buffer) ctx.send(ctx.id, { type: 'broadcast', payload });
  state.buffer = [];
}

function replicateToAll(state: State, ctx: Ctx): void {
  if (state.role !== 'leader') return;
  for (const peer of ctx.peers) replicate(state, peer, ctx);
}

function replicate(state: State, follower: NodeId, ctx: Ctx): void {
  const prefix = state.sent[follower] ?? 0;
  ctx.send(follower, {
    type: 'log request',
    term: state.term,
    prefix,
    prefixTerm: state.log[prefix - 1]?.term ?? 0,
    committed: state.committed,
    suffix: state.log.slice(prefix),
  });
}

function stepDown(state: State, term: number): void {
  state.term = term;
  state.role = 'follower';
  state.votedFor = null;
}

function stepDownAndWait(state: State, term: number, ctx: Ctx): void {
  stepDown(state, term);
  ctx.setTimer('election', 0);
}

function majority(ctx: Ctx): number {
  return Math.floor((ctx.peers.length + 1) / 2) + 1;
}

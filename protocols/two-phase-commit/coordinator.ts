// The coordinator of two-phase commit (Gray, "Notes on Data Base Operating Systems", 1978) with presumed abort (Mohan,
// Lindsay and Obermarck, TODS 1986): it forces only commits to disk, and a transaction that it does not remember is aborted.
import { ms, type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';
import type { CommitMessage, Decision, TransactionId } from './messages.ts';

export interface Coordinator {
  state: CoordinatorState;
  message: CommitMessage;
  timer: `votes ${TransactionId}` | `resend ${TransactionId}`;
  request: never;
  response: never;
}

export interface CoordinatorState {
  /** How often the coordinator has started; makes the names of its transactions unique. */
  life: number;
  begun: number;
  /** Transactions that still collect votes: for whom, and who has said yes. */
  voting: Record<TransactionId, { client: NodeId; request: number; yes: NodeId[] }>;
  /** Committed transactions: the participants that have not acknowledged yet. */
  committed: Record<TransactionId, NodeId[]>;
}

type LogRecord = { readonly type: 'commit' | 'end'; readonly tx: TransactionId };

export interface CoordinatorOptions {
  /** How long it waits for all votes before it aborts; default 300 ms. */
  readonly votesWithin?: Micros;
  /** How often it repeats a commit to participants that have not acknowledged; default 200 ms. */
  readonly resendEvery?: Micros;
  /** Whether a commit is on disk before anybody hears of it. */
  readonly syncsDecision?: boolean;
}

type Ctx = Context<Coordinator>;
type Rules = Required<CoordinatorOptions>;

/** All other nodes of the world are its participants. */
export function coordinator(options: CoordinatorOptions = {}): Protocol<Coordinator> {
  const rules: Rules = { votesWithin: ms(300), resendEvery: ms(200), syncsDecision: true, ...options };
  return {
    start(ctx) {
      const life = (ctx.disk.get<number>('life') ?? 0) + 1;
      ctx.disk.set('life', life);
      ctx.disk.sync();
      const state: CoordinatorState = { life, begun: 0, voting: {}, committed: recoverCommits(ctx) };
      for (const [tx, silent] of Object.entries(state.committed))
        if (silent.length > 0) tellCommit(state, tx, ctx, rules);
      return state;
    },
    onMessage: (state, from, message, ctx) => hear(state, from, message, ctx, rules),
    onTimer(state, timer, ctx) {
      const [what, tx = ''] = timer.split(' ');
      if (what === 'votes' && state.voting[tx] !== undefined) abort(state, tx, ctx);
      if (what === 'resend' && (state.committed[tx]?.length ?? 0) > 0) tellCommit(state, tx, ctx, rules);
    },
  };
}

function hear(state: CoordinatorState, from: NodeId, message: CommitMessage, ctx: Ctx, rules: Rules): void {
  switch (message.type) {
    case 'begin': {
      const tx = `${state.life}.${++state.begun}`;
      state.voting[tx] = { client: from, request: message.request, yes: [] };
      for (const participant of ctx.peers) ctx.send(participant, { type: 'prepare', tx });
      return ctx.setTimer(`votes ${tx}`, rules.votesWithin);
    }
    case 'vote': {
      const { tx } = message;
      const voting = state.voting[tx];
      if (voting === undefined) return;
      if (!message.yes) return abort(state, tx, ctx);
      if (!voting.yes.includes(from)) voting.yes.push(from);
      if (voting.yes.length === ctx.peers.length) commit(state, tx, ctx, rules);
      return;
    }
    case 'acknowledge': {
      const { tx } = message;
      const silent = (state.committed[tx] ?? []).filter((participant) => participant !== from);
      if (state.committed[tx]?.length === 1 && silent.length === 0) ctx.disk.append('log', { type: 'end', tx });
      state.committed[tx] = silent;
      return;
    }
    case 'inquire': {
      const { tx } = message;
      if (state.voting[tx] !== undefined) return; // not decided yet: it has to wait
      const decision = state.committed[tx] === undefined ? 'abort' : 'commit';
      return ctx.send(from, { type: 'decide', tx, decision });
    }
    case 'prepare':
    case 'decide':
    case 'outcome':
      return; // only participants and clients get these
  }
}

function commit(state: CoordinatorState, tx: TransactionId, ctx: Ctx, rules: Rules): void {
  ctx.disk.append('log', { type: 'commit', tx } satisfies LogRecord);
  if (rules.syncsDecision) ctx.disk.sync();
  state.committed[tx] = [...ctx.peers];
  ctx.note('decided', { tx, decision: 'commit' });
  tellCommit(state, tx, ctx, rules);
  answerClient(state, tx, 'commit', ctx);
}

/** Nothing is written: what is not on disk is aborted. */
function abort(state: CoordinatorState, tx: TransactionId, ctx: Ctx): void {
  ctx.note('decided', { tx, decision: 'abort' });
  for (const participant of ctx.peers) ctx.send(participant, { type: 'decide', tx, decision: 'abort' });
  answerClient(state, tx, 'abort', ctx);
}

function tellCommit(state: CoordinatorState, tx: TransactionId, ctx: Ctx, rules: Rules): void {
  for (const participant of state.committed[tx] ?? [])
    ctx.send(participant, { type: 'decide', tx, decision: 'commit' });
  ctx.setTimer(`resend ${tx}`, rules.resendEvery);
}

function answerClient(state: CoordinatorState, tx: TransactionId, decision: Decision, ctx: Ctx): void {
  const voting = state.voting[tx];
  if (voting !== undefined) ctx.send(voting.client, { type: 'outcome', request: voting.request, tx, decision });
  delete state.voting[tx];
  ctx.clearTimer(`votes ${tx}`);
}

/** Every commit on disk, with the participants that may not know of it: all of them unless its end was logged. */
function recoverCommits(ctx: Ctx): Record<TransactionId, NodeId[]> {
  const { records, damage } = ctx.disk.read<LogRecord>('log');
  if (damage !== undefined) ctx.disk.truncate('log', damage.index);
  const committed: Record<TransactionId, NodeId[]> = {};
  for (const { type, tx } of records) committed[tx] = type === 'commit' ? [...ctx.peers] : [];
  return committed;
}

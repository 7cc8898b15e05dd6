// A participant of two-phase commit: it forces its vote to disk before it votes yes, and from then on only the coordinator
// can tell it what became of the transaction. While the coordinator is away it is in doubt, and blocks.
import { ms, type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';
import type { CommitMessage, Decision, TransactionId } from './messages.ts';

export interface Participant {
  state: ParticipantState;
  message: CommitMessage;
  timer: `ask ${TransactionId}`;
  request: never;
  response: never;
}

export interface ParticipantState {
  /** What it knows of each transaction; `prepared` is being in doubt. */
  transactions: Record<TransactionId, 'prepared' | Decision>;
}

type LogRecord = { readonly tx: TransactionId; readonly is: 'prepared' | Decision };

export interface ParticipantOptions {
  readonly coordinator: NodeId;
  /** How often of a hundred it votes no; default 10. */
  readonly votesNo?: number;
  /** How long it waits for a decision before it asks; default 250 ms. */
  readonly asksAfter?: Micros;
  /** Whether its vote is on disk before the coordinator hears of it. */
  readonly syncsVote?: boolean;
  /** Whether it blocks while in doubt; otherwise it aborts when it has waited long enough. */
  readonly blocksInDoubt?: boolean;
}

type Ctx = Context<Participant>;

export function participant(options: ParticipantOptions): Protocol<Participant> {
  const { coordinator, votesNo = 10, asksAfter = ms(250), syncsVote = true, blocksInDoubt = true } = options;

  const vote = (state: ParticipantState, tx: TransactionId, ctx: Ctx): void => {
    if (ctx.random(100) < votesNo) {
      ctx.note('voted', { tx, vote: 'no' });
      decide(state, tx, 'abort', ctx);
      return ctx.send(coordinator, { type: 'vote', tx, yes: false });
    }
    remember(state, { tx, is: 'prepared' }, ctx);
    if (syncsVote) ctx.disk.sync();
    ctx.note('voted', { tx, vote: 'yes' });
    ctx.send(coordinator, { type: 'vote', tx, yes: true });
    ctx.setTimer(`ask ${tx}`, asksAfter);
  };

  return {
    start(ctx) {
      const state = recover(ctx);
      for (const [tx, is] of Object.entries(state.transactions)) if (is === 'prepared') ctx.setTimer(`ask ${tx}`, 0);
      return state;
    },

    onMessage(state, _from, message, ctx) {
      if (message.type !== 'prepare' && message.type !== 'decide') return;
      const { tx } = message;
      const known = state.transactions[tx];
      if (message.type === 'prepare') {
        if (known === undefined) vote(state, tx, ctx);
        return;
      }
      // Without a record of its vote its work on the transaction is lost: it can only have been aborted here.
      if (known === undefined) decide(state, tx, 'abort', ctx);
      if (known === 'prepared') decide(state, tx, message.decision, ctx);
      if (message.decision === 'commit') ctx.send(coordinator, { type: 'acknowledge', tx });
    },

    onTimer(state, timer, ctx) {
      const tx = timer.slice('ask '.length);
      if (state.transactions[tx] !== 'prepared') return;
      ctx.note('in doubt', { tx });
      if (!blocksInDoubt) return decide(state, tx, 'abort', ctx);
      ctx.send(coordinator, { type: 'inquire', tx });
      ctx.setTimer(timer, asksAfter);
    },
  };
}

function decide(state: ParticipantState, tx: TransactionId, decision: Decision, ctx: Ctx): void {
  remember(state, { tx, is: decision }, ctx);
  ctx.clearTimer(`ask ${tx}`);
  ctx.disk.sync(); // also its own no: a repeated prepare must not find it of another mind
  ctx.note('decided', { tx, decision });
}

function remember(state: ParticipantState, record: LogRecord, ctx: Ctx): void {
  ctx.disk.append('log', record);
  state.transactions[record.tx] = record.is;
}

function recover(ctx: Ctx): ParticipantState {
  const { records, damage } = ctx.disk.read<LogRecord>('log');
  if (damage !== undefined) ctx.disk.truncate('log', damage.index);
  ctx.disk.sync(); // what the page cache kept over a crash must be on disk before it is acted on
  return { transactions: Object.fromEntries(records.map(({ tx, is }) => [tx, is])) };
}

// Two-phase commit as the TLA+ module TwoPhase has it (Gray and Lamport, "Consensus on Transaction Commit", TODS 2006): the
// shortest form that can be explored. Each internal step of the module is a timer, and messages are never consumed.
import type { Context, NodeId, Protocol } from '../../sim/index.ts';

export type TwoPhaseMessage = { readonly type: 'prepared' } | { readonly type: 'commit' } | { readonly type: 'abort' };

export interface TransactionManager {
  state: TransactionManagerState;
  message: TwoPhaseMessage;
  timer: 'commit' | 'abort';
  request: never;
  response: never;
}

export interface TransactionManagerState {
  decision: 'none' | 'committed' | 'aborted';
  /** The resource managers that are known to be prepared, sorted. */
  prepared: NodeId[];
}

export interface ResourceManager {
  state: ResourceManagerState;
  message: TwoPhaseMessage;
  timer: 'prepare' | 'choose to abort';
  request: never;
  response: never;
}

export interface ResourceManagerState {
  phase: 'working' | 'prepared' | 'committed' | 'aborted';
}

/** All other nodes are its resource managers. It may abort at any time, and commit once all are prepared. */
export const transactionManager: Protocol<TransactionManager> = {
  start(ctx) {
    ctx.setTimer('abort', 0);
    return { decision: 'none', prepared: [] };
  },
  onMessage(state, from, message, ctx) {
    if (message.type !== 'prepared' || state.decision !== 'none' || state.prepared.includes(from)) return;
    state.prepared = [...state.prepared, from].sort();
    if (state.prepared.length === ctx.peers.length) ctx.setTimer('commit', 0);
  },
  onTimer(state, timer, ctx) {
    state.decision = timer === 'commit' ? 'committed' : 'aborted';
    ctx.clearTimer('commit');
    ctx.clearTimer('abort');
    for (const peer of ctx.peers) ctx.send(peer, { type: timer });
  },
};

/** The guard of TMRcvPrepared: the transaction manager listens only until it has decided. */
export function listens(state: object): boolean {
  return (state as TransactionManagerState).decision === 'none';
}

/** Prepares or aborts by itself while it works; obeys what the transaction manager decides at any time. */
export function resourceManager(manager: NodeId): Protocol<ResourceManager> {
  return {
    start(ctx) {
      ctx.setTimer('prepare', 0);
      ctx.setTimer('choose to abort', 0);
      return { phase: 'working' };
    },
    onMessage(state, _from, message, ctx) {
      if (message.type === 'commit') settle(state, 'committed', ctx);
      if (message.type === 'abort') settle(state, 'aborted', ctx);
    },
    onTimer(state, timer, ctx) {
      settle(state, timer === 'prepare' ? 'prepared' : 'aborted', ctx);
      if (timer === 'prepare') ctx.send(manager, { type: 'prepared' });
    },
  };
}

function settle(
  state: ResourceManagerState,
  phase: ResourceManagerState['phase'],
  ctx: Context<ResourceManager>,
): void {
  state.phase = phase;
  ctx.clearTimer('prepare');
  ctx.clearTimer('choose to abort');
}

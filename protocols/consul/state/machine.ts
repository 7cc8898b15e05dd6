// The state machine of a Consul datacenter: what each entry of the servers' log does, at the index of the entry.
import { deregister, register, type Deregistration, type Registration } from './catalog.ts';
import { applyKv, type KvRules, type KvWrite } from './kv.ts';
import { createSession, invalidate, type Invalidation, type SessionRequest } from './sessions.ts';
import { applyTransaction, type TransactionOperation, type TransactionOutcome } from './transaction.ts';
import type { ConsulState } from './types.ts';

export type ConsulCommand =
  | { readonly type: 'kv'; readonly write: KvWrite }
  | { readonly type: 'transaction'; readonly operations: readonly TransactionOperation[] }
  | { readonly type: 'session-create'; readonly request: SessionRequest }
  /** Asked for, or because it was not renewed in time. */
  | { readonly type: 'session-destroy'; readonly session: string; readonly isExpired?: boolean }
  | { readonly type: 'register'; readonly registration: Registration }
  | { readonly type: 'deregister'; readonly deregistration: Deregistration }
  /** Forgets deletions up to an index, so that they do not pile up. */
  | { readonly type: 'reap-tombstones'; readonly upTo: number };

/** What became of a command, and the keys that lost their holder to it. */
export interface ConsulOutcome {
  readonly answer: ConsulAnswer;
  readonly invalidated: readonly Invalidation[];
}

export type ConsulAnswer =
  | { readonly type: 'done'; readonly index: number }
  | { readonly type: 'not-done' }
  | { readonly type: 'error'; readonly error: string }
  | { readonly type: 'session'; readonly id: string }
  | TransactionOutcome;

export function applyConsul(state: ConsulState, command: ConsulCommand, index: number, rules: KvRules): ConsulOutcome {
  switch (command.type) {
    case 'kv': {
      const outcome = applyKv(state, command.write, index, rules);
      return plain(outcome.type === 'done' ? { type: 'done', index } : outcome);
    }
    case 'transaction':
      return plain(applyTransaction(state, command.operations, index, rules));
    case 'session-create': {
      const outcome = createSession(state, command.request, index);
      return plain(outcome.type === 'created' ? { type: 'session', id: outcome.session.id } : outcome);
    }
    case 'session-destroy':
      return { answer: { type: 'done', index }, invalidated: invalidate(state, command.session, index) };
    case 'register': {
      const outcome = register(state, command.registration, index);
      if (outcome.type === 'error') return plain(outcome);
      return { answer: { type: 'done', index }, invalidated: outcome.invalidated };
    }
    case 'deregister':
      return { answer: { type: 'done', index }, invalidated: deregister(state, command.deregistration, index) };
    case 'reap-tombstones':
      for (const table of [state.graveyard, state.delayed]) {
        for (const [key, index] of table) if (index <= command.upTo) table.delete(key);
      }
      return plain({ type: 'done', index });
  }
}

function plain(answer: ConsulAnswer): ConsulOutcome {
  return { answer, invalidated: [] };
}

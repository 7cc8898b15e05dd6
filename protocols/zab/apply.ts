// Delivery: committed transactions are applied to the machine in their order, and the host is told.
import { between } from './history.ts';
import { takeSnapshot } from './storage.ts';
import type { Turn } from './turn.ts';

/** Applies everything that is known to be committed. */
export function applyCommitted(turn: Turn): void {
  const { state, ctx, service, hooks, host, rules } = turn;
  for (const { zxid, txn, origin } of between(state, state.lastApplied, Infinity)) {
    if (!rules.mayApply(zxid, state.committed)) break;
    const answer = service.apply(state.machine, txn, zxid);
    const previous = state.lastApplied;
    state.lastApplied = zxid;
    ctx.note('delivers', { zxid, previous, request: `${origin.server}/${origin.boot}/${origin.ticket}` });
    const ticket = origin.server === ctx.id && origin.boot === state.boot ? origin.ticket : null;
    hooks.applied?.(host, { zxid, txn, answer, ticket }, ctx);
  }
  takeSnapshot(turn);
}

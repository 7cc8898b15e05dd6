// The actions that a run of an explored world consists of: readable, plain, and enough to run it again.
import type { NodeId } from '../../sim/protocol.ts';

/** `draws` are the outcomes of `ctx.random` in this step, where there were any. */
export type Action = { readonly draws?: readonly number[] } & (
  | {
      readonly type: 'deliver' | 'drop' | 'duplicate';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly message: object;
    }
  | { readonly type: 'timer'; readonly node: NodeId; readonly timer: string }
  | { readonly type: 'begin' | 'crash' | 'restart'; readonly node: NodeId }
);

/** The action in words: `n1 → n2 vote-request { term: 1 }`. */
export function describeAction(action: Action): string {
  const drawn = action.draws === undefined ? '' : `, random gives ${action.draws.join(', ')}`;
  return describe(action) + drawn;
}

function describe(action: Action): string {
  switch (action.type) {
    case 'deliver':
      return `${action.from} → ${action.to} ${messageInWords(action.message)}`;
    case 'drop':
      return `lost: ${action.from} → ${action.to} ${messageInWords(action.message)}`;
    case 'duplicate':
      return `sent again: ${action.from} → ${action.to} ${messageInWords(action.message)}`;
    case 'timer':
      return `${action.node} timer ${action.timer} fires`;
    case 'begin':
      return `${action.node} begins its next operation`;
    case 'crash':
      return `${action.node} crashes`;
    case 'restart':
      return `${action.node} restarts`;
  }
}

function bigintsInWords(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

function messageInWords(message: object): string {
  const { type, ...rest } = message as { readonly type?: unknown };
  const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest, bigintsInWords)}`;
  return `${typeof type === 'string' ? type : 'message'}${details}`;
}

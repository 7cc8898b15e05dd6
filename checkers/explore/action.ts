// The actions that a run of an explored world consists of: readable, plain, and enough to run it again.
import type { NodeId } from '../../sim/protocol.ts';
import { formatDuration } from '../../sim/time.ts';
import { survivalInWords, type Survival } from './crashes.ts';
import { describePartition } from './partitions.ts';
import type { Draw } from './turn.ts';
import type { Partition } from './world.ts';

/** `draws` are the outcomes of `ctx.random` and the readings of free clocks in this step, where there were any. */
export type Action = { readonly draws?: readonly Draw[] } & (
  | {
      readonly type: 'deliver' | 'drop' | 'duplicate';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly message: object;
    }
  | { readonly type: 'timer'; readonly node: NodeId; readonly timer: string }
  | { readonly type: 'begin' | 'restart' | 'client crash'; readonly node: NodeId }
  | { readonly type: 'crash'; readonly node: NodeId; readonly survival?: Survival }
  /** The node crashes in the middle of what happens to it, after so many messages, writes and syncs of it. */
  | {
      readonly type: 'crash inside';
      readonly node: NodeId;
      readonly during: Action;
      readonly after: number;
      readonly survival?: Survival;
    }
  | { readonly type: 'partition'; readonly partition: Partition }
  | { readonly type: 'heal' }
);

/** The action in words: `n1 → n2 vote-request { term: 1 }`. */
export function describeAction(action: Action): string {
  return describe(action) + describeDraws(action.draws);
}

/** `, random gives 2, 1`, or nothing. */
export function describeDraws(draws: readonly Draw[] = []): string {
  const drawn = draws.filter((draw) => typeof draw === 'number');
  const shown = draws.flatMap((draw) => (typeof draw === 'number' ? [] : [formatDuration(draw.clock)]));
  const random = drawn.length === 0 ? '' : `, random gives ${drawn.join(', ')}`;
  return random + (shown.length === 0 ? '' : `, its clock shows ${shown.join(', ')}`);
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
      return `${action.node} crashes${survivalInWords(action.survival)}`;
    case 'crash inside': {
      const effects = `${action.after} ${action.after === 1 ? 'effect' : 'effects'}`;
      return `${describe(action.during)}, and ${action.node} crashes after ${effects}${survivalInWords(action.survival)}`;
    }
    case 'client crash':
      return `${action.node} crashes and starts afresh`;
    case 'restart':
      return `${action.node} restarts`;
    case 'partition':
      return `partition: ${describePartition(action.partition)}`;
    case 'heal':
      return 'the partition heals';
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

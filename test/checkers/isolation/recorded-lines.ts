// Readers of recorded transaction histories for tests: loose event maps become histories of this project.
import type { History, HistoryEvent, HistoryEventType } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';

/** One line of a recording; some lack a process, some a function, and completions may lack their invocations. */
export interface LooseEvent {
  readonly type: string;
  readonly value: Json;
  readonly process?: Json;
  readonly f?: string;
}

/** The identities of the operations by the places of their completions in the recording, for options that name them. */
export interface LooseHistory {
  readonly history: History;
  readonly operationAt: ReadonlyMap<number, number>;
}

/**
 * Numbers the lines, drops those that are not of clients, gives a process of its own to whoever is busy or has none, and
 * lets completions without invocations run beside everything before them, so that only their sessions order them.
 */
export function fromLooseEvents(events: readonly LooseEvent[]): LooseHistory {
  type Draft = Omit<HistoryEvent, 'index' | 'time' | 'client'>;
  const orphans: Draft[] = [];
  const drafts: Draft[] = [];
  const operationAt = new Map<number, number>();
  const running = new Map<number, { process: number; operation: number }[]>();
  const busy = new Set<number>();
  let operations = 0;
  let strangers = 1_000_000;
  events.forEach(({ type, value, process, f = 'txn' }, place) => {
    if (process !== undefined && typeof process !== 'number') return;
    const claimed = process ?? strangers++;
    const waiting = running.get(claimed) ?? [];
    running.set(claimed, waiting);
    const draft = (own: { process: number; operation: number }, kind: string): Draft => {
      return { ...own, type: kind as HistoryEventType, f, value };
    };
    const open = type === 'invoke' ? undefined : waiting.shift();
    const own = open ?? { process: busy.has(claimed) ? strangers++ : claimed, operation: operations++ };
    operationAt.set(place, own.operation);
    if (type === 'invoke') {
      busy.add(own.process);
      waiting.push(own);
      drafts.push(draft(own, 'invoke'));
      return;
    }
    if (open === undefined) {
      const stranger = { ...own, process: strangers++ };
      orphans.push(draft(stranger, 'invoke'));
      drafts.push(draft(stranger, type));
      return;
    }
    busy.delete(own.process);
    drafts.push(draft(own, type));
  });
  const history = [...orphans, ...drafts].map((event, index) => ({
    ...event,
    index,
    time: index * 1_000,
    client: `c${event.process}`,
  }));
  return { history, operationAt };
}

// An order of operations that explains a history, as moments: each operation takes effect at one, between its invocation and
// its completion, and the moments rise in the order.
import type { OperationOrder } from '../worker/messages.ts';
import type { TimelineData } from '../data.ts';

/** Where one operation of an order takes effect. */
export interface EffectPoint {
  /** Its place among the timeline's operations. */
  readonly operation: number;
  readonly lane: number;
  readonly time: number;
  /** From 1. */
  readonly place: number;
}

export interface ExplainedKey {
  readonly key: string;
  readonly points: readonly EffectPoint[];
}

/**
 * The points of effect of each key: as early as the order allows, which is always early enough when the order keeps real
 * time, because nothing before it in the order began after it was over.
 */
export function effectPoints(orders: readonly OperationOrder[], { operations }: TimelineData): ExplainedKey[] {
  const places = new Map(operations.map(({ id }, place) => [id, place]));
  return orders.map(({ key, operations: ids }) => {
    let time = 0;
    const points = ids.flatMap((id, index): EffectPoint[] => {
      const place = places.get(id) ?? -1;
      const operation = operations[place];
      if (operation === undefined) return [];
      time = Math.max(time, operation.from);
      return [{ operation: place, lane: operation.lane, time, place: index + 1 }];
    });
    return { key, points };
  });
}

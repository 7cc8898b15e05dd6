// The order that explains a linearizable history: for each key, the place of every operation in it, on the operation.
import type { Model } from '../model.ts';
import { boxOf, fontFamily, isVisible, xOf, type Frame } from './frame.ts';

const mostBadges = 120;

/** Draws the places of the operations in the window, unless they are too many. */
export function drawOrders(frame: Frame): void {
  const { context, theme, model, orders } = frame;
  if (orders.length === 0) return;
  const shown: { x: number; y: number; text: string }[] = [];
  for (const { key, operations } of orders) {
    for (const [place, id] of operations.entries()) {
      const operation = operationOf(model, id);
      if (operation === undefined || !isVisible(frame, operation.from, operation.to ?? operation.from)) continue;
      const box = boxOf(frame, operation.lane);
      if (box === undefined) continue;
      const text = key === '' ? `${place + 1}` : `${key}·${place + 1}`;
      shown.push({ x: Math.max(2, xOf(frame, operation.from)), y: box.centre - box.half - 6, text });
      if (shown.length > mostBadges) return;
    }
  }
  context.font = `600 9px ${fontFamily}`;
  context.textBaseline = 'middle';
  context.fillStyle = theme.outcome.ok;
  for (const { x, y, text } of shown) context.fillText(text, x, y);
}

const indices = new WeakMap<Model, Map<number, number>>();

function operationOf(model: Model, id: number): Model['data']['operations'][number] | undefined {
  let index = indices.get(model);
  if (index === undefined) {
    index = new Map(model.data.operations.map((operation, place) => [operation.id, place]));
    indices.set(model, index);
  }
  return model.data.operations[index.get(id) ?? -1];
}

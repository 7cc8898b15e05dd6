// What was asked already: requests come over connections, which hand each of them over once, whatever the network underneath
// repeats. A request that took place a second time would be a write that nobody asked for.
import type { NodeId } from '../../sim/index.ts';

/** By asker, the numbers of its latest requests, in the order in which they came. */
export type Asked = Map<NodeId, number[]>;

/** Copies come soon, if at all: so many requests of one asker are remembered. */
const remembered = 128;

/** Whether a request comes for the first time; it is remembered then. */
export function isFirstCopy(asked: Asked, from: NodeId, id: number): boolean {
  const known = asked.get(from) ?? [];
  if (known.includes(id)) return false;
  asked.set(from, [...known.slice(1 - remembered), id]);
  return true;
}

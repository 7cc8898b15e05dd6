// What every etcd world is judged by, whatever its clients do: members agree on the store, and a write goes through once
// nothing is broken any more.
import { alwaysOn, eventually, seconds, sometimesNoted, type Micros, type Property } from '../sim/index.ts';

/** @param within how long after the heal something must succeed at the latest */
export function etcdProperties(within: Micros = seconds(7)): Property[] {
  return [
    alwaysOn(['store'], 'members agree', 'members that applied the same entries hold the same store', () => {
      const hashes = new Map<number, { readonly node: string; readonly said: string }>();
      return (_view, { node, note }) => {
        const { index, ...said } = (note?.data ?? {}) as { readonly index: number };
        const text = JSON.stringify(said);
        const before = hashes.get(index);
        if (before === undefined) hashes.set(index, { node: node.id, said: text });
        if (before === undefined || before.said === text) return undefined;
        return `after entry ${index} ${before.node} held ${before.said} and ${node.id} ${text}`;
      };
    }),
    eventually('writes go through', 'an operation succeeds after the heal', within, ({ history }, healedAt) =>
      history.some(({ type, time }) => type === 'ok' && time > healedAt) ? undefined : 'none did',
    ),
    sometimesNoted('store', 'members compare their stores'),
  ];
}

// Plain data as text and back, for snapshots: JSON, with Maps and Sets kept in their order.
import type { Json } from '../../sim/index.ts';

/** @throws TypeError on what is not plain data. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return { $map: [...(part as Map<unknown, unknown>)] };
    if (part instanceof Set) return { $set: [...(part as Set<unknown>)] };
    if (typeof part === 'function' || typeof part === 'symbol' || typeof part === 'bigint')
      throw new TypeError(`a state machine is plain data, found a ${typeof part}`);
    return part;
  });
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_key, part: Json) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const { $map, $set } = part as { readonly $map?: readonly [Json, Json][]; readonly $set?: readonly Json[] };
    if ($map !== undefined) return new Map($map);
    return $set === undefined ? part : new Set($set);
  });
}

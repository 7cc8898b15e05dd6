// One text for each JSON value, whatever the order of its properties: what values are compared and states are keyed by.
import type { Json } from '../sim/protocol.ts';

/** JSON with sorted property names and without undefined ones: two values are equal exactly if their texts are. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const properties = Object.keys(value).toSorted();
  const texts: string[] = [];
  for (const property of properties) {
    const item = value[property];
    if (item !== undefined) texts.push(`${JSON.stringify(property)}:${canonical(item)}`);
  }
  return `{${texts.join(',')}}`;
}

/** Whether the value is an array; unlike `Array.isArray` it narrows a read-only one. */
export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

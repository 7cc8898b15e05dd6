// Copies and comparisons of plain states that keep no canonical order: fast enough to be made around every action.
import { encode, normalise } from './encoding.ts';

/** A copy that shares nothing with the original. */
export function plainCopy<T>(value: T): T {
  return copy(value) as T;
}

/** Whether two plain values are equal; the order of properties is no part of a value. */
export function isSamePlain(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSamePlain(item, other[index]));
  }
  if (isCollection(one) || isCollection(other)) return encode(one, 'a state') === encode(other, 'a state');
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && isSamePlain(left[key], right[key]));
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (isCollection(value)) return normalise(value);
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copied[key] = copy((value as Record<string, unknown>)[key]);
  return copied;
}

function isCollection(value: object): boolean {
  return value instanceof Map || value instanceof Set;
}

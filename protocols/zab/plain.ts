// Copies of plain data: a snapshot of a machine is a copy of it.

/** A deep copy that shares nothing with the original. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => copyOf(part)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part as unknown)])) as T;
}

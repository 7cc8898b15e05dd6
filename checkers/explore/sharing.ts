// States in which one object stands in two places. A handler that changes it in one place changes it in the other, which a
// copy of the state, told apart by its canonical text, would not do: the audit looks for handlers that make use of it.

/** Two paths to one mutable object in a value, or undefined if there are none. */
export function sharedParts(value: unknown): readonly [string, string] | undefined {
  const seen = new Map<object, string>();
  const visit = (part: unknown, path: string): readonly [string, string] | undefined => {
    if (typeof part !== 'object' || part === null || Object.isFrozen(part)) return undefined;
    const before = seen.get(part);
    if (before !== undefined) return [before, path];
    seen.set(part, path);
    for (const [key, member] of membersOf(part)) {
      const found = visit(member, path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(value, '');
}

/** A copy in which one object stands where one stood. */
export function copyWithSharing<T>(value: T): T {
  const copies = new Map<object, unknown>();
  const copy = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    const known = copies.get(part);
    if (known !== undefined) return known;
    if (Array.isArray(part)) return copyArray(part);
    if (part instanceof Map) {
      const made = new Map<unknown, unknown>();
      copies.set(part, made);
      for (const [key, item] of part as Map<unknown, unknown>) made.set(copy(key), copy(item));
      return made;
    }
    if (part instanceof Set) {
      const made = new Set<unknown>();
      copies.set(part, made);
      for (const member of part as Set<unknown>) made.add(copy(member));
      return made;
    }
    const made: Record<string, unknown> = {};
    copies.set(part, made);
    for (const [key, item] of Object.entries(part)) made[key] = copy(item);
    return made;
  };
  const copyArray = (items: readonly unknown[]): unknown[] => {
    const made: unknown[] = [];
    copies.set(items, made);
    for (const item of items) made.push(copy(item));
    return made;
  };
  return copy(value) as T;
}

function membersOf(part: object): readonly (readonly [string, unknown])[] {
  if (part instanceof Map) return [...(part as Map<unknown, unknown>)].map(([key, item]) => [String(key), item]);
  if (part instanceof Set) return [...(part as Set<unknown>)].map((member, index) => [String(index), member]);
  return Object.entries(part);
}

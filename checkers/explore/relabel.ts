// Other names for processes: what a value becomes when processes are permuted, and what is left of it when they are not told
// apart. The rule: a string that equals the name of a symmetric process is that process, as a value, as a property, and as a
// key of a Map or member of a Set; a string that only contains a name is not. Arrays keep their order, except those under
// properties that are declared to be sets, which protocols keep sorted.
import type { Action } from './action.ts';

export interface Renaming {
  /** The new name by the old one; names that are not there stay. */
  readonly names: ReadonlyMap<string, string>;
  /** Properties whose arrays are sets in ascending order. */
  readonly sets: ReadonlySet<string>;
}

/** The value under other names. */
export function relabel<T>(value: T, renaming: Renaming): T {
  return relabelPart(value, renaming, false) as T;
}

/** An action under other names; its type is no name. */
export function relabelAction(action: Action, renaming: Renaming): Action {
  const renamed = { ...relabel(action, renaming), type: action.type } as Action;
  if (action.type !== 'crash inside') return renamed;
  return { ...action, ...renamed, during: relabelAction(action.during, renaming) } as Action;
}

/**
 * A text that is equal for values that differ in the names of processes only, where each name is replaced by that of its role.
 * It is no encoding: different values may have one text.
 * @param roleOf the role of a name, or undefined if it is no symmetric process.
 */
export function blur(value: unknown, roleOf: (name: string) => string | undefined, sets: Renaming['sets']): string {
  const text = (part: unknown, isSet: boolean): string => {
    if (typeof part === 'string') return roleOf(part) ?? JSON.stringify(part);
    if (typeof part !== 'object' || part === null) return typeof part === 'bigint' ? `${part}n` : String(part);
    if (Array.isArray(part)) {
      const items = part.map((item) => text(item, false));
      return `[${(isSet ? items.sort() : items).join()}]`;
    }
    if (part instanceof Set)
      return `{${[...(part as Set<unknown>)]
        .map((item) => text(item, false))
        .sort()
        .join()}}`;
    const entries: readonly (readonly [unknown, unknown])[] =
      part instanceof Map ? [...(part as Map<unknown, unknown>)] : Object.entries(part);
    const texts = entries.map(([key, item]) => `${text(key, false)}:${text(item, sets.has(String(key)))}`);
    return `{${texts.sort().join()}}`;
  };
  return text(value, false);
}

function relabelPart(value: unknown, renaming: Renaming, isSet: boolean): unknown {
  if (typeof value === 'string') return renaming.names.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => relabelPart(item, renaming, false));
    return isSet ? (items as string[]).sort() : items;
  }
  if (value instanceof Set) {
    return new Set([...(value as Set<unknown>)].map((member) => relabelPart(member, renaming, false)));
  }
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)];
    return new Map(
      entries.map(([key, item]) => [
        relabelPart(key, renaming, false),
        relabelPart(item, renaming, renaming.sets.has(String(key))),
      ]),
    );
  }
  const entries = Object.entries(value).map(([key, item]) => [
    renaming.names.get(key) ?? key,
    relabelPart(item, renaming, renaming.sets.has(key)),
  ]);
  return Object.fromEntries(entries) as unknown;
}

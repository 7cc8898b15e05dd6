// What the models of cells share: reading, writing, comparing and naming what a cell holds.
import type { Json } from '../../sim/protocol.ts';
import { canonical } from '../canonical.ts';
import type { Call, Fault, Step } from '../model.ts';

/** What a read or a write does to a cell that holds `state`. */
export function readOrWrite(state: Json, call: Call, name: string): Step<Json> {
  if (call.f === 'write') return { type: 'next', state: call.value };
  const expected = call.type === 'info' || same(state, call.result);
  return expected ? { type: 'next', state } : refuse(name, state);
}

/** The refusal of a call that does not fit what the cell holds. */
export function refuse(name: string, state: Json): Step<Json> {
  return { type: 'refused', reason: () => `${name} ${state === null ? 'was absent' : `held ${canonical(state)}`}` };
}

/** Whether two values are the same, property order aside. */
export function same(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false;
  return canonical(one) === canonical(other);
}

/** A read changes nothing, and neither does a cas that was refused. */
export function observes(call: Call): boolean {
  return call.f === 'read' || (call.f === 'cas' && call.result === false);
}

/** The only state in which a read, or a cas that is not known to have been refused, is of interest. */
export function wants({ f, value, result, type }: Call): { readonly state: Json } | undefined {
  if (f === 'read') return type === 'ok' ? { state: result } : undefined;
  if (f !== 'cas' || result === false) return undefined;
  return { state: (value as readonly Json[])[0] ?? null };
}

/** A key for what a cell holds. Strings skip the JSON, as they can be long; no other value's JSON starts with a quote. */
export function cellKey(state: Json): string {
  return typeof state === 'string' ? `"${state}` : canonical(state);
}

/** The words for a call on a cell; the name is that of the cell, or empty for the only one. */
export function describeCell(call: Call, name: string): string {
  const of = name === '' ? '' : ` of ${name}`;
  const to = name === '' ? '' : ` to ${name}`;
  if (call.f === 'read') {
    if (call.type === 'info') return `read${of} without a result`;
    return `read${of} that ${call.result === null ? 'found nothing' : `returned ${canonical(call.result)}`}`;
  }
  if (call.f === 'cas') {
    const [from, target] = call.value as readonly [Json, Json];
    return `cas${of} from ${canonical(from)} to ${canonical(target)}${call.result === false ? ' that was refused' : ''}`;
  }
  return call.f === 'delete' ? `delete${of}` : `${call.f} of ${canonical(call.value)}${to}`;
}

/** The fault of a call whose function is none of these. */
export function unknownFunction(call: Call, known: readonly string[]): Fault | undefined {
  return known.includes(call.f) ? undefined : { expected: `one of ${known.join(', ')}`, found: call.f };
}

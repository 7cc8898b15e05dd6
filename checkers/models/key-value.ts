// A store of many cells, judged cell by cell.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { judgeKeyedRegister } from '../monitors/register.ts';
import { casFault, stepCasRegister } from './cas-register.ts';
import { cellKey, describeCell, observes, refuse, same, unknownFunction, wants } from './cell.ts';

/**
 * Keys that are absent at first, with `read`, `write`, `cas` (as in `casRegister`), `append` (of a string to a string or to
 * an absent key) and `delete`. Arguments and results are `[key, value]`, as in Jepsen's `independent`; a key is any
 * JSON value. The state is that of one key.
 */
export function keyValue(): Model<Json> {
  return {
    name: 'key-value',
    init: null,
    step: stepKeyValue,
    key: cellKey,
    observes: (call) => observes(withoutKey(call)),
    describe: (call) => describeCell(withoutKey(call), keyOf(call)),
    fault: (call) => unknownFunction(call, ['read', 'write', 'cas', 'append', 'delete']) ?? keyFault(call),
    partition: keyOf,
    hints: {
      step: stepKeyValue,
      monitor: judgeKeyedRegister,
      overwrites: ({ f }) => f === 'write' || f === 'delete',
      wants: (call) => wants(withoutKey(call)),
      growth: { grows: ({ f }) => f === 'append', canReach },
    },
  };
}

function stepKeyValue(state: Json, keyed: Call): Step<Json> {
  const call = withoutKey(keyed);
  if (call.f === 'delete') return { type: 'next', state: null };
  if (call.f !== 'append') return stepCasRegister(state, call, keyOf(keyed));
  if (state !== null && typeof state !== 'string') return refuse(keyOf(keyed), state);
  return { type: 'next', state: (state ?? '') + (call.value as string) };
}

/** What was appended to stays in front. */
function canReach(state: Json, observation: Call): boolean {
  const { f, result } = withoutKey(observation);
  if (f !== 'read' || same(state, result)) return true;
  return typeof result === 'string' && (state === null || (typeof state === 'string' && result.startsWith(state)));
}

/** A plain word names itself; all other keys are named by their JSON, so that 1 and "1" stay apart. */
function keyOf(call: Call): string {
  const key = (call.value as readonly Json[])[0] ?? null;
  return typeof key === 'string' && plainWord.test(key) ? key : canonical(key);
}

const plainWord = /^(?!(?:true|false|null)$)[A-Za-z_]/;

function withoutKey(call: Call): Call {
  const value = (call.value as readonly Json[])[1] ?? null;
  const result = isArray(call.result) ? (call.result[1] ?? null) : call.result;
  return { f: call.f, value, result, type: call.type };
}

function keyFault(call: Call): Fault | undefined {
  if (!isPair(call.value)) return { expected: '[key, value] as the argument', found: canonical(call.value) };
  const hasResult = call.type === 'ok' && (call.f === 'read' || (call.f === 'cas' && isArray(call.result)));
  if (hasResult && !(isPair(call.result) && canonical(call.result[0]) === canonical(call.value[0]))) {
    return { expected: `[${canonical(call.value[0])}, value] as the result`, found: canonical(call.result) };
  }
  const plain = withoutKey(call);
  if (call.f === 'append' && typeof plain.value !== 'string') {
    return { expected: 'a string to append', found: canonical(plain.value) };
  }
  return casFault(plain);
}

function isPair(value: Json): value is readonly [Json, Json] {
  return isArray(value) && value.length === 2;
}

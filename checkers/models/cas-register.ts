// The compare-and-set register, the object of most Jepsen tests of key-value stores.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { judgeRegister } from '../monitors/register.ts';
import { cellKey, describeCell, observes, refuse, same, readOrWrite, unknownFunction, wants } from './cell.ts';

/**
 * A register with `read`, `write` and `cas`, whose argument is `[from, to]`. A cas that is ok has set the value, unless
 * its result is `false`: then it found another value than `from` and left it, which is an observation, too.
 * @param initial what it holds at first; null is absent.
 */
export function casRegister(initial: Json = null): Model<Json> {
  const step = (state: Json, call: Call) => stepCasRegister(state, call, 'the register');
  return {
    name: 'cas-register',
    init: initial,
    step,
    key: cellKey,
    observes,
    describe: (call) => describeCell(call, ''),
    fault: (call) => unknownFunction(call, ['read', 'write', 'cas']) ?? casFault(call),
    hints: { step, monitor: judgeRegister, overwrites: ({ f }) => f === 'write', wants },
  };
}

/** What a read, a write or a cas does to a cell that holds `state`. */
export function stepCasRegister(state: Json, call: Call, name: string): Step<Json> {
  if (call.f !== 'cas') return readOrWrite(state, call, name);
  const [from, to] = call.value as readonly [Json, Json];
  const matches = same(state, from);
  if (call.type === 'info') return { type: 'next', state: matches ? to : state };
  if (call.result === false) return matches ? refuse(name, state) : { type: 'next', state };
  return matches ? { type: 'next', state: to } : refuse(name, state);
}

/** The fault of a cas whose argument is no pair. */
export function casFault(call: Call): Fault | undefined {
  if (call.f !== 'cas' || (isArray(call.value) && call.value.length === 2)) return undefined;
  return { expected: '[from, to] as the argument of cas', found: canonical(call.value) };
}

// The register: one cell that is read and written.
import type { Json } from '../../sim/protocol.ts';
import type { Call, Model } from '../model.ts';
import { judgeRegister } from '../monitors/register.ts';
import { cellKey, describeCell, observes, readOrWrite, unknownFunction, wants } from './cell.ts';

/**
 * A register with `read` (the result is the value; null is absent) and `write` (the argument is the value).
 * @param initial what it holds at first; null is absent.
 */
export function register(initial: Json = null): Model<Json> {
  const step = (state: Json, call: Call) => readOrWrite(state, call, 'the register');
  return {
    name: 'register',
    init: initial,
    step,
    key: cellKey,
    observes,
    describe: (call) => describeCell(call, ''),
    fault: (call) => unknownFunction(call, ['read', 'write']),
    hints: { step, monitor: judgeRegister, overwrites: ({ f }) => f === 'write', wants },
  };
}

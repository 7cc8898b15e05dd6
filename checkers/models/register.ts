// The register: one cell that is read and written.
import type { Json } from '../../sim/protocol.ts';
import type { Model } from '../model.ts';
import { cellKey, describeCell, observes, readOrWrite, unknownFunction } from './cell.ts';

/**
 * A register with `read` (the result is the value; null is absent) and `write` (the argument is the value).
 * @param initial what it holds at first; null is absent.
 */
export function register(initial: Json = null): Model<Json> {
  return {
    name: 'register',
    init: initial,
    step: (state, call) => readOrWrite(state, call, 'the register'),
    key: cellKey,
    observes,
    describe: (call) => describeCell(call, ''),
    fault: (call) => unknownFunction(call, ['read', 'write']),
  };
}

// Several registers that a transaction reads and writes at once, as in Knossos; rw-register in Elle's words.
import { canonical } from '../canonical.ts';
import type { Model } from '../model.ts';
import { declined, type MonitorOutcome } from '../monitors/monitor.ts';
import { judgeRegister } from '../monitors/register.ts';
import type { Operation } from '../operations.ts';
import {
  heldBy,
  isRead,
  nameOf,
  singleKey,
  toldMicros,
  transactionsOn,
  type CellKind,
  type Cells,
} from './transactions.ts';

/**
 * Registers with `txn`, whose value is a list of `["r", key, null]` and `["w", key, value]` (`read` and `write` will do);
 * the result is that list with what was read. Micro-operations act in their order, all at one instant. Null is absent.
 * @param initial what the registers hold at first, by the text of their keys.
 */
export function multiRegister(initial: Cells = {}): Model<Cells> {
  return transactionsOn(registers, initial);
}

const registers: CellKind = {
  name: 'multi-register',
  writes: ['w', 'write'],
  after: (_held, value) => value,
  shown: (value) => value,
  describe: canonical,
  hints: (init) => ({
    monitor: judgeSingles,
    overwrites: ({ value }) => (value as readonly (readonly [string])[]).every(([f]) => !isRead(f)),
    wants: (call) => {
      const { isTold, micros } = toldMicros(call);
      const [f, key, value] = micros[0]!;
      // Null is told by two states: of a cell that nobody wrote, and of one that null was written to.
      return isTold && isRead(f) && value !== null ? { state: { ...init, [nameOf(key)]: value } } : undefined;
    },
  }),
};

/** Transactions of one micro-operation are reads and writes of a register. */
function judgeSingles(operations: readonly Operation[], init: Cells): MonitorOutcome {
  const cells: Operation[] = [];
  for (const operation of operations) {
    const { isTold, micros } = toldMicros(operation);
    const [micro] = micros;
    if (micro === undefined || micros.length > 1) return declined('a transaction has several micro-operations');
    const [f, , value] = micro;
    if (isRead(f) && !isTold) return declined('a read has no result');
    cells.push({ ...operation, ...(isRead(f) ? { f: 'read', result: value } : { f: 'write', value }) });
  }
  return judgeRegister(cells, heldBy(init, singleKey(operations[0]?.value ?? null) ?? ''));
}

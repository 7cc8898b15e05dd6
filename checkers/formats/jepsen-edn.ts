// Histories in EDN: Jepsen's history.edn of one map a line, Knossos' vectors and lists of maps, Elle's transactions, records
// such as #jepsen.history.Op{…}; and Porcupine's key-value logs, which look alike but for their `:key`.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { refuse } from './cursor.ts';
import { readEdn, skipDiscarded } from './edn.ts';
import { makeFormParser, type FormFormat, type TopCursor } from './forms.ts';
import { operationOf, type RawOperation, type Start } from './operation.ts';
import type { OperationParser, Reading } from './reading.ts';
import { untagged } from './value.ts';

export function makeJepsenEdnParser(reading: Reading): OperationParser {
  return makeFormParser(reading, {
    next: nextRecord,
    operations: (record, start) => [operationOf(fieldsOf(record), start)],
  });
}

/**
 * Porcupine's logs `{:process 0, :type :ok, :f :get, :key "7", :value ""}` in the words of our key-value model: `get` and
 * `put` are `read` and `write`, values are `[key, value]`, and the empty string is what is absent.
 */
export function makePorcupineParser(reading: Reading): OperationParser {
  const operations: FormFormat['operations'] = (record, start) => [keyedOperation(fieldsOf(record), start)];
  return makeFormParser(reading, { next: nextRecord, operations });
}

function keyedOperation(record: Json, start: Start): RawOperation {
  const { extra, ...operation } = operationOf(record, start);
  const { key, ...others } = extra ?? {};
  const f = operation.f === 'get' ? 'read' : operation.f === 'put' ? 'write' : operation.f;
  const value = operation.value === '' && f !== 'append' ? null : operation.value;
  return {
    ...operation,
    f,
    value: [key ?? null, value],
    extra: Object.keys(others).length === 0 ? undefined : others,
  };
}

function nextRecord(cursor: TopCursor): Json | undefined {
  for (;;) {
    const code = skipDiscarded(cursor, 0);
    switch (code) {
      case 0x7b: // {
      case 0x23: // #
        cursor.start = cursor.at;
        return readEdn(cursor, 0);
      case 0x5b: // [
      case 0x28: // (
        if (cursor.closing !== 0) refuse(cursor, cursor.at, 'an operation as a map');
        cursor.closing = code === 0x5b ? 0x5d : 0x29;
        cursor.at += 1;
        break;
      case cursor.closing:
        cursor.closing = 0;
        cursor.at += 1;
        break;
      default:
        if (Number.isNaN(code)) return undefined;
        refuse(cursor, cursor.at, 'an operation as a map');
    }
  }
}

/** The map inside a tagged record. */
function fieldsOf(record: Json): Json {
  const content = untagged(record)?.[1] ?? null;
  return content !== null && typeof content === 'object' && !isArray(content) ? content : record;
}

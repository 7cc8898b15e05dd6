// Histories in JSON: one object a line, or an array (elle-cli's), or objects spread over lines. An object without a `type`
// but with a `history` is a history among several, named by its `id`.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { refuse } from './cursor.ts';
import { makeFormParser, type TopCursor } from './forms.ts';
import { parseJson, readJson, skipSpace } from './json.ts';
import { makeLineParser } from './lines.ts';
import { operationOf, type RawOperation, type Start } from './operation.ts';
import type { FilePart, OperationParser, Reading } from './reading.ts';

export function makeJsonLinesParser(reading: Reading): OperationParser {
  return makeLineParser(reading, {
    readLine: (line, number, emit) => {
      const record = parseJson(line);
      const start = { at: 0, line: number, column: 1 };
      const operations = partOf(record, start, reading);
      if (operations === undefined) emit(operationOf(record, start));
      else for (const operation of operations) emit(operation);
    },
  });
}

export function makeJsonParser(reading: Reading): OperationParser {
  return makeFormParser(reading, {
    next: nextRecord,
    operations: (record, start) => partOf(record, start, reading) ?? [operationOf(record, start)],
  });
}

function nextRecord(cursor: TopCursor): Json | undefined {
  for (;;) {
    const code = skipSpace(cursor);
    if (Number.isNaN(code)) return undefined;
    if (code === cursor.closing) {
      cursor.closing = 0;
      cursor.separate = false;
    } else if (code === 0x2c && cursor.separate) {
      cursor.separate = false;
    } else if (code === 0x5b && cursor.closing === 0) {
      cursor.closing = 0x5d;
    } else if (code === 0x7b && !cursor.separate) {
      const start = cursor.at;
      const record = readJson(cursor, 0);
      cursor.start = start;
      cursor.separate = cursor.closing !== 0;
      return record;
    } else {
      refuse(cursor, cursor.at, cursor.separate ? 'a comma or ]' : 'an operation as an object');
    }
    cursor.at += 1;
  }
}

/** The operations of one history among several; undefined if the record is no such history. */
function partOf(record: Json, start: Start, { onPart }: Reading): RawOperation[] | undefined {
  if (record === null || typeof record !== 'object' || isArray(record) || record['type'] !== undefined)
    return undefined;
  const { history, id, ...about } = record;
  if (history === undefined || !isArray(history)) return undefined;
  const part = typeof id === 'string' ? id : `line ${start.line}`;
  onPart?.({ name: part, about: about as FilePart['about'], line: start.line });
  return history.map((event) => operationOf(event, { ...start, part }));
}

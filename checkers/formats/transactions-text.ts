// Transactions as text, without times: AWDIT's `w key value` lines, where ----- ends a transaction and ===== a session, and
// PolySI's `w(key,value,session,transaction)`. Each session is a process; what is before what across sessions is not known.
import type { Json } from '../../sim/protocol.ts';
import { makeLineParser } from './lines.ts';
import { foundAt, Unreadable } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import type { OperationParser, Reading } from './reading.ts';

export function makeAwditParser(reading: Reading): OperationParser {
  const transaction = makeTransaction();
  let session = 0;
  return makeLineParser(reading, {
    readLine: (line, number, emit) => {
      const text = line.trim();
      if (text === '-----' || text === '=====') {
        transaction.end(emit);
        if (text === '=====') session += 1;
        return;
      }
      const match = awditLine.exec(text);
      if (match === null) throw new Unreadable(0, 'r or w with a key and a value, ----- or =====', foundAt(line, 0));
      transaction.add(session, number, match[1]!, [numberOr(match[2]!), numberOr(match[3]!)]);
    },
    finish: (emit) => transaction.end(emit),
  });
}

/** A value of 0 that is read and was not written before is the initial one: null. */
export function makePolySiParser(reading: Reading): OperationParser {
  const transaction = makeTransaction();
  let last = '';
  return makeLineParser(reading, {
    readLine: (line, number, emit) => {
      const match = polySiLine.exec(line.trim());
      if (match === null) throw new Unreadable(0, 'r or w(key,value,session,transaction)', foundAt(line, 0));
      const [, f, key, value, session, id] = match as unknown as readonly string[];
      if (`${session},${id}` !== last) transaction.end(emit);
      last = `${session},${id}`;
      const found = f === 'r' && value === '0' ? null : Number(value);
      transaction.add(Number(session), number, f!, [Number(key), found]);
    },
    finish: (emit) => transaction.end(emit),
  });
}

export function isAwditLine(line: string): boolean {
  return awditLine.test(line) || line === '-----' || line === '=====';
}

export function isPolySiLine(line: string): boolean {
  return polySiLine.test(line);
}

/** Collects the micro-operations of one transaction, which becomes an invocation and its completion. */
function makeTransaction() {
  let micros: [string, Json, Json][] = [];
  let session = 0;
  let line = 0;
  return {
    add(inSession: number, at: number, f: string, [key, value]: readonly [Json, Json]) {
      if (micros.length === 0) line = at;
      session = inSession;
      micros.push([f, key, value]);
    },
    end(emit: (operation: RawOperation) => void) {
      if (micros.length === 0) return;
      const common = { process: session, f: 'txn', line, column: 1, ...unknown };
      const asked = micros.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
      emit({ ...common, type: 'invoke', value: asked });
      emit({ ...common, type: 'ok', value: micros });
      micros = [];
    },
  };
}

function numberOr(word: string): Json {
  const value = Number(word);
  return Number.isSafeInteger(value) && String(value) === word ? value : word;
}

const unknown = { index: undefined, time: undefined, error: undefined, extra: undefined, part: undefined };
const awditLine = /^([rw])\s+(\S+)\s+(\S+)$/;
const polySiLine = /^([rw])\((\d{1,15}),(\d{1,15}),(\d{1,15}),(\d{1,15})\)$/;

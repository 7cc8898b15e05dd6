// Operations in Jepsen's console log, `INFO  jepsen.util - 4	:invoke	:cas	[2 4]`, and in its history.txt, which has the
// same fields alone. Porcupine's etcd histories are such logs.
import type { Json } from '../../sim/protocol.ts';
import { cursorOn } from './cursor.ts';
import { readEdn, skipDiscarded } from './edn.ts';
import { makeLineParser } from './lines.ts';
import { foundAt, Unreadable } from './malformed.ts';
import { operationOf } from './operation.ts';
import type { OperationParser, Reading } from './reading.ts';
import { isKeyword } from './value.ts';

/** Other lines of the log are passed over: those of a log level, and what is indented or follows an exception. */
export function makeJepsenLogParser(reading: Reading): OperationParser {
  return makeLineParser(reading, {
    readLine: (line, number, emit) => {
      const match = logLine.exec(line);
      if (match !== null) {
        const [head, name, type, f] = match as unknown as readonly [string, string, string, string];
        const process = /^\d+$/.test(name) ? Number(name) : name;
        const outcome = outcomeOf(line, head.length, type);
        emit(operationOf({ process, type, f, ...outcome }, { at: 0, line: number, column: 1 }));
      } else if (looksLikeOperation(line) || !otherLine.test(line)) {
        throw new Unreadable(0, 'a line such as INFO jepsen.util - 0 :invoke :read nil', foundAt(line, 0));
      }
    },
  });
}

/** Whether a line of the log holds an operation. */
export function isLogLine(line: string): boolean {
  return logLine.test(line);
}

function looksLikeOperation(line: string): boolean {
  return line.includes('jepsen.util') && /:(?:invoke|ok|fail|info)\b/.test(line);
}

/** A keyword alone that ends a failed or unknown operation, such as :timed-out, is the error. */
function outcomeOf(line: string, at: number, type: string): { readonly value: Json; readonly error: Json } {
  const cursor = { ...cursorOn(line), at };
  const forms: Json[] = [];
  while (!Number.isNaN(skipDiscarded(cursor, 0))) {
    if (forms.length === 2) throw new Unreadable(cursor.at, 'the end of the line', foundAt(line, cursor.at));
    forms.push(readEdn(cursor, 0));
  }
  const [value = null, error = null] = forms;
  const isError = forms.length === 1 && typeof value === 'string' && isKeyword(value) && /fail|info/.test(type);
  return isError ? { value: null, error: value } : { value, error };
}

const logLine =
  /^(?:(?:TRACE|DEBUG|INFO|WARN|ERROR)\b.*?\bjepsen\.util(?: -)?\s+)?(:?[\w-]{1,40})\s+:(invoke|ok|fail|info)\s+(:[^\s]{1,80})(?=\s|$)/;
const otherLine = /^(?:\s|TRACE\b|DEBUG\b|INFO\b|WARN\b|ERROR\b|Caused by\b|\.\.\.|[\w.$]+(?:Exception|Error)\b)/;

// The parser for formats of one record a line.
import { Unreadable } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import { longestOperation, malformedAt, tooLong, type OperationParser, type Reading } from './reading.ts';

export interface LineFormat {
  /** Reads one line, which is not empty. @throws Unreadable */
  readLine(line: string, number: number, emit: (operation: RawOperation) => void): void;
  /** Called once after the last line. @throws Unreadable */
  finish?(emit: (operation: RawOperation) => void): void;
}

/** Empty lines are skipped; a line may end in CR LF. */
export function makeLineParser(reading: Reading, format: LineFormat): OperationParser {
  let rest: string[] = [];
  let restLength = 0;
  let number = 0;
  let out: RawOperation[] = [];
  const emit = (operation: RawOperation) => void out.push(operation);
  const guarded = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      reading.malformed(malformedAt(reading, Math.max(1, number), 0, error));
    }
  };
  const readLine = (line: string) => {
    number += 1;
    const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (trimmed.length > longestOperation) throw tooLong(reading, number, 1);
    if (trimmed.trim() !== '') guarded(() => format.readLine(trimmed, number, emit));
  };
  const take = () => {
    const taken = out;
    out = [];
    return taken;
  };
  return {
    push(text) {
      let from = 0;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        const line = text.slice(from, end);
        readLine(rest.length === 0 ? line : rest.join('') + line);
        rest = [];
        restLength = 0;
        from = end + 1;
      }
      if (from < text.length) {
        rest.push(text.slice(from));
        restLength += text.length - from;
        if (restLength > longestOperation) throw tooLong(reading, number + 1, 1);
      }
      return take();
    },
    end() {
      if (rest.length > 0) readLine(rest.join(''));
      rest = [];
      guarded(() => format.finish?.(emit));
      return take();
    },
  };
}

// Reads a history of any known format from text that arrives in pieces.
import { InputError } from '../../sim/fault.ts';
import { HistoryBuilder } from './history-builder.ts';
import { makeFastlinParser } from './intervals.ts';
import { makeJepsenEdnParser, makePorcupineParser } from './jepsen-edn.ts';
import { makeJsonLinesParser, makeJsonParser } from './jepsen-json.ts';
import { makeJepsenLogParser } from './jepsen-log.ts';
import { foundAt, MalformedInput } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import { longestOperation, type OperationParser, type Reading } from './reading.ts';
import { beginning, historyFormats, recogniseFormat, type HistoryFormat } from './recognise.ts';
import { makeTally, type Skipped } from './tally.ts';
import type { RecordedHistory, ToHistoryOptions } from './to-history.ts';
import { makeAwditParser, makePolySiParser } from './transactions-text.ts';

/** A file's text in pieces, decoded: they may break anywhere. */
export type Chunks = Iterable<string> | AsyncIterable<string>;

export interface ReadOptions {
  /** The file's name, for errors. */
  readonly file?: string;
  /** The format; told from the content if it is not given. */
  readonly format?: HistoryFormat;
  /** Skips what cannot be read, and counts it, instead of refusing it. */
  readonly lenient?: boolean;
}

/** What a reader has to tell when it is done. */
export interface ReadSummary {
  /** Undefined if there was nothing but blanks. */
  readonly format: HistoryFormat | undefined;
  readonly skipped: readonly Skipped[];
}

/**
 * The operations of a history in the order of the file. Text of which nothing can be made is refused even in a lenient
 * reading: an unknown format, a binary file, an operation of more than 16 Mi characters.
 * @throws MalformedInput that names file, line and column, what was expected and what was found.
 */
export async function* readOperations(
  chunks: Chunks,
  options: ReadOptions = {},
): AsyncGenerator<RawOperation, ReadSummary> {
  const reader = new Reader(options);
  for await (const chunk of chunks) yield* reader.push(chunk);
  yield* reader.end();
  return reader.summary();
}

/** `readOperations` and `toHistory` in one, without handing on operations one by one. @throws MalformedInput */
export async function readHistory(
  chunks: Chunks,
  options: ReadOptions & ToHistoryOptions = {},
): Promise<RecordedHistory & ReadSummary> {
  const reader = new Reader(options);
  const builder = new HistoryBuilder(options);
  for await (const chunk of chunks) for (const operation of reader.push(chunk)) builder.add(operation);
  for (const operation of reader.end()) builder.add(operation);
  const recorded = builder.finish();
  const { format, skipped } = reader.summary();
  return {
    ...recorded,
    format,
    realtime: recorded.realtime && hasRealTime(format),
    skipped: [...skipped, ...recorded.skipped],
  };
}

/** Whether the order of the file is that of real time: sessions are written one after the other in some formats. */
export function hasRealTime(format: HistoryFormat | undefined): boolean {
  return format !== 'awdit' && format !== 'polysi';
}

/** The format of that name. @throws InputError that lists the names */
export function parseFormat(name: string): HistoryFormat {
  const format = historyFormats.find((known) => known === name);
  if (format === undefined) {
    throw new InputError(`format: expected one of ${historyFormats.join(', ')}, found ${JSON.stringify(name)}`);
  }
  return format;
}

/** Holds text back until the format is known, then hands it to the format's parser. */
export class Reader {
  readonly #file: string;
  readonly #tally = makeTally();
  readonly #reading: Reading;
  #format: HistoryFormat | undefined;
  #parser: OperationParser | undefined;
  #head = '';
  #first = true;

  constructor({ file = 'history', format, lenient = false }: ReadOptions, onPart?: Reading['onPart']) {
    this.#file = file;
    this.#reading = {
      file,
      ...(onPart && { onPart }),
      malformed: (error) => {
        if (!lenient) throw error;
        this.#tally.add(error);
      },
    };
    if (format !== undefined) this.#open(format);
  }

  push(chunk: string): readonly RawOperation[] {
    let text = chunk;
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (this.#parser !== undefined) return this.#parser.push(text);
    this.#head += text;
    if (this.#head.trimStart().length >= beginning) return this.#recognise();
    if (this.#head.length > longestOperation) throw this.#error(this.#head, 0, 'a history', 'a long file of blanks');
    return [];
  }

  end(): readonly RawOperation[] {
    const operations = this.#parser === undefined ? this.#recognise() : [];
    return this.#parser === undefined ? operations : [...operations, ...this.#parser.end()];
  }

  summary(): ReadSummary {
    return { format: this.#format, skipped: this.#tally.list() };
  }

  #recognise(): readonly RawOperation[] {
    const head = this.#head;
    if (head.trim() === '') return [];
    const nul = head.indexOf('\0');
    if (nul !== -1 && nul < beginning) throw this.#error(head, nul, 'text', 'a NUL character: a binary file?');
    const start = head.length - head.trimStart().length;
    const format = recogniseFormat(head.slice(start, start + beginning));
    if (format === undefined) {
      throw this.#error(
        head,
        start,
        `a history in one of the formats ${historyFormats.join(', ')}`,
        foundAt(head, start),
      );
    }
    this.#head = '';
    return this.#open(format).push(head);
  }

  #open(format: HistoryFormat): OperationParser {
    this.#format = format;
    this.#parser = parsers[format](this.#reading);
    return this.#parser;
  }

  #error(head: string, at: number, expected: string, found: string): MalformedInput {
    const before = head.slice(0, at);
    const place = { file: this.#file, line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
    return new MalformedInput(place, expected, found);
  }
}

const parsers: Readonly<Record<HistoryFormat, (reading: Reading) => OperationParser>> = {
  'jepsen-edn': makeJepsenEdnParser,
  'jepsen-json': makeJsonParser,
  'jepsen-json-lines': makeJsonLinesParser,
  'jepsen-log': makeJepsenLogParser,
  'porcupine-kv': makePorcupineParser,
  awdit: makeAwditParser,
  polysi: makePolySiParser,
  fastlin: makeFastlinParser,
};

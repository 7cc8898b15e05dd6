// Reads a history file for `check`, which may hold several: what the format means by a nil read or a failed cas is settled here.
import {
  readHistories,
  recogniseFormat,
  type HistoryError,
  type HistoryFormat,
  type PartHistory,
  type ReadSummary,
  type RecordedHistory,
} from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import { readable } from './layout.ts';
import { readHistoryFile, type ByteChunks } from './history-file.ts';

export interface ReadingOptions {
  readonly format?: HistoryFormat;
  readonly lenient: boolean;
  /** Which history to take of a file that holds several. */
  readonly part?: string;
  readonly nilReads?: 'absent' | 'unknown';
  readonly failedCas?: 'dropped' | 'observed';
}

export type Recorded = RecordedHistory & ReadSummary & { readonly file: string };

/** One history of the file; the name is undefined if it holds only one. */
export type RecordedPart = Pick<PartHistory, 'name' | 'about'> &
  ({ readonly recorded: Recorded } | { readonly error: InputError });

/** Enough of a file to tell its format by. */
const headLength = 65_536;

/** @throws InputError that says where the file cannot be read, what was expected and what was found. */
export async function readRecorded(
  path: string,
  options: ReadingOptions,
  stdin?: ByteChunks,
): Promise<readonly RecordedPart[]> {
  const file = path === '-' ? 'standard input' : path;
  const chunks = readHistoryFile(path, stdin);
  const head: string[] = [];
  let length = 0;
  while (length < headLength) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    length += next.value.length;
  }
  const format = options.format ?? formatOf(head.join(''));
  const parts = await readHistories(chain(head, chunks), { file, ...conventions(format), ...options });
  return parts.map((part) =>
    'recorded' in part ? { ...part, recorded: withoutAdministrator({ ...part.recorded, file }) } : part,
  );
}

/** An administrator moves leaders and members around; what the objects of the others hold it does not touch. */
function withoutAdministrator(recorded: Recorded): Recorded {
  const { history, lines, remarks } = recorded;
  if (!history.some(({ client }) => client === 'admin')) return recorded;
  const kept = history.flatMap(({ client }, place) => (client === 'admin' ? [] : [place]));
  if (kept.length === 0) return recorded;
  return {
    ...recorded,
    history: kept.map((place, index) => ({ ...history[place]!, index })),
    lines: kept.map((place) => lines[place]!),
    remarks: [...remarks, `${history.length - kept.length} events of the client admin were left out`],
  };
}

/** The error for a line of the history that its judge cannot read, at its place in the file. */
export function refusedLine({ file, lines }: Recorded, error: HistoryError, hint: string): InputError {
  const { index, expected, found } = error;
  return new InputError(
    `${file}:${lines[index] ?? 1}: expected ${readable(expected)}, found ${readable(found)}; ${hint}`,
  );
}

function formatOf(head: string): HistoryFormat | undefined {
  const text = head.replace(/^\ufeff/, '').trimStart();
  return recogniseFormat(text.slice(0, headLength));
}

/** In Jepsen's console logs, as of Porcupine, a cas that failed without an error has seen another value. */
function conventions(format: HistoryFormat | undefined): Pick<ReadingOptions, 'failedCas'> {
  return format === 'jepsen-log' ? { failedCas: 'observed' } : {};
}

async function* chain(head: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* head;
  yield* rest;
}

// Reads all histories of a file that holds several, such as the suites that test checkers: each by its name, with what the
// file says of it.
import type { Json } from '../../sim/protocol.ts';
import { HistoryBuilder } from './history-builder.ts';
import { MalformedInput } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import { hasRealTime, Reader, type Chunks, type ReadOptions, type ReadSummary } from './read.ts';
import type { FilePart } from './reading.ts';
import type { RecordedHistory, ToHistoryOptions } from './to-history.ts';

/** One history of a file. The name is undefined, and nothing is said of it, where the file holds only that one. */
export type PartHistory = {
  readonly name: string | undefined;
  /** What else its record says: who is to judge it, how, and with what result. */
  readonly about: { readonly [field: string]: Json };
} & (
  | { readonly recorded: RecordedHistory & ReadSummary }
  /** This one cannot be read; others can. */
  | { readonly error: MalformedInput }
);

interface Open extends Pick<PartHistory, 'name' | 'about'> {
  readonly builder: HistoryBuilder;
  error: MalformedInput | undefined;
}

/**
 * The histories of a file in their order, or the only one of the name that `options.part` gives. In a file that holds several,
 * processes may have more than one operation pending.
 * @throws MalformedInput if the text cannot be read, or if a file of one history holds one that cannot be
 */
export async function readHistories(
  chunks: Chunks,
  options: ReadOptions & ToHistoryOptions = {},
): Promise<readonly PartHistory[]> {
  const { part: wanted, ...rest } = options;
  const parts = new Map<string | undefined, Open>();
  const reader = new Reader(options, ({ name, about, line }: FilePart) => {
    if (parts.has(name)) {
      const place = { file: options.file ?? 'history', line, column: 1 };
      throw new MalformedInput(place, 'histories of different names', `${name} again`);
    }
    const builder = new HistoryBuilder({ ...rest, mayOverlap: true });
    parts.set(name, { name, about, builder, error: undefined });
  });
  const add = (operation: RawOperation): void => addTo(parts, operation, rest);
  for await (const chunk of chunks) for (const operation of reader.push(chunk)) add(operation);
  for (const operation of reader.end()) add(operation);
  if (parts.size === 0 && wanted === undefined) {
    parts.set(undefined, { name: undefined, about: {}, builder: new HistoryBuilder(rest), error: undefined });
  }
  const found = [...parts.values()].filter(({ name }) => wanted === undefined || name === wanted);
  if (found.length === 0) {
    const names = [...parts.keys()].flatMap((name) => name ?? []);
    const have =
      names.length === 0 ? 'none of that name' : `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
    throw new MalformedInput(
      { file: options.file ?? 'history', line: 1, column: 1 },
      `a history named ${wanted}`,
      have,
    );
  }
  return found.map((part, index) =>
    finish(part, index === 0 ? reader.summary() : { ...reader.summary(), skipped: [] }),
  );
}

/** A history that cannot be read ends the reading, unless it is one of several. */
function addTo(parts: Map<string | undefined, Open>, operation: RawOperation, options: ToHistoryOptions): void {
  const name = operation.part;
  let part = parts.get(name);
  if (part === undefined) {
    part = { name, about: {}, builder: new HistoryBuilder(options), error: undefined };
    parts.set(name, part);
  }
  if (part.error !== undefined) return;
  try {
    part.builder.add(operation);
  } catch (error) {
    if (!(error instanceof MalformedInput) || name === undefined) throw error;
    part.error = error;
  }
}

function finish({ name, about, builder, error }: Open, { format, skipped }: ReadSummary): PartHistory {
  if (error !== undefined) return { name, about, error };
  const recorded = builder.finish();
  return {
    name,
    about,
    recorded: {
      ...recorded,
      format,
      realtime: recorded.realtime && hasRealTime(format),
      skipped: [...skipped, ...recorded.skipped],
    },
  };
}

// Reads texts in tests: whole, and cut into pieces of a few characters, which must make no difference.
import { expect } from 'vitest';
import {
  readHistory,
  readOperations,
  type RawOperation,
  type ReadOptions,
  type RecordedHistory,
  type ToHistoryOptions,
} from '../../../checkers/formats/index.ts';

/** The operations of a text, read in pieces of several lengths. */
export async function operationsIn(text: string, options: ReadOptions = {}): Promise<readonly RawOperation[]> {
  const whole = await collect([text], options);
  for (const size of [1, 7]) expect(await collect(pieces(text, size), options)).toEqual(whole);
  return whole;
}

export async function historyIn(text: string, options: ReadOptions & ToHistoryOptions = {}): Promise<RecordedHistory> {
  return readHistory([text], { file: 'file', ...options });
}

export function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

async function collect(chunks: readonly string[], options: ReadOptions): Promise<RawOperation[]> {
  const operations: RawOperation[] = [];
  for await (const operation of readOperations(chunks, { file: 'file', ...options })) operations.push(operation);
  return operations;
}

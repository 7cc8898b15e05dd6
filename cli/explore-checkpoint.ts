// Checkpoints of searches as files: a line of JSON that says what it is, the head as UTF-8, then the states as 32-bit integers,
// the lowest byte first. A file appears whole or not at all.
import { readFileSync } from 'node:fs';
import type { Checkpoint } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import { saveBytes } from './files.ts';

interface Preface {
  readonly faultline: 'checkpoint';
  readonly headBytes: number;
  readonly integers: number;
}

/** @throws OutputError if the file cannot be written. */
export function saveCheckpoint(path: string, { head, states }: Checkpoint): void {
  const text = Buffer.from(head, 'utf8');
  const preface: Preface = { faultline: 'checkpoint', headBytes: text.length, integers: states.length };
  const integers = Buffer.alloc(states.length * 4);
  for (let at = 0; at < states.length; at++) integers.writeInt32LE(states[at]!, at * 4);
  saveBytes(path, [Buffer.from(`${JSON.stringify(preface)}\n`), text, integers]);
}

/** @throws InputError if the file cannot be read, or is no whole checkpoint. */
export function readCheckpoint(path: string): Checkpoint {
  const bytes = readBytes(path);
  const lineEnd = bytes.indexOf(0x0a);
  const preface = readPreface(path, bytes.subarray(0, Math.max(0, lineEnd)).toString('utf8'));
  const expected = lineEnd + 1 + preface.headBytes + 4 * preface.integers;
  if (bytes.length !== expected) {
    throw new InputError(`${path}: expected a checkpoint of ${expected} bytes, found ${bytes.length}`);
  }
  const headEnd = lineEnd + 1 + preface.headBytes;
  const states = new Int32Array(preface.integers);
  for (let at = 0; at < states.length; at++) states[at] = bytes.readInt32LE(headEnd + at * 4);
  return { head: bytes.subarray(lineEnd + 1, headEnd).toString('utf8'), states };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readPreface(path: string, line: string): Preface {
  try {
    const found = JSON.parse(line) as Partial<Preface> | null;
    const { faultline, headBytes, integers } = found ?? {};
    if (faultline === 'checkpoint' && Number.isSafeInteger(headBytes) && Number.isSafeInteger(integers)) {
      return found as Preface;
    }
  } catch {
    // falls through: it is no JSON
  }
  throw new InputError(`${path}: expected a checkpoint that explore wrote, found ${JSON.stringify(line.slice(0, 40))}`);
}

// Opens a history file or standard input as text in pieces: gunzips what is gzipped, and takes nothing but UTF-8.
import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../sim/index.ts';

/** The bytes of a file in pieces. */
export type ByteChunks = AsyncIterable<Uint8Array>;

/**
 * The text of a file in pieces, or that of standard input if the path is `-`.
 * @throws InputError if it cannot be opened; while it is read, if it is not UTF-8 or its gzip is damaged or cut off.
 */
export function readHistoryFile(path: string, stdin: ByteChunks = process.stdin): AsyncGenerator<string> {
  if (path === '-') return textOf(stdin, 'standard input');
  if (isFolder(path)) throw new InputError(`cannot read ${path}: it is a folder`);
  return textOf(createReadStream(path, { highWaterMark: blockSize }), path);
}

/**
 * Decodes bytes: gunzips them if they start like a gzip file.
 * @param name the file's name, for errors.
 * @throws InputError
 */
export async function* textOf(bytes: ByteChunks, name: string): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0);
  const place: TextPlace = { offset: 0, line: 1, column: 1 };
  try {
    for await (const chunk of plainBytes(bytes)) {
      const block = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
      if (place.offset === 0) checkMagic(block, name);
      const whole = block.length - unfinished(block);
      const text = decode(block.subarray(0, whole), name, place);
      advance(place, text, whole);
      yield text;
      rest = Uint8Array.prototype.slice.call(block, whole);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { offset, line } = place;
    const where = offset === 0 ? '' : `, after line ${line} of its text (${offset} bytes)`;
    throw new InputError(`cannot read ${name}: ${reasonOf(error)}${where}`);
  }
  if (rest.length > 0) throw notUtf8(name, place, 'a character that is cut off');
}

/** How far a text was read: bytes, and the line and column of what comes next, the column in UTF-16 units. */
interface TextPlace {
  offset: number;
  line: number;
  column: number;
}

function advance(place: TextPlace, text: string, bytes: number): void {
  place.offset += bytes;
  let start = -1; // of the last line that begins in the text
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    place.line += 1;
    start = end + 1;
  }
  place.column = start === -1 ? place.column + text.length : text.length - start + 1;
}

const blockSize = 256 * 1024;

/** The bytes themselves, or what they are the gzip of. */
async function* plainBytes(bytes: ByteChunks): ByteChunks {
  const source = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(parts);
  const all = (async function* () {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: blockSize });
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => {
    // an error destroys the gunzip with it, which the loop below throws
  });
  yield* gunzip as ByteChunks;
}

/** Refuses the binary files that people try. */
function checkMagic(block: Buffer, name: string): void {
  if (block.subarray(0, 6).toString('latin1') === 'JEPSEN') {
    throw new InputError(
      `${name}: expected a history in text, found Jepsen's binary test.jepsen; pass its history.edn`,
    );
  }
  const [one, two] = block;
  if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff))
    throw new InputError(`${name}: expected UTF-8, found UTF-16`);
}

/** Bytes at the end that begin a character without ending it. */
function unfinished(block: Buffer): number {
  for (let back = 1; back <= Math.min(3, block.length); back++) {
    const byte = block[block.length - back]!;
    if (byte < 0x80 || byte > 0xf4) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

function decode(block: Buffer, name: string, place: TextPlace): string {
  if (isAscii(block)) return block.toString('latin1');
  if (isUtf8(block)) return block.toString('utf8');
  const at = firstBadByte(block);
  const good = { ...place };
  advance(good, block.toString('utf8', 0, at), at);
  throw notUtf8(name, good, `0x${block[at]!.toString(16).padStart(2, '0')}`);
}

/** Where the longest prefix that is UTF-8 ends. */
function firstBadByte(block: Buffer): number {
  let good = 0;
  let bad = block.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const prefix = block.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - unfinished(prefix)))) good = middle;
    else bad = middle;
  }
  return good;
}

function notUtf8(name: string, { offset, line, column }: TextPlace, found: string): InputError {
  return new InputError(`${name}:${line}:${column}: expected UTF-8, found ${found} at byte ${offset}`);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : reasons.get(code)) ?? message;
}

const reasons = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['Z_BUF_ERROR', 'its gzip is cut off'],
  ['Z_DATA_ERROR', 'its gzip is damaged'],
]);

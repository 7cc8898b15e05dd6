// Back from canonical texts to the values that they are the texts of: what a search saved is read with it.

/** The value of a text that `encode` made. @throws RangeError where the text is none. */
export function decode(text: string): unknown {
  const reader: Reader = { text, at: 0 };
  const value = readValue(reader);
  if (reader.at !== text.length) throw refusal(reader, 'the end');
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function readValue(reader: Reader): unknown {
  const tag = reader.text[reader.at++];
  switch (tag) {
    case 's':
      return readString(reader);
    case 'd':
      return Number(readUntil(reader, ';'));
    case 'i':
      return BigInt(readUntil(reader, ';'));
    case 't':
    case 'f':
      return tag === 't';
    case 'u':
      return undefined;
    case 'n':
      return null;
    case 'a':
      return readMany(reader, readValue);
    case 'e':
      return new Set(readMany(reader, readValue));
    case 'm':
      return new Map(readMany(reader, (inside) => [readValue(inside), readValue(inside)] as const));
    case 'o':
      return Object.fromEntries(readMany(reader, (inside) => [readString(inside), readValue(inside)] as const));
    default:
      reader.at--;
      throw refusal(reader, 'a value');
  }
}

function readMany<T>(reader: Reader, read: (reader: Reader) => T): T[] {
  return Array.from({ length: readCount(reader) }, () => read(reader));
}

function readString(reader: Reader): string {
  const length = readCount(reader);
  reader.at += length;
  if (reader.at > reader.text.length) throw refusal(reader, 'a longer text');
  return reader.text.slice(reader.at - length, reader.at);
}

function readCount(reader: Reader): number {
  const count = Number(readUntil(reader, ':'));
  if (!Number.isSafeInteger(count) || count < 0) throw refusal(reader, 'a count');
  return count;
}

function readUntil(reader: Reader, end: string): string {
  const stop = reader.text.indexOf(end, reader.at);
  if (stop === -1) throw refusal(reader, end);
  const found = reader.text.slice(reader.at, stop);
  reader.at = stop + 1;
  return found;
}

function refusal({ text, at }: Reader, expected: string): RangeError {
  return new RangeError(`at ${at}: expected ${expected}, found ${JSON.stringify(text.slice(at, at + 20))}`);
}

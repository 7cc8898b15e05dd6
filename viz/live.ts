// A trace as it travels from the simulator's thread to the page: columns and one block of bytes, all of which move without
// a copy. Payloads become objects only when somebody looks at them.
import type { Json } from '../sim/protocol.ts';

/** A trace in arrays of its own; `node` and `peer` are lanes or -1. */
export interface LiveTrace {
  readonly length: number;
  readonly kinds: readonly string[];
  readonly time: Float64Array;
  readonly event: Int32Array;
  readonly kind: Uint8Array;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  readonly ref: Int32Array;
  readonly cause: Int32Array;
  readonly payload: Int32Array;
  readonly payloads: JoinedPayloads;
  /** Rows that the recorder had no room for. */
  readonly dropped: number;
}

/** Payloads as JSON texts in UTF-8, one after the other; the text `i` ends before byte `ends[i]`. */
export interface JoinedPayloads {
  readonly bytes: Uint8Array;
  readonly ends: Float64Array;
}

export function joinPayloads(texts: readonly string[]): JoinedPayloads {
  const encoder = new TextEncoder();
  const ends = new Float64Array(texts.length);
  let bytes = new Uint8Array(Math.max(64, texts.length * 64));
  let length = 0;
  texts.forEach((text, index) => {
    // A code unit takes three bytes at most.
    if (length + text.length * 3 > bytes.length) {
      const grown = new Uint8Array((length + text.length * 3) * 2);
      grown.set(bytes.subarray(0, length));
      bytes = grown;
    }
    length += encoder.encodeInto(text, bytes.subarray(length)).written;
    ends[index] = length;
  });
  return { bytes: bytes.slice(0, length), ends };
}

/** Reads a payload by its number, and remembers it; null for -1. */
export function payloadReader({ bytes, ends }: JoinedPayloads): (index: number) => Json {
  const decoder = new TextDecoder();
  const parsed = new Map<number, Json>();
  return (index) => {
    if (index < 0 || index >= ends.length) return null;
    let value = parsed.get(index);
    if (value === undefined) {
      const text = decoder.decode(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
      parsed.set(index, (value = JSON.parse(text) as Json));
    }
    return value;
  };
}

/** The first field of an object, where it holds a plain text. */
export interface Lead {
  readonly field: string;
  readonly text: string;
}

/**
 * Reads a payload's first field without the rest: what kind of message or note it is mostly stands there, and is asked of
 * every row. Undefined where the whole must be read to know.
 */
export function leadReader({ bytes, ends }: JoinedPayloads): (index: number) => Lead | undefined {
  /** The plain text between quotes that begins at a byte; undefined when there is none. */
  const quoted = (at: number, end: number): string | undefined => {
    if (bytes[at] !== quote) return undefined;
    let stop = at + 1;
    while (stop < end && bytes[stop] !== quote) {
      if ((bytes[stop] as number) >= 128 || bytes[stop] === backslash) return undefined;
      stop++;
    }
    return stop < end ? String.fromCharCode(...bytes.subarray(at + 1, stop)) : undefined;
  };
  return (index) => {
    if (index < 0 || index >= ends.length) return undefined;
    const start = index === 0 ? 0 : (ends[index - 1] as number);
    const end = ends[index] as number;
    const field = bytes[start] === brace ? quoted(start + 1, end) : undefined;
    if (field === undefined || bytes[start + field.length + 3] !== colon) return undefined;
    const text = quoted(start + field.length + 4, end);
    return text === undefined ? undefined : { field, text };
  };
}

const [quote, backslash, brace, colon] = [0x22, 0x5c, 0x7b, 0x3a];

/** The buffers of a trace, to be moved and not copied. */
export function buffersOf(trace: LiveTrace): ArrayBuffer[] {
  const { time, event, kind, node, peer, ref, cause, payload, payloads } = trace;
  const columns = [time, event, kind, node, peer, ref, cause, payload, payloads.bytes, payloads.ends];
  return [...new Set(columns.map(({ buffer }) => buffer as ArrayBuffer))];
}

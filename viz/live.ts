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

/** The buffers of a trace, to be moved and not copied. */
export function buffersOf(trace: LiveTrace): ArrayBuffer[] {
  const { time, event, kind, node, peer, ref, cause, payload, payloads } = trace;
  const columns = [time, event, kind, node, peer, ref, cause, payload, payloads.bytes, payloads.ends];
  return [...new Set(columns.map(({ buffer }) => buffer as ArrayBuffer))];
}

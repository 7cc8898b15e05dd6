// Columns of whole numbers as short texts: neighbouring rows differ little, so each number travels as its difference to the
// one before it, in as few bytes as it needs, and the bytes as base64. Works in Node and in a browser.

/** A column packed by `packColumn`. */
export type PackedColumn = string;

/** Packs whole numbers between -2^52 and 2^52. */
export function packColumn(values: ArrayLike<number>): PackedColumn {
  const bytes = new ByteList();
  let previous = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    const difference = value - previous;
    previous = value;
    let rest = difference < 0 ? -difference * 2 - 1 : difference * 2;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return bytes.toBase64();
}

/** Fills `into` with the numbers of a packed column, as many as it has room for, and returns it. */
export function unpackColumn<A extends Float64Array | Int32Array | Uint8Array>(packed: PackedColumn, into: A): A {
  const bytes = atob(packed);
  let previous = 0;
  let at = 0;
  for (let row = 0; row < into.length; row++) {
    let value = 0;
    let scale = 1;
    let byte = 0;
    do {
      byte = bytes.charCodeAt(at++);
      value += (byte % 128) * scale;
      scale *= 128;
    } while (byte >= 128);
    previous += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    into[row] = previous;
  }
  return into;
}

class ByteList {
  #bytes = new Uint8Array(1024);
  #length = 0;

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }

  toBase64(): string {
    // Pieces of a multiple of three bytes, so that their base64 texts can be joined.
    const pieces: string[] = [];
    for (let start = 0; start < this.#length; start += 12_288) {
      pieces.push(btoa(String.fromCharCode(...this.#bytes.subarray(start, Math.min(start + 12_288, this.#length)))));
    }
    return pieces.join('');
  }
}

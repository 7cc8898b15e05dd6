// Deflated text back: what an offline file carries, and what an address holds.

/**
 * Undoes raw deflate, up to a bound, so that a small link cannot fill the memory.
 * @throws RangeError beyond `longest` characters; TypeError when the bytes are not deflated text.
 */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, longest = Infinity): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const piece = decoder.decode(value, { stream: true });
    pieces.push(piece);
    length += piece.length;
    if (length > longest) throw new RangeError(`it unpacks to more than ${longest} characters`);
  }
  return pieces.join('') + decoder.decode();
}

/** The bytes of base64. @throws DOMException when it is none. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
  return bytes;
}

/** What an element of an offline file carries; undefined in a page that carries nothing. */
export async function carriedText(id: string): Promise<string | undefined> {
  const base64 = document.getElementById(id)?.textContent;
  return base64 === undefined || base64 === null ? undefined : inflate(bytesOf(base64));
}

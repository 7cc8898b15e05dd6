// The running hash of a run: two 32-bit lanes (murmur3 constants) that every event mixes itself into. It is always on.
// Equal seeds on equal code must give equal hashes in every engine, so it uses integer arithmetic alone.

/** The running hash and the fingerprints it leaves behind. */
export class RunningHash {
  #low = 0x9747b28c | 0;
  #high = 0x3c6ef372 | 0;

  /** Mixes a whole number below 2^53 in. */
  mixNumber(value: number): void {
    const low = value | 0;
    this.mix(low);
    if (low !== value) this.mix(Math.floor(value / 4294967296) | 0);
  }

  /** Mixes 32 bits in. */
  mix(value: number): void {
    let word = Math.imul(value, 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    const low = this.#low ^ Math.imul(word, 0x1b873593);
    this.#low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
    this.#high = (Math.imul(this.#high ^ word, 0x85ebca6b) + low) | 0;
  }

  /** Sixteen bits of the hash as it is now: enough to find the first event at which two runs differ. */
  fingerprint(): number {
    return (this.#low ^ (this.#high >>> 7)) & 0xffff;
  }

  /** The hash as 16 hexadecimal digits. */
  digest(): string {
    return hex(finish(this.#low ^ (this.#high >>> 3))) + hex(finish(this.#high ^ (this.#low << 5)));
  }
}

/** A 32-bit digest of plain data: depends on keys, their order, types and values. */
export function digestOf(value: unknown): number {
  return digestInto(0x2f0b4a27, value);
}

function digestInto(seed: number, value: unknown): number {
  switch (typeof value) {
    case 'number':
      return digestNumber(seed, value);
    case 'string':
      return digestString(seed, value);
    case 'boolean':
      return mixWord(seed, value ? 0x51ed27f3 : 0x0e1f94c5);
    case 'object':
      return value === null ? mixWord(seed, 0x4b1d3a77) : digestObject(seed, value);
    case 'undefined':
      return mixWord(seed, 0x6c8e9cf5);
    default:
      throw new TypeError(`plain data expected, found a ${typeof value}`);
  }
}

function digestObject(seed: number, value: object): number {
  if (Array.isArray(value)) {
    let digest = mixWord(seed, value.length + 0x5bd1e995);
    for (let index = 0; index < value.length; index++) digest = digestInto(digest, value[index]);
    return digest;
  }
  let digest = mixWord(seed, 0x1e35a7bd);
  for (const key in value) digest = digestInto(digestString(digest, key), (value as Record<string, unknown>)[key]);
  return mixWord(digest, 0x27d4eb2f);
}

const fractionBits = new DataView(new ArrayBuffer(8));

function digestNumber(seed: number, value: number): number {
  const low = value | 0;
  if (low === value && (low !== 0 || 1 / value > 0)) return mixWord(seed, low);
  fractionBits.setFloat64(0, value);
  return mixWord(mixWord(mixWord(seed, 0x7fb5d329), fractionBits.getInt32(0)), fractionBits.getInt32(4));
}

const stringDigests = new Map<string, number>();
const stringDigestLimit = 65_536;

/** Strings repeat (message types, keys, node names), so their digests are remembered, up to a bound. */
function digestString(seed: number, text: string): number {
  let digest = stringDigests.get(text);
  if (digest === undefined) {
    digest = text.length + 0x165667b1;
    for (let index = 0; index < text.length; index++) digest = mixWord(digest, text.charCodeAt(index));
    if (stringDigests.size >= stringDigestLimit) stringDigests.clear();
    stringDigests.set(text, digest);
  }
  return mixWord(seed, digest);
}

function mixWord(digest: number, value: number): number {
  const word = Math.imul(value, 0xcc9e2d51);
  const mixed = digest ^ Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

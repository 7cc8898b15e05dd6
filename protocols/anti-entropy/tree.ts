// A hash tree over a store's entries: 256 buckets under 16 nodes under a root. Two stores that differ in a few entries find them
// by going down where hashes differ. (Merkle: "A Digital Signature Based on a Conventional Encryption Function", 1987; used as in
// DeCandia et al.: "Dynamo", SOSP 2007, section 4.7.)

/** A value, or a deletion (null), and what orders it among the writes of its key. */
export interface Entry {
  readonly key: string;
  readonly value: string | null;
  /** Lamport time of the write; of two writes with the same time the greater writer counts. */
  readonly time: number;
  readonly writer: string;
}

export const depth = 2;
const branches = 16;

/** The path of a key's bucket: one hexadecimal digit for each level. */
export function pathOf(key: string): string {
  return (hashText(key) >>> 24).toString(16).padStart(depth, '0');
}

/** The paths of the nodes below one. */
export function childrenOf(path: string): string[] {
  return Array.from({ length: branches }, (_, digit) => path + digit.toString(16));
}

/** What one entry adds to the hashes above it: it hashes all that orders the entry. */
export function hashEntry({ key, value, time, writer }: Entry): number {
  return hashText(JSON.stringify([key, value, time, writer]));
}

/** The hashes of all nodes, by path: a node's hash is the exclusive or of those of its entries. */
export function hashTree(entries: Iterable<Entry>, hashOf: (entry: Entry) => number): Map<string, number> {
  const hashes = new Map<string, number>();
  for (const entry of entries) {
    const path = pathOf(entry.key);
    const hash = hashOf(entry);
    for (let length = 0; length <= depth; length++) {
      const above = path.slice(0, length);
      hashes.set(above, (hashes.get(above) ?? 0) ^ hash);
    }
  }
  return hashes;
}

/** FNV-1a with a last mixing step: 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

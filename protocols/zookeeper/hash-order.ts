// The order in which a Java HashSet of strings gives its elements. ZooKeeper keeps a znode's children and a session's
// ephemerals in such sets, so this is the order in which clients see them: not sorted, but not random either.

/**
 * Orders names, given in the order in which they were added, as a HashSet that has held `most` elements at once. Within one
 * bucket the order of addition stays, also over a resize; the table doubles when it is more than three quarters full.
 * @param initial the table's capacity at first: 8 for a znode's children, 16 by default in Java.
 */
export function inHashOrder(names: readonly string[], most: number, initial = 8): string[] {
  let capacity = initial;
  while (most > capacity * 0.75) capacity *= 2;
  return names
    .map((name) => ({ name, bucket: bucketOf(name, capacity) }))
    .sort((one, other) => one.bucket - other.bucket)
    .map(({ name }) => name);
}

function bucketOf(name: string, capacity: number): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 16)) & (capacity - 1);
}

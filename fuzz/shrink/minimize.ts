// Delta debugging: the smallest part of a list that still shows what is looked for, by leaving out ever smaller pieces
// (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002; only complements are tried).

/**
 * Leaves out pieces of the list as long as `accepts` takes what is left. `accepts` may refuse for any reason: what is returned
 * is the last list it took, or the whole. The result is 1-minimal unless `isOver` ended the search.
 */
export function minimize<T>(
  items: readonly T[],
  accepts: (left: readonly T[]) => boolean,
  isOver: () => boolean,
): readonly T[] {
  let left = items;
  if (left.length > 0 && accepts([])) return [];
  for (let size = Math.ceil(left.length / 2); size >= 1 && left.length > 0;) {
    let isShorter = false;
    // From the end: what comes late depends on what came before.
    for (let end = left.length; end > 0 && !isOver(); end -= size) {
      const without = [...left.slice(0, Math.max(0, end - size)), ...left.slice(end)];
      if (!accepts(without)) continue;
      left = without;
      isShorter = true;
    }
    if (isOver()) return left;
    if (size === 1 && !isShorter) return left;
    size = size === 1 ? 1 : Math.min(Math.ceil(size / 2), Math.max(1, Math.ceil(left.length / 2)));
  }
  return left;
}

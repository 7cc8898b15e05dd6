// Who comes before whom where everything has one predecessor at most: asked of any two in constant time, after one walk.

/**
 * Answers whether one item is reached from another by going from predecessor to predecessor, one step or more.
 * @param predecessor of each item, -1 for none. They may run in a circle.
 */
export function ancestry(predecessor: Int32Array): (from: number, to: number) => boolean {
  const circle = findCircles(predecessor);
  const root = new Int32Array(predecessor.length); // the item without a predecessor, or on a circle, that its way back leads to
  const entered = new Int32Array(predecessor.length);
  const left = new Int32Array(predecessor.length); // what was entered from `entered` to `left` is reached over this item
  const { offset, successor } = indexSuccessors(predecessor);
  const next = offset.slice();
  let count = 0;
  for (let first = 0; first < predecessor.length; first += 1) {
    if (predecessor[first] !== -1 && circle[first] === -1) continue;
    const path = [first];
    entered[first] = count++;
    root[first] = first;
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const child = next[at]! < offset[at + 1]! ? successor[next[at]!++]! : -1;
      if (child === -1) left[path.pop()!] = count;
      else if (circle[child] === -1) {
        entered[child] = count++;
        root[child] = first;
        path.push(child);
      }
    }
  }
  return (from, to) => {
    const own = circle[root[from]!]!;
    if (own !== -1 && circle[to] === own) return true;
    return from !== to && entered[to]! <= entered[from]! && entered[from]! < left[to]!;
  };
}

/** The number of the circle that each item is on; -1 for those on none. */
function findCircles(predecessor: Int32Array): Int32Array {
  const circle = new Int32Array(predecessor.length).fill(-1);
  const walk = new Int32Array(predecessor.length).fill(-1); // the walk that met an item first, by where it began
  for (let start = 0; start < predecessor.length; start += 1) {
    let at = start;
    for (; at !== -1 && walk[at] === -1; at = predecessor[at]!) walk[at] = start;
    if (at === -1 || walk[at] !== start) continue;
    for (; circle[at] === -1; at = predecessor[at]!) circle[at] = start;
  }
  return circle;
}

/** The items that have each item as their predecessor, in compressed rows. */
function indexSuccessors(predecessor: Int32Array): { readonly offset: Int32Array; readonly successor: Int32Array } {
  const offset = new Int32Array(predecessor.length + 1);
  for (const item of predecessor) if (item !== -1) offset[item + 1]! += 1;
  for (let item = 0; item < predecessor.length; item += 1) offset[item + 1]! += offset[item]!;
  const next = offset.slice(0, predecessor.length);
  const successor = new Int32Array(predecessor.length);
  for (const [item, before] of predecessor.entries()) if (before !== -1) successor[next[before]!++] = item;
  return { offset, successor };
}

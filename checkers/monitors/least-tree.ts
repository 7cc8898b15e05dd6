// A row of numbers that knows the first one below a limit in any range, and can add to a whole range: a segment tree.

export class LeastTree {
  private readonly size: number;
  private readonly least: Float64Array;
  private readonly added: Float64Array; // to the whole subtree, beside what `least` says of its children

  constructor(numbers: Float64Array) {
    let size = 1;
    while (size < numbers.length) size *= 2;
    this.size = size;
    this.least = new Float64Array(2 * size).fill(Infinity);
    this.added = new Float64Array(2 * size);
    this.least.set(numbers, size);
    for (let node = size - 1; node > 0; node -= 1) this.pull(node);
  }

  /** Adds to the numbers from `from` to `until`-1. */
  add(from: number, until: number, amount: number): void {
    if (from < until) this.addBelow(1, 0, this.size, from, until, amount);
  }

  /** The first place from `from` to `until`-1 whose number is below `limit`; -1 if there is none. */
  firstBelow(limit: number, from: number, until: number): number {
    return from < until ? this.findBelow(1, 0, this.size, from, until, limit) : -1;
  }

  private addBelow(node: number, low: number, high: number, from: number, until: number, amount: number): void {
    if (from <= low && high <= until) {
      this.least[node] = this.least[node]! + amount;
      this.added[node] = this.added[node]! + amount;
      return;
    }
    const middle = (low + high) >> 1;
    if (from < middle) this.addBelow(2 * node, low, middle, from, until, amount);
    if (until > middle) this.addBelow(2 * node + 1, middle, high, from, until, amount);
    this.pull(node);
  }

  private findBelow(node: number, low: number, high: number, from: number, until: number, limit: number): number {
    if (this.least[node]! >= limit || high <= from || until <= low) return -1;
    if (high - low === 1) return low;
    const middle = (low + high) >> 1;
    const rest = limit - this.added[node]!;
    const left = this.findBelow(2 * node, low, middle, from, until, rest);
    return left === -1 ? this.findBelow(2 * node + 1, middle, high, from, until, rest) : left;
  }

  private pull(node: number): void {
    this.least[node] = Math.min(this.least[2 * node]!, this.least[2 * node + 1]!) + this.added[node]!;
  }
}

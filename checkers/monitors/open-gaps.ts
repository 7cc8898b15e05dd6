// The gaps between moments that nothing covers yet: covering more and finding the next open one take nearly constant time,
// by the forests of disjoint sets of Tarjan (1975), one upwards and one downwards.

/** Gap i lies between the moments i and i+1; all gaps are open at first. */
export class OpenGaps {
  private readonly upwards: Int32Array; // towards the first open gap from here on
  private readonly downwards: Int32Array; // shifted by one: place 0 stands for "none below"

  constructor(count: number) {
    this.upwards = Int32Array.from({ length: count + 1 }, (_, gap) => gap);
    this.downwards = this.upwards.slice();
  }

  /** Covers the gaps from `from` to `until`-1. */
  cover(from: number, until: number): void {
    for (let gap = this.firstFrom(from); gap < until; gap = this.firstFrom(gap + 1)) {
      this.upwards[gap] = gap + 1;
      this.downwards[gap + 1] = gap;
    }
  }

  /** The first open gap from `gap` on; the number of gaps if there is none. */
  firstFrom(gap: number): number {
    return follow(this.upwards, gap);
  }

  /** The last open gap before `gap`; -1 if there is none. */
  lastBefore(gap: number): number {
    return follow(this.downwards, gap) - 1;
  }
}

/** The end of the path, which is halved on the way. */
function follow(links: Int32Array, from: number): number {
  let place = from;
  while (links[place] !== place) {
    links[place] = links[links[place]!]!;
    place = links[place]!;
  }
  return place;
}

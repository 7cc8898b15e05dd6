// How far a search has come: what it has visited, what it did most, and a guess at how much there is.
import { eventKinds, kindOf } from './events.ts';
import type { PreparedWorld } from './prepared-world.ts';

export interface Progress {
  /** States visited, transitions, and states that wait. */
  readonly unique: number;
  readonly generated: number;
  readonly frontier: number;
  readonly levels: number;
  /**
   * A guess at the share of all states that are visited, from 0 to 1, from how the levels grow; undefined while there is
   * nothing to guess from. Levels tend to grow and shrink like a bell, in which the ratio of neighbours falls steadily.
   */
  readonly share: number | undefined;
  /** Transitions by kind of event and process, such as `deliver n1`, the most frequent first. */
  readonly actions: readonly { readonly what: string; readonly count: number }[];
}

const kinds = 16;

/** Counts transitions by kind and process. */
export class ActionCounts {
  readonly #counts: Float64Array;
  readonly #prepared: PreparedWorld;

  constructor(prepared: PreparedWorld) {
    this.#prepared = prepared;
    this.#counts = new Float64Array((prepared.processes.length + 1) * kinds);
  }

  /** @param process the one at which the event happened, or -1. */
  count(event: number, process: number): void {
    if (event >= 0) this.#counts[(process + 1) * kinds + kindOf(event)]!++;
  }

  mostFrequent(): Progress['actions'] {
    const counted = [...this.#counts].map((count, slot) => ({ count, slot })).filter(({ count }) => count > 0);
    return counted
      .sort((one, other) => other.count - one.count)
      .map(({ count, slot }) => {
        const process = this.#prepared.processes[Math.floor(slot / kinds) - 1]?.id ?? 'the network';
        return { what: `${eventKinds[slot % kinds] ?? 'event'} ${process}`, count };
      });
  }
}

/**
 * The share of states visited, by the sizes of the finished levels.
 * @param levels the states that were new on each level, the one in the making excluded.
 */
export function estimateShare(levels: readonly number[]): number | undefined {
  const tail = levels.slice(-4);
  const [first, , , last] = tail;
  if (first === undefined || last === undefined) return undefined;
  const ratios = tail.slice(1).map((size, index) => size / tail[index]!);
  const [early, , late] = ratios as [number, number, number];
  // what the ratio is multiplied with from level to level; a search that does not slow down is not near its end
  const fall = Math.min(0.99, Math.sqrt(late / early));
  const visited = levels.reduce((sum, size) => sum + size, 0);
  let ratio = late;
  let size = last;
  let total = visited;
  for (let level = 0; level < 10_000 && size >= 1 && total < 1e15; level++) {
    ratio *= fall;
    size *= ratio;
    total += size;
  }
  return visited / total;
}

// What may be spent on one judgement, and what stopped it when that was not enough. Checkers cannot read a clock, so time is
// the caller's: a callback that says when it is over.

export interface Limits {
  /** Placements of an operation that may be tried. */
  readonly maxSteps: number;
  /** Bytes that the tables of the search may take, as estimated from their sizes. */
  readonly maxMemory: number;
  /** True when the time is over. Asked now and then, at least every few thousand steps. */
  readonly deadline: () => boolean;
  /** Told now and then how many of the completions are explained. */
  readonly onProgress: (covered: number, steps: number) => void;
}

/** What ended a search before it had an answer. */
export type Stop = 'steps' | 'memory' | 'deadline';

const stride = 2048;

/** Watches the limits at little cost: all but the steps are looked at only every so often. */
export class Watch {
  steps = 0;
  private readonly limits: Limits;
  private turns = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** What has run out, if anything. */
  stop(bytes: () => number, covered: () => number): Stop | undefined {
    if (this.steps > this.limits.maxSteps) return 'steps';
    this.turns += 1;
    if (this.turns % stride !== 0) return undefined;
    this.limits.onProgress(covered(), this.steps);
    if (bytes() > this.limits.maxMemory) return 'memory';
    return this.limits.deadline() ? 'deadline' : undefined;
  }
}

/** How a stop is told. */
export function describeStop(stop: Stop, { maxSteps, maxMemory }: Limits): string {
  switch (stop) {
    case 'steps':
      return `its bound of ${maxSteps} steps`;
    case 'memory':
      return `its bound of ${maxMemory} bytes`;
    case 'deadline':
      return 'its deadline';
  }
}

// What an experiment on gossip is: a question, rows of what was measured beside what is published or derived, and a plot.

export interface Experiment {
  readonly name: string;
  readonly question: string;
  /** @param runs how many runs an average is taken over; more give narrower results */
  run(runs: number): Results;
}

export interface Results {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Where the expected values are from, and how far off ours may be. */
  readonly note: string;
  readonly plot: Plot;
}

export interface Row {
  /** One for each column: what was varied, what was measured, what was expected. */
  readonly cells: readonly (string | number)[];
  /** Whether it is within the tolerance; undefined where nothing is expected. */
  readonly fits: boolean | undefined;
}

export interface Plot {
  readonly x: string;
  readonly y: string;
  readonly logarithmic?: boolean;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

export function isNear(value: number, expected: number, tolerance: number): boolean {
  return Math.abs(value - expected) <= tolerance;
}

/** A number with three digits that count. */
export function digits(value: number): number {
  return Number(value.toPrecision(3));
}

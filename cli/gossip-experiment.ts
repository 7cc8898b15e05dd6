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
  /** Which axes are logarithmic; on such an axis there is no place for 0. */
  readonly logarithmic?: 'x' | 'y' | 'both';
  /** What is expected is, where there is something: `published`, `formula`. */
  readonly expected?: string;
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** What is published or derived for the same. */
  readonly expected?: readonly Point[];
}

export type Point = readonly [x: number, y: number];

export function isNear(value: number, expected: number, tolerance: number): boolean {
  return Math.abs(value - expected) <= tolerance;
}

/** A number with three digits that count. */
export function digits(value: number): number {
  return Number(value.toPrecision(3));
}

/** A probability: small ones as powers of ten. */
export function share(value: number): string {
  return value === 0 ? '0' : value < 0.001 ? value.toExponential(1) : String(digits(value));
}

// A node's two clocks as views over the one true time. The monotonic clock drifts and may freeze, never goes back; the
// wall clock adds an offset, jumps, and strobes. Rates are whole parts per million, so all arithmetic stays exact.
import type { Micros } from './time.ts';

/** How a node's clocks start out. */
export interface ClockSpec {
  /** What the wall clock shows beyond true time at the start, in microseconds; may be negative. */
  readonly offset?: Micros;
  /** How much faster both clocks run than true time, in parts per million; may be negative. */
  readonly drift?: number;
}

const million = 1_000_000;

export class NodeClock {
  #anchor: Micros = 0; // true time at which the rate last changed
  #monotonicAtAnchor: Micros = 0;
  #wallOffset: Micros; // wall minus monotonic
  #drift: number; // the sum of all that make it drift
  #rate: number; // what the clock does of it: it never runs backwards
  #freezes = 0;
  #strobe = 0; // what a strobing wall clock shows beyond its offset

  constructor(spec: ClockSpec = {}) {
    this.#wallOffset = spec.offset ?? 0;
    this.#drift = spec.drift ?? 0;
    this.#rate = rateOf(this.#drift);
  }

  /** What the monotonic clock shows at a true instant not before the last change. */
  monotonic(now: Micros): Micros {
    if (this.#freezes > 0) return this.#monotonicAtAnchor;
    const elapsed = now - this.#anchor;
    return this.#monotonicAtAnchor + elapsed + Math.floor((elapsed * this.#rate) / million);
  }

  wall(now: Micros): Micros {
    return this.monotonic(now) + this.#wallOffset + this.#strobe;
  }

  /** The first true instant at which the monotonic clock shows `reading` or more; Infinity while it is frozen. */
  trueTimeOf(reading: Micros): Micros {
    if (reading <= this.#monotonicAtAnchor) return this.#anchor;
    if (this.#freezes > 0) return Infinity;
    const ahead = reading - this.#monotonicAtAnchor;
    let instant = this.#anchor + Math.ceil((ahead * million) / (million + this.#rate));
    while (this.monotonic(instant) < reading) instant++;
    return instant;
  }

  setDrift(now: Micros, drift: number): void {
    this.#reanchor(now);
    this.#drift = drift;
    this.#rate = rateOf(drift);
  }

  get drift(): number {
    return this.#drift;
  }

  /** Stops both clocks until `thaw` was called as often. */
  freeze(now: Micros): void {
    this.#reanchor(now);
    this.#freezes++;
  }

  thaw(now: Micros): void {
    this.#reanchor(now);
    this.#freezes--;
  }

  /** Steps the wall clock, as an operator or NTP does. */
  jump(by: Micros): void {
    this.#wallOffset += by;
  }

  /** Moves what the wall clock shows beyond its steady reading: strobing moves it to and fro. */
  strobe(by: Micros): void {
    this.#strobe += by;
  }

  #reanchor(now: Micros): void {
    this.#monotonicAtAnchor = this.monotonic(now);
    this.#anchor = now;
  }
}

/** However many faults slow a clock down, it keeps a thousandth of its speed: time never stands still or goes back. */
function rateOf(drift: number): number {
  return Math.max(drift, -999_000);
}

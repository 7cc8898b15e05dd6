// The sums of a campaign: totals, failures by cause, and how often each `sometimes` property was reached.
import { RunningHash } from '../sim/hash.ts';
import { worseVerdict, type Run, type Verdict } from '../sim/index.ts';
import type { Campaign, Cause, SeedFailure } from './campaign.ts';

/** Adds the runs up. */
export class Tally {
  ended: Campaign['ended'] = 'running';
  verified = 0;
  readonly #about: { readonly scenario: string; readonly start: number; readonly planned: number };
  readonly #hash = new RunningHash();
  readonly #failures: SeedFailure[] = [];
  readonly #causes = new Map<string, Cause>();
  readonly #sometimes = new Map<string, number>();
  #totals = { seeds: 0, events: 0, simulatedUs: 0, elapsedMs: 0, verdict: 'valid' as Verdict };
  #broken: Campaign['broken'];

  constructor(scenario: string, start: number, planned: number) {
    this.#about = { scenario, start, planned };
  }

  add(run: Run, elapsedMs: number): void {
    const totals = this.#totals;
    this.#totals = {
      seeds: totals.seeds + 1,
      events: totals.events + run.events,
      simulatedUs: totals.simulatedUs + run.simulatedUs,
      elapsedMs: totals.elapsedMs + elapsedMs,
      verdict: worseVerdict(totals.verdict, run.verdict),
    };
    for (let at = 0; at < run.hash.length; at += 8) this.#hash.mix(Number.parseInt(run.hash.slice(at, at + 8), 16));
    for (const { name, reached } of run.sometimes) {
      this.#sometimes.set(name, (this.#sometimes.get(name) ?? 0) + (reached ? 1 : 0));
    }
    const { verdict, seed, hash, events, simulatedUs, findings } = run;
    if (verdict === 'valid') return;
    const failure: SeedFailure = { seed, verdict, hash, events, simulatedUs, findings };
    if (this.#failures.length < keptFailures) this.#failures.push(failure);
    this.#addCause(failure);
  }

  /** Ends the campaign unless it has ended for another reason. */
  end(why: Campaign['ended']): void {
    if (this.ended === 'running') this.ended = why;
  }

  break(seed: string, type: 'error' | 'nondeterminism', reason: string): void {
    this.ended = 'broken';
    this.#broken = { seed, type, reason };
  }

  result(): Campaign {
    const causes = [...this.#causes.values()];
    return {
      ...this.#about,
      ...this.#totals,
      hash: this.#hash.digest(),
      verified: this.verified,
      failures: this.#failures,
      causes: causes.sort((one, other) => rank(one) - rank(other) || other.seeds - one.seeds),
      sometimes: [...this.#sometimes].map(([name, seeds]) => ({ name, seeds })),
      ended: this.ended,
      ...(this.#broken === undefined ? {} : { broken: this.#broken }),
    };
  }

  #addCause(failure: SeedFailure): void {
    const { verdict, findings } = failure;
    const names = [
      ...new Set(findings.filter((finding) => finding.verdict === verdict).map(({ name }) => name)),
    ].sort();
    const key = JSON.stringify([verdict, names]);
    const cause = this.#causes.get(key);
    this.#causes.set(key, {
      verdict,
      names,
      seeds: (cause?.seeds ?? 0) + 1,
      smallest: cause === undefined || failure.events < cause.smallest.events ? failure : cause.smallest,
    });
  }
}

const rank = ({ verdict }: Cause): number => (verdict === 'invalid' ? 0 : 1);

const keptFailures = 10_000;

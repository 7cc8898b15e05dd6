// The sums of a campaign: totals, failures by cause, how often each `sometimes` property was reached, what was reached at all.
// Outcomes may come in any order; they are added in the order of their seeds, so that equal campaigns have equal sums.
import { RunningHash } from '../sim/hash.ts';
import { worseVerdict, type Verdict } from '../sim/index.ts';
import type { Campaign, Cause, SeedFailure } from './campaign.ts';
import { causeOfFailure, firstOf } from './cause.ts';
import { SeenFeatures } from './coverage.ts';
import type { RanSeed, SeedOutcome } from './outcome.ts';

export interface TallyOptions {
  readonly scenario: string;
  readonly start: number;
  readonly stride: number;
  readonly planned: number;
  readonly untilFailure: boolean;
}

export class Tally {
  ended: Campaign['ended'] = 'running';
  readonly #options: TallyOptions;
  readonly #hash = new RunningHash();
  readonly #early = new Map<number, SeedOutcome>();
  readonly #failures: SeedFailure[] = [];
  readonly #causes = new Map<string, Cause>();
  readonly #sometimes = new Map<string, number>();
  readonly #features = new SeenFeatures();
  #next = 0;
  #totals = { seeds: 0, events: 0, simulatedUs: 0, elapsedMs: 0, verified: 0, lost: 0, verdict: 'valid' as Verdict };
  #broken: Campaign['broken'];

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  /** The index whose outcome is the next to be added. */
  get next(): number {
    return this.#next;
  }

  /** Takes the outcome of the seed at this index, and adds what is now in order. */
  take(index: number, outcome: SeedOutcome): void {
    if (index < this.#next) return; // told twice, as a thread was lost after it had told it
    this.#early.set(index, outcome);
    for (let due = this.#early.get(this.#next); due !== undefined; due = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      if (this.ended === 'running') this.#add(due);
    }
  }

  /** Ends the campaign unless it has ended for another reason; what has come early is added all the same. */
  end(why: Campaign['ended']): void {
    if (this.ended !== 'running') return;
    for (const index of [...this.#early.keys()].sort((one, other) => one - other)) {
      if (this.ended === 'running') this.#add(this.#early.get(index) as SeedOutcome);
    }
    this.#early.clear();
    if (this.ended === 'running') this.ended = why;
  }

  /** @param elapsedMs real time so far, where it is not the sum of the seeds' */
  result(elapsedMs?: number): Campaign {
    const causes = [...this.#causes.values()];
    const { scenario, start, stride, planned } = this.#options;
    return {
      ...{ scenario, start, stride, planned },
      ...this.#totals,
      ...(elapsedMs === undefined ? {} : { elapsedMs }),
      // No seed, no verdict: a green light that nobody has earned would be the worst of all.
      ...(this.#totals.seeds === 0 && this.ended !== 'running' ? { verdict: 'unknown' as const } : {}),
      hash: this.#hash.digest(),
      failures: this.#failures,
      causes: causes.sort((one, other) => rank(one) - rank(other) || other.seeds - one.seeds),
      sometimes: [...this.#sometimes].map(([name, seeds]) => ({ name, seeds })),
      coverage: this.#features.size,
      ended: this.ended,
      ...(this.#broken === undefined ? {} : { broken: this.#broken }),
    };
  }

  #add(outcome: SeedOutcome): void {
    switch (outcome.type) {
      case 'ran':
        this.#addRun(outcome);
        return;
      case 'lost':
        this.#addLost(outcome);
        return;
      case 'broken': {
        const { seed, kind, reason } = outcome;
        this.ended = 'broken';
        this.#broken = { seed, type: kind === 'nondeterminism' ? kind : 'error', reason };
      }
    }
  }

  #addRun(ran: RanSeed): void {
    const { seed, verdict, hash, events, simulatedUs, findings } = ran;
    const totals = this.#totals;
    this.#totals = {
      seeds: totals.seeds + 1,
      events: totals.events + events,
      simulatedUs: totals.simulatedUs + simulatedUs,
      elapsedMs: totals.elapsedMs + ran.elapsedMs,
      verified: totals.verified + (ran.verified ? 1 : 0),
      lost: totals.lost,
      verdict: worseVerdict(totals.verdict, verdict),
    };
    for (let at = 0; at < hash.length; at += 8) this.#hash.mix(Number.parseInt(hash.slice(at, at + 8), 16));
    for (const { name, reached } of ran.sometimes) {
      this.#sometimes.set(name, (this.#sometimes.get(name) ?? 0) + (reached ? 1 : 0));
    }
    this.#features.takeNew(ran.features);
    if (verdict === 'valid') return;
    const made = ran.case === undefined ? {} : { case: ran.case };
    this.#addFailure({ seed, verdict, hash, events, simulatedUs, findings, ...made });
    if (verdict === 'invalid' && this.#options.untilFailure) this.ended = 'first failure';
  }

  /** A seed that took its thread down is not judged: it counts as unknown, and shows among the causes. */
  #addLost({ seed, why, reason }: Extract<SeedOutcome, { type: 'lost' }>): void {
    const totals = this.#totals;
    const verdict = worseVerdict(totals.verdict, 'unknown');
    this.#totals = { ...totals, seeds: totals.seeds + 1, lost: totals.lost + 1, verdict };
    const about = { at: 0, event: 0, operations: [], nodes: [] };
    const findings = [{ name: lostNames[why], verdict: 'unknown' as const, reason, ...about }];
    this.#addFailure({ seed, verdict: 'unknown', hash: '', events: 0, simulatedUs: 0, findings, lost: true });
  }

  #addFailure(failure: SeedFailure): void {
    if (this.#failures.length < keptFailures) this.#failures.push(failure);
    const { verdict, findings } = failure;
    const first = firstOf(findings, verdict);
    const key = causeOfFailure(failure);
    const cause = this.#causes.get(key);
    if (cause === undefined && this.#causes.size >= keptCauses) return;
    const names = first === undefined ? [] : [first.name];
    const later = findings.filter((each) => each.verdict === verdict && !names.includes(each.name));
    this.#causes.set(key, {
      verdict,
      names,
      also: [...new Set([...(cause?.also ?? []), ...later.map(({ name }) => name)])].sort(),
      seeds: (cause?.seeds ?? 0) + 1,
      smallest: cause === undefined || failure.events < cause.smallest.events ? failure : cause.smallest,
    });
  }
}

const rank = ({ verdict }: Cause): number => (verdict === 'invalid' ? 0 : 1);

const lostNames = {
  hung: 'a run ends',
  crashed: 'a run lets its thread live',
  'out of memory': 'a run fits into memory',
};

const keptFailures = 10_000;
const keptCauses = 1_000;

// Many seeds of one world: how many came to what. The single run is one square among them, and every square opens its run.
import type { RunRequest } from '../../request.ts';
import type { SeedOutcome } from '../../worker/messages.ts';
import { Cancelled, type Engine, type Question } from '../engine.ts';
import { button, element } from '../overlay/element.ts';

export interface SeedsSetting {
  readonly engine: Engine;
  /** What all the runs have in common. */
  readonly request: RunRequest;
  readonly seed: string;
  readonly known: KnownSeeds;
  readonly open: (seed: string) => void;
}

/** What seeds of a world came to, by the world: opening one of them must not lose the others. */
export type KnownSeeds = Map<string, readonly SeedOutcome[]>;

const howMany = 200;
const signs = { valid: '', invalid: '✕', unknown: '?' } as const;

export function createSeeds({ engine, request, seed, known, open }: SeedsSetting): HTMLElement {
  const squares = element('div', {
    class: 'seed-squares',
    attributes: { role: 'group', 'aria-label': 'Runs by seed' },
  });
  const bars = element('div', { class: 'seed-bars' });
  const status = element('p', { class: 'hint', attributes: { 'aria-live': 'polite' } });
  let question: Question<'seeds'> | undefined;
  const world = JSON.stringify({ ...request, seed: undefined });
  const tellAll = (outcomes: readonly SeedOutcome[]): void => {
    const bad = outcomes.filter(({ verdict }) => verdict === 'invalid').length;
    status.textContent = `${outcomes.length} seeds: ${bad} with a violation. Choose a square to open its run.`;
  };
  const before = known.get(world);
  if (before !== undefined) {
    squares.append(...before.map((outcome) => square(outcome, seed, open)));
    bars.append(...histogram(before));
    tellAll(before);
  }
  const run = async (): Promise<void> => {
    question?.cancel();
    squares.replaceChildren();
    bars.replaceChildren();
    const outcomes: SeedOutcome[] = [];
    const seeds = Array.from({ length: howMany }, (_, index) => String(index + 1));
    question = engine.ask('seeds', { request, seeds }, (outcome) => {
      outcomes.push(outcome);
      squares.append(square(outcome, seed, open));
      bars.replaceChildren(...histogram(outcomes));
      status.textContent = `${outcomes.length} of ${howMany} seeds`;
    });
    try {
      await question.answer;
      known.set(world, outcomes);
      tellAll(outcomes);
    } catch (error) {
      if (!(error instanceof Cancelled)) status.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  return element('section', { class: 'seeds', attributes: { 'aria-label': 'Seeds' } }, [
    element('p', {
      class: 'hint',
      text: 'One run is one story. This runs many seeds with these knobs and counts how they end.',
    }),
    element('div', { class: 'field-row' }, [
      button(`Run ${howMany} seeds`, 'button', () => void run()),
      button('Stop', 'button', () => question?.cancel()),
    ]),
    status,
    bars,
    squares,
  ]);
}

function square({ seed, verdict, findings }: SeedOutcome, current: string, open: (seed: string) => void): HTMLElement {
  const what = findings.length === 0 ? verdict : findings.join(', ');
  const made = button(signs[verdict], `seed-square is-${verdict}`, () => open(seed), `Seed ${seed}: ${what}`);
  if (seed === current) made.setAttribute('aria-current', 'true');
  return made;
}

/** A bar for each outcome, the most frequent first. */
function histogram(outcomes: readonly SeedOutcome[]): HTMLElement[] {
  const counts = new Map<string, number>();
  for (const { findings, verdict } of outcomes) {
    for (const name of findings.length === 0 ? [verdict] : findings) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .map(([name, count]) => {
      const bar = element('span', {
        class: `seed-bar ${name === 'valid' || name === 'unknown' ? `is-${name}` : 'is-invalid'}`,
      });
      bar.style.width = `${(100 * count) / Math.max(1, outcomes.length)}%`;
      return element('div', { class: 'seed-row' }, [
        element('span', { class: 'seed-name', text: name }),
        element('span', { class: 'seed-track' }, [bar]),
        element('span', { class: 'seed-count', text: String(count) }),
      ]);
    });
}

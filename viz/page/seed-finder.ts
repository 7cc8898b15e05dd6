// A planted bug does not show in every run: where it does not, the page says so and looks for a seed that shows it.
import type { CatalogueEntry } from '../catalogue.ts';
import { Cancelled, type Engine } from './engine.ts';
import { button, element } from './overlay/element.ts';
import type { ShownRun } from './shown-run.ts';

const mostTried = 500;

/** The offer, for a run in which a planted bug did not show; nothing for others. */
export function seedFinder(
  engine: Engine,
  entry: CatalogueEntry | undefined,
  { asked, model }: ShownRun,
  open: (seed: string) => void,
): HTMLElement[] {
  const { scenario, verdict } = model.data;
  if (entry?.expect.type !== 'breaks' || verdict !== 'valid') return [];
  const words = element('span', {
    text: 'A bug is planted in this scenario. This run does not show it.',
    attributes: { role: 'status' },
  });
  const find = async (): Promise<void> => {
    look.disabled = true;
    const { parameters = {}, until } = asked;
    const request = { scenario, seed: '1', parameters, until };
    const seeds = Array.from({ length: mostTried }, (_, index) => String(index + 1));
    let tried = 0;
    const question = engine.ask('seeds', { request, seeds }, (outcome) => {
      words.textContent = `Looking for a seed that shows the planted bug: ${++tried} tried.`;
      if (outcome.verdict !== 'invalid') return;
      question.cancel();
      open(outcome.seed);
    });
    try {
      await question.answer;
      words.textContent = `None of ${mostTried} seeds shows the planted bug with these knobs.`;
    } catch (error) {
      if (!(error instanceof Cancelled)) words.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const look = button('Find a seed that does', 'button button-small', () => void find());
  return [element('p', { class: 'seed-finder' }, [words, look])];
}

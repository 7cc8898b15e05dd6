// The gallery: every scenario there is, by protocol, each a way into its run; lessons come first.
import type { CatalogueEntry } from '../catalogue.ts';
import type { Lesson } from '../lessons/format.ts';
import { button, element } from './overlay/element.ts';

export interface GallerySetting {
  readonly entries: readonly CatalogueEntry[];
  readonly lessons: readonly Lesson[];
  /** Opens a lesson or replay file that the reader has. */
  readonly openFile: (file: File) => void;
}

export function gallery({ entries, lessons, openFile }: GallerySetting): HTMLElement {
  const families = new Map<string, CatalogueEntry[]>();
  for (const entry of entries) families.set(entry.protocol, [...(families.get(entry.protocol) ?? []), entry]);
  const sections = [...families].map(([protocol, members]) => family(protocol, members));
  const search = element('input', {
    class: 'input gallery-search',
    attributes: { type: 'search', placeholder: 'Search scenarios', 'aria-label': 'Search scenarios' },
  });
  const found = element('p', { class: 'hint', attributes: { 'aria-live': 'polite' } });
  search.addEventListener('input', () => {
    const shown = filterCards(sections, search.value.trim().toLowerCase());
    found.textContent = search.value.trim() === '' ? '' : `${shown} of ${entries.length} scenarios`;
  });
  const file = element('input', {
    class: 'visually-hidden',
    attributes: { type: 'file', accept: '.json,application/json', id: 'open-file' },
  });
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) openFile(chosen);
  });
  return element('main', { class: 'gallery' }, [
    element('header', { class: 'gallery-head' }, [
      element('p', { class: 'brand', text: 'Faultline' }),
      element('h1', { text: 'Watch distributed protocols break, and hold' }),
      element('p', {
        class: 'story',
        text: 'Every run here is simulated in this page, from its seed: the same seed is always the same run. Choose a story, change one thing, and see where the two runs part.',
      }),
    ]),
    lessonSection(lessons),
    element('section', { attributes: { 'aria-label': 'Scenarios' } }, [
      element('div', { class: 'gallery-tools' }, [
        element('h2', { class: 'gallery-title', text: 'Scenarios' }),
        search,
        found,
        file,
        element('label', { class: 'button', text: 'Open a replay or lesson file', attributes: { for: 'open-file' } }),
      ]),
      shortcuts(sections),
      ...sections,
    ]),
  ]);
}

function lessonSection(lessons: readonly Lesson[]): HTMLElement {
  const cards = lessons.map(({ id, title, question }, index) =>
    element('li', {}, [
      element('a', { class: 'card lesson-card', attributes: { href: `#lesson=${encodeURIComponent(id)}` } }, [
        element('span', { class: 'lesson-number', text: String(index + 1) }),
        element('span', { class: 'card-name', text: title }),
        element('span', { class: 'card-story', text: question }),
      ]),
    ]),
  );
  return element('section', { attributes: { 'aria-label': 'Lessons' } }, [
    element('h2', { class: 'gallery-title', text: 'Lessons: predict first, then see' }),
    element('ol', { class: 'cards' }, cards),
  ]);
}

/** A way to each protocol: there are more scenarios than anybody scrolls through. */
function shortcuts(sections: readonly HTMLElement[]): HTMLElement {
  const made = sections.map((section) => {
    const title = section.querySelector('h3') as HTMLElement;
    return button(title.textContent, 'button button-small', () => {
      section.scrollIntoView({ block: 'start' });
      title.focus({ preventScroll: true });
    });
  });
  return element('nav', { class: 'protocols', attributes: { 'aria-label': 'Protocols' } }, made);
}

function family(protocol: string, members: readonly CatalogueEntry[]): HTMLElement {
  const cards = members.map((entry) => {
    const breaks = entry.expect.type === 'breaks';
    const made = element('li', { class: 'scenario' }, [
      element(
        'a',
        {
          class: `card ${breaks ? 'is-broken' : ''}`,
          attributes: { href: `#s=${encodeURIComponent(entry.name)}&seed=1` },
        },
        [
          element('span', { class: 'card-name', text: entry.name }),
          element('span', { class: breaks ? 'tag tag-broken' : 'tag', text: breaks ? '✕ planted bug' : '✓ holds' }),
          element('span', { class: 'card-story', text: entry.story }),
        ],
      ),
    ]);
    made.dataset['words'] = `${entry.name} ${entry.story} ${entry.protocol}`.toLowerCase();
    return made;
  });
  return element('section', { class: 'family' }, [
    element('h3', { class: 'family-name', text: protocol, attributes: { tabindex: '-1' } }),
    element('ul', { class: 'cards' }, cards),
  ]);
}

function filterCards(sections: readonly HTMLElement[], text: string): number {
  let shown = 0;
  for (const section of sections) {
    const cards = [...section.querySelectorAll<HTMLElement>('.scenario')];
    for (const card of cards) {
      card.hidden = !(card.dataset['words'] ?? '').includes(text);
      if (!card.hidden) shown++;
    }
    section.hidden = cards.every((card) => card.hidden);
  }
  return shown;
}

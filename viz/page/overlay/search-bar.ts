// What the reader looks for: a text, a node, a key. Everything else steps back.
import { keysOf, type Filter } from '../filter.ts';
import type { Model } from '../model.ts';
import { element } from './element.ts';

const patienceMs = 180;

/** Calls back when the reader has stopped typing. */
export function searchBar(model: Model, onFilter: (filter: Filter) => void): HTMLElement {
  const text = element('input', {
    class: 'input',
    attributes: {
      type: 'search',
      placeholder: 'Search events, keys, values',
      'aria-label': 'Search events, keys and values',
      maxlength: '100',
    },
  });
  const lane = choice('Only messages of', [
    ['-1', 'all nodes'],
    ...model.data.lanes.map(({ id }, index) => [String(index), id] as const),
  ]);
  const keys = keysOf(model);
  const key = choice('Only what is about the key', [['', 'all keys'], ...keys.map((each) => [each, each] as const)]);
  let timer = 0;
  const tell = (): void =>
    onFilter({ text: text.value.trim().toLowerCase(), lane: Number(lane.value), key: key.value });
  text.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(tell, patienceMs);
  });
  lane.addEventListener('change', tell);
  key.addEventListener('change', tell);
  const choices = keys.length > 1 ? [lane, key] : [lane];
  return element('div', { class: 'search', attributes: { role: 'search' } }, [text, ...choices]);
}

function choice(label: string, options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  return element(
    'select',
    { class: 'select', attributes: { 'aria-label': label } },
    options.map(([value, text]) => element('option', { text, attributes: { value } })),
  );
}

// What the reader looks for: a text and a node. Everything else steps back.
import type { Filter } from '../filter.ts';
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
  const lane = element('select', { class: 'select', attributes: { 'aria-label': 'Only messages of' } }, [
    element('option', { text: 'all nodes', attributes: { value: '-1' } }),
    ...model.data.lanes.map(({ id }, index) => element('option', { text: id, attributes: { value: String(index) } })),
  ]);
  let timer = 0;
  const tell = (): void => onFilter({ text: text.value.trim().toLowerCase(), lane: Number(lane.value) });
  text.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(tell, patienceMs);
  });
  lane.addEventListener('change', tell);
  return element('div', { class: 'search', attributes: { role: 'search' } }, [text, lane]);
}

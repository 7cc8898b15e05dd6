// Every event of the run as a list beside the canvas, of which only what is in sight exists: the way through a run for
// those who do not look at pictures. Arrows move, left and right follow the causes, Enter goes there.
import { describeRow, instant } from '../words.ts';
import type { Model } from '../model.ts';
import { lowerBound } from '../search.ts';
import { causeOf, effectOf, isQuietRow } from '../steps.ts';
import { button, element } from '../overlay/element.ts';

export interface EventList {
  readonly node: HTMLElement;
  /** Shows the rows that a filter lets through; undefined for all. */
  filter(passes: ((row: number) => boolean) | undefined): void;
  /** Brings a row into sight and marks it. */
  mark(row: number): void;
}

const rowHeight = 26;
const spare = 6;

export function createEventList(model: Model, goTo: (row: number) => void): EventList {
  let rows = listed(model, undefined);
  let active = -1;
  const inner = element('div', { class: 'event-inner', attributes: { role: 'presentation' } });
  const list = listBox(inner);
  const count = element('p', { class: 'hint' });
  const placeOf = (row: number): number => lowerBound(rows, row);
  const render = (): void => {
    inner.style.height = `${rows.length * rowHeight}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - spare);
    const last = Math.min(rows.length, first + Math.ceil((list.clientHeight || 400) / rowHeight) + 2 * spare);
    inner.replaceChildren(
      ...Array.from({ length: Math.max(0, last - first) }, (_, index) =>
        option(model, rows, first + index, active, goTo),
      ),
    );
    if (active >= 0) list.setAttribute('aria-activedescendant', `event-${active}`);
  };
  const reveal = (row: number): void => {
    const place = placeOf(row);
    const top = place * rowHeight;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - rowHeight)
      list.scrollTop = top - list.clientHeight / 3;
    render();
  };
  const tell = (): void => {
    count.textContent = `${rows.length.toLocaleString('en-US')} events`;
  };
  list.addEventListener('scroll', render);
  list.addEventListener('keydown', (event) => {
    const next = nextRow(model, rows, placeOf(Math.max(0, active)), active, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(next);
  });
  new ResizeObserver(render).observe(list);
  tell();
  return {
    node: element('section', { class: 'events', attributes: { 'aria-label': 'All events' } }, [count, list]),
    filter(passes) {
      rows = listed(model, passes);
      list.scrollTop = 0;
      tell();
      render();
    },
    mark(row) {
      active = row;
      reveal(row);
    },
  };
}

function listBox(inner: HTMLElement): HTMLElement {
  const label = 'All events: up and down move, left and right follow causes';
  const attributes = { role: 'listbox', tabindex: '0', 'aria-label': label };
  return element('div', { class: 'event-list', attributes }, [inner]);
}

function option(
  model: Model,
  rows: Int32Array,
  place: number,
  active: number,
  goTo: (row: number) => void,
): HTMLElement {
  const row = rows[place] as number;
  const attributes = {
    role: 'option',
    id: `event-${row}`,
    'aria-selected': String(row === active),
    'aria-posinset': String(place + 1),
    'aria-setsize': String(rows.length),
  };
  const name = row === active ? 'event-option is-active' : 'event-option';
  const made = element('div', { class: name, attributes, on: { click: () => goTo(row) } }, [
    element('span', { class: 'time', text: instant(model.rows.time[row] as number) }),
    element('span', { class: 'event-text', text: describeRow(model, row) }),
  ]);
  made.style.top = `${place * rowHeight}px`;
  return made;
}

function nextRow(model: Model, rows: Int32Array, place: number, active: number, key: string): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return rows[active < 0 ? 0 : Math.min(rows.length - 1, rows[place] === active ? place + 1 : place)];
    case 'ArrowUp':
      return rows[Math.max(0, place - 1)];
    case 'PageDown':
      return rows[Math.min(rows.length - 1, place + 12)];
    case 'PageUp':
      return rows[Math.max(0, place - 12)];
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    case 'ArrowLeft':
      return causeOf(model, active);
    case 'ArrowRight':
      return effectOf(model, active);
    case 'Enter':
    case ' ':
      return active < 0 ? rows[0] : active;
    default:
      return undefined;
  }
}

function listed(model: Model, passes: ((row: number) => boolean) | undefined): Int32Array {
  const found = new Int32Array(model.rows.length);
  let length = 0;
  for (let row = 0; row < model.rows.length; row++) {
    if (isQuietRow(model, row) || (passes !== undefined && !passes(row))) continue;
    found[length++] = row;
  }
  return found.slice(0, length);
}

/** The switch between what is notable and everything. */
export function listSwitch(onChange: (all: boolean) => void): HTMLElement {
  let all = false;
  const made = button('Every event', 'button button-small toggle', () => {
    all = !all;
    made.setAttribute('aria-pressed', String(all));
    onChange(all);
  });
  made.setAttribute('aria-pressed', 'false');
  return made;
}

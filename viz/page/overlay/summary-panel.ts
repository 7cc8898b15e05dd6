// The panel that tells a brushed stretch of time in numbers.
import type { Model } from '../model.ts';
import { summarize, type Latency, type Summary } from '../summary.ts';
import type { Target } from '../target.ts';
import type { TimeWindow } from '../view.ts';
import { describeTarget, duration, instant } from '../words.ts';
import { button, element } from './element.ts';

export interface SummarySetting {
  readonly model: Model;
  readonly jump: (target: Target) => void;
  readonly zoom: (stretch: TimeWindow) => void;
  readonly close: () => void;
}

/** Where summaries are shown: one at a time, or none. */
export interface SummaryPlace {
  readonly node: HTMLElement;
  show(stretch: TimeWindow | undefined): void;
  isEmpty(): boolean;
}

export function createSummaryPlace(setting: SummarySetting): SummaryPlace {
  const node = element('div', { class: 'summary-place' });
  return {
    node,
    show: (stretch) => node.replaceChildren(...(stretch === undefined ? [] : [summaryPanel(setting, stretch)])),
    isEmpty: () => node.childElementCount === 0,
  };
}

const mostListed = 8;

function summaryPanel({ model, jump, zoom, close }: SummarySetting, stretch: TimeWindow): HTMLElement {
  const from = Math.max(0, stretch.from);
  const to = Math.min(model.data.end, Math.max(from, stretch.to));
  const summary = summarize(model, { from, to });
  const targets = (title: string, type: 'finding' | 'fault' | 'band', places: readonly number[]): HTMLElement[] =>
    listed(
      title,
      places.map((index) => {
        const target: Target = { type, index };
        const words = element('span', { text: describeTarget(model, target) });
        return element(
          'button',
          { class: 'chain-link', attributes: { type: 'button' }, on: { click: () => jump(target) } },
          [words],
        );
      }),
    );
  return element('section', { class: 'summary', attributes: { 'aria-label': 'Summary of a stretch' } }, [
    element('div', { class: 'details-head' }, [
      element('h2', { text: `${duration(to - from)} in numbers` }),
      button('✕', 'button button-quiet', close, 'Close the summary'),
    ]),
    element('p', { class: 'details-when', text: `${instant(Math.round(from))} – ${instant(Math.round(to))}` }),
    element('p', { class: 'summary-line', text: inOneLine(summary) }),
    button('Zoom to it', 'button button-small', () => zoom(stretch)),
    ...targets('Findings', 'finding', summary.findings),
    ...messageTable(summary),
    ...listed(
      'Losses by reason',
      summary.losses.map(([reason, count]) => element('span', { text: `${count.toLocaleString('en-US')}× ${reason}` })),
    ),
    ...operationTable(summary),
    ...targets('Faults in force', 'fault', summary.faults),
    ...targets('Crashes and pauses', 'band', summary.outages),
    ...listed(
      `Role changes (${summary.roleChanges.length})`,
      summary.roleChanges.map((words) => element('span', { text: words })),
    ),
  ]);
}

function inOneLine({ events, messages, timersFired, writes }: Summary): string {
  const sent = messages.reduce((sum, type) => sum + type.sent, 0);
  const lost = messages.reduce((sum, type) => sum + type.lost, 0);
  const disk =
    writes.issued === 0 ? '' : ` · ${many(writes.issued, 'write')}, ${writes.synced} synced, ${writes.lost} lost`;
  return `${many(events, 'event')} · ${many(sent, 'message')}, ${lost} lost · ${many(timersFired, 'timer')} fired${disk}`;
}

function messageTable({ messages }: Summary): HTMLElement[] {
  return table(
    'Messages',
    ['type', 'sent', 'lost', 'median', '99 %'],
    messages.map(({ name, sent, lost, latency }) => [
      name,
      count(sent),
      lost === 0 ? '–' : count(lost),
      ...times(latency),
    ]),
  );
}

function operationTable({ operations }: Summary): HTMLElement[] {
  return table(
    'Operations',
    ['kind', 'ok', 'failed', 'unknown', 'median', '99 %'],
    operations.map(({ f, ok, fail, unknown, latency }) => [f, ...[ok, fail, unknown].map(count), ...times(latency)]),
  );
}

function times(latency: Latency | undefined): string[] {
  return latency === undefined ? ['–', '–'] : [duration(latency.median), duration(latency.p99)];
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const cells = (tag: 'th' | 'td', texts: readonly string[]): HTMLElement[] =>
    texts.map((text, place) =>
      place === 0 && tag === 'td'
        ? element('th', { text, attributes: { scope: 'row' } })
        : element(tag, { text, ...(tag === 'th' ? { attributes: { scope: 'col' } } : {}) }),
    );
  return [
    element('table', { class: 'numbers' }, [
      element('caption', { text: title }),
      element('thead', {}, [element('tr', {}, cells('th', head))]),
      element(
        'tbody',
        {},
        rows.map((row) => element('tr', {}, cells('td', row))),
      ),
    ]),
  ];
}

function listed(title: string, items: readonly HTMLElement[]): HTMLElement[] {
  if (items.length === 0) return [];
  const more = items.length - mostListed;
  return [
    element('h3', { text: title }),
    element('ul', { class: 'summary-list' }, [
      ...items.slice(0, mostListed).map((item) => element('li', {}, [item])),
      ...(more > 0 ? [element('li', { class: 'hint', text: `and ${more} more` })] : []),
    ]),
  ];
}

const count = (number: number): string => number.toLocaleString('en-US');

const many = (number: number, thing: string): string => `${count(number)} ${thing}${number === 1 ? '' : 's'}`;

// The head of the page: which run this is, how it ended, and how to make it again.
import type { TimelineData } from '../../data.ts';
import { instant } from '../words.ts';
import { button, element } from './element.ts';

const verdictWords = {
  valid: { sign: '✓', word: 'valid', means: 'every property and check held' },
  invalid: { sign: '✕', word: 'invalid', means: 'something that must hold was violated' },
  unknown: { sign: '?', word: 'unknown', means: 'the checks could not decide' },
} as const;

/** The header of a run, by its scenario or under a title of its own. */
export function header(data: TimelineData, home?: () => void, title?: string): HTMLElement {
  const brand =
    home === undefined
      ? element('p', { class: 'brand', text: 'Faultline' })
      : button('← Faultline: all scenarios and lessons', 'brand brand-link', home);
  return element('header', { class: 'header' }, [
    element('div', { class: 'header-main' }, [
      brand,
      element('div', { class: 'title-row' }, [element('h1', { text: title ?? data.scenario }), badge(data)]),
      element('p', { class: 'story', text: data.story }),
    ]),
    element('div', { class: 'header-side' }, [facts(data, title !== undefined), reproduce(data)]),
  ]);
}

function badge(data: TimelineData): HTMLElement {
  const { sign, word, means } = verdictWords[data.verdict];
  return element('span', { class: `badge badge-${data.verdict}`, attributes: { title: means } }, [
    element('span', { class: 'badge-sign', text: sign, attributes: { 'aria-hidden': 'true' } }),
    element('span', { text: word }),
  ]);
}

function facts(data: TimelineData, withName: boolean): HTMLElement {
  const { statistics } = data;
  const clients = data.lanes.filter((lane) => lane.type === 'client').length;
  const parameters = Object.entries(data.parameters).map(([name, value]) => `${name}=${String(value)}`);
  const entries: [string, string][] = [
    ['seed', data.seed],
    ['hash', data.hash],
    ['simulated', instant(data.simulatedUs)],
    ['events', count(data.events)],
    ['world', `${many(data.lanes.length - clients, 'node')}, ${many(clients, 'client')}`],
    ['messages', `${count(statistics.sent)}, ${count(statistics.lost)} lost`],
  ];
  if (data.trace.dropped > 0)
    entries.push(['not recorded', `${count(data.trace.dropped)} rows beyond the trace's bound`]);
  if (withName) entries.push(['scenario', data.scenario]);
  const items: HTMLElement[] = entries.map(([name, value]) =>
    element('div', {}, [element('dt', { text: name }), element('dd', { text: value, attributes: { title: value } })]),
  );
  if (parameters.length > 0) items.push(parameterList(parameters));
  return element('dl', { class: 'facts' }, items);
}

/** All on one line, as far as there is room; a click shows the rest. */
function parameterList(parameters: readonly string[]): HTMLElement {
  const all = parameters.map((each) => element('span', { text: each }));
  return element('div', {}, [
    element('dt', { text: 'parameters' }),
    element('dd', {}, [
      element('details', { class: 'parameters' }, [element('summary', { attributes: { title: 'Show all' } }, all)]),
    ]),
  ]);
}

function reproduce(data: TimelineData): HTMLElement {
  const command = element('code', { text: data.reproduce });
  const isFile = data.reproduce.startsWith('npx faultline replay ');
  const copy = button(
    'Copy',
    'button button-small',
    () => void copyText(data.reproduce, command, copy),
    'Copy the command that makes this run again',
  );
  return element('div', { class: 'reproduce' }, [
    command,
    ...(isFile ? [element('span', { class: 'reproduce-hint', text: 'the file is under Share' })] : []),
    copy,
  ]);
}

/** Copies by the clipboard where the browser allows it, else selects the text for the reader to copy. */
async function copyText(text: string, shown: HTMLElement, copy: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    copy.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(shown);
    copy.textContent = 'Selected';
  }
  setTimeout(() => (copy.textContent = 'Copy'), 1_600);
}

const count = (number: number): string => number.toLocaleString('en-US');

const many = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`;

// The panel that says everything about the selection: in words, when, why, and what it carried.
import type { Json } from '../../../sim/protocol.ts';
import { payloadOf, type Model } from '../model.ts';
import { causesOf, rowOfTarget, targetOfRow, type Target } from '../target.ts';
import { describeRow, describeTarget, instant } from '../words.ts';
import { button, element } from './element.ts';
import { whenAndWhere } from './tooltip.ts';

export interface Details {
  readonly node: HTMLElement;
  show(target: Target | undefined): void;
}

const mostCauses = 14;
const longestPayload = 20_000;

/** The details panel; `onSelect` follows a cause. */
export function createDetails(model: Model, onSelect: (target: Target | undefined) => void): Details {
  const node = element('section', { class: 'details', attributes: { 'aria-label': 'Details' } });
  const show = (target: Target | undefined): void => {
    node.replaceChildren(...(target === undefined ? nothingSelected() : describe(model, target, onSelect)));
  };
  show(undefined);
  return { node, show };
}

function nothingSelected(): Node[] {
  const keys: [string, string][] = [
    ['wheel, + −', 'zoom'],
    ['drag, ← →', 'pan'],
    ['Shift drag, b', 'sum up a stretch, or what is visible'],
    ['0', 'all of the run'],
    ['. ,', 'next, previous notable event'],
    ['[', 'to the cause of the selection'],
    ['Esc', 'clear the selection'],
  ];
  return [
    element('h2', { text: 'Details' }),
    element('p', {
      class: 'hint',
      text: 'Point at anything to read what happened. Click it to see what it carried and what led to it.',
    }),
    element('p', {
      class: 'hint',
      text: 'Drag a fault to another time, or click a message to drop, delay or repeat it: the changed run appears beside this one.',
    }),
    element(
      'dl',
      { class: 'keys' },
      keys.flatMap(([key, meaning]) => [
        element(
          'dt',
          {},
          key.split(/,? /).map((part) => element('kbd', { text: part })),
        ),
        element('dd', { text: meaning }),
      ]),
    ),
  ];
}

function describe(model: Model, target: Target, onSelect: (target: Target | undefined) => void): Node[] {
  const row = rowOfTarget(model, target);
  const parts: Node[] = [
    element('div', { class: 'details-head' }, [
      element('h2', { text: titles[target.type] }),
      button('✕', 'button button-quiet', () => onSelect(undefined), 'Clear the selection'),
    ]),
    element('p', { class: 'details-sentence', text: describeTarget(model, target) }),
    element('p', { class: 'details-when', text: whenAndWhere(model, target) }),
  ];
  const evidence = evidenceOf(model, target, onSelect);
  if (evidence !== undefined) parts.push(evidence);
  for (const [name, payload] of payloadsOf(model, target, row)) {
    parts.push(
      element('h3', { text: name }),
      element('pre', { class: 'payload', text: pretty(payload), attributes: { tabindex: '0' } }),
    );
  }
  if (row >= 0) parts.push(...causeChain(model, row, onSelect));
  return parts;
}

const titles = {
  message: 'Message',
  operation: 'Operation',
  role: 'Role',
  band: 'Process',
  fault: 'Fault',
  finding: 'Finding',
  timer: 'Timer',
  disk: 'Disk',
  row: 'Event',
} as const;

function payloadsOf(model: Model, target: Target, row: number): [string, Json][] {
  const { data } = model;
  if (target.type === 'operation') {
    const operation = data.operations[target.index];
    if (operation === undefined) return [];
    const { id, process, f, argument, outcome, result, error } = operation;
    return [
      [
        'Operation',
        {
          id,
          process,
          f,
          argument,
          outcome,
          ...(outcome === 'open' ? {} : { result }),
          ...(error === '' ? {} : { error }),
        },
      ],
    ];
  }
  if (target.type === 'fault') return [['As it struck', data.faults[target.index]?.fault ?? null]];
  // What a violation carries is the finding's own words, which are shown already.
  if (row < 0 || target.type === 'finding') return [];
  const payload = payloadOf(model.rows, row);
  return payload === null ? [] : [[target.type === 'message' ? 'It carried' : 'Its data', payload]];
}

/** The operations that prove a finding, each a way to it. */
function evidenceOf(model: Model, target: Target, onSelect: (target: Target) => void): Node | undefined {
  if (target.type !== 'finding') return undefined;
  const links = model.data.operations.flatMap((operation, index) => {
    if (!operation.evidence.includes(target.index)) return [];
    const to: Target = { type: 'operation', index };
    return [element('li', {}, [link(instant(operation.from), describeTarget(model, to), () => onSelect(to))])];
  });
  if (links.length === 0) return undefined;
  return element('div', {}, [
    element('h3', { text: 'Evidence' }),
    element('ol', { class: 'chain' }, links.slice(0, 40)),
  ]);
}

function causeChain(model: Model, row: number, onSelect: (target: Target) => void): Node[] {
  const causes = causesOf(model, row, mostCauses + 1);
  if (causes.length === 0) return [];
  const items = causes.slice(0, mostCauses).map((cause) => {
    const words = describeRow(model, cause);
    return element('li', {}, [
      link(instant(model.rows.time[cause] ?? 0), words, () => onSelect(targetOfRow(model, cause))),
    ]);
  });
  if (causes.length > mostCauses) items.push(element('li', { class: 'hint', text: 'and so on, further back' }));
  return [element('h3', { text: 'Because of' }), element('ol', { class: 'chain' }, items)];
}

function link(time: string, words: string, onClick: () => void): HTMLElement {
  return element('button', { class: 'chain-link', attributes: { type: 'button' }, on: { click: onClick } }, [
    element('span', { class: 'time', text: time }),
    element('span', { text: words }),
  ]);
}

function pretty(payload: Json): string {
  const text = JSON.stringify(payload, null, 2);
  return text.length > longestPayload
    ? `${text.slice(0, longestPayload)}\n… ${text.length - longestPayload} more characters`
    : text;
}

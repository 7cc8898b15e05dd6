// The findings in words, each a button that jumps to its evidence, and what the run reached of what it should sometimes.
import type { TimelineData, TimelineFinding } from '../../data.ts';
import { instant } from '../words.ts';
import { element } from './element.ts';

const mostShown = 6;

/** The findings of a run, or the good news that there are none; beside another run it is said whose they are. */
export function findings(data: TimelineData, onJump?: (index: number) => void, isChanged = false): HTMLElement {
  const cards = data.findings.map((finding, index) => card(data, finding, () => onJump?.(index)));
  const rest = cards.splice(mostShown);
  const children: Node[] = [
    element('h2', {
      class: isChanged ? 'findings-title' : 'visually-hidden',
      text: isChanged ? 'In the changed run' : 'Findings',
    }),
  ];
  if (cards.length > 0) children.push(element('div', { class: 'finding-cards' }, cards));
  if (rest.length > 0) {
    children.push(
      element('details', { class: 'more-findings' }, [
        element('summary', { text: `${rest.length} more ${rest.length === 1 ? 'finding' : 'findings'}` }),
        element('div', { class: 'finding-cards' }, rest),
      ]),
    );
  }
  if (data.findings.length === 0) children.push(element('p', { class: 'no-findings', text: goodNews(data) }));
  if (data.sometimes.length > 0) children.push(reached(data));
  return element('section', { class: 'findings', attributes: { 'aria-label': 'Findings' } }, children);
}

/** The same in one line that opens, where something else explains what was found. */
export function foldedFindings(data: TimelineData, onJump: (index: number) => void, isChanged: boolean): HTMLElement {
  const all = findings(data, onJump, isChanged);
  if (data.findings.length === 0) return all;
  const names = [...new Set(data.findings.map(({ name }) => name))].join(', ');
  const whose = isChanged ? 'Found in the changed run' : 'Found';
  return element('details', { class: 'folded-findings' }, [element('summary', { text: `✕ ${whose}: ${names}` }), all]);
}

function card(data: TimelineData, finding: TimelineFinding, onClick: () => void): HTMLElement {
  const isInvalid = finding.verdict === 'invalid';
  const where = finding.lanes.map((lane) => data.lanes[lane]?.id ?? '').join(', ');
  const evidence = finding.operations.length === 0 ? '' : `${finding.operations.length} operations as evidence`;
  const small = [`at ${instant(finding.at)}`, `event ${finding.event}`, where, evidence].filter((text) => text !== '');
  return element(
    'button',
    { class: `finding finding-${finding.verdict}`, attributes: { type: 'button' }, on: { click: onClick } },
    [
      element('span', { class: 'finding-sign', text: isInvalid ? '✕' : '?', attributes: { 'aria-hidden': 'true' } }),
      element('span', { class: 'finding-body' }, [
        element('span', { class: 'finding-name', text: `${isInvalid ? 'Violated' : 'Unknown'}: ${finding.name}` }),
        element('span', { class: 'finding-reason', text: finding.reason }),
        element('span', { class: 'finding-where', text: small.join(' · ') }),
      ]),
      element('span', { class: 'finding-go', text: 'Show →' }),
    ],
  );
}

function goodNews(data: TimelineData): string {
  return data.verdict === 'valid'
    ? 'No findings: every property and every check held in this run.'
    : 'No findings were recorded for this run.';
}

function reached(data: TimelineData): HTMLElement {
  const items = data.sometimes.map(({ name, reached: isReached }) =>
    element('li', {
      class: isReached ? 'is-reached' : 'is-missed',
      text: isReached ? `✓ ${name}` : `○ ${name}: not in this run`,
      attributes: { title: 'What should happen in some runs, so that the checks are put to the test' },
    }),
  );
  return element('ul', { class: 'reached', attributes: { 'aria-label': 'What this run reached' } }, items);
}

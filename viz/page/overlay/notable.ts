// The notable events as a list that can be focused, read out and jumped from: what the canvas shows to eyes alone.
import type { Band, RoleSpan } from '../../data.ts';
import type { Model } from '../model.ts';
import { isQuietRole } from '../theme.ts';
import { timesOfTarget, type Target } from '../target.ts';
import { describeTarget, instant } from '../words.ts';
import { button, element } from './element.ts';

/** A notable event: where it is and how it reads. */
export interface NotableEvent {
  readonly time: number;
  readonly group: NotableGroup;
  readonly sign: string;
  readonly target: Target;
}

export type NotableGroup = 'findings' | 'faults' | 'roles';

export interface NotableList {
  readonly node: HTMLElement;
  readonly events: readonly NotableEvent[];
  /** Marks the entry of the selection, if it has one. */
  mark(target: Target | undefined): void;
}

const chunk = 200;

/** All findings, faults, outages and role changes in order of time. */
export function notableEvents(model: Model): NotableEvent[] {
  const { data } = model;
  const event = (group: NotableGroup, sign: string, target: Target): NotableEvent => {
    return { time: timesOfTarget(model, target).from, group, sign, target };
  };
  return [
    ...data.findings.map((finding, index) =>
      event('findings', finding.verdict === 'invalid' ? '✕' : '?', { type: 'finding', index }),
    ),
    ...data.faults.map((_, index) => event('faults', '◆', { type: 'fault', index })),
    ...data.bands.flatMap((band, index) => {
      return isOfFault(model, band) ? [] : [event('faults', band.type === 'down' ? '▼' : '‖', { type: 'band', index })];
    }),
    ...data.roles.flatMap((span, index) =>
      isNotableRole(model, span) ? [event('roles', '●', { type: 'role', index })] : [],
    ),
  ].sort((one, other) => one.time - other.time);
}

/** An outage that a fault of the schedule began is told with that fault. */
function isOfFault(model: Model, band: Band): boolean {
  return model.data.faults.some((fault) => {
    return (
      fault.from === band.from &&
      fault.family === 'process' &&
      fault.sides.some((side) => side.lanes.includes(band.lane))
    );
  });
}

/** Becoming a follower is worth telling of those alone who were something else just before. */
function isNotableRole(model: Model, span: RoleSpan): boolean {
  // What clients are about to do is told by their operations.
  if (model.data.lanes[span.lane]?.type === 'client') return false;
  if (!isQuietRole(span.role)) return true;
  const before = model.rolesByLane[span.lane]?.findLast((other) => other.from < span.from && other.to === span.from);
  return before !== undefined && !isQuietRole(before.role);
}

/** The list; choosing an entry jumps there. */
export function createNotableList(model: Model, onJump: (target: Target) => void): NotableList {
  const events = notableEvents(model);
  const off = new Set<NotableGroup>();
  const list = element('ol', { class: 'notable-list' });
  const more = element('div', { class: 'notable-more' });
  const buttons = new Map<string, HTMLButtonElement>();
  const render = (limit: number): void => {
    buttons.clear();
    const shown = events.filter((event) => !off.has(event.group));
    list.replaceChildren(...shown.slice(0, limit).map((event) => entry(model, event, onJump, buttons)));
    const [first] = buttons.values();
    if (first !== undefined) first.tabIndex = 0;
    const rest = shown.length - limit;
    more.replaceChildren(
      ...(rest > 0
        ? [button(`Show ${Math.min(rest, chunk)} more of ${rest}`, 'button', () => render(limit + chunk))]
        : []),
    );
    if (shown.length > 0) return;
    const text = events.length > 0 ? 'All kinds are switched off.' : 'No faults, no role changes, no findings.';
    list.append(element('li', { class: 'hint notable-none', text }));
  };
  list.addEventListener('keydown', (event) => roam(event, list));
  render(chunk);
  const groups = (['findings', 'faults', 'roles'] as const).filter((group) =>
    events.some((event) => event.group === group),
  );
  const node = element('section', { class: 'notable', attributes: { 'aria-label': 'Notable events' } }, [
    element('div', { class: 'notable-head' }, [
      element('h2', { text: 'Notable events' }),
      element(
        'div',
        { class: 'notable-groups' },
        groups.map((group) => groupSwitch(group, off, () => render(chunk))),
      ),
    ]),
    list,
    more,
  ]);
  return {
    node,
    events,
    mark(target) {
      for (const marked of list.querySelectorAll('[aria-current]')) marked.removeAttribute('aria-current');
      const chosen = target === undefined ? undefined : buttons.get(JSON.stringify(target));
      chosen?.setAttribute('aria-current', 'true');
      if (chosen !== undefined) scrollWithin(list, chosen);
    },
  };
}

function entry(
  model: Model,
  event: NotableEvent,
  onJump: (target: Target) => void,
  buttons: Map<string, HTMLButtonElement>,
): HTMLElement {
  const made = element(
    'button',
    {
      class: `notable-event is-${event.group}${event.sign === '?' ? ' is-unknown' : ''}`,
      attributes: { type: 'button', tabindex: '-1' },
      on: { click: () => onJump(event.target) },
    },
    [
      element('span', { class: 'time', text: instant(event.time) }),
      element('span', { class: 'notable-sign', text: event.sign, attributes: { 'aria-hidden': 'true' } }),
      element('span', { class: 'notable-text', text: describeTarget(model, event.target) }),
    ],
  );
  buttons.set(JSON.stringify(event.target), made);
  return element('li', {}, [made]);
}

function groupSwitch(group: NotableGroup, off: Set<NotableGroup>, onChange: () => void): HTMLButtonElement {
  const made = button(group, 'chip chip-small', () => {
    if (!off.delete(group)) off.add(group);
    made.setAttribute('aria-pressed', String(!off.has(group)));
    onChange();
  });
  made.setAttribute('aria-pressed', 'true');
  return made;
}

/** Up, down, Home and End move through the list; Tab leaves it. */
function roam(event: KeyboardEvent, list: HTMLElement): void {
  const entries = [...list.querySelectorAll<HTMLButtonElement>('button')];
  const here = entries.indexOf(document.activeElement as HTMLButtonElement);
  const last = entries.length - 1;
  const next = { ArrowDown: Math.min(last, here + 1), ArrowUp: Math.max(0, here - 1), Home: 0, End: last }[event.key];
  if (next === undefined || here < 0) return;
  event.preventDefault();
  event.stopPropagation();
  for (const entry of entries) entry.tabIndex = -1;
  const chosen = entries[next];
  if (chosen === undefined) return;
  chosen.tabIndex = 0;
  chosen.focus();
}

/** Scrolls the list alone, never the page. */
function scrollWithin(list: HTMLElement, entry: HTMLElement): void {
  const offset = entry.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (offset < 0 || offset > list.clientHeight - entry.offsetHeight) list.scrollTop += offset - list.clientHeight / 3;
}

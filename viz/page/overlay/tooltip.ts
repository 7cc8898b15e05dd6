// The note at the pointer that says in words what lies there.
import type { Model } from '../model.ts';
import { rowOfTarget, timesOfTarget, type Target } from '../target.ts';
import { describeRow, describeTarget, duration, instant } from '../words.ts';
import { element } from './element.ts';

export interface Tooltip {
  readonly node: HTMLElement;
  show(target: Target, x: number, y: number, width: number): void;
  /** Says something that is not one thing, such as a density. */
  say(title: string, small: string, x: number, y: number, width: number): void;
  hide(): void;
}

/** A tooltip over a stage; x and y are the pointer's place on it. */
export function createTooltip(model: Model): Tooltip {
  const title = element('p', { class: 'tooltip-title' });
  const small = element('p', { class: 'tooltip-small' });
  const cause = element('p', { class: 'tooltip-cause' });
  const node = element('div', { class: 'tooltip', attributes: { role: 'tooltip', 'aria-hidden': 'true' } }, [
    title,
    small,
    cause,
  ]);
  node.hidden = true;
  const place = (x: number, y: number, width: number): void => {
    node.hidden = false;
    const room = node.offsetWidth + 18;
    const left = x + room > width ? Math.max(4, x - room) : x + 16;
    const isLow = node.parentElement !== null && y + node.offsetHeight + 30 > node.parentElement.clientHeight;
    const top = isLow ? y - node.offsetHeight - 12 : y + 16;
    node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  return {
    node,
    show(target, x, y, width) {
      title.textContent = describeTarget(model, target);
      small.textContent = whenAndWhere(model, target);
      cause.textContent = causeText(model, target);
      place(x, y, width);
    },
    say(text, detail, x, y, width) {
      title.textContent = text;
      small.textContent = detail;
      cause.textContent = '';
      place(x, y, width);
    },
    hide() {
      node.hidden = true;
    },
  };
}

/** Time, length and event number of a target. */
export function whenAndWhere(model: Model, target: Target): string {
  const { from, to } = timesOfTarget(model, target);
  const row = rowOfTarget(model, target);
  const found = target.type === 'finding' ? model.data.findings[target.index]?.event : undefined;
  const event = found ?? model.rows.event[row] ?? -1;
  const when = to > from ? `${instant(from)} – ${instant(to)} (${duration(to - from)})` : instant(from);
  return event >= 0 ? `${when} · event ${event}` : when;
}

function causeText(model: Model, target: Target): string {
  const row = rowOfTarget(model, target);
  const cause = row < 0 ? -1 : (model.rows.cause[row] ?? -1);
  return cause < 0 ? '' : `because ${describeRow(model, cause)}`;
}

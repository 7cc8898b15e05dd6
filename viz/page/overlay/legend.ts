// The legend: roles with their colours, outcomes with their shapes, and a switch for each message type.
import type { Model } from '../model.ts';
import type { RoleColour, Stroke, Theme } from '../theme.ts';
import { element } from './element.ts';

/** What the legend shows and what happens when a message type is switched. */
export interface LegendSetting {
  readonly model: Model;
  readonly theme: Theme;
  readonly strokes: readonly Stroke[];
  readonly roles: ReadonlyMap<string, RoleColour>;
  readonly hidden: ReadonlySet<number>;
  onToggle(type: number): void;
}

/** The legend's element; made anew when the theme changes. */
export function legend(setting: LegendSetting): HTMLElement {
  const { model, theme } = setting;
  const groups: HTMLElement[] = [];
  const types = model.messages.types.map((type, index) => typeSwitch(setting, index, type.name, type.count));
  if (types.length > 0) groups.push(group('Messages', types));
  const roles = [...setting.roles].map(([role, colour]) => swatch(role, colour.fill));
  if (roles.length > 0) groups.push(group('Roles', roles));
  if (model.data.operations.length > 0) {
    groups.push(
      group('Operations', [
        outcome('✓', 'ok', theme.outcome.ok),
        outcome('✕', 'failed', theme.outcome.fail),
        outcome('?', 'unknown', theme.outcome.info),
      ]),
    );
  }
  groups.push(group('Signs', [outcome('✕', 'lost message', theme.alarm), outcome('◆', 'note', theme.ink)]));
  return element('div', { class: 'legend', attributes: { role: 'group', 'aria-label': 'Legend' } }, groups);
}

function group(title: string, items: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'legend-group' }, [element('span', { class: 'legend-title', text: title }), ...items]);
}

function typeSwitch(setting: LegendSetting, type: number, name: string, count: number): HTMLElement {
  const made = element(
    'button',
    {
      class: 'chip',
      attributes: { type: 'button', 'aria-pressed': String(!setting.hidden.has(type)), title: `Show or hide ${name}` },
      on: {
        click: () => {
          setting.onToggle(type);
          made.setAttribute('aria-pressed', String(!setting.hidden.has(type)));
        },
      },
    },
    [
      strokeSample(setting.strokes[type]),
      element('span', { text: name }),
      element('span', { class: 'chip-count', text: count.toLocaleString('en-US') }),
    ],
  );
  return made;
}

function strokeSample(stroke: Stroke | undefined): Node {
  const name = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(name, 'svg');
  const line = document.createElementNS(name, 'path');
  for (const [key, value] of [
    ['width', '24'],
    ['height', '10'],
    ['aria-hidden', 'true'],
  ] as const) {
    svg.setAttribute(key, value);
  }
  line.setAttribute('d', 'M1 5H18M17 1.5 23 5 17 8.5');
  line.setAttribute('fill', 'none');
  line.setAttribute('stroke', stroke?.colour ?? 'currentColor');
  line.setAttribute('stroke-width', '1.8');
  line.setAttribute('stroke-dasharray', (stroke?.dash ?? []).map((length) => length * 0.6).join(' '));
  svg.append(line);
  return svg;
}

function swatch(name: string, colour: string): HTMLElement {
  const patch = element('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } });
  patch.style.background = colour;
  return element('span', { class: 'legend-item' }, [patch, name]);
}

function outcome(sign: string, name: string, colour: string): HTMLElement {
  const mark = element('span', { class: 'legend-sign', text: sign, attributes: { 'aria-hidden': 'true' } });
  mark.style.color = colour;
  return element('span', { class: 'legend-item' }, [mark, name]);
}

// The legend: roles with their colours, outcomes with their shapes, and a switch for each message type.
import type { Model } from '../model.ts';
import type { RoleColour, Stroke, Theme } from '../theme.ts';
import { manner, manners } from '../messages.ts';
import { layers, type Layer } from '../layers.ts';
import { element } from './element.ts';

/** What the legend shows and what happens when a message type is switched. */
export interface LegendSetting {
  readonly model: Model;
  readonly theme: Theme;
  readonly strokes: readonly Stroke[];
  readonly roles: ReadonlyMap<string, RoleColour>;
  readonly hidden: ReadonlySet<number>;
  /** The layers of which this run has something, and those that are shown. */
  readonly offered: ReadonlySet<Layer>;
  readonly shown: ReadonlySet<Layer>;
  onToggle(type: number): void;
  onLayer(layer: Layer): void;
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
  groups.push(group('Signs', signs(setting)));
  const offered = layers.filter(({ layer }) => setting.offered.has(layer));
  if (offered.length > 0)
    groups.push(
      group(
        'Layers',
        offered.map(({ layer, name, about }) => layerSwitch(setting, layer, name, about)),
      ),
    );
  return element('div', { class: 'legend', attributes: { role: 'group', 'aria-label': 'Legend' } }, groups);
}

/** The signs that this run has. */
function signs({ model, theme }: LegendSetting): HTMLElement[] {
  const has = (how: number): boolean => model.messages.manner.includes(how);
  return [
    outcome('✕', 'lost message', theme.alarm),
    ...(has(manner.copy) ? [outcome(manners.copy, 'duplicate', theme.ink)] : []),
    ...(has(manner.held) ? [outcome(manners.held, 'held message', theme.ink)] : []),
    outcome('◆', 'note', theme.ink),
  ];
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

function layerSwitch(setting: LegendSetting, layer: Layer, name: string, about: string): HTMLElement {
  const made = element(
    'button',
    {
      class: 'chip',
      attributes: { type: 'button', 'aria-pressed': String(setting.shown.has(layer)), title: `Show or hide ${about}` },
      on: {
        click: () => {
          setting.onLayer(layer);
          made.setAttribute('aria-pressed', String(setting.shown.has(layer)));
        },
      },
    },
    [layerSample(layer, setting.theme), element('span', { text: name })],
  );
  return made;
}

/** What a layer draws, in small. */
function layerSample(layer: Layer, theme: Theme): Node {
  const samples: Readonly<Record<Layer, readonly (readonly [path: string, colour: string, isFilled: boolean])[]>> = {
    locks: [
      ['M1 1.5H17V4.5H1Z', theme.outcome.ok, false],
      ['M4 6.5H14V9H4Z', theme.accent, true],
      ['M14 6.5H21V9H14Z', theme.alarm, true],
    ],
    order: [['M9 5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0', theme.outcome.ok, false]],
    notes: [['M12 1 16 5 12 9 8 5Z', theme.ink, true]],
    timers: [
      ['M2 5h1M6 5h1M10 5h1M14 5h1', theme.muted, false],
      ['M17 5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0', theme.ink, true],
    ],
    disks: [['M2 4H18V7H2ZM18 2.5H20V8.5H18Z', theme.family['disk'] ?? theme.muted, true]],
    clocks: [['M1 8H23M5 4V8M12 4V8M19 4V8', theme.family['clock'] ?? theme.muted, false]],
  };
  return sample(samples[layer]);
}

function strokeSample(stroke: Stroke | undefined): Node {
  const colour = stroke?.colour ?? 'currentColor';
  const dash = (stroke?.dash ?? []).map((length) => length * 0.6).join(' ');
  return sample([['M1 5H18M17 1.5 23 5 17 8.5', colour, false]], '1.8', dash);
}

/** A small drawing of paths, each a line or a shape of one colour. */
function sample(
  paths: readonly (readonly [path: string, colour: string, isFilled: boolean])[],
  width = '1.4',
  dash = '',
): Node {
  const name = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(name, 'svg');
  for (const [key, value] of [
    ['width', '24'],
    ['height', '10'],
    ['aria-hidden', 'true'],
  ] as const) {
    svg.setAttribute(key, value);
  }
  for (const [path, colour, isFilled] of paths) {
    const line = document.createElementNS(name, 'path');
    line.setAttribute('d', path);
    line.setAttribute('fill', isFilled ? colour : 'none');
    if (!isFilled) line.setAttribute('stroke', colour);
    line.setAttribute('stroke-width', width);
    line.setAttribute('stroke-dasharray', dash);
    svg.append(line);
  }
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

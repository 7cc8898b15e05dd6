// Panels of which one is shown, as tabs that the arrow keys move through.
import { element } from './element.ts';

export interface Tab {
  readonly name: string;
  readonly panel: HTMLElement;
  /** Called whenever the panel comes into sight. */
  readonly onShow?: () => void;
}

export interface Tabs {
  readonly node: HTMLElement;
  show(name: string): void;
  current(): string;
}

export function createTabs(label: string, tabs: readonly Tab[], onChange: (name: string) => void = () => {}): Tabs {
  let current = '';
  const show = (name: string): void => {
    current = name;
    tabs.forEach((tab, index) => {
      const isShown = tab.name === name;
      const made = buttons[index] as HTMLButtonElement;
      tab.panel.hidden = !isShown;
      made.setAttribute('aria-selected', String(isShown));
      made.tabIndex = isShown ? 0 : -1;
      if (isShown) tab.onShow?.();
    });
    onChange(name);
  };
  const buttons = tabs.map(({ name, panel }) => {
    const id = `tab-${name.toLowerCase().replace(/\W+/g, '-')}`;
    panel.id = `${id}-panel`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', id);
    return element('button', {
      class: 'tab',
      text: name,
      attributes: { type: 'button', role: 'tab', id, 'aria-controls': panel.id },
      on: { click: () => show(name) },
    });
  });
  const list = element('div', { class: 'tabs', attributes: { role: 'tablist', 'aria-label': label } }, buttons);
  list.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const here = buttons.findIndex(({ tabIndex }) => tabIndex === 0);
    const next = (here + by + buttons.length) % buttons.length;
    show(tabs[next]?.name ?? '');
    buttons[next]?.focus();
  });
  const node = element('div', { class: 'tabbed' }, [list, ...tabs.map(({ panel }) => panel)]);
  return { node, show, current: () => current };
}

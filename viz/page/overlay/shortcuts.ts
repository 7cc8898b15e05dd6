// All keys in one dialog: what a question mark on the picture opens.
import { button, element } from './element.ts';

const keys: readonly (readonly [title: string, keys: readonly (readonly [keys: string, meaning: string])[]])[] = [
  [
    'Play and step',
    [
      ['Space k', 'play, pause'],
      ['> <', 'faster, slower'],
      ['n p', 'next event, event before'],
      ['N P', 'next message of the chosen node, message before'],
      ['[ ]', 'to the cause, to the effect'],
    ],
  ],
  [
    'Jump',
    [
      ['F', 'next fault'],
      ['R', 'next role change'],
      ['V', 'next violation'],
      ['. ,', 'next notable event, the one before'],
    ],
  ],
  [
    'See',
    [
      ['+ − w s', 'zoom in, zoom out'],
      ['← → a d', 'move along; with Shift further'],
      ['PageUp PageDown', 'a screen back, a screen on'],
      ['Home End', 'to the beginning, to the end'],
      ['0 f', 'all of the run'],
      ['b', 'what is visible, in numbers'],
      ['Esc', 'clear the selection'],
    ],
  ],
  [
    'In lists',
    [
      ['↑ ↓', 'event before, next event'],
      ['← →', 'to the cause, to the effect'],
      ['Enter', 'go there'],
    ],
  ],
];

/** Shows the keys until Escape or the button closes them; the focus then goes back to where it was. */
export function openShortcuts(): void {
  const close = button('Close', 'button', () => dialog.close());
  const dialog: HTMLDialogElement = element('dialog', { class: 'shortcuts', attributes: { 'aria-label': 'Keys' } }, [
    element('div', { class: 'shortcuts-head' }, [element('h2', { text: 'Keys' }), close]),
    element('p', { class: 'hint', text: 'While the picture has the focus:' }),
    ...keys.map(([title, lines]) => section(title, lines)),
  ]);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Who does not know the keys does not know either that the picture needs the focus for them. */
export function askForKeys({ key, target }: KeyboardEvent): void {
  if (key === '?' && target === document.body) openShortcuts();
}

function section(title: string, lines: readonly (readonly [keys: string, meaning: string])[]): HTMLElement {
  const rows = lines.flatMap(([names, meaning]) => [
    element(
      'dt',
      {},
      names.split(' ').map((name) => element('kbd', { text: name })),
    ),
    element('dd', { text: meaning }),
  ]);
  return element('section', {}, [element('h3', { text: title }), element('dl', { class: 'keys' }, rows)]);
}

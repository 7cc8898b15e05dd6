// What can be taken along: a link to this very place, pictures, the transcript, the replay file, a sequence diagram.
import { fileNameOf } from '../../file-name.ts';
import { addressOf } from '../address.ts';
import { mermaidOf } from '../export/mermaid.ts';
import { pngOf, svgOf } from '../export/picture.ts';
import { download } from '../overlay/download.ts';
import { button, element } from '../overlay/element.ts';
import type { SideSetting } from './side.ts';

export function createShare(setting: SideSetting): HTMLElement {
  const { shown, pane, moment } = setting;
  const { data } = shown.model;
  const name = fileNameOf(data);
  const status = element('p', { class: 'hint', attributes: { 'aria-live': 'polite' } });
  const act = (what: () => Promise<void> | void) => async (): Promise<void> => {
    try {
      await what();
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const number = async (): Promise<number> => {
    const found = shown.number ?? (await setting.number());
    if (found === undefined) throw new Error('this run cannot be made again here, so there is no file of it');
    return found;
  };
  const link = element('textarea', {
    class: 'input json',
    attributes: { rows: '3', readonly: '', 'aria-label': 'Link to this place' },
  });
  const copyLink = act(async () => {
    link.value = await addressOf({ shown, moment: moment(), window: pane().view.window() });
    link.select();
    await navigator.clipboard?.writeText(link.value).then(
      () => (status.textContent = 'The link is in the clipboard.'),
      () => (status.textContent = 'Copy the link above.'),
    );
  });
  const made = filesOf(setting, name, number);
  return element('section', { class: 'share', attributes: { 'aria-label': 'Share' } }, [
    element('h2', { text: 'A link to this place' }),
    element('p', {
      class: 'hint',
      text: 'It holds the scenario, the seed, the knobs, the faults, the moment and the window.',
    }),
    button('Make the link', 'button', () => void copyLink()),
    link,
    status,
    element('h2', { text: 'Files' }),
    element(
      'ul',
      { class: 'files' },
      made.map(([title, what, action]) =>
        element('li', {}, [
          button(title, 'button', () => void act(action)()),
          element('span', { class: 'hint', text: what }),
        ]),
      ),
    ),
  ]);
}

type FileOffer = readonly [title: string, what: string, make: () => Promise<void> | void];

function filesOf({ shown, engine, pane }: SideSetting, name: string, number: () => Promise<number>): FileOffer[] {
  const text = (content: string, ending: string, type = 'text/plain'): void =>
    download(`${name}.${ending}`, new Blob([content], { type }));
  const transcript = async (): Promise<void> => {
    const { from, to } = pane().view.window();
    text(await engine.ask('transcript', { run: await number(), from: Math.max(0, from), to }).answer, 'txt');
  };
  const replayFile = async (): Promise<void> =>
    text(await engine.ask('replayFile', { run: await number() }).answer, 'replay.json', 'application/json');
  return [
    ['Picture (PNG)', 'what is visible now', async () => download(`${name}.png`, await pngOf(pane()))],
    ['Picture (SVG)', 'the same, without pixels', () => text(svgOf(pane()), 'svg', 'image/svg+xml')],
    ['Transcript', 'one line an event, of the visible stretch', transcript],
    ['Replay file', 'for faultline replay: the run, event for event', replayFile],
    [
      'Sequence diagram',
      'Mermaid, of the visible stretch',
      () => text(mermaidOf(shown.model, pane().view.window()), 'mmd'),
    ],
  ];
}

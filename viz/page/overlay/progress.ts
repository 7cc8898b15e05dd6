// How far a run has come, in words and as a bar, with a way to give it up.
import type { Services } from '../../worker/messages.ts';
import { duration } from '../words.ts';
import { button, element } from './element.ts';

export type RunProgress = Services['run']['partial'];

export interface ProgressPanel {
  readonly node: HTMLElement;
  follow(progress: RunProgress): void;
  say(what: string): void;
}

/** In words: what is done at the moment, and how much of it. */
export function progressInWords(name: string, { events, now, until, stage }: RunProgress): string {
  const so = `${events.toLocaleString('en-US')} events, ${duration(now)}`;
  if (stage !== undefined) return `${name} ran: ${so}. ${stage}…`;
  return `Running ${name}: ${so}${Number.isFinite(until) ? ` of ${duration(until)}` : ''} simulated`;
}

/** What the page shows until there is a run to show. */
export function progressPanel(name: string, cancel: () => void): ProgressPanel {
  const status = element('p', { class: 'status', attributes: { role: 'status' }, text: `Running ${name}…` });
  const bar = element('progress', { class: 'progress', attributes: { 'aria-label': 'How far the run is' } });
  const giveUp = button('Cancel', 'button', cancel);
  return {
    node: element('main', { class: 'waiting' }, [status, bar, giveUp]),
    follow(progress) {
      status.textContent = progressInWords(name, progress);
      if (Number.isFinite(progress.until) && progress.stage === undefined) bar.value = progress.now / progress.until;
      else bar.removeAttribute('value');
    },
    say(what) {
      status.textContent = what;
      bar.removeAttribute('value');
      giveUp.hidden = true;
    },
  };
}

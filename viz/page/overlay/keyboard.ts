// The keys: everything the pointer can do to the window and the selection.
import type { Model } from '../model.ts';
import { causesOf, rowOfTarget, targetOfRow, type Target } from '../target.ts';
import type { View } from '../view.ts';
import type { NotableEvent } from './notable.ts';

/** What the keys act upon. */
export interface KeyboardSetting {
  readonly model: Model;
  readonly view: View;
  readonly events: readonly NotableEvent[];
  selection(): Target | undefined;
  select(target: Target | undefined): void;
  jump(target: Target): void;
  /** Tells what is visible in numbers. */
  summarize(): void;
  /** Takes the player's keys; false for those that mean nothing to it. */
  press(key: string): boolean;
}

/** Listens on the stage, and on the whole page for keys that mean nothing elsewhere. */
export function listenToKeys(stage: HTMLElement, setting: KeyboardSetting): void {
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (action === undefined) {
      if (setting.press(event.key)) event.preventDefault();
      return;
    }
    event.preventDefault();
    action(setting, event.shiftKey);
  });
}

const actions: Readonly<Record<string, (setting: KeyboardSetting, shift: boolean) => void>> = {
  '+': ({ view }) => view.zoomBy(1.6),
  '=': ({ view }) => view.zoomBy(1.6),
  w: ({ view }) => view.zoomBy(1.6),
  '-': ({ view }) => view.zoomBy(1 / 1.6),
  _: ({ view }) => view.zoomBy(1 / 1.6),
  s: ({ view }) => view.zoomBy(1 / 1.6),
  ArrowLeft: ({ view }, shift) => view.panBy(shift ? -0.6 : -0.15),
  a: ({ view }) => view.panBy(-0.15),
  ArrowRight: ({ view }, shift) => view.panBy(shift ? 0.6 : 0.15),
  d: ({ view }) => view.panBy(0.15),
  PageUp: ({ view }) => view.panBy(-0.9),
  PageDown: ({ view }) => view.panBy(0.9),
  Home: ({ view }) => toEdge(view, 'from'),
  End: ({ view }) => toEdge(view, 'to'),
  '0': ({ view }) => view.glide(view.whole()),
  f: ({ view }) => view.glide(view.whole()),
  '.': (setting) => stepNotable(setting, 1),
  ',': (setting) => stepNotable(setting, -1),
  b: (setting) => setting.summarize(),
  '[': (setting) => toCause(setting),
  Escape: (setting) => setting.select(undefined),
};

function toEdge(view: View, edge: 'from' | 'to'): void {
  const { from, to } = view.window();
  const whole = view.whole();
  const shift = edge === 'from' ? whole.from - from : whole.to - to;
  view.glide({ from: from + shift, to: to + shift });
}

/** To the notable event after (or before) the selection, else after the middle of the window. */
function stepNotable(setting: KeyboardSetting, direction: 1 | -1): void {
  const { events, view } = setting;
  const selected = JSON.stringify(setting.selection() ?? null);
  const here = events.findIndex((event) => JSON.stringify(event.target) === selected);
  const { from, to } = view.window();
  const middle = (from + to) / 2;
  const after = events.findIndex((event) => event.time > middle);
  const next = here >= 0 ? here + direction : direction === 1 ? after : (after < 0 ? events.length : after) - 1;
  const event = events[next];
  if (event !== undefined) setting.jump(event.target);
}

function toCause(setting: KeyboardSetting): void {
  const selection = setting.selection();
  if (selection === undefined) return;
  const row = rowOfTarget(setting.model, selection);
  const [cause] = row < 0 ? [] : causesOf(setting.model, row, 1);
  if (cause !== undefined) setting.jump(targetOfRow(setting.model, cause));
}

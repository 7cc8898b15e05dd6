// The player's buttons: play, speed, steps and jumps, each with the key that does the same.
import type { Model } from '../model.ts';
import type { Player } from '../player.ts';
import {
  causeOf,
  effectOf,
  rowAt,
  stepEvent,
  stepMessage,
  stepNotable,
  type Direction,
  type Notable,
} from '../steps.ts';
import { instant } from '../words.ts';
import { button, element } from './element.ts';
import { openShortcuts } from './shortcuts.ts';

export interface PlayerBar {
  /** Play, step and speed. */
  readonly transport: HTMLElement;
  /** Steps that follow a node, a cause, or lead to what matters. */
  readonly steps: HTMLElement;
  update(): void;
  /** What a key of the stage does; false for keys that mean nothing here. */
  press(key: string): boolean;
}

/** What the steps act upon; `goTo` a row selects it and puts the moment there. */
export interface PlayerSetting {
  readonly model: Model;
  readonly player: Player;
  row(): number;
  goTo(row: number): void;
}

const speeds = [0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60];

export function createPlayerBar(setting: PlayerSetting): PlayerBar {
  const { model, player } = setting;
  const go = (row: number | undefined): void => {
    if (row === undefined) return;
    player.send({ type: 'pause' });
    setting.goTo(row);
  };
  const lanes = element(
    'select',
    { class: 'select', attributes: { 'aria-label': 'Whose messages to step through' } },
    model.data.lanes.map(({ id }, lane) => element('option', { text: id, attributes: { value: String(lane) } })),
  );
  const message = (direction: Direction): void => go(stepMessage(model, setting.row(), Number(lanes.value), direction));
  const event = (direction: Direction): void => go(stepEvent(model, setting.row(), direction));
  const jump = (what: Notable, direction: Direction): void => go(stepNotable(model, setting.row(), what, direction));
  const play = button('▶', 'button button-play', () => toggle(player), 'Play');
  const time = element('output', { class: 'moment-time', attributes: { 'aria-label': 'The moment' } });
  const speed = speedSelect(player);
  const keys: Readonly<Record<string, () => void>> = {
    ' ': () => toggle(player),
    k: () => toggle(player),
    n: () => event(1),
    p: () => event(-1),
    N: () => message(1),
    P: () => message(-1),
    ']': () => go(effectOf(model, setting.row())),
    F: () => jump('fault', 1),
    R: () => jump('role', 1),
    V: () => jump('violation', 1),
    '>': () => changeSpeed(speed, player, 1),
    '<': () => changeSpeed(speed, player, -1),
    '?': openShortcuts,
  };
  const transport = element('div', { class: 'player', attributes: { role: 'group', 'aria-label': 'Player' } }, [
    button('|‹', 'button button-icon', () => go(0), 'To the beginning'),
    button('‹', 'button button-icon', () => event(-1), 'One event back (p)'),
    play,
    button('›', 'button button-icon', () => event(1), 'One event on (n)'),
    speed,
    time,
  ]);
  const follow = {
    message,
    cause: () => go(causeOf(model, setting.row())),
    effect: () => go(effectOf(model, setting.row())),
    next: (what: Notable) => jump(what, 1),
  };
  const steps = stepButtons(lanes, follow);
  return {
    transport,
    steps,
    update() {
      const isPlaying = player.isPlaying();
      play.textContent = isPlaying ? '❚❚' : '▶';
      play.setAttribute('aria-label', isPlaying ? 'Pause' : 'Play');
      const row = rowAt(model, player.moment());
      time.textContent = `${instant(Math.round(player.moment()))} · event ${model.rows.event[Math.max(setting.row(), 0)] ?? 0}`;
      transport.classList.toggle('is-before', row < 0);
    },
    press(key) {
      keys[key]?.();
      return keys[key] !== undefined;
    },
  };
}

interface Follow {
  message(direction: Direction): void;
  cause(): void;
  effect(): void;
  next(what: Notable): void;
}

/** Steps that follow a node or a cause, or lead to what matters. */
function stepButtons(lanes: HTMLElement, follow: Follow): HTMLElement {
  return element('div', { class: 'player', attributes: { role: 'group', 'aria-label': 'Steps' } }, [
    group('Message of', [
      button('‹', 'button button-icon', () => follow.message(-1), 'Message before (P)'),
      lanes,
      button('›', 'button button-icon', () => follow.message(1), 'Next message (N)'),
    ]),
    group('', [
      button('← cause', 'button', () => follow.cause(), 'To the cause ([)'),
      button('effect →', 'button', () => follow.effect(), 'To the effect (])'),
    ]),
    group('Next', [
      button('fault', 'button', () => follow.next('fault'), 'Next fault (F)'),
      button('role', 'button', () => follow.next('role'), 'Next role change (R)'),
      button('violation', 'button', () => follow.next('violation'), 'Next violation (V)'),
    ]),
    button('?', 'button button-icon', openShortcuts, 'All keys (?)'),
  ]);
}

function group(title: string, children: readonly HTMLElement[]): HTMLElement {
  const label = title === '' ? [] : [element('span', { class: 'player-label', text: title })];
  return element('span', { class: 'player-group' }, [...label, ...children]);
}

function toggle(player: Player): void {
  player.send({ type: player.isPlaying() ? 'pause' : 'play' });
}

function speedSelect(player: Player): HTMLSelectElement {
  const all = [...new Set([...speeds, player.speed()])].sort((one, other) => one - other);
  const made = element(
    'select',
    { class: 'select', attributes: { 'aria-label': 'Speed: virtual seconds per second' } },
    all.map((speed) => element('option', { text: `${speed}×`, attributes: { value: String(speed) } })),
  );
  made.value = String(player.speed());
  made.addEventListener('change', () => player.send({ type: 'speed', speed: Number(made.value) }));
  return made;
}

function changeSpeed(select: HTMLSelectElement, player: Player, by: Direction): void {
  const place = select.selectedIndex + by;
  if (place < 0 || place >= select.options.length) return;
  select.selectedIndex = place;
  player.send({ type: 'speed', speed: Number(select.value) });
}

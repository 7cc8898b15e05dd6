// One run's picture with its gutter: a page shows one of them, or two below each other that are zoomed and selected apart
// but share their time.
import { createBrush } from './overlay/brush.ts';
import { button, element } from './overlay/element.ts';
import { gutter } from './overlay/gutter.ts';
import { createTooltip } from './overlay/tooltip.ts';
import { countSent } from './messages.ts';
import type { Model } from './model.ts';
import { createPicture, type Picture } from './picture.ts';
import type { ShownRun } from './shown-run.ts';
import { createStage, placeOn, type Stage } from './stage.ts';
import type { Target } from './target.ts';
import { createView, type TimeWindow, type View } from './view.ts';
import { duration, instant } from './words.ts';

/** What the page wants to know of a pane. */
export interface PaneListener {
  onWindow(pane: Pane, window: TimeWindow): void;
  onSelect(pane: Pane, target: Target | undefined): void;
  /** A click on nothing, or with a second button: the moment goes there. */
  onMoment(time: number): void;
  /** A fault of the schedule was dragged to another time. */
  onFault(pane: Pane, fault: number, at: number): void;
  /** A stretch of time was marked, or the mark taken away. */
  onStretch(stretch: TimeWindow | undefined): void;
}

export interface Pane {
  readonly shown: ShownRun;
  readonly model: Model;
  readonly stage: Stage;
  readonly view: View;
  readonly picture: Picture;
  readonly node: HTMLElement;
  fit(height: number): void;
  draw(): void;
  /** Puts the line of the moment there. */
  setMoment(time: number | undefined): void;
  /** Puts the mark of the first difference there. */
  setParting(time: number, words: string): void;
  /** Marks a stretch of time, or nothing. */
  markStretch(stretch: TimeWindow | undefined): void;
}

export function createPane(shown: ShownRun, end: number, title: string | undefined, listener: PaneListener): Pane {
  const { model } = shown;
  const stage = createStage();
  const view = createView(stage.surface, end, () => listener.onWindow(pane, view.window()));
  const picture = createPicture(shown, stage, view, darkness().matches);
  const head = title === undefined ? [] : [element('h2', { class: 'pane-title', text: title })];
  const row = element('div', { class: 'stage-row picture-row' }, [stage.gutter, stage.node]);
  const momentLine = marker('moment-line');
  const partingLine = marker('parting-line');
  stage.node.append(momentLine.node, partingLine.node);
  const brush = createBrush(view, (stretch) => listener.onStretch(stretch));
  stage.surface.append(brush.node);
  let parting: number | undefined;
  let moment: number | undefined;
  // The first difference often is where a fault begins, whose words stand on the right.
  const place = (line: Marker, time: number | undefined, prefersLeft = false): void => {
    const x = time === undefined ? -1 : view.scale()(time);
    line.node.hidden = x < 0 || x > picture.layout.width;
    line.node.style.transform = `translateX(${x}px)`;
    line.label.classList.toggle('is-left', x > (prefersLeft ? 110 : picture.layout.width - 180));
  };
  const pane: Pane = {
    shown,
    model,
    stage,
    view,
    picture,
    node: element('div', { class: 'pane' }, [...head, row]),
    fit(height) {
      const width = stageWidth(stage);
      picture.fit(width, height);
      stage.node.style.height = `${picture.layout.height}px`;
      stage.gutter.style.height = `${picture.layout.height}px`;
      stage.gutter.replaceChildren(...gutter(model.data, picture.layout));
      view.resize(width);
      brush.fit(width, picture.layout.height);
    },
    draw() {
      picture.draw();
      brush.follow();
      place(momentLine, moment);
      place(partingLine, parting, true);
    },
    setMoment(time) {
      moment = time;
      momentLine.label.textContent = time === undefined ? '' : instant(Math.round(time));
      place(momentLine, time);
    },
    setParting(time, words) {
      parting = time;
      partingLine.label.textContent = words;
      place(partingLine, time, true);
    },
    markStretch: (stretch) => brush.mark(stretch),
  };
  listenToPointer(pane, listener);
  dragFaults(pane, (fault, at) => listener.onFault(pane, fault, at));
  return pane;
}

export const darkness = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

export const stageWidth = (stage: Stage): number => Math.max(280, stage.node.clientWidth);

/** The zoom buttons of a view. */
export function zoomButtons(view: () => View): HTMLElement {
  return element('div', { class: 'zoom', attributes: { role: 'group', 'aria-label': 'Zoom' } }, [
    button('−', 'button button-icon', () => view().zoomBy(1 / 1.8), 'Zoom out'),
    button('+', 'button button-icon', () => view().zoomBy(1.8), 'Zoom in'),
    button('Fit', 'button', () => view().glide(view().whole()), 'Fit: show all of the run'),
  ]);
}

interface Marker {
  readonly node: HTMLElement;
  readonly label: HTMLElement;
}

function marker(name: string): Marker {
  const label = element('span', { class: 'marker-label' });
  const node = element('div', { class: `marker ${name}`, attributes: { 'aria-hidden': 'true' } }, [label]);
  node.hidden = true;
  return { node, label };
}

function listenToPointer(pane: Pane, listener: PaneListener): void {
  const { stage, picture, view, model } = pane;
  const tooltip = createTooltip(model);
  stage.node.append(tooltip.node);
  stage.surface.addEventListener('pointermove', (event) => {
    const { x, y } = placeOn(stage, event);
    const before = picture.hover;
    picture.hover = event.buttons > 0 ? undefined : picture.targetAt(x, y);
    stage.surface.classList.toggle('is-over', picture.hover !== undefined);
    stage.cursor.hidden = false;
    stage.cursor.style.transform = `translateX(${x}px)`;
    stage.cursorTime.textContent = instant(Math.round(Math.max(0, view.scale().invert(x))));
    stage.cursorTime.classList.toggle('is-left', x > picture.layout.width - 110);
    const density = picture.drawn.crowded && event.buttons === 0 ? densityAt(pane, x) : undefined;
    if (picture.hover !== undefined) tooltip.show(picture.hover, x, y, picture.layout.width);
    else if (density !== undefined) tooltip.say(density, 'Zoom in to see each of them.', x, y, picture.layout.width);
    else tooltip.hide();
    if (before !== picture.hover) picture.drawPointed();
  });
  stage.surface.addEventListener('pointerleave', () => {
    picture.hover = undefined;
    stage.cursor.hidden = true;
    tooltip.hide();
    picture.drawPointed();
  });
  stage.surface.addEventListener('click', (event) => {
    const { x, y } = placeOn(stage, event);
    stage.node.focus({ preventScroll: true });
    const target = picture.targetAt(x, y);
    listener.onSelect(pane, target);
    listener.onMoment(Math.max(0, Math.min(model.data.end, view.scale().invert(x))));
  });
}

/** A fault in its track is taken and put elsewhere; everywhere else dragging moves the window. */
function dragFaults(pane: Pane, onDrop: (fault: number, at: number) => void): void {
  const { stage, picture, view, model } = pane;
  const ghost = element('div', { class: 'fault-ghost', attributes: { 'aria-hidden': 'true' } });
  ghost.hidden = true;
  stage.node.append(ghost);
  stage.surface.addEventListener(
    'pointerdown',
    (event) => {
      const { x, y } = placeOn(stage, event);
      const target = y < (picture.layout.lanes[0]?.top ?? 0) ? picture.targetAt(x, y) : undefined;
      if (target?.type !== 'fault' || event.button !== 0 || event.shiftKey) return;
      const fault = model.data.faults[target.index];
      if (fault === undefined) return;
      const grip = view.scale().invert(x) - fault.from;
      const timeAt = (now: PointerEvent): number => view.scale().invert(placeOn(stage, now).x) - grip;
      const hold = (down: Event): void => down.stopImmediatePropagation();
      let isMoved = false;
      const move = (now: PointerEvent): void => {
        isMoved ||= Math.abs(placeOn(stage, now).x - x) > 4;
        ghost.hidden = !isMoved;
        ghost.textContent = `${fault.type} at ${instant(Math.max(0, Math.round(timeAt(now))))}`;
        ghost.style.transform = `translate(${view.scale()(timeAt(now))}px, ${y - 10}px)`;
      };
      const stop = (now: PointerEvent): void => {
        ghost.hidden = true;
        stage.node.removeEventListener('mousedown', hold, true);
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', stop);
        removeEventListener('pointercancel', stop);
        if (isMoved && now.type === 'pointerup') onDrop(target.index, timeAt(now));
      };
      stage.node.addEventListener('mousedown', hold, true);
      addEventListener('pointermove', move);
      addEventListener('pointerup', stop);
      addEventListener('pointercancel', stop);
    },
    true,
  );
}

/** Over a density there is no one message to name, but how many. */
function densityAt({ view, model }: Pane, x: number): string | undefined {
  const scale = view.scale();
  const [from, to] = [scale.invert(x - 3), scale.invert(x + 3)];
  const count = countSent(model.messages, from, to);
  if (count === 0) return undefined;
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'message' : 'messages'} sent in these ${duration(to - from)}`;
}

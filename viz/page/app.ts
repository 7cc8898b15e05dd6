// Puts the page together (data, layout, canvas, the DOM around it) and lets every part know when something changed.
import type { TimelineData } from '../data.ts';
import { countSent } from './messages.ts';
import { buildModel, type Model } from './model.ts';
import { findingWindow, openingWindow, windowAround } from './opening.ts';
import { createAxis, type TimeAxis } from './overlay/axis.ts';
import { createDetails, type Details } from './overlay/details.ts';
import { button, element } from './overlay/element.ts';
import { findings } from './overlay/findings.ts';
import { gutter } from './overlay/gutter.ts';
import { header } from './overlay/header.ts';
import { listenToKeys } from './overlay/keyboard.ts';
import { legend } from './overlay/legend.ts';
import { createNotableList, type NotableList } from './overlay/notable.ts';
import { createOverview, type Overview } from './overlay/overview.ts';
import { createTooltip, type Tooltip } from './overlay/tooltip.ts';
import { createPicture, type Picture } from './picture.ts';
import { createStage, placeOn, type Stage } from './stage.ts';
import { timesOfTarget, type Target } from './target.ts';
import { createView, type View } from './view.ts';
import { describeTarget, duration, instant } from './words.ts';

interface App {
  readonly model: Model;
  readonly stage: Stage;
  readonly view: View;
  readonly picture: Picture;
  readonly axis: TimeAxis;
  readonly overview: Overview;
  readonly tooltip: Tooltip;
  readonly details: Details;
  readonly notable: NotableList;
  readonly readout: HTMLElement;
  readonly legendPlace: HTMLElement;
  readonly live: HTMLElement;
  isDrawingDue: boolean;
}

/** Shows a timeline in `root`. */
export function showTimeline(root: HTMLElement, data: TimelineData): void {
  const app = createApp(data);
  assemble(app, root);
  listen(app);
  drawLegend(app);
  fit(app);
  app.view.show(openingWindow(app.model, app.view.whole()));
  if (data.findings.length > 0) select(app, { type: 'finding', index: 0 });
}

const darkness = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

function createApp(data: TimelineData): App {
  const model = buildModel(data);
  const stage = createStage();
  const view = createView(stage.surface, data.end, () => drawSoon(app));
  const app: App = {
    model,
    stage,
    view,
    picture: createPicture(model, stage, view, darkness().matches),
    axis: createAxis(),
    overview: createOverview(model, view),
    tooltip: createTooltip(model),
    details: createDetails(model, (target) => (target === undefined ? select(app, undefined) : jump(app, target))),
    notable: createNotableList(model, (target) => jump(app, target)),
    readout: element('output', { class: 'readout' }),
    legendPlace: element('div', { class: 'legend-place' }),
    live: element('p', { class: 'visually-hidden', attributes: { 'aria-live': 'polite' } }),
    isDrawingDue: false,
  };
  return app;
}

function assemble(app: App, root: HTMLElement): void {
  const { view, stage } = app;
  const { data } = app.model;
  stage.node.append(app.tooltip.node);
  const row = (name: string, left: Node, right: Node): HTMLElement =>
    element('div', { class: `stage-row ${name}` }, [left, right]);
  const corner = (text: string): HTMLElement => element('div', { class: 'gutter-head', text });
  root.replaceChildren(
    header(data),
    findings(data, (index) => jump(app, { type: 'finding', index })),
    element('main', { class: 'workbench' }, [
      element('section', { class: 'timeline', attributes: { 'aria-label': 'Timeline' } }, [
        element('div', { class: 'toolbar' }, [
          element('div', { class: 'zoom', attributes: { role: 'group', 'aria-label': 'Zoom' } }, [
            button('−', 'button button-icon', () => view.zoomBy(1 / 1.8), 'Zoom out'),
            button('+', 'button button-icon', () => view.zoomBy(1.8), 'Zoom in'),
            button('Fit', 'button', () => view.glide(view.whole()), 'Show all of the run'),
          ]),
          app.readout,
        ]),
        row('overview-row', corner('all of it'), app.overview.node),
        row('axis-row', corner('time'), element('div', { class: 'axis-place' }, [app.axis.node])),
        row('picture-row', stage.gutter, stage.node),
        app.legendPlace,
      ]),
      element('aside', { class: 'side', attributes: { 'aria-label': 'Details and events' } }, [
        app.details.node,
        app.notable.node,
      ]),
    ]),
    app.live,
  );
}

function listen(app: App): void {
  const { stage, picture, model, view, notable } = app;
  stage.surface.addEventListener('pointermove', (event) => point(app, event));
  stage.surface.addEventListener('pointerleave', () => unpoint(app));
  stage.surface.addEventListener('click', (event) => {
    const { x, y } = placeOn(stage, event);
    stage.node.focus({ preventScroll: true });
    select(app, picture.targetAt(x, y));
  });
  listenToKeys(stage.node, {
    model,
    view,
    events: notable.events,
    selection: () => picture.selection,
    select: (target) => select(app, target),
    jump: (target) => jump(app, target),
  });
  darkness().addEventListener('change', (event) => {
    picture.setDark(event.matches);
    drawLegend(app);
    fit(app);
  });
  new ResizeObserver(() => {
    if (stageWidth(stage) !== picture.layout.width) fit(app);
  }).observe(stage.node);
}

function drawSoon(app: App): void {
  if (app.isDrawingDue) return;
  app.isDrawingDue = true;
  requestAnimationFrame(() => {
    app.isDrawingDue = false;
    draw(app);
  });
}

function draw(app: App): void {
  const { picture, view, model } = app;
  picture.draw();
  app.axis.draw(view, picture.layout.width);
  const window = view.window();
  app.overview.follow(window);
  const sent = countSent(model.messages, window.from, window.to);
  const how = picture.drawn.crowded ? ', drawn as densities: zoom in for arrows' : '';
  app.readout.textContent = `${duration(window.to - window.from)} visible · ${sent.toLocaleString('en-US')} messages${how}`;
}

function drawLegend(app: App): void {
  const { picture } = app;
  const onToggle = (type: number): void => {
    if (!picture.hidden.delete(type)) picture.hidden.add(type);
    drawSoon(app);
  };
  app.legendPlace.replaceChildren(legend({ model: app.model, ...picture.look, hidden: picture.hidden, onToggle }));
}

function fit(app: App): void {
  const { stage, picture, view } = app;
  const width = stageWidth(stage);
  // The lanes take what the window leaves below the head, so that the whole picture is in sight where that is possible.
  const top = stage.node.getBoundingClientRect().top + scrollY;
  picture.fit(width, Math.max(320, Math.min(820, innerHeight - top - 96)));
  stage.node.style.height = `${picture.layout.height}px`;
  stage.gutter.style.height = `${picture.layout.height}px`;
  stage.gutter.replaceChildren(...gutter(app.model.data, picture.layout));
  view.resize(width);
  app.overview.draw(picture.look.theme, width);
  drawSoon(app);
}

const stageWidth = (stage: Stage): number => Math.max(280, stage.node.clientWidth);

function select(app: App, target: Target | undefined): void {
  app.picture.selection = target;
  app.details.show(target);
  app.notable.mark(target);
  app.live.textContent = target === undefined ? '' : describeTarget(app.model, target);
  drawSoon(app);
}

/** Selects a target and moves the window only if it cannot be seen well as it is. */
function jump(app: App, target: Target): void {
  const { view, model } = app;
  select(app, target);
  if (target.type === 'finding') return view.glide(findingWindow(model, target.index));
  const { from, to } = timesOfTarget(model, target);
  const window = view.window();
  const span = window.to - window.from;
  const isWellSeen = from >= window.from + span * 0.03 && from <= window.to - span * 0.1 && to - from < span * 1.5;
  if (isWellSeen && !app.picture.drawn.crowded) return;
  const near = windowAround(model, from);
  const isLong = to - from > (near.to - near.from) * 0.6;
  view.glide(
    isLong && target.type !== 'role' ? { from: from - (to - from) * 0.15, to: to + (to - from) * 0.15 } : near,
  );
}

function point(app: App, event: PointerEvent): void {
  const { stage, picture, view, tooltip } = app;
  const { x, y } = placeOn(stage, event);
  const before = picture.hover;
  picture.hover = event.buttons > 0 ? undefined : picture.targetAt(x, y);
  stage.surface.classList.toggle('is-over', picture.hover !== undefined);
  stage.cursor.hidden = false;
  stage.cursor.style.transform = `translateX(${x}px)`;
  stage.cursorTime.textContent = instant(Math.round(Math.max(0, view.scale().invert(x))));
  stage.cursorTime.classList.toggle('is-left', x > picture.layout.width - 110);
  if (picture.hover !== undefined) tooltip.show(picture.hover, x, y, picture.layout.width);
  else if (picture.drawn.crowded && event.buttons === 0) sayDensity(app, x, y);
  else tooltip.hide();
  if (before !== picture.hover) picture.drawPointed();
}

function unpoint(app: App): void {
  app.picture.hover = undefined;
  app.stage.cursor.hidden = true;
  app.tooltip.hide();
  app.picture.drawPointed();
}

/** Over a density there is no one message to name, but how many. */
function sayDensity(app: App, x: number, y: number): void {
  const { view, model, picture, tooltip } = app;
  const scale = view.scale();
  const [from, to] = [scale.invert(x - 3), scale.invert(x + 3)];
  const count = countSent(model.messages, from, to);
  if (count === 0) return tooltip.hide();
  const title = `${count.toLocaleString('en-US')} ${count === 1 ? 'message' : 'messages'} sent in these ${duration(to - from)}`;
  tooltip.say(title, 'Zoom in to see each of them.', x, y, picture.layout.width);
}

// The workbench: one or two runs as pictures over one time axis, the player, and the panels beside them. It lets every part
// know when the window, the moment or the selection changed.
import type { CatalogueEntry } from '../catalogue.ts';
import type { RunRequest } from '../request.ts';
import { changedRequest, moveFault, type Change } from './change.ts';
import type { Engine } from './engine.ts';
import { messageFilter, operationFilter, rowFilter, type Filter } from './filter.ts';
import { legendOf } from './legend-of-panes.ts';
import { countSent } from './messages.ts';
import { findingWindow, openingWindow, windowAround } from './opening.ts';
import { isMap } from './draw/heat.ts';
import { createAxis, type TimeAxis } from './overlay/axis.ts';
import { button, element } from './overlay/element.ts';
import { listenToKeys, type KeyboardSetting } from './overlay/keyboard.ts';
import { createOverview, type Overview } from './overlay/overview.ts';
import { createPlayerBar, type PlayerBar } from './overlay/player-bar.ts';
import { searchBar } from './overlay/search-bar.ts';
import { askForKeys } from './overlay/shortcuts.ts';
import { createPane, darkness, stageWidth, zoomButtons, type Pane, type PaneListener } from './pane.ts';
import { createPlayer, type Player } from './player.ts';
import type { ShownRun } from './shown-run.ts';
import type { KnownSeeds } from './side/seeds.ts';
import { createSide, type Side } from './side/side.ts';
import { bringIntoSight, heightInSight } from './sight.ts';
import { rowAt } from './steps.ts';
import { rowOfTarget, targetOfRow, timesOfTarget, type Target } from './target.ts';
import type { TimeWindow } from './view.ts';
import { describeRow, describeTarget, duration, instant } from './words.ts';

/** What a workbench needs from the page. */
export interface WorkbenchSetting {
  /** The run, or the first run and the changed one. */
  readonly runs: readonly [ShownRun, ...ShownRun[]];
  readonly engine: Engine;
  readonly seeds: KnownSeeds;
  readonly entry: CatalogueEntry | undefined;
  /** Where to open; by default at what matters. */
  readonly start: Partial<Place>;
  readonly request: (request: RunRequest) => void;
  readonly openSeed: (seed: string) => void;
  /** Gives a run that came in a file its number, by running it here. */
  readonly number: (shown: ShownRun) => Promise<number | undefined>;
  readonly onPlace: (place: Place) => void;
}

/** Where the reader is. */
export interface Place {
  readonly window: TimeWindow;
  readonly moment: number;
  readonly tab: string;
}

export interface Workbench {
  readonly node: HTMLElement;
  /** To be called when it is in the document. */
  open(): void;
  close(): void;
  place(): Place;
  jump(target: Target): void;
  /** Scrolls to the picture where most of it is out of sight. */
  bringIntoSight(): void;
  readonly panes: readonly Pane[];
  /** Fills the panels that need to know the scenario. */
  setEntry(entry: CatalogueEntry): void;
  /** Goes to a row and says it; for lessons. */
  goTo(row: number): void;
  /** Puts something right above the picture; for lessons. */
  head(node: HTMLElement): void;
}

interface Bench {
  readonly setting: WorkbenchSetting;
  readonly panes: Pane[];
  readonly axis: TimeAxis;
  readonly overview: Overview;
  readonly side: Side;
  readonly player: Player;
  readonly bar: PlayerBar;
  readonly readout: HTMLElement;
  readonly legendPlace: HTMLElement;
  readonly headPlace: HTMLElement;
  readonly live: HTMLElement;
  /** The row of the moment where a step has chosen one of several at the same time. */
  row: number;
  isDrawingDue: boolean;
  isFollowing: boolean;
}

export function createWorkbench(setting: WorkbenchSetting): Workbench {
  const bench = createBench(setting);
  const node = assemble(bench);
  const resized = new ResizeObserver(() => {
    if (bench.panes.some(({ stage, picture }) => stageWidth(stage) !== picture.layout.width)) fit(bench);
  });
  return {
    node,
    panes: bench.panes,
    open: () => openBench(bench, resized),
    close: () => closeBench(bench, resized),
    place: () => placeOf(bench),
    jump: (target) => jump(bench, subject(bench), target),
    bringIntoSight: () => bringIntoSight(node, (bench.panes[0] as Pane).stage.node),
    goTo: (row) => goTo(bench, row),
    head: (head) => bench.headPlace.replaceChildren(head),
    setEntry: (entry) => bench.side.setEntry(entry),
  };
}

function openBench(bench: Bench, resized: ResizeObserver): void {
  drawLegend(bench);
  fit(bench);
  begin(bench);
  for (const { stage } of bench.panes) resized.observe(stage.node);
  document.addEventListener('keydown', askForKeys);
}

function closeBench(bench: Bench, resized: ResizeObserver): void {
  resized.disconnect();
  document.removeEventListener('keydown', askForKeys);
  bench.player.stop();
}

/** The run that changes, steps and panels are about: the latest one. */
const subject = (bench: Bench): Pane => bench.panes.at(-1) as Pane;

function createBench(setting: WorkbenchSetting): Bench {
  const { runs, engine, entry, seeds } = setting;
  const end = Math.max(...runs.map(({ model }) => model.data.end));
  const last = runs.at(-1) as ShownRun;
  const titles = runs.length === 1 ? [undefined] : ['First run', 'Changed run'];
  const listener: PaneListener = {
    onWindow: (pane, window) => followWindow(bench, pane, window),
    onSelect: (pane, target) => select(bench, pane, target),
    onMoment: (time) => seek(bench, time),
    onFault: (pane, fault, at) => dragFault(bench, pane, fault, at),
    onStretch: (stretch) => markStretch(bench, stretch),
  };
  const panes = runs.map((shown, index) => createPane(shown, end, titles[index], listener));
  for (const pane of panes) markParting(pane, last);
  const player = createPlayer(end, speedFor(end), (callback) => void requestAnimationFrame(callback));
  const change = (what: Change): void => setting.request(changedRequest(last, what));
  const bench: Bench = {
    setting,
    panes,
    axis: createAxis(),
    overview: createOverview(last.model, (panes.at(-1) as Pane).view),
    side: createSide({
      shown: last,
      engine,
      seeds,
      entry,
      change,
      openSeed: setting.openSeed,
      number: () => setting.number(last),
      moment: () => player.moment(),
      jump: (target) =>
        target === undefined ? select(bench, subject(bench), undefined) : jump(bench, subject(bench), target),
      goTo: (row) => goTo(bench, row),
      pane: () => subject(bench),
      onTab: () => showMoment(bench),
      zoom: (stretch) => subject(bench).view.glide(stretch),
      onStretch: (stretch) => markStretch(bench, stretch),
    }),
    player,
    bar: createPlayerBar({ model: last.model, player, row: () => bench.row, goTo: (row) => goTo(bench, row) }),
    readout: element('output', { class: 'readout' }),
    legendPlace: element('div', { class: 'legend-place' }),
    headPlace: element('div', { class: 'head-place' }),
    live: element('p', { class: 'visually-hidden', attributes: { 'aria-live': 'polite' } }),
    row: -1,
    isDrawingDue: false,
    isFollowing: false,
  };
  player.watch(() => passMoment(bench));
  return bench;
}

/** A speed at which the whole run takes about a minute, of a round number. */
function speedFor(end: number): number {
  const wanted = end / 60_000_000;
  return [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10].findLast((speed) => speed <= Math.max(wanted, 0.001)) ?? 0.1;
}

function assemble(bench: Bench): HTMLElement {
  const { panes, side } = bench;
  const row = (name: string, left: Node, right: Node): HTMLElement =>
    element('div', { class: `stage-row ${name}` }, [left, right]);
  const corner = (text: string): HTMLElement => element('div', { class: 'gutter-head', text });
  const { model } = subject(bench);
  listen(bench);
  return element('div', { class: 'workbench' }, [
    element('section', { class: 'timeline', attributes: { 'aria-label': 'Timeline' } }, [
      element('div', { class: 'toolbar' }, [
        zoomButtons(() => subject(bench).view),
        bench.bar.transport,
        searchBar(model, (filter) => applyFilter(bench, filter)),
      ]),
      element('div', { class: 'toolbar' }, [
        bench.bar.steps,
        button('Sum up', 'button', () => summarizeVisible(bench), 'Sum up what is visible (b), or drag with Shift'),
      ]),
      bench.headPlace,
      row('overview-row', corner('all of it'), bench.overview.node),
      row('axis-row', corner('time'), element('div', { class: 'axis-place' }, [bench.readout, bench.axis.node])),
      ...panes.map(({ node }) => node),
      bench.legendPlace,
    ]),
    side.node,
    bench.live,
  ]);
}

function listen(bench: Bench): void {
  for (const pane of bench.panes) {
    const keys: KeyboardSetting = {
      model: pane.model,
      view: pane.view,
      events: bench.side.notable.events,
      selection: () => pane.picture.selection,
      select: (target) => select(bench, pane, target),
      jump: (target) => jump(bench, pane, target),
      summarize: () => summarizeVisible(bench),
      press: (key) => bench.bar.press(key),
    };
    listenToKeys(pane.stage.node, keys);
  }
  darkness().addEventListener('change', (event) => {
    for (const { picture } of bench.panes) picture.setDark(event.matches);
    drawLegend(bench);
    fit(bench);
  });
}

/** Opens where the address says, else at what matters. */
function begin(bench: Bench): void {
  const { start } = bench.setting;
  const { model, view } = subject(bench);
  const { parting } = (bench.setting.runs.at(-1) as ShownRun).difference ?? {};
  bench.side.tabs.show(start.tab ?? 'Events');
  if (start.window !== undefined) view.show(start.window);
  else view.show(parting === undefined ? openingWindow(model, view.whole()) : windowAround(model, parting.time));
  if (start.moment !== undefined) bench.player.send({ type: 'seek', moment: start.moment });
  else if (parting !== undefined) bench.player.send({ type: 'seek', moment: parting.time });
  else if (model.data.findings.length > 0) {
    select(bench, subject(bench), { type: 'finding', index: 0 });
    bench.player.send({ type: 'seek', moment: model.data.findings[0]?.at ?? 0 });
  } else {
    const { from, to } = view.window();
    bench.player.send({ type: 'seek', moment: from + (to - from) * 0.12 });
  }
}

function markParting(pane: Pane, last: ShownRun): void {
  const { parting } = last.difference ?? {};
  if (parting !== undefined) pane.setParting(parting.time, 'first difference');
}

/** Both panes show the same window; whoever moved leads. */
function followWindow(bench: Bench, pane: Pane, window: TimeWindow): void {
  if (bench.isFollowing) return;
  bench.isFollowing = true;
  for (const other of bench.panes) if (other !== pane) other.view.show(window);
  bench.isFollowing = false;
  drawSoon(bench);
}

function drawSoon(bench: Bench): void {
  if (bench.isDrawingDue) return;
  bench.isDrawingDue = true;
  requestAnimationFrame(() => draw(bench));
}

function draw(bench: Bench): void {
  bench.isDrawingDue = false;
  for (const pane of bench.panes) pane.draw();
  const { view, picture, model } = subject(bench);
  bench.axis.draw(view, picture.layout.width);
  const window = view.window();
  bench.overview.follow(window);
  const sent = countSent(model.messages, window.from, window.to);
  const how = !picture.drawn.crowded
    ? ''
    : isMap(model.data)
      ? ', drawn as a map: a cell is what a node received'
      : ', drawn as densities: zoom in for arrows';
  bench.readout.textContent = `${duration(window.to - window.from)} · ${sent.toLocaleString('en-US')} messages${how}`;
  bench.setting.onPlace(placeOf(bench));
}

function placeOf(bench: Bench): Place {
  return { window: subject(bench).view.window(), moment: bench.player.moment(), tab: bench.side.tabs.current() };
}

function drawLegend(bench: Bench): void {
  const onChange = (): void => {
    drawSoon(bench);
    showMoment(bench);
  };
  bench.legendPlace.replaceChildren(legendOf(bench.panes, onChange, () => fit(bench)));
}

/** The lanes take what the window leaves below the head, so that the whole picture is in sight where that is possible. */
function fit(bench: Bench): void {
  const { stage } = bench.panes[0] as Pane;
  const room = heightInSight(stage.node.closest('.workbench'), stage.node);
  for (const pane of bench.panes) pane.fit(bench.panes.length === 1 ? room : Math.max(240, room / 2));
  const { picture } = subject(bench);
  bench.overview.draw(picture.look.theme, picture.layout.width);
  drawSoon(bench);
}

function applyFilter(bench: Bench, filter: Filter): void {
  for (const { model, picture } of bench.panes) {
    picture.filter = messageFilter(model, filter);
    picture.operationFilter = operationFilter(model, filter);
  }
  bench.side.list.filter(rowFilter(subject(bench).model, filter));
  drawSoon(bench);
}

function select(bench: Bench, pane: Pane, target: Target | undefined): void {
  for (const other of bench.panes) other.picture.selection = other === pane ? target : undefined;
  bench.side.select(pane, target);
  bench.live.textContent = target === undefined ? '' : describeTarget(pane.model, target);
  drawSoon(bench);
}

/** Selects a target and moves the window only if it cannot be seen well as it is. */
function jump(bench: Bench, pane: Pane, target: Target): void {
  const { view, model } = pane;
  select(bench, pane, target);
  const row = rowOfTarget(model, target);
  bench.row = row;
  bench.player.send({ type: 'seek', moment: timesOfTarget(model, target).from });
  if (target.type === 'finding') return view.glide(findingWindow(model, target.index));
  const { from, to } = timesOfTarget(model, target);
  const window = view.window();
  const span = window.to - window.from;
  const isWellSeen = from >= window.from + span * 0.03 && from <= window.to - span * 0.1 && to - from < span * 1.5;
  if (isWellSeen && !pane.picture.drawn.crowded) return;
  const near = windowAround(model, from);
  const isLong = to - from > (near.to - near.from) * 0.6;
  view.glide(
    isLong && target.type !== 'role' ? { from: from - (to - from) * 0.15, to: to + (to - from) * 0.15 } : near,
  );
}

/** One step: to a row of the trace, which is selected, said and kept in sight. */
function goTo(bench: Bench, row: number): void {
  const pane = subject(bench);
  const time = pane.model.rows.time[row];
  if (time === undefined) return;
  select(bench, pane, targetOfRow(pane.model, row));
  bench.live.textContent = `${instant(time)}: ${describeRow(pane.model, row)}`;
  bench.row = row;
  bench.player.send({ type: 'seek', moment: time });
}

/** A stretch is marked in all pictures, and told of the latest run. */
function markStretch(bench: Bench, stretch: TimeWindow | undefined): void {
  for (const pane of bench.panes) pane.markStretch(stretch);
  bench.side.summarize(stretch);
}

const summarizeVisible = (bench: Bench): void => markStretch(bench, subject(bench).view.window());

function seek(bench: Bench, time: number): void {
  bench.row = -1;
  bench.player.send({ type: 'seek', moment: time });
}

/** The moment moved, whoever moved it: everything that shows it follows. */
function passMoment(bench: Bench): void {
  const moment = bench.player.moment();
  const { model, view } = subject(bench);
  if (bench.row < 0 || model.rows.time[bench.row] !== moment) bench.row = rowAt(model, moment);
  for (const pane of bench.panes) pane.setMoment(moment);
  const { from, to } = view.window();
  const span = to - from;
  if (moment > to - span * 0.08 || moment < from) {
    if (bench.player.isPlaying()) view.show({ from: moment - span * 0.15, to: moment + span * 0.85 });
    else if (moment > to || moment < from) view.glide({ from: moment - span * 0.4, to: moment + span * 0.6 });
  }
  showMoment(bench);
  if (!bench.player.isPlaying()) bench.setting.onPlace(placeOf(bench));
}

function showMoment(bench: Bench): void {
  bench.bar.update();
  bench.side.showMoment(bench.player.moment(), Math.max(0, bench.row), bench.player.isPlaying());
}

function dragFault(bench: Bench, { model }: Pane, fault: number, at: number): void {
  const { request, healAt, faults } = model.data;
  const place = faults[fault]?.index;
  if (place === undefined || request.faults?.[place] === undefined) return;
  const moved = moveFault(request.faults, place, at, healAt);
  bench.setting.request(changedRequest(subject(bench).shown, { type: 'faults', faults: moved }));
}

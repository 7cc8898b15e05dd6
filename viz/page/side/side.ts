// The panels beside the picture, of which one is shown: events and details, the cluster, the state of the nodes, what if,
// many seeds, and what can be taken along.
import type { CatalogueEntry } from '../../catalogue.ts';
import type { RunRequest } from '../../request.ts';
import { meddle, type Change, type Meddling } from '../change.ts';
import type { Engine } from '../engine.ts';
import { createDetails } from '../overlay/details.ts';
import { button, element } from '../overlay/element.ts';
import { createNotableList, type NotableList } from '../overlay/notable.ts';
import { createSummaryPlace } from '../overlay/summary-panel.ts';
import { createTabs, type Tab, type Tabs } from '../overlay/tabs.ts';
import type { Pane } from '../pane.ts';
import type { ShownRun } from '../shown-run.ts';
import type { Target } from '../target.ts';
import type { TimeWindow } from '../view.ts';
import { createCluster } from './cluster.ts';
import { createEventList, listSwitch, type EventList } from './event-list.ts';
import { createSeeds, type KnownSeeds } from './seeds.ts';
import { createShare } from './share.ts';
import { createStatePanel } from './state.ts';
import { createWhatIf } from './what-if.ts';

export interface SideSetting {
  readonly shown: ShownRun;
  readonly engine: Engine;
  readonly seeds: KnownSeeds;
  readonly entry: CatalogueEntry | undefined;
  readonly change: (change: Change) => void;
  readonly openSeed: (seed: string) => void;
  readonly number: () => Promise<number | undefined>;
  readonly moment: () => number;
  readonly jump: (target: Target | undefined) => void;
  readonly goTo: (row: number) => void;
  readonly pane: () => Pane;
  readonly onTab: () => void;
  readonly zoom: (stretch: TimeWindow) => void;
  readonly onStretch: (stretch: TimeWindow | undefined) => void;
}

export interface Side {
  readonly node: HTMLElement;
  readonly tabs: Tabs;
  readonly notable: NotableList;
  readonly list: EventList;
  select(pane: Pane, target: Target | undefined): void;
  setEntry(entry: CatalogueEntry): void;
  /** Tells a stretch of the run in numbers, in place of the details; nothing brings them back. */
  summarize(stretch: TimeWindow | undefined): void;
  showMoment(moment: number, row: number, isPlaying: boolean): void;
}

export function createSide(setting: SideSetting): Side {
  const { shown, engine } = setting;
  const { model } = shown;
  let { entry } = setting;
  const whatIf = element('div', { class: 'panel panel-what-if' });
  const fillWhatIf = (): void =>
    whatIf.replaceChildren(createWhatIf({ shown, entry, moment: setting.moment, change: setting.change }));
  fillWhatIf();
  const details = createDetails(model, setting.jump);
  const notable = createNotableList(model, setting.jump);
  const list = createEventList(model, setting.goTo);
  const byHand = element('div', { class: 'by-hand' });
  const cluster = createCluster(model);
  const state = createStatePanel(engine);
  const seeds = { request: seedRequest(setting), seed: model.data.seed };
  const choose = listSwitch((all) => {
    notable.node.hidden = all;
    list.node.hidden = !all;
    setting.onTab();
  });
  list.node.hidden = true;
  const { jump, zoom, onStretch } = setting;
  const summary = createSummaryPlace({ model, jump, zoom, close: () => onStretch(undefined) });
  const choice = element('div', { class: 'list-choice' }, [choose]);
  const events = [summary.node, details.node, byHand, choice, notable.node, list.node];
  const tabs = createTabs(
    'Panels',
    [
      panel('Events', events),
      panel('Cluster', [cluster.node]),
      panel('State', [state.node]),
      { name: 'What if', panel: whatIf },
      panel('Seeds', [createSeeds({ engine, known: setting.seeds, ...seeds, open: setting.openSeed })]),
      panel('Share', [createShare(setting)]),
    ],
    () => queueMicrotask(setting.onTab),
  );
  return {
    node: element('aside', { class: 'side', attributes: { 'aria-label': 'Details and events' } }, [tabs.node]),
    tabs,
    notable,
    list,
    select(pane, target) {
      // The panel speaks of the run it was made for; what is selected in the other picture is said by its tooltip.
      const own = pane.model === model ? target : undefined;
      details.show(own);
      details.node.hidden = own === undefined && !summary.isEmpty();
      notable.mark(own);
      byHand.replaceChildren(...meddlers(setting, entry, own));
    },
    summarize(stretch) {
      summary.show(stretch);
      details.node.hidden = stretch !== undefined;
      if (stretch !== undefined) tabs.show('Events');
    },
    setEntry(known) {
      entry = known;
      fillWhatIf();
    },
    showMoment(moment, row, isPlaying) {
      const tab = tabs.current();
      const { look, hidden } = setting.pane().picture;
      if (tab === 'Cluster') cluster.show(moment, look, hidden);
      if (tab === 'Events' && !list.node.hidden && !isPlaying) list.mark(row);
      if (tab === 'State' && !isPlaying) void showState(state, setting, model.rows.event[row] ?? 0);
    },
  };
}

function panel(name: string, children: readonly Node[]): Tab {
  return { name, panel: element('div', { class: `panel panel-${name.toLowerCase()}` }, children) };
}

/** What the runs of many seeds have in common: what was set, and not what this seed has drawn. */
function seedRequest({ shown }: SideSetting): RunRequest {
  const { parameters, until } = shown.asked;
  return { scenario: shown.model.data.scenario, seed: '1', parameters: parameters ?? {}, until };
}

async function showState(
  state: { show(run: number, event: number): void },
  setting: SideSetting,
  event: number,
): Promise<void> {
  const number = setting.shown.number ?? (await setting.number());
  if (number !== undefined) state.show(number, event);
}

/** What can be done to the selected message. */
function meddlers(
  { shown, change }: SideSetting,
  entry: CatalogueEntry | undefined,
  target: Target | undefined,
): HTMLElement[] {
  if (target?.type !== 'message' || entry === undefined) return [];
  const { model } = shown;
  const make = (meddling: Meddling, text: string): HTMLElement => {
    const fault = meddle(model, target.index, meddling);
    const made = button(text, 'button button-small', () => {
      if (fault !== undefined) change({ type: 'faults', faults: [...(model.data.request.faults ?? []), fault] });
    });
    made.disabled = fault === undefined;
    if (fault === undefined)
      made.title =
        'Not in the last part of a run, where the world has healed, and not of a copy that the network made.';
    return made;
  };
  return [make('drop', 'Drop it'), make('delay', 'Delay it by 50 ms'), make('duplicate', 'Send it twice, 5 ms apart')];
}

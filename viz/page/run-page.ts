// The page of a run: its head, its findings and the workbench; it runs what the reader changes and keeps the run before
// beside it.
import type { CatalogueEntry } from '../catalogue.ts';
import type { RunRequest } from '../request.ts';
import { Cancelled, createScope, EngineError, type Engine, type EngineScope, type Question } from './engine.ts';
import { layersOf } from './layers.ts';
import { button, element } from './overlay/element.ts';
import { findings, foldedFindings } from './overlay/findings.ts';
import { header } from './overlay/header.ts';
import { progressInWords } from './overlay/progress.ts';
import { seedFinder } from './seed-finder.ts';
import { shownRunSoon, type ShownRun } from './shown-run.ts';
import type { KnownSeeds } from './side/seeds.ts';
import { createWorkbench, type Place, type Workbench } from './workbench.ts';
import { inWords } from './words-of-changes.ts';
import { duration } from './words.ts';

/** A longer run from a file is not run again for its own sake. */
const mostEventsToComplete = 200_000;

export interface RunPageSetting {
  readonly engine: Engine;
  readonly entry: CatalogueEntry | undefined;
  /** To the gallery; absent in an offline file opened for one run. */
  readonly home?: (() => void) | undefined;
  /** Stands above instead of the scenario's name. */
  readonly title?: string;
  /** Something above the picture: a warning, a lesson. */
  readonly above?: HTMLElement | undefined;
  /** Whether what is above explains what was found: then one line tells of it. */
  readonly foldsFindings?: boolean;
  /** Called with every run that is shown. */
  onShow?(page: RunPage): void;
  onPlace?(shown: ShownRun, place: Place): void;
}

export interface RunPage {
  /** The latest run, and the workbench that shows it. */
  readonly shown: ShownRun;
  readonly workbench: Workbench;
  /** Runs it and shows it beside the first run. */
  request(request: RunRequest): Promise<void>;
  /** Learns what can be changed about the scenario, once the simulator has said it. */
  setEntry(entry: CatalogueEntry): void;
  close(): void;
}

export function createRunPage(
  root: HTMLElement,
  first: ShownRun,
  start: Partial<Place>,
  setting: RunPageSetting,
): RunPage {
  const { engine } = setting;
  let { entry } = setting;
  const numbers = new Map<ShownRun, Promise<number | undefined>>();
  const status = element('p', { class: 'status', attributes: { role: 'status' } });
  let runs: readonly [ShownRun, ...ShownRun[]] = [first];
  let workbench: Workbench | undefined;
  let scope: EngineScope | undefined;
  const seeds: KnownSeeds = new Map();
  let question: Question<'run'> | undefined;

  /** A run from a file is run here to be asked about; it must be the same run. */
  const number = (shown: ShownRun): Promise<number | undefined> => {
    if (shown.number !== undefined) return Promise.resolve(shown.number);
    const known = numbers.get(shown);
    if (known !== undefined) return known;
    const wanted = runAgain(engine, shown).catch((error: unknown) => {
      status.textContent = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    numbers.set(shown, wanted);
    return wanted;
  };

  const request = async (asked: RunRequest, isAlone = false, said = ''): Promise<void> => {
    question?.cancel();
    const base = runs[0];
    const against = isAlone ? undefined : await number(base);
    // That the first run is another one here must not be overlooked when it is changed.
    const warned = !isAlone && against === undefined ? status.textContent : '';
    status.textContent = 'Running…';
    const tell = (what: string): void => void (status.textContent = what);
    const mine = engine.ask('run', { request: asked, against }, (progress) =>
      tell(progressInWords('the changed run', progress)),
    );
    question = mine;
    try {
      const made = await shownRunSoon(asked, await mine.answer, tell);
      if (question !== mine) return;
      status.textContent = `${said} ${warned}`.trim();
      const tab = workbench?.place().tab;
      const keeps = tab === undefined ? {} : { tab };
      render(isAlone ? [made] : [base, made], keeps);
    } catch (error) {
      if (error instanceof Cancelled) return;
      if (strikesNobody(error, asked, base)) {
        const { faults: _, ...rest } = asked;
        await request(rest, isAlone, 'Some faults named nodes that are gone now, so the faults were drawn anew.');
      } else status.textContent = error instanceof Error ? error.message : String(error);
    }
  };

  /** What only the simulator knows of a run that came in a file: clocks, locks, orders. The reader stays where she is. */
  const complete = async (): Promise<void> => {
    if (first.number !== undefined || first.model.data.events > mostEventsToComplete) return;
    try {
      const { answer } = engine.ask('run', { request: first.asked });
      const made = await shownRunSoon(first.asked, await answer, () => undefined);
      const isSame = made.model.data.hash === first.model.data.hash && runs.length === 1 && runs[0] === first;
      const isMore = layersOf(made).size > layersOf(first).size || made.locks.grants.length > first.locks.grants.length;
      if (isSame && isMore && workbench !== undefined) render([{ ...made, model: first.model }], workbench.place());
    } catch {
      // It is shown as it came.
    }
  };

  const page: RunPage = {
    get shown() {
      return runs.at(-1) as ShownRun;
    },
    get workbench() {
      return workbench as Workbench;
    },
    request: (asked) => request(asked),
    setEntry(known) {
      entry = known;
      workbench?.setEntry(known);
      void complete();
    },
    close: () => {
      question?.cancel();
      workbench?.close();
      scope?.close();
    },
  };

  const render = (next: readonly [ShownRun, ...ShownRun[]], place: Partial<Place>): void => {
    workbench?.close();
    scope?.close();
    scope = createScope(engine);
    runs = next;
    const { data } = page.shown.model;
    const openSeed = (seed: string): void =>
      void request({ ...page.shown.asked, seed, faults: undefined, workload: undefined }, true);
    workbench = createWorkbench({
      runs,
      engine: scope,
      seeds,
      entry,
      start: place,
      request: (asked) => void request(asked),
      openSeed,
      number,
      onPlace: (where) => setting.onPlace?.(page.shown, where),
    });
    const bench = workbench;
    const showFinding = (index: number): void => {
      bench.jump({ type: 'finding', index });
      bench.bringIntoSight();
    };
    const [pane] = bench.panes;
    root.replaceChildren(
      button('To the picture', 'button skip', () => pane?.stage.node.focus()),
      header(data, setting.home, setting.title),
      element('main', {}, [
        status,
        ...(setting.above === undefined ? [] : [setting.above]),
        ...comparison(runs, (kept) => render([kept], { tab: bench.place().tab })),
        (setting.foldsFindings === true ? foldedFindings : findings)(data, showFinding, runs.length > 1),
        ...(runs.length === 1 && setting.above === undefined ? seedFinder(scope, entry, page.shown, openSeed) : []),
        bench.node,
      ]),
    );
    bench.open();
    setting.onShow?.(page);
  };

  render(runs, start);
  return page;
}

/** Whether a knob took nodes away that faults of the run before still name. */
function strikesNobody(error: unknown, { parameters, faults }: RunRequest, base: ShownRun): boolean {
  if (!(error instanceof EngineError) || !error.isExpected || faults === undefined) return false;
  const isOtherWorld = JSON.stringify(parameters) !== JSON.stringify(base.model.data.request.parameters);
  return isOtherWorld && /^faults\[\d+\]\./.test(error.message);
}

async function runAgain(engine: Engine, shown: ShownRun): Promise<number> {
  const { number, timeline } = await engine.ask('run', { request: shown.asked }).answer;
  const { hash, version } = shown.model.data;
  if (timeline.hash === hash) return number;
  throw new Error(
    `This run was made by Faultline ${version} and comes out otherwise here (hash ${timeline.hash}, not ${hash}): its states cannot be shown.`,
  );
}

/** What the two runs differ in, and where they part. */
function comparison(runs: readonly ShownRun[], keep: (shown: ShownRun) => void): HTMLElement[] {
  const [base, changed] = runs;
  if (base === undefined || changed?.difference === undefined) return [];
  const { parting } = changed.difference;
  const before = parting?.before.map((line) => element('li', { text: line.trim() })) ?? [];
  const told =
    parting === undefined
      ? [element('p', { text: 'The two runs are the same, event for event.' })]
      : [
          element('p', {
            text: `The runs are the same up to event ${parting.event}, ${duration(parting.time)} after the start. Then they part:`,
          }),
          element('dl', { class: 'parting' }, [
            element('dt', { text: 'first run' }),
            element('dd', { text: parting.one?.trim() ?? 'is over' }),
            element('dt', { text: 'changed run' }),
            element('dd', { text: parting.other?.trim() ?? 'is over' }),
          ]),
          element('details', {}, [
            element('summary', { text: 'What happened just before, in both' }),
            element('ol', {}, before),
          ]),
        ];
  return [
    element('section', { class: 'comparison', attributes: { 'aria-label': 'First difference' } }, [
      element('div', { class: 'comparison-text' }, [element('h2', { text: inWords(base, changed) }), ...told]),
      element('div', { class: 'comparison-buttons' }, [
        button('Go on from the changed run', 'button', () => keep(changed)),
        button('Back to the first run', 'button', () => keep(base)),
      ]),
    ]),
  ];
}

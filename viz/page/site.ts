// What the address leads to: the gallery, a run, a lesson; and in an offline file, the run that the file carries.
import { version } from '../version.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import type { TimelineData } from '../data.ts';
import type { Lesson } from '../lessons/format.ts';
import type { RunRequest } from '../request.ts';
import { fragmentOf, readFragment, type Address } from './address.ts';
import { Cancelled, createScope, refuse, type Engine, type EngineScope } from './engine.ts';
import { gallery } from './gallery.ts';
import { parseForeign } from './json.ts';
import { prepareLesson } from './lesson-page.ts';
import { button, element } from './overlay/element.ts';
import { findings } from './overlay/findings.ts';
import { header } from './overlay/header.ts';
import { progressPanel } from './overlay/progress.ts';
import { createRunPage, type RunPage } from './run-page.ts';
import { cannotRun, carriedRunSoon, shownRunSoon, type ShownRun } from './shown-run.ts';
import type { Place } from './workbench.ts';

export interface SiteSetting {
  readonly root: HTMLElement;
  readonly engine: Engine;
  readonly lessons: readonly Lesson[];
  readonly carried: TimelineData | undefined;
}

export interface Site {
  open(): void;
}

interface State extends SiteSetting {
  catalogue?: readonly CatalogueEntry[];
  page?: RunPage | undefined;
  /** Asks for the page that is shown: what is under way when the reader leaves it is given up. */
  scope?: EngineScope | undefined;
  /** The address that the page itself wrote last. */
  own: string;
  timer: number;
  /** How many places were gone to: whoever was slower than the reader has come too late. */
  visits: number;
}

/** Leaves the address alone while the reader moves, and tells it where she has come to rest. */
const restMs = 400;
const largestFile = 64_000_000;

export function createSite(setting: SiteSetting): Site {
  const site: State = { ...setting, own: '', timer: 0, visits: 0 };
  return {
    open() {
      addEventListener('hashchange', () => {
        if (location.hash !== site.own) attempt(site, (isLate) => route(site, isLate));
      });
      attempt(site, (isLate) => route(site, isLate));
    },
  };
}

/** Goes somewhere; what is not finished when the reader goes elsewhere shows nothing any more. */
function attempt(site: State, go: (isLate: () => boolean) => Promise<void>): void {
  leave(site);
  const visit = ++site.visits;
  const isLate = (): boolean => site.visits !== visit;
  go(isLate).catch((error: unknown) => {
    if (isLate()) return;
    if (error instanceof Cancelled) home();
    else complain(site.root, error);
  });
}

async function route(site: State, isLate: () => boolean): Promise<void> {
  const { carried, lessons } = site;
  const fragment = location.hash.replace(/^#/, '');
  const name = new URLSearchParams(fragment).get('lesson');
  const chosen = lessons.find(({ id }) => id === name);
  if (chosen !== undefined) return showLesson(site, chosen, isLate);
  if (name !== null) throw new Error(`there is no lesson ${JSON.stringify(name.slice(0, 60))}`);
  if (fragment === 'gallery' || (fragment === '' && carried === undefined)) return showGallery(site, isLate);
  if (fragment === '' && carried !== undefined) return showCarried(site, carried, isLate);
  return showRun(site, await readFragment(fragment), isLate);
}

async function showGallery(site: State, isLate: () => boolean): Promise<void> {
  const { root, lessons } = site;
  document.title = 'Faultline';
  root.replaceChildren(element('p', { class: 'status', text: 'Loading the simulator…' }));
  const openFile = (file: File): void => attempt(site, (late) => showFile(site, file, late));
  const known = await entries(site);
  if (!isLate()) root.replaceChildren(gallery({ entries: known, lessons, openFile }));
}

async function showFile(site: State, file: File, isLate: () => boolean): Promise<void> {
  if (file.size > largestFile)
    throw new Error(`${file.name}: expected at most ${largestFile} bytes, found ${file.size}`);
  const json = readFile(file.name, await file.text());
  if (json['format'] !== 'faultline-replay')
    return showLesson(site, await scopeOf(site).ask('lesson', json).answer, isLate);
  const { scenario, seed, parameters, until, faults, workload, maxEvents } = json;
  const bound = maxEvents === undefined ? {} : { maxEvents };
  const request = { scenario, seed, parameters, until, faults, workload, ...bound } as unknown as RunRequest;
  const hash = (json['expected'] as { hash?: string } | undefined)?.hash;
  const address = { request, version: String(json['faultline']), hash, moment: undefined, window: undefined };
  return showRun(site, address, isLate);
}

function readFile(name: string, text: string): Record<string, unknown> {
  let why = '';
  try {
    const json = parseForeign(text);
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch (error) {
    why = `: ${String(error)}`;
  }
  throw new Error(
    `${name}: expected JSON of a replay file or a lesson, found ${JSON.stringify(text.slice(0, 40))}${why}`,
  );
}

async function showLesson(site: State, lesson: Lesson, isLate: () => boolean): Promise<void> {
  const { root, lessons } = site;
  const engine = scopeOf(site);
  document.title = `${lesson.title} · Faultline`;
  const entry = await entryOf(site, lesson.run.scenario);
  const open = await prepareLesson({ root, engine, lesson, lessons, entry, home });
  if (!isLate()) site.page = open();
}

async function showRun(site: State, address: Address, isLate: () => boolean, isSure = false): Promise<void> {
  if (isLate()) return;
  const { root } = site;
  const engine = scopeOf(site);
  const { request, hash, window, moment } = address;
  if (!isSure && address.version !== undefined && address.version !== version) {
    const onAnyway = (): void => attempt(site, (late) => showRun(site, address, late, true));
    root.replaceChildren(otherVersion(address.version, onAnyway));
    return;
  }
  const name = request.scenario;
  const question = engine.ask('run', { request }, (progress) => panel.follow(progress));
  const panel = progressPanel(name, () => question.cancel());
  root.replaceChildren(panel.node);
  const shown = await shownRunSoon(request, await question.answer, (what) => panel.say(what));
  const { data } = shown.model;
  const entry = await entryOf(site, data.scenario);
  if (isLate()) return;
  document.title = `${data.scenario} · seed ${data.seed} · ${data.verdict} · Faultline`;
  const isOther = hash !== undefined && hash !== data.hash;
  const start = isOther
    ? {}
    : { ...(window === undefined ? {} : { window }), ...(moment === undefined ? {} : { moment }) };
  site.page = createRunPage(root, shown, start, {
    engine,
    entry,
    home,
    above: isOther ? otherRun(hash, data.hash) : undefined,
    onPlace: (run, place) => follow(site, run, place),
  });
}

/** The picture needs no simulator: it is there before the thread has begun. */
async function showCarried(site: State, data: TimelineData, isLate: () => boolean): Promise<void> {
  const { root } = site;
  const { recordedOnly } = data;
  const engine = recordedOnly === undefined ? scopeOf(site) : refuse(scopeOf(site), cannotRun(recordedOnly));
  const status = element('p', { class: 'status', attributes: { role: 'status' } });
  const shown = await carriedRunSoon(data, (what) => {
    status.textContent = what;
    // How it ended need not wait for the picture.
    if (!status.isConnected) root.replaceChildren(header(data), element('main', {}, [status, findings(data)]));
  });
  if (isLate()) return;
  const page = createRunPage(root, shown, {}, { engine, home, entry: undefined });
  site.page = page;
  if (recordedOnly !== undefined) return;
  const entry = await entryOf(site, data.scenario).catch(() => undefined);
  if (entry !== undefined && page.shown === shown) page.setEntry(entry);
}

function scopeOf(site: State): EngineScope {
  site.scope ??= createScope(site.engine);
  return site.scope;
}

function leave(site: State): void {
  site.page?.close();
  site.scope?.close();
  site.scope = undefined;
  site.root.classList.remove('is-predicting');
  site.page = undefined;
  clearTimeout(site.timer);
}

/** Also from a file that was opened in the gallery: its address is still the gallery's. */
function home(): void {
  if (location.hash === '#gallery') dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = '#gallery';
}

async function entries(site: State): Promise<readonly CatalogueEntry[]> {
  site.catalogue ??= await site.engine.ask('catalogue', undefined).answer;
  return site.catalogue;
}

async function entryOf(site: State, name: string): Promise<CatalogueEntry | undefined> {
  const isIt = (entry: CatalogueEntry): boolean => entry.name === name;
  // A variant has knobs of its own, and is in no gallery.
  return (await entries(site)).find(isIt) ?? (await site.engine.ask('catalogue', name).answer).find(isIt);
}

/** The address follows the reader, without a new entry in the history for each step. */
function follow(site: State, shown: ShownRun, { window, moment }: Place): void {
  clearTimeout(site.timer);
  const { visits } = site;
  const write = async (): Promise<void> => {
    const fragment = `#${await fragmentOf({ shown, window, moment })}`;
    if (site.visits !== visits) return;
    site.own = fragment;
    history.replaceState(null, '', fragment);
  };
  site.timer = globalThis.window.setTimeout(() => void write(), restMs);
}

function complain(root: HTMLElement, error: unknown): void {
  root.replaceChildren(
    element('main', { class: 'notice' }, [
      element('h1', { text: 'This cannot be shown' }),
      element('p', { text: error instanceof Error ? error.message : String(error), attributes: { role: 'alert' } }),
      button('To the gallery', 'button', home),
    ]),
  );
}

/** Another version may run the same seed otherwise: the reader decides, and is told. */
function otherVersion(theirs: string, onAnyway: () => void): HTMLElement {
  return element('main', { class: 'notice' }, [
    element('h1', { text: `This link was made by Faultline ${theirs}` }),
    element('p', {
      text: `This page is Faultline ${version}. The same seed may be another run here, so it is not shown as if it were the one that was meant.`,
    }),
    element('div', { class: 'field-row' }, [
      button('Run it here all the same', 'button', onAnyway),
      button('To the gallery', 'button', home),
    ]),
  ]);
}

function otherRun(theirs: string, ours: string): HTMLElement {
  return element('p', {
    class: 'warning',
    attributes: { role: 'alert' },
    text: `This is not the run that the link was made for: its hash was ${theirs}, this one's is ${ours}.`,
  });
}

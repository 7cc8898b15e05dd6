// What the address leads to: the gallery, a run, a lesson; and in an offline file, the run that the file carries.
import { version } from '../version.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import type { TimelineData } from '../data.ts';
import type { Lesson } from '../lessons/format.ts';
import type { RunRequest } from '../request.ts';
import { fragmentOf, readFragment, type Address } from './address.ts';
import { Cancelled, type Engine } from './engine.ts';
import { gallery } from './gallery.ts';
import { openLesson } from './lesson-page.ts';
import { button, element } from './overlay/element.ts';
import { createRunPage, type RunPage } from './run-page.ts';
import { carriedRun, shownRun, type ShownRun } from './shown-run.ts';
import type { Place } from './workbench.ts';
import { duration } from './words.ts';

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
  /** The address that the page itself wrote last. */
  own: string;
  timer: number;
}

/** Leaves the address alone while the reader moves, and tells it where she has come to rest. */
const restMs = 400;
const largestFile = 64_000_000;

export function createSite(setting: SiteSetting): Site {
  const site: State = { ...setting, own: '', timer: 0 };
  return {
    open() {
      addEventListener('hashchange', () => {
        if (location.hash !== site.own) attempt(site, route(site));
      });
      attempt(site, route(site));
    },
  };
}

function attempt(site: State, work: Promise<void>): void {
  work.catch((error: unknown) => {
    if (error instanceof Cancelled) home();
    else complain(site.root, error);
  });
}

async function route(site: State): Promise<void> {
  const { carried, lessons } = site;
  const fragment = location.hash.replace(/^#/, '');
  const name = new URLSearchParams(fragment).get('lesson');
  const chosen = lessons.find(({ id }) => id === name);
  if (chosen !== undefined) return showLesson(site, chosen);
  if (fragment === 'gallery' || (fragment === '' && carried === undefined)) return showGallery(site);
  if (fragment === '' && carried !== undefined) return showCarried(site, carried);
  return showRun(site, await readFragment(fragment));
}

async function showGallery(site: State): Promise<void> {
  leave(site);
  const { root, lessons } = site;
  document.title = 'Faultline';
  root.replaceChildren(element('p', { class: 'status', text: 'Loading the simulator…' }));
  const openFile = (file: File): void => attempt(site, showFile(site, file));
  root.replaceChildren(gallery({ entries: await entries(site), lessons, openFile }));
}

async function showFile(site: State, file: File): Promise<void> {
  if (file.size > largestFile)
    throw new Error(`${file.name}: expected at most ${largestFile} bytes, found ${file.size}`);
  const json = JSON.parse(await file.text()) as Record<string, unknown>;
  if (json['format'] !== 'faultline-replay') return showLesson(site, await site.engine.ask('lesson', json).answer);
  const { scenario, seed, parameters, until, faults, workload, maxEvents } = json;
  const bound = maxEvents === undefined ? {} : { maxEvents };
  const request = { scenario, seed, parameters, until, faults, workload, ...bound } as unknown as RunRequest;
  const hash = (json['expected'] as { hash?: string } | undefined)?.hash;
  return showRun(site, { request, version: String(json['faultline']), hash, moment: undefined, window: undefined });
}

async function showLesson(site: State, lesson: Lesson): Promise<void> {
  leave(site);
  const { root, engine, lessons } = site;
  document.title = `${lesson.title} · Faultline`;
  const entry = await entryOf(site, lesson.run.scenario);
  site.page = await openLesson({ root, engine, lesson, lessons, entry, home });
}

async function showRun(site: State, address: Address, isSure = false): Promise<void> {
  leave(site);
  const { root, engine } = site;
  const { request, hash, window, moment } = address;
  if (!isSure && address.version !== undefined && address.version !== version) {
    const onAnyway = (): void => attempt(site, showRun(site, address, true));
    root.replaceChildren(otherVersion(address.version, onAnyway));
    return;
  }
  const name = request.scenario;
  const status = element('p', { class: 'status', attributes: { role: 'status' }, text: `Running ${name}…` });
  const question = engine.ask('run', { request }, ({ events, now }) => {
    status.textContent = `Running ${name}: ${events.toLocaleString('en-US')} events, ${duration(now)} simulated`;
  });
  root.replaceChildren(
    status,
    button('Cancel', 'button', () => question.cancel()),
  );
  const shown = shownRun(request, await question.answer);
  const { data } = shown.model;
  document.title = `${data.scenario} · seed ${data.seed} · ${data.verdict} · Faultline`;
  const isOther = hash !== undefined && hash !== data.hash;
  const start = isOther
    ? {}
    : { ...(window === undefined ? {} : { window }), ...(moment === undefined ? {} : { moment }) };
  site.page = createRunPage(root, shown, start, {
    engine,
    entry: await entryOf(site, data.scenario),
    home,
    above: isOther ? otherRun(hash, data.hash) : undefined,
    onPlace: (run, place) => follow(site, run, place),
  });
}

/** The picture needs no simulator: it is there before the thread has begun. */
async function showCarried(site: State, data: TimelineData): Promise<void> {
  leave(site);
  const shown = carriedRun(data);
  const page = createRunPage(site.root, shown, {}, { engine: site.engine, home, entry: undefined });
  site.page = page;
  const entry = await entryOf(site, data.scenario).catch(() => undefined);
  if (entry !== undefined && page.shown === shown) page.setEntry(entry);
}

function leave(site: State): void {
  site.page?.close();
  site.root.classList.remove('is-predicting');
  site.page = undefined;
  clearTimeout(site.timer);
}

function home(): void {
  location.hash = '#gallery';
}

async function entries(site: State): Promise<readonly CatalogueEntry[]> {
  site.catalogue ??= await site.engine.ask('catalogue', undefined).answer;
  return site.catalogue;
}

async function entryOf(site: State, name: string): Promise<CatalogueEntry | undefined> {
  return (await entries(site)).find((entry) => entry.name === name);
}

/** The address follows the reader, without a new entry in the history for each step. */
function follow(site: State, shown: ShownRun, { window, moment }: Place): void {
  clearTimeout(site.timer);
  const write = async (): Promise<void> => {
    site.own = `#${await fragmentOf({ shown, window, moment })}`;
    history.replaceState(null, '', site.own);
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

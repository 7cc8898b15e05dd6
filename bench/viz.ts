// The timeline in headless Chromium at scale: how large the file is, how soon there is a picture, how long frames take while
// it is zoomed and panned, and how long a trace takes from one thread to another. The runs are real ones, of Raft with all its
// faults. Frames of an empty page, measured in the same browser, say how restless the machine is.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, chromiumPath } from '../test/viz/browser.ts';
import { about } from '../test/viz/fixture.ts';
import { findScenario } from '../scenarios/index.ts';
import { simulate } from '../sim/simulate.ts';
import { seconds } from '../sim/time.ts';
import { loadTimelineAssets } from '../viz/assets.ts';
import { timelineOf } from '../viz/data.ts';
import { renderTimelineHtml, type TimelineAssets } from '../viz/html.ts';

export interface VizFigures {
  readonly messages: number;
  readonly fileMegabytes: number;
  /** From the beginning of the navigation to the first words, which say what is being read. */
  readonly firstWordsMs: number;
  /** From there too, to the first picture. */
  readonly firstPictureMs: number;
  readonly frames: Readonly<Record<Movement, FrameFigures>>;
  /** Of the trace's columns, moved from a worker. */
  readonly transferMs: number;
}

/** Nothing, in an empty page; zoom from all of the run to single messages; pan where it is crowded and where it is not; play. */
export type Movement = 'idle' | 'zoom' | 'pan far' | 'pan near' | 'play';

export interface FrameFigures {
  /** From a frame to the next. */
  readonly intervalMs: Quantiles;
  /** What the page's own code takes of it. */
  readonly scriptMs: Quantiles;
}

interface Quantiles {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

const framesMeasured = 120;

/**
 * Measures runs of Raft of so many simulated seconds: about 5,000, 100,000 and a million messages.
 * @throws Error when there is no Chromium.
 */
export async function* benchViz(
  lengths: readonly number[] = [12, 212, 2_120],
  assets: TimelineAssets = loadTimelineAssets(),
): AsyncGenerator<VizFigures> {
  if (chromiumPath === undefined) throw new Error('no Chromium found: set CHROMIUM');
  const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  try {
    for (const length of lengths) {
      const path = join(folder, `${length}.html`);
      const run = simulate(findScenario('raft'), { seed: '3', trace: true, until: seconds(length) });
      writeFileSync(path, renderTimelineHtml(timelineOf(run, about), assets));
      const idle = await measureIdle(browser);
      const page = await newPage(browser);
      await page.goto(pathToFileURL(path).href);
      await page.locator('.readout:not(:empty)').waitFor({ state: 'attached', timeout: 300_000 });
      const [firstWordsMs, firstPictureMs] = await page.evaluate(
        () =>
          ['first-contentful-paint', 'first-picture'].map(
            (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0,
          ) as [number, number],
      );
      yield {
        messages: run.statistics.sent,
        fileMegabytes: statSync(path).size / 1_048_576,
        firstWordsMs,
        firstPictureMs,
        frames: { idle, ...(await measureMovements(page)) },
        transferMs: await measureTransfer(page, run.trace?.length ?? 0),
      };
      await page.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** In words, a line for the size and one for each movement. */
export function vizInWords(figures: VizFigures): string[] {
  const { messages, fileMegabytes, firstWordsMs, firstPictureMs, frames, transferMs } = figures;
  const told = ({ median, p95, p99 }: Quantiles): string =>
    `${median.toFixed(1)} ms (p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)})`;
  const head = [
    `${messages.toLocaleString('en-US')} messages: ${fileMegabytes.toFixed(2)} MB`,
    `words after ${Math.round(firstWordsMs)} ms, picture after ${Math.round(firstPictureMs)} ms`,
    `columns from a worker in ${transferMs.toFixed(1)} ms`,
  ].join(', ');
  const lines = Object.entries(frames).map(([name, { intervalMs, scriptMs }]) => {
    return `  ${name}: a frame every ${told(intervalMs)}, of which the page's code takes ${told(scriptMs)}`;
  });
  return [head, ...lines];
}

/** A page that notes when its first picture is there and how long the callbacks of each frame take. */
async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    const callbacks = { ms: 0 };
    Object.assign(globalThis, { callbacks });
    const original = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (callback) =>
      original((now) => {
        const began = performance.now();
        callback(now);
        callbacks.ms += performance.now() - began;
        const isShown = document.querySelector('.readout')?.textContent !== '';
        if (isShown && performance.getEntriesByName('first-picture').length === 0) performance.mark('first-picture');
      });
  });
  return page;
}

async function measureIdle(browser: Browser): Promise<FrameFigures> {
  const page = await newPage(browser);
  const idle = await measureFrames(page, 'idle');
  await page.close();
  return idle;
}

async function measureMovements(page: Page): Promise<Record<Exclude<Movement, 'idle'>, FrameFigures>> {
  await page.getByRole('button', { name: 'Show all of the run' }).click();
  await page.waitForTimeout(600);
  const far = await measureFrames(page, 'pan far');
  const zoom = await measureFrames(page, 'zoom');
  const near = await measureFrames(page, 'pan near');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  return { zoom, 'pan far': far, 'pan near': near, play: await measureFrames(page, 'play') };
}

/** One wheel event a frame: the zoom goes from all of the run to some messages, pans stay at their scale. */
async function measureFrames(page: Page, movement: Movement): Promise<FrameFigures> {
  const { between, script } = await page.evaluate(
    async ({ movement, frames }) => {
      const surface = document.querySelector<HTMLElement>('.surface');
      const box = surface?.getBoundingClientRect();
      const at = { clientX: (box?.left ?? 0) + (box?.width ?? 0) / 2, clientY: (box?.top ?? 0) + 100 };
      const { callbacks = { ms: 0 } } = globalThis as { callbacks?: { ms: number } };
      const between: number[] = [];
      const script: number[] = [];
      let last = 0;
      for (let frame = -1; frame < frames; frame++) {
        // The first pan begins where it is crowded, yet not at the edge of the run.
        const isFirst = frame === -1 && movement === 'pan far';
        const along = Math.floor(frame / 30) % 2 === 0 ? 30 : -30;
        const how = isFirst
          ? { deltaY: -400 }
          : movement === 'zoom'
            ? { deltaY: -38 }
            : { deltaX: along, shiftKey: true };
        callbacks.ms = 0;
        if (movement !== 'idle' && movement !== 'play') {
          const event = new WheelEvent('wheel', { ...at, bubbles: true, cancelable: true, ...how });
          const began = performance.now();
          surface?.dispatchEvent(event);
          callbacks.ms += performance.now() - began;
        }
        const now = await new Promise<number>((resolve) => {
          requestAnimationFrame(resolve);
        });
        // The first frame ends whatever was going on before.
        if (frame >= 0) between.push(now - last);
        if (frame >= 0) script.push(callbacks.ms);
        last = now;
      }
      return { between, script };
    },
    { movement, frames: framesMeasured },
  );
  return { intervalMs: quantiles(between), scriptMs: quantiles(script) };
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((one, other) => one - other);
  const of = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { median: of(0.5), p95: of(0.95), p99: of(0.99) };
}

/** The columns of a trace of so many rows: 37 bytes a row, moved and not copied. */
function measureTransfer(page: Page, rows: number): Promise<number> {
  return page.evaluate((length) => {
    const source = `onmessage = ({ data }) => {
      const columns = [new Float64Array(data), new Uint8Array(data), ...Array.from({ length: 6 }, () => new Int32Array(data))];
      postMessage({ columns, sent: performance.timeOrigin + performance.now() }, columns.map(({ buffer }) => buffer));
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    return new Promise<number>((resolve) => {
      worker.addEventListener('message', ({ data }: MessageEvent<{ sent: number }>) => {
        resolve(performance.timeOrigin + performance.now() - data.sent);
      });
      worker.postMessage(length, []);
    });
  }, rows);
}

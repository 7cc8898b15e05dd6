// The timeline in headless Chromium at scale: how large the file is, how soon there is a picture, how long frames take while
// it is zoomed and panned, and how long a trace takes from one thread to another.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { chromiumFlags, chromiumPath } from '../test/viz/browser.ts';
import { about, busyRun } from '../test/viz/fixture.ts';
import { loadTimelineAssets } from '../viz/assets.ts';
import { timelineOf } from '../viz/data.ts';
import { renderTimelineHtml } from '../viz/html.ts';

export interface VizFigures {
  readonly messages: number;
  readonly fileMegabytes: number;
  readonly firstPictureMs: number;
  /** Between two frames while zooming and panning. */
  readonly frameMs: Quantiles;
  /** Of the trace's columns, moved from a worker. */
  readonly transferMs: number;
}

interface Quantiles {
  readonly median: number;
  readonly p95: number;
}

const frames = 120;

/** Measures runs of so many messages. @throws Error when there is no Chromium. */
export async function* benchViz(sizes: readonly number[] = [5_000, 100_000, 1_000_000]): AsyncGenerator<VizFigures> {
  if (chromiumPath === undefined) throw new Error('no Chromium found: set CHROMIUM');
  const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  const assets = loadTimelineAssets();
  try {
    for (const messages of sizes) {
      const path = join(folder, `${messages}.html`);
      writeFileSync(path, renderTimelineHtml(timelineOf(busyRun(messages), about), assets));
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(pathToFileURL(path).href);
      await page.locator('.readout:not(:empty)').waitFor({ timeout: 120_000 });
      const firstPictureMs = await page.evaluate(() => performance.now());
      yield {
        messages,
        fileMegabytes: statSync(path).size / 1_048_576,
        firstPictureMs,
        ...(await measureFrames(page)),
        transferMs: await measureTransfer(page, messages * 2),
      };
      await page.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** In words, for one line of the report. */
export function vizInWords({ messages, fileMegabytes, firstPictureMs, frameMs, transferMs }: VizFigures): string {
  const pair = ({ median, p95 }: Quantiles): string => `${median.toFixed(1)} ms (p95 ${p95.toFixed(1)})`;
  return [
    `${messages.toLocaleString('en-US')} messages: ${fileMegabytes.toFixed(2)} MB`,
    `picture after ${Math.round(firstPictureMs)} ms`,
    `a frame every ${pair(frameMs)}`,
    `columns from a worker in ${transferMs.toFixed(1)} ms`,
  ].join(', ');
}

/** From all of the run into it and along it, a step a frame. */
async function measureFrames(page: Page): Promise<Pick<VizFigures, 'frameMs'>> {
  await page.getByRole('button', { name: 'Show all of the run' }).click();
  await page.waitForTimeout(600);
  const between = await page.evaluate(async (count) => {
    const surface = document.querySelector('.surface') as HTMLElement;
    const box = surface.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top + 100, bubbles: true, cancelable: true };
    const between: number[] = [];
    let last = performance.now();
    for (let frame = 0; frame < count; frame++) {
      const isZoom = frame < count / 2;
      surface.dispatchEvent(
        new WheelEvent('wheel', isZoom ? { ...at, deltaY: -40 } : { ...at, deltaX: 30, shiftKey: true }),
      );
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
      const now = performance.now();
      between.push(now - last);
      last = now;
    }
    return between;
  }, frames);
  return { frameMs: quantiles(between) };
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((one, other) => one - other);
  const of = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { median: of(0.5), p95: of(0.95) };
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

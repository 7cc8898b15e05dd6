// A real Chromium for the timeline's tests, and the page built into a folder of its own.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Run } from '../../sim/run.ts';
import { timelineOf } from '../../viz/data.ts';
import { renderTimelineHtml, type TimelineAssets } from '../../viz/html.ts';
import { about } from './fixture.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is, or undefined. */
export const chromiumPath = [process.env['CHROMIUM'] ?? '', ...places].find((path) => path !== '' && existsSync(path));

/** Flags for a machine without a screen and without a way out. */
export const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser and a folder of timeline files. */
export interface Shelf {
  open(run: Run, width: number): Promise<OpenPage>;
  close(): Promise<void>;
}

/** A page, with everything it complained of and every request it made besides its own file. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

export async function openShelf(): Promise<Shelf> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-viz-'));
  const assets = await buildAssets(folder);
  const browser = await launch();
  return {
    open: (run, width) => openRun(browser, folder, assets, run, width),
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function buildAssets(folder: string): Promise<TimelineAssets> {
  for (const part of ['page', 'worker']) {
    await build({
      configFile: fileURLToPath(new URL(`../../viz/${part}/vite.config.ts`, import.meta.url)),
      build: { outDir: folder },
    });
  }
  return {
    script: readFileSync(join(folder, 'timeline.js'), 'utf8'),
    style: readFileSync(join(folder, 'timeline.css'), 'utf8'),
    worker: readFileSync(join(folder, 'worker.js'), 'utf8'),
  };
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? '', args: chromiumFlags });
}

async function openRun(
  browser: Browser,
  folder: string,
  assets: TimelineAssets,
  run: Run,
  width: number,
): Promise<OpenPage> {
  const path = join(folder, `${run.scenario.length}-${run.hash}-${width}.html`);
  writeFileSync(path, renderTimelineHtml(timelineOf(run, about), assets));
  const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const address = pathToFileURL(path).href;
  page.on('request', (request) => {
    if (request.url() !== address && !/^(?:data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(address);
  await page.locator('.readout:not(:empty)').waitFor();
  return { page, complaints, requests };
}

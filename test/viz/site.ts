// The static site in a real Chromium, served as `faultline serve` serves it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { createSiteServer } from '../../cli/serve.ts';
import { chromiumFlags, chromiumPath } from './browser.ts';

export interface OpenSite {
  /** Where it is served, with a slash at the end. */
  readonly address: string;
  /** Opens a fragment such as `s=raft&seed=1`; complaints are what the page said on its console. */
  open(fragment: string, look?: Look): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

/** How a reader's screen is set; by default light, 1440 pixels wide and without motion. */
export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
  readonly motion?: boolean;
}

/** Until the picture of a run is there. */
export const ready = (page: Page): Promise<void> =>
  page.locator('.readout:not(:empty)').waitFor({ state: 'attached', timeout: 60_000 });

/** The hash of the run that is shown. */
export const hashOf = (page: Page): Promise<string> => page.locator('.facts dd').nth(1).innerText();

export const showTab = (page: Page, name: string): Promise<void> =>
  page.getByRole('tab', { name, exact: true }).click();

export async function openSite(): Promise<OpenSite> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-site-'));
  for (const part of ['page', 'worker']) {
    const configFile = fileURLToPath(new URL(`../../viz/${part}/vite.config.ts`, import.meta.url));
    await build({ configFile, build: { outDir: folder } });
  }
  const html = fileURLToPath(new URL('../../viz/page/index.html', import.meta.url));
  const files = new Map([
    ['/index.html', { type: 'text/html; charset=utf-8', content: readFileSync(html) }],
    ['/timeline.js', { type: 'text/javascript; charset=utf-8', content: readFileSync(join(folder, 'timeline.js')) }],
    ['/worker.js', { type: 'text/javascript; charset=utf-8', content: readFileSync(join(folder, 'worker.js')) }],
    ['/timeline.css', { type: 'text/css; charset=utf-8', content: readFileSync(join(folder, 'timeline.css')) }],
  ]);
  const server = createSiteServer(files);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: chromiumFlags });
  return {
    address,
    async open(fragment, { width = 1440, dark = false, motion = false } = {}) {
      const page = await browser.newPage({
        viewport: { width, height: 900 },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: motion ? 'no-preference' : 'reduce',
        acceptDownloads: true,
      });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${address}#${fragment}`);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

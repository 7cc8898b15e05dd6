// The same seed gives the same run in a browser as in Node: every scenario, bundled and run inside Chromium.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import { seconds, simulate } from '../../sim/index.ts';
import { chromiumFlags, chromiumPath } from '../viz/browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const until = seconds(8);

test.skipIf(chromiumPath === undefined && process.env['CI'] === undefined)(
  'every scenario has the same hashes in Chromium as in Node (skipped where there is no Chromium)',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'faultline-browser-'));
    const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: chromiumFlags });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ path: await bundle(folder) });
      const inBrowser = await page.evaluate('window.hashes()');
      const inNode = scenarios.flatMap((scenario) => [1, 2].map((seed) => simulate(scenario, { seed, until }).hash));
      expect(inBrowser).toEqual(inNode);
      expect(new Set(inNode).size).toBeGreaterThan(scenarios.length);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  },
);

/** One classic script that leaves `window.hashes` behind. */
async function bundle(folder: string): Promise<string> {
  const entry = path.join(folder, 'entry.js');
  writeFileSync(
    entry,
    `import { scenarios } from ${JSON.stringify(path.join(root, 'scenarios/index.ts'))};
import { simulate } from ${JSON.stringify(path.join(root, 'sim/index.ts'))};
window.hashes = () => scenarios.flatMap((scenario) => [1, 2].map((seed) => simulate(scenario, { seed, until: ${until} }).hash));`,
  );
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: false,
      lib: { entry, name: 'world', formats: ['iife'], fileName: () => 'world.js' },
    },
  });
  return path.join(folder, 'world.js');
}

// A timeline of a reader's own scenario holds its code: in a real browser, from disk and without a network, it is changed as
// one of a built-in scenario is, and every run is the one that Node makes. Where the code cannot be held, both the command and
// the page say why, and what was recorded is shown.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../cli/scenario-source.ts';
import { parseReplay, simulate } from '../../sim/index.ts';
import { faultline, temporaryFolder, type Outcome } from '../cli/command.ts';
import { chromiumFlags, chromiumPath } from './browser.ts';
import { hashOf, ready, showTab } from './site.ts';

const root = join(import.meta.dirname, '../..');
/** The command and the page as they are installed. */
const command = join(root, 'dist/cli/main.js');
const isBuilt = existsSync(command);
if (chromiumPath === undefined)
  console.warn('no Chromium found (set CHROMIUM): own scenarios are not tested in a browser');

/** A folder in which `faultline` is installed. */
async function newProject(): Promise<string> {
  const folder = join(temporaryFolder(), 'project');
  expect((await faultline('init', folder)).code).toBe(0);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/faultline'));
  return folder;
}

function installed(folder: string, ...argv: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], { cwd: folder, encoding: 'utf8' });
  return { code: status ?? -1, out: stdout, err: stderr };
}

/** Puts lines at the head of the scenario's file. */
function prepend(folder: string, ...lines: readonly string[]): void {
  const path = join(folder, 'scenario.ts');
  writeFileSync(path, `${lines.join('\n')}\n${readFileSync(path, 'utf8')}`);
}

describe.runIf(isBuilt && chromiumPath !== undefined)('in the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: chromiumFlags });
  });
  afterAll(() => browser.close());

  /** Opens a file with no network; complaints are what the page said, and what it asked for besides itself. */
  async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      offline: true,
      acceptDownloads: true,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const address = pathToFileURL(path).href;
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== address && !/^(?:data|blob):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(address);
    await ready(page);
    return { page, complaints };
  }

  /** The replay file that the page offers of the run that it shows. */
  async function replayFileOf(page: Page, folder: string): Promise<string> {
    await showTab(page, 'Share');
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 30_000 }),
      page.getByRole('button', { name: /^Replay file/ }).click(),
    ]);
    const path = join(folder, 'from-the-page.replay.json');
    await file.saveAs(path);
    return path;
  }

  test('a failing run of a new project is changed, asked for its states, and run with other seeds, each as in Node', async () => {
    const folder = await newProject();
    const { code, out, err } = installed(folder, 'fuzz', './scenario.ts', '--seeds', '5', '--no-shrink');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const place = join(folder, /timeline +(\S+)\.html/.exec(out)?.[1] ?? '');
    const recorded = parseReplay(readFileSync(`${place}.replay.json`, 'utf8'));
    const { scenario } = await loadScenario(join(folder, 'scenario.ts'));
    const { page, complaints } = await open(`${place}.html`);
    expect(await hashOf(page)).toBe(recorded.expected.hash);

    // The state at the moment, which only a run with all its code can say.
    await showTab(page, 'State');
    await page.locator('.state-node').first().waitFor();
    expect(await page.locator('.state').innerText()).toMatch(/n1[\s\S]*value/);
    expect(await page.locator('.status').innerText()).toBe('');

    // A fault less, and the run that comes of it is Node's.
    await showTab(page, 'What if');
    await page.locator('.fault-row button').first().click();
    await page.locator('.comparison').waitFor({ timeout: 30_000 });
    expect(await page.locator('.comparison').innerText()).toMatch(/The (two )?runs are the same/);
    const { seed, parameters, faults, workload } = recorded;
    const changed = simulate(scenario, { seed, parameters, workload, faults: faults.slice(1) });
    expect(await hashOf(page)).toBe(changed.hash);
    expect(changed.hash).not.toBe(recorded.expected.hash);
    expect(await page.locator('.reproduce code').innerText()).toContain("--scenario './scenario.ts#register'");
    const kept = await replayFileOf(page, folder);
    expect(installed(folder, 'replay', kept, '--scenario', './scenario.ts').out).toContain('the same as recorded');
    await page.getByRole('button', { name: 'Back to the first run' }).click();
    await page.locator('.comparison').waitFor({ state: 'detached' });

    // A knob, as the scenario describes it.
    await showTab(page, 'What if');
    await page.getByLabel(/^clients/).fill('3');
    await page.getByLabel(/^clients/).press('Enter');
    await page.locator('.comparison').waitFor({ timeout: 30_000 });
    expect(await page.locator('.comparison').innerText()).toContain('clients');

    // Seeds, all judged as in Node.
    await showTab(page, 'Seeds');
    await page.getByRole('button', { name: /^Run \d+ seeds/ }).click();
    const squares = page.locator('.seed-square');
    await squares.nth(19).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    const told = (await squares.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).slice(0, 20);
    const inNode = told.map((_, index) => {
      const run = simulate(scenario, { seed: String(index + 1), parameters: { ...parameters, clients: 3 } });
      const names = [...new Set(run.findings.map(({ name }) => name))];
      return `Seed ${index + 1}: ${names.length === 0 ? run.verdict : names.join(', ')}`;
    });
    expect(told).toEqual(inNode);
    expect(new Set(told.map((each) => each?.replace(/^Seed \d+: /, ''))).size).toBeGreaterThan(1);
    expect(complaints).toEqual([]);
    await page.close();
  }, 180_000);

  test('where the file needs Node, the command and the page say so, and what was recorded is there', async () => {
    const folder = await newProject();
    prepend(folder, `import { readFileSync } from 'node:fs';`, `readFileSync(import.meta.filename);`);
    const { code, out, err } = installed(folder, 'fuzz', './scenario.ts', '--seeds', '5', '--no-shrink');
    expect(code).toBe(1);
    const why = 'scenario.ts: it imports node:fs, which is Node’s and no browser has (scenario.ts:1)';
    expect(err).toBe(`note: the timeline shows what was recorded and cannot be changed in the page: ${why}\n`);
    const { page, complaints } = await open(join(folder, /timeline +(\S+\.html)/.exec(out)?.[1] ?? ''));
    await showTab(page, 'What if');
    expect(await page.locator('.what-if').innerText()).toContain(why);
    expect(await page.locator('.fault-row').count()).toBe(0);
    await showTab(page, 'State');
    await page.locator('.status', { hasText: why }).waitFor();
    await showTab(page, 'Seeds');
    await page.getByRole('button', { name: /^Run \d+ seeds/ }).click();
    await page.locator('.seeds .hint', { hasText: why }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test('a scenario that looks for Node comes out otherwise in the page, which says so before anybody trusts it', async () => {
    const folder = await newProject();
    const path = join(folder, 'scenario.ts');
    const other = "'process' in globalThis ? networkPresets.lan : networkPresets.wan";
    writeFileSync(path, readFileSync(path, 'utf8').replace('network: networkPresets.lan', `network: ${other}`));
    expect(installed(folder, 'run', './scenario.ts', '--seed', '3', '--html', 'out.html').err).toBe('');
    const { page } = await open(join(folder, 'out.html'));
    await showTab(page, 'What if');
    await page.locator('.fault-row button').first().click();
    await page.locator('.pane').nth(1).waitFor({ timeout: 30_000 });
    expect(await page.locator('.status').innerText()).toMatch(/comes out otherwise here \(hash /);
    await page.close();
  }, 120_000);

  test('a scenario that has the name of a built-in one, and states of another shape, is itself', async () => {
    const folder = await newProject();
    const path = join(folder, 'scenario.ts');
    const renamed = readFileSync(path, 'utf8')
      .replace("name: 'register'", "name: 'raft'")
      .replace("protocol: 'register'", "protocol: 'etcd'");
    writeFileSync(path, renamed);
    const { err } = installed(folder, 'run', './scenario.ts', '--seed', '3', '--html', 'out.html');
    expect(err).toBe('');
    const { page, complaints } = await open(join(folder, 'out.html'));
    await showTab(page, 'State');
    await page.locator('.state-node').first().waitFor();
    expect(await page.locator('.status').innerText()).toBe('');
    await showTab(page, 'What if');
    expect(await page.locator('.knob-name').allInnerTexts()).toEqual(['clients']);
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);
});

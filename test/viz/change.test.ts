// What if, and finding one's way, in a real browser: faults dragged, added, edited and removed, knobs and seeds changed, both
// runs side by side; search, filter, the strip of the whole run, and the map of many members.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/index.ts';
import { chromiumPath } from './browser.ts';
import { hashOf, openSite, ready, showTab, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): changes are not tested in a browser');

const readout = (page: Page): Promise<string> => page.locator('.readout').innerText();
const beginnings = (page: Page): Promise<number[]> =>
  page
    .getByLabel(/^Begin of/)
    .evaluateAll((inputs) => inputs.map((input) => Number((input as HTMLInputElement).value)));
const settled = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** Waits for the changed run and says how the page describes it. */
async function compared(page: Page): Promise<string> {
  await page.locator('.comparison').waitFor({ timeout: 30_000 });
  return page.locator('.comparison').innerText();
}

/** Back to the first run alone. */
async function undo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Back to the first run' }).click();
  await page.locator('.comparison').waitFor({ state: 'detached' });
}

describe.skipIf(chromiumPath === undefined)('in the page', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  test('a fault that is dragged strikes at its new time, and the runs are shown side by side', async () => {
    const { page, complaints } = await site.open('s=raft&seed=3');
    await ready(page);
    const before = simulate(findScenario('raft'), { seed: '3' });
    expect(await hashOf(page)).toBe(before.hash);
    await page.getByRole('button', { name: 'Fit: show all of the run' }).click();
    await settled(page);
    const box = await page.locator('.surface').first().boundingBox();
    const place = { x: 0, y: (box?.y ?? 0) + 14 };
    for (let x = 4; x < (box?.width ?? 0) && place.x === 0; x += 6) {
      await page.mouse.move((box?.x ?? 0) + x, place.y);
      const said = page.locator('.tooltip');
      if ((await said.isVisible()) && (await said.innerText()).startsWith('Fault')) place.x = (box?.x ?? 0) + x;
    }
    expect(place.x).toBeGreaterThan(0);
    await page.mouse.move(place.x, place.y);
    await page.mouse.down();
    await page.mouse.move(place.x + 20, place.y, { steps: 4 });
    await page.mouse.move(place.x + 60, place.y, { steps: 4 });
    await page.mouse.up();
    expect(await compared(page)).toMatch(/The runs are the same up to event \d+/);
    expect(await page.locator('.pane').count()).toBe(2);
    await showTab(page, 'What if');
    const now = await beginnings(page);
    const then = before.faults.map(({ at }) => at / 1_000);
    expect(now).toHaveLength(then.length);
    expect(then.filter((at) => !now.includes(at))).toHaveLength(1);
    expect(await hashOf(page)).not.toBe(before.hash);
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('faults are added, moved by their number and removed; each changed run is the one that Node makes', async () => {
    const { page, complaints } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    const scenario = findScenario('raft-local-reads');
    const first = simulate(scenario, { seed: '7' });
    const { parameters, faults } = first;
    const changed = (next: typeof faults): string => simulate(scenario, { seed: '7', parameters, faults: next }).hash;
    await showTab(page, 'What if');
    const begin = page.getByLabel(/^Begin of/).first();
    await begin.fill('900');
    await begin.press('Enter');
    await compared(page);
    const moved = [...faults.with(0, { ...faults[0]!, at: 900_000 })].sort((one, other) => one.at - other.at);
    expect(await hashOf(page)).toBe(changed(moved));
    await undo(page);
    await page.locator('.fault-row button').first().click();
    await compared(page);
    expect(await hashOf(page)).toBe(changed(faults.slice(1)));
    await undo(page);
    await page.getByRole('button', { name: 'Remove them all' }).click();
    await compared(page);
    expect(await hashOf(page)).toBe(changed([]));
    await undo(page);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    await page.getByLabel('Fault to add').selectOption('pause');
    await page.getByLabel('Node that it strikes').selectOption('n2');
    await page.getByLabel('Milliseconds', { exact: true }).fill('250');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await compared(page);
    const added = { at: 0, fault: { type: 'pause', node: 'n2', for: 250_000 } } as const;
    expect(await hashOf(page)).toBe(changed([added, ...faults]));
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test('knobs and seeds make another run beside the first, and both panes show the same stretch', async () => {
    const { page, complaints } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    await showTab(page, 'What if');
    await page.getByLabel(/^nodes/).fill('3');
    await page.getByLabel(/^nodes/).press('Enter');
    expect(await compared(page)).toContain('nodes');
    // Faults that name the two servers that are gone cannot strike: the seed draws others, and the page says so.
    expect(await page.locator('.status').innerText()).toContain('the faults were drawn anew');
    const { parameters } = simulate(findScenario('raft-local-reads'), { seed: '7' });
    const three = { seed: '7', parameters: { ...parameters, nodes: 3 } };
    expect(await hashOf(page)).toBe(simulate(findScenario('raft-local-reads'), three).hash);
    await page.getByRole('button', { name: 'Zoom out' }).click();
    await settled(page);
    const widths = await page.locator('.pane canvas').evaluateAll((all) => all.map((canvas) => canvas.clientWidth));
    expect(new Set(widths).size).toBe(1);
    await undo(page);
    await page.getByLabel('Seed', { exact: true }).fill('8');
    await page.getByLabel('Seed', { exact: true }).press('Enter');
    expect(await compared(page)).toContain('seed 7 → 8');
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('search and filter leave what was looked for, in the list and in the picture', async () => {
    const { page } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    await page.getByRole('button', { name: 'Every event' }).click();
    const events = page.locator('.events .hint');
    const all = await events.innerText();
    await page.getByLabel('Search events, keys and values').fill('requestvote');
    await page.waitForFunction((before) => document.querySelector('.events .hint')?.textContent !== before, all);
    for (const text of await page.locator('.event-option').allInnerTexts()) expect(text).toContain('RequestVote');
    await page.getByLabel('Search events, keys and values').fill('');
    await page.waitForFunction((before) => document.querySelector('.events .hint')?.textContent === before, all);
    await page.getByLabel('Only messages of').selectOption({ label: 'n1' });
    await page.waitForFunction((before) => document.querySelector('.events .hint')?.textContent !== before, all);
    const count = (text: string): number => Number.parseInt(text.replaceAll(',', ''), 10);
    expect(count(await events.innerText())).toBeGreaterThan(0);
    expect(count(await events.innerText())).toBeLessThan(count(all) / 2);
    await page.close();
  }, 60_000);

  test('the strip of the whole run moves the window, and the window moves its frame', async () => {
    const { page } = await site.open('s=raft&seed=3');
    await ready(page);
    const strip = await page.locator('.overview').boundingBox();
    const frame = (): Promise<number> =>
      page.locator('.overview-window').evaluate((element) => element.getBoundingClientRect().left);
    const [before, at] = [await readout(page), await frame()];
    await page.mouse.click((strip?.x ?? 0) + (strip?.width ?? 0) * 0.8, (strip?.y ?? 0) + 20);
    await settled(page);
    expect(await frame()).toBeGreaterThan(at + 100);
    expect((await readout(page)).split(' · ')[0]).toBe(before.split(' · ')[0]);
    const ticks = await page.locator('.axis .tick text').allTextContents();
    expect(Number.parseFloat(ticks[0] ?? '')).toBeGreaterThan(4);
    await page.locator('.stage').press('Home');
    await settled(page);
    expect(await frame()).toBeLessThan(at + 100);
    await page.close();
  }, 60_000);

  test('many members become a map instead of arrows', async () => {
    const parameters = encodeURIComponent(JSON.stringify({ nodes: 50 }));
    const { page, complaints } = await site.open(`s=swim&seed=1&u=3000000&p=${parameters}`);
    await ready(page);
    await page.getByRole('button', { name: 'Fit: show all of the run' }).click();
    await settled(page);
    expect(await readout(page)).toContain('drawn as a map');
    const colours = await page
      .locator('.stage canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
    expect(colours).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);
});

// The timeline in a real browser: it opens from disk, loads nothing, lets nothing of a run become code, and answers to
// pointer and keys.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulate.ts';
import { chromiumPath, openShelf, type Shelf } from './browser.ts';
import { busyRun, emptyRun, hostileRun, staleRead } from './fixture.ts';

if (chromiumPath === undefined)
  console.warn('no Chromium found (set CHROMIUM): the timeline is not tested in a browser');

const firstTick = (page: Page): Promise<string[]> => page.locator('.axis .tick text').allTextContents();
const readout = (page: Page): Promise<string> => page.locator('.readout').innerText();

/** A number that changes when the picture does. */
const pictureOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const drawn = document.querySelector<HTMLCanvasElement>('.stage canvas')?.toDataURL() ?? '';
    let sum = 0;
    for (let index = 0; index < drawn.length; index++) sum = (sum * 31 + drawn.charCodeAt(index)) | 0;
    return `${drawn.length} ${sum}`;
  });

const settled = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

describe.skipIf(chromiumPath === undefined)('the timeline in Chromium', () => {
  let shelf: Shelf;
  beforeAll(async () => {
    shelf = await openShelf();
  }, 60_000);
  afterAll(() => shelf.close());

  test('opens from disk without a complaint and without a request', async () => {
    for (const run of [staleRead(), emptyRun(), busyRun(20_000)]) {
      const { page, complaints, requests } = await shelf.open(run, 1440);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      await page.close();
    }
  }, 60_000);

  test('lets nothing of a hostile run become markup or code', async () => {
    const { page, complaints, requests } = await shelf.open(hostileRun(), 1440);
    await page.getByRole('button', { name: 'Show all of the run' }).click();
    const surface = page.locator('.surface');
    const box = await surface.boundingBox();
    for (let x = 20; x < (box?.width ?? 0); x += 60) {
      for (let y = 10; y < (box?.height ?? 0); y += 40) await surface.hover({ position: { x, y } });
    }
    for (const entry of await page.locator('.notable-event').all()) await entry.click();
    expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(3);
    expect(await page.locator('h1').innerText()).toContain('<img src=x');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  }, 60_000);

  test('has a policy that would stop a script even if one got in', async () => {
    const { page } = await shelf.open(staleRead(), 800);
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.body.dataset.ran = "yes"';
      document.body.append(script);
      return document.body.dataset['ran'];
    });
    expect(ran).toBeUndefined();
    await page.close();
  }, 30_000);

  test('says in words what lies under the pointer, and everything about it when it is clicked', async () => {
    const { page } = await shelf.open(staleRead(), 1440);
    const bar = await page.locator('.lane-label', { hasText: 'c1' }).boundingBox();
    const surface = await page.locator('.surface').boundingBox();
    const y = (bar?.y ?? 0) + (bar?.height ?? 0) / 2 - (surface?.y ?? 0);
    // The read that is evidence ends at the finding's flag; its bar is left of it.
    let words = '';
    for (let x = 300; x < (surface?.width ?? 0) && !words.includes('read x → 1'); x += 20) {
      await page.locator('.surface').hover({ position: { x, y } });
      words = (await page.locator('.tooltip').isVisible()) ? await page.locator('.tooltip').innerText() : '';
      if (words.includes('read x → 1')) await page.locator('.surface').click({ position: { x, y } });
    }
    expect(words).toContain('c1: read x → 1, ok after 8 ms');
    expect(await page.locator('.details').innerText()).toContain('"outcome": "ok"');
    await page.close();
  }, 30_000);

  test('zooms with the wheel and the buttons, and fits the run', async () => {
    const { page } = await shelf.open(staleRead(), 1440);
    const before = await firstTick(page);
    await page.locator('.surface').hover({ position: { x: 300, y: 200 } });
    await page.mouse.wheel(0, -400);
    await settled(page);
    const near = await firstTick(page);
    expect(near).not.toEqual(before);
    await page.getByRole('button', { name: 'Show all of the run' }).click();
    await settled(page);
    expect(await firstTick(page)).toEqual(['0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s']);
    expect(await readout(page)).toContain('78 messages');
    await page.close();
  }, 30_000);

  test('hides and shows a message type from the legend', async () => {
    const { page } = await shelf.open(staleRead(), 1440);
    const chip = page.locator('.legend .chip', { hasText: 'append-reply' });
    const before = await pictureOf(page);
    await chip.click();
    await settled(page);
    expect(await chip.getAttribute('aria-pressed')).toBe('false');
    expect(await pictureOf(page)).not.toBe(before);
    await chip.click();
    await settled(page);
    expect(await pictureOf(page)).toBe(before);
    await page.close();
  }, 30_000);

  test.each([800, 1440])(
    'can be used with the keyboard alone at %i pixels',
    async (width) => {
      const { page, complaints } = await shelf.open(staleRead(), width);
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
        'solid',
      );
      await page.locator('.stage').focus();
      const before = await firstTick(page);
      await page.keyboard.press('-');
      await settled(page);
      const wider = await firstTick(page);
      expect(wider).not.toEqual(before);
      await page.keyboard.press('ArrowRight');
      await settled(page);
      expect(await firstTick(page)).not.toEqual(wider);
      await page.keyboard.press('.');
      expect(await page.locator('.details').innerText()).toContain('n1 is follower (term 2)');
      await page.keyboard.press('Escape');
      expect(await page.locator('.details').innerText()).toContain('Point at anything');
      await page.locator('.notable-event[tabindex="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await page.locator('.details').innerText()).toContain('n1 is leader (term 1)');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    },
    30_000,
  );

  test('runs the simulator from disk: the states of a run, and a changed run beside it', async () => {
    const run = simulate(findScenario('counter'), { seed: '6', trace: true });
    const { page, complaints, requests } = await shelf.open(run, 1440);
    await page.getByRole('tab', { name: 'State' }).click();
    await page.locator('.state-node').first().waitFor({ timeout: 20_000 });
    await page.getByRole('tab', { name: 'What if' }).click();
    await page.getByLabel('Seed', { exact: true }).fill('7');
    await page.getByLabel('Seed', { exact: true }).press('Enter');
    await page.locator('.comparison').waitFor({ timeout: 20_000 });
    expect(await page.locator('.comparison').innerText()).toContain('seed 6 → 7');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  }, 60_000);

  test('draws densities when there are too many messages and says so', async () => {
    const { page } = await shelf.open(busyRun(20_000), 1440);
    await page.getByRole('button', { name: 'Show all of the run' }).click();
    await settled(page);
    expect(await readout(page)).toContain('20,000 messages, drawn as densities');
    await page.close();
  }, 30_000);
});

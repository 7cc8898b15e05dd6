// What a reader does with the picture in a real browser: brushes a stretch to have it summed up, switches layers, filters by
// key, follows the chart beside the cluster, and is told a lesson's story above the lanes.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import { openSite, ready, showTab, type OpenSite } from './site.ts';

if (chromiumPath === undefined)
  console.warn('no Chromium found (set CHROMIUM): the picture is not tested in a browser');

const numberBefore = (word: string, text: string): number =>
  Number((new RegExp(`([\\d,]+) ${word}`).exec(text)?.[1] ?? 'NaN').replaceAll(',', ''));

describe.skipIf(chromiumPath === undefined)('the picture in Chromium', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  const open = async (fragment: string): Promise<Page> => {
    const { page, complaints } = await site.open(fragment);
    await ready(page);
    page.once('close', () => expect(complaints).toEqual([]));
    return page;
  };

  test('is brushed with Shift to be summed up, and with a key for all that is visible', async () => {
    const page = await open('s=lock-trusted-lease&seed=4');
    const box = (await page.locator('.stage').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const before = await page.locator('.readout').innerText();
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 90, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.75, box.y + 90, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const summary = page.getByRole('region', { name: 'Summary of a stretch' });
    await summary.waitFor();
    // The window has not moved; the stretch is the middle half of it.
    expect(await page.locator('.readout').innerText()).toBe(before);
    const part = numberBefore('messages?', await summary.locator('.summary-line').innerText());
    const visible = numberBefore('messages', before);
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(visible);
    await page.getByRole('button', { name: 'Close the summary' }).click();
    expect(await summary.count()).toBe(0);
    await page.locator('.stage').focus();
    await page.keyboard.press('b');
    expect(numberBefore('messages?', await summary.locator('.summary-line').innerText())).toBe(visible);
    expect(await summary.getByRole('table').count()).toBe(2);
    await page.close();
  }, 60_000);

  test('makes room for layers that are switched on, and takes it back', async () => {
    const page = await open('s=lock-trusted-lease&seed=4');
    const height = async (): Promise<number> => (await page.locator('.stage').boundingBox())?.height ?? 0;
    const layers = page.getByRole('button', { name: 'locks, leases', exact: true });
    const high = await height();
    await layers.click();
    expect(await layers.getAttribute('aria-pressed')).toBe('false');
    const low = await height();
    await layers.click();
    expect([low < high, await height()]).toEqual([true, high]);
    await page.close();
  }, 60_000);

  test('shows everybody on the chart of the protocol, step by step', async () => {
    const page = await open('s=raft&seed=3');
    await showTab(page, 'Cluster');
    const last = page.locator('.chart-last');
    await page.locator('.stage').focus();
    await page.keyboard.press('R');
    const told = await last.innerText();
    expect(told).toMatch(/^Last, at .*: n\d, .* → .* \(.*\)$/);
    await page.keyboard.press('R');
    await expect.poll(() => last.innerText()).not.toBe(told);
    const members = (await page.locator('.chart-who').allTextContents()).map((text) => {
      return text.endsWith('of them') ? Number.parseInt(text, 10) : (text.match(/n\d/g)?.length ?? 0);
    });
    expect(members.reduce((sum, each) => sum + each, 0)).toBe(7);
    expect(await page.locator('.chart-edge.is-last').count()).toBe(1);
    await page.close();
  }, 60_000);

  test('lists what is about one key', async () => {
    const page = await open('s=raft&seed=3');
    await page.getByRole('button', { name: 'Every event' }).click();
    const listed = async (): Promise<number> => numberBefore('events', await page.locator('.events .hint').innerText());
    const all = await listed();
    await page.getByRole('combobox', { name: 'Only what is about the key' }).selectOption({ index: 1 });
    await expect.poll(listed).toBeLessThan(all / 2);
    expect(await listed()).toBeGreaterThan(10);
    await page.close();
  }, 60_000);

  test('is told a story from caption to caption', async () => {
    const { page } = await site.open('lesson=timeout');
    await page.getByRole('button', { name: '“I do not know.”' }).click();
    const story = page.getByRole('group', { name: 'Story' });
    expect(await story.locator('.story-count').innerText()).toBe('1 of 4');
    const moment = await page.locator('.moment-time').innerText();
    for (const place of [2, 3, 4]) {
      await story.getByRole('button', { name: 'Next caption' }).click();
      expect(await story.locator('.story-count').innerText()).toBe(`${place} of 4`);
    }
    expect(await page.locator('.moment-time').innerText()).not.toBe(moment);
    expect(await story.getByRole('button', { name: 'Next caption' }).isDisabled()).toBe(true);
    await page.close();
  }, 60_000);
});

// The app for everyone: nothing that an accessibility checker finds in any panel, light and dark, narrow and wide; all of it
// with the keyboard; every step told; no motion for those who want none.
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import { openSite, ready, showTab, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): access is not tested in a browser');

const panels = ['Events', 'Cluster', 'State', 'What if', 'Seeds', 'Share'];

/** What an accessibility checker has to say, by rule and place. */
async function barriers(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy would rightly refuse it.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }> };
    };
    const { violations } = await checker.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
    );
  });
}

/** Whether the page is wider than its window: then some of it is out of sight. */
const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** The element that has the focus, in words, and whether its focus can be seen. */
const focused = (page: Page): Promise<{ name: string; isSeen: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const style = getComputedStyle(element);
    const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
    const isOutlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
    const box = element.getBoundingClientRect();
    return {
      name: `${element.tagName.toLowerCase()} ${name.trim().slice(0, 60)}`,
      isSeen: element === document.body || (isOutlined && box.width > 0 && box.height > 0),
    };
  });

describe.skipIf(chromiumPath === undefined)('for everyone', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  const looks = [
    { width: 1440, dark: false },
    { width: 1440, dark: true },
    { width: 800, dark: false },
    { width: 800, dark: true },
  ];

  test.each(looks)(
    'a checker finds no barrier in any panel, in the gallery, in a lesson: $width pixels, dark: $dark',
    async (look) => {
      const found: string[] = [];
      const note = async (where: string, page: Page): Promise<void> => {
        found.push(...(await barriers(page)).map((what) => `${where}: ${what}`));
        if (await isTooWide(page)) found.push(`${where}: wider than the window`);
      };
      const { page } = await site.open('s=raft-local-reads&seed=7', look);
      await ready(page);
      for (const panel of panels) {
        await showTab(page, panel);
        if (panel === 'State') await page.locator('.state-node').first().waitFor({ timeout: 20_000 });
        await note(panel, page);
      }
      await showTab(page, 'What if');
      await page.locator('.fault-row button').first().click();
      await page.locator('.comparison').waitFor({ timeout: 30_000 });
      await note('side by side', page);
      await page.goto(`${site.address}#gallery`);
      await page.locator('.scenario').first().waitFor();
      await note('gallery', page);
      await page.goto(`${site.address}#lesson=split-vote`);
      await page.locator('.choice').first().waitFor();
      await note('question', page);
      await page.locator('.choice').first().click();
      await page.getByRole('button', { name: 'Turn the knob' }).click();
      await page.locator('.lesson-see').waitFor({ timeout: 30_000 });
      await note('lesson', page);
      expect([...new Set(found)]).toEqual([]);
      await page.close();
    },
    120_000,
  );

  test('the checker would find a barrier: a button without a name, grey on grey', async () => {
    const { page } = await site.open('gallery');
    await page.locator('.scenario').first().waitFor();
    await page.evaluate(() => {
      document.querySelector('.gallery-tools')?.append(document.createElement('button'));
      (document.querySelector('h1') as HTMLElement).style.color = '#dde';
    });
    const rules = (await barriers(page)).map((what) => what.split(' ')[0]);
    expect(rules).toEqual(expect.arrayContaining(['button-name', 'color-contrast']));
    await page.close();
  }, 60_000);

  test('Tab goes through all of a run, in the order in which it is seen, and the focus is always in sight', async () => {
    const { page } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const walked: string[] = [];
    for (let step = 0; step < 150; step++) {
      await page.keyboard.press('Tab');
      const { name, isSeen } = await focused(page);
      if (name.startsWith('body') || name === walked[0]) break;
      walked.push(name);
      expect({ name, isSeen }).toEqual({ name, isSeen: true });
    }
    const wanted = ['Faultline', 'Copy', 'Violated', 'Zoom in', 'Play', 'Picture of the run', 'Events', 'Every event'];
    const places = wanted.map((word) => walked.findIndex((name) => name.includes(word)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    await page.close();
  }, 60_000);

  test('the keyboard alone opens a scenario, plays it, steps, reads its events and changes it', async () => {
    const { page, complaints } = await site.open('gallery');
    await page.locator('.scenario').first().waitFor();
    await page.getByLabel('Search scenarios').focus();
    await page.keyboard.type('raft-local-reads');
    await page.locator('.scenario:visible a').first().focus();
    await page.keyboard.press('Enter');
    await ready(page);
    await page.locator('.stage').focus();
    await page.keyboard.press('n');
    const live = page.locator('[aria-live=polite].visually-hidden').first();
    const told = await live.textContent();
    expect(told).toMatch(/^[\d.]+ (?:µs|ms|s): ./);
    await page.keyboard.press('n');
    expect(await live.textContent()).not.toBe(told);
    await page.keyboard.press(' ');
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
    await page.keyboard.press(' ');
    await page.getByRole('tab', { name: 'Events' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { name: 'Cluster' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Every event' }).press('Enter');
    const list = page.getByRole('listbox');
    await list.focus();
    await page.keyboard.press('Home');
    const first = await list.getAttribute('aria-activedescendant');
    await page.keyboard.press('ArrowDown');
    const second = await list.getAttribute('aria-activedescendant');
    expect(second).not.toBe(first);
    expect(await page.locator(`#${second}`).getAttribute('aria-selected')).toBe('true');
    await page.getByRole('tab', { name: 'Events' }).focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await page.locator('.fault-row button').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.comparison').waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('the keyboard alone takes a lesson to its end', async () => {
    const { page, complaints } = await site.open('lesson=deaf-leader');
    await page.locator('.choice').first().waitFor({ timeout: 30_000 });
    const to = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 30; presses++) {
        const { name: here, isSeen } = await focused(page);
        expect([here, isSeen]).toEqual([here, true]);
        if (name.test(here)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not lead to ${String(name)}`);
    };
    await to(/A new leader, after a timeout/);
    await page.keyboard.press('Enter');
    expect((await focused(page)).name).toMatch(/^p Not so. The deaf leader/);
    await to(/^button 1\.008441 s/);
    await page.keyboard.press('Enter');
    expect(await page.locator('.captions li').nth(1).getAttribute('aria-current')).toBe('step');
    await to(/Turn the knob/);
    await page.keyboard.press('Enter');
    await page.locator('.lesson-see').waitFor({ timeout: 30_000 });
    await to(/Next lesson/);
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'The vote that was forgotten' }).waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  test('a question mark on the picture opens the keys, which Escape closes again', async () => {
    const { page } = await site.open('s=ping-pong&seed=1');
    await ready(page);
    await page.locator('.stage').focus();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog');
    await help.waitFor();
    const words = await help.innerText();
    for (const meaning of ['play', 'next event', 'cause', 'next fault', 'zoom'])
      expect(words.toLowerCase()).toContain(meaning);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await help.count()).toBe(0);
    expect((await focused(page)).name).toContain('Picture of the run');
    await page.close();
  }, 60_000);

  test('jumps move smoothly, and at once for those who want no motion', async () => {
    const windowsOnTheWay = async (motion: boolean): Promise<number> => {
      const { page } = await site.open('s=raft-local-reads&seed=7', { motion });
      await ready(page);
      const seen = await page.evaluate(async () => {
        const fit = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Fit');
        const readout = document.querySelector('.readout') as HTMLElement;
        await new Promise((resolve) => {
          setTimeout(resolve, 500);
        });
        const texts = new Set<string>();
        fit?.click();
        for (let frame = 0; frame < 40; frame++) {
          await new Promise((resolve) => {
            requestAnimationFrame(resolve);
          });
          texts.add(readout.textContent ?? '');
        }
        return texts.size;
      });
      await page.close();
      return seen;
    };
    expect(await windowsOnTheWay(false)).toBeLessThanOrEqual(2);
    expect(await windowsOnTheWay(true)).toBeGreaterThan(3);
  }, 60_000);
});

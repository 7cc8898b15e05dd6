// The app in a real browser: the gallery, a run, its player, what if, links, lessons, seeds; that the page simulates what Node
// simulates.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulate.ts';
import { chromiumPath } from './browser.ts';
import { hashOf, openSite, ready, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): the app is not tested in a browser');

const momentText = (page: Page): Promise<string> => page.locator('.moment-time').innerText();

describe.skipIf(chromiumPath === undefined)('the app in Chromium', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  test('simulates in the page what Node simulates, for every scenario', async () => {
    const { page } = await site.open('gallery');
    const names = scenarios.map(({ name }) => name);
    const hashes = await page.evaluate(async (all) => {
      const worker = new Worker('worker.js');
      const ask = (name: string, id: number): Promise<string> =>
        new Promise((resolve) => {
          const listen = ({
            data,
          }: MessageEvent<{ id: number; type: string; partial?: { hash: string }; message?: string }>): void => {
            if (data.id !== id || data.type === 'answer') return;
            worker.removeEventListener('message', listen);
            resolve(data.partial?.hash ?? data.message ?? '');
          };
          worker.addEventListener('message', listen);
          worker.postMessage(
            { type: 'seeds', id, asks: { request: { scenario: name, seed: '1', until: 2_000_000 }, seeds: ['7'] } },
            [],
          );
        });
      const found: string[] = [];
      for (const [id, name] of all.entries()) found.push(await ask(name, id));
      return found;
    }, names);
    const expected = scenarios.map((scenario) => {
      try {
        return simulate(scenario, { seed: '7', until: 2_000_000 }).hash;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(Object.fromEntries(names.map((name, index) => [name, hashes[index]]))).toEqual(
      Object.fromEntries(names.map((name, index) => [name, expected[index]])),
    );
    await page.close();
  }, 180_000);

  test('shows every scenario in the gallery and opens one', async () => {
    const { page, complaints } = await site.open('');
    await page.locator('.scenario').first().waitFor();
    expect(await page.locator('.scenario').count()).toBe(scenarios.length);
    await page.getByLabel('Search scenarios').fill('ping-pong-late');
    expect(await page.locator('.scenario:visible').count()).toBe(1);
    await page.locator('.scenario:visible a').click();
    await ready(page);
    expect(await hashOf(page)).toBe(
      simulate(
        scenarios.find(({ name }) => name === 'ping-pong-late-pong')!,
        { seed: '1' },
      ).hash,
    );
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  test('plays, and steps by event, by message, by cause and effect, and to what matters', async () => {
    const { page, complaints } = await site.open('s=raft&seed=3');
    await ready(page);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    expect(await momentText(page)).toContain('0 ms · event 0');
    await page.getByRole('button', { name: /One event on/ }).click();
    expect(await momentText(page)).toContain('event 1');
    await page.getByRole('button', { name: /Next message/ }).click();
    const atMessage = await momentText(page);
    await page.getByRole('button', { name: /To the cause/ }).click();
    expect(await momentText(page)).not.toBe(atMessage);
    await page.getByRole('button', { name: /Next fault/ }).click();
    expect(await page.locator('.details').innerText()).toContain('Fault');
    await page.getByLabel(/^Speed/).selectOption('10');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('.moment-time')?.textContent?.startsWith('8 s'), null, {
      timeout: 20_000,
    });
    expect(await page.getByRole('button', { name: 'Play', exact: true }).isVisible()).toBe(true);
    await page.getByRole('tab', { name: 'State' }).click();
    await page.locator('.state-node').first().waitFor();
    expect(await page.locator('.state-node').first().innerText()).toContain('currentTerm');
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('runs a changed run at once, marks where it parts, and goes back', async () => {
    const { page, complaints } = await site.open('s=raft&seed=3');
    await ready(page);
    const before = await hashOf(page);
    await page.getByRole('tab', { name: 'What if' }).click();
    await page.locator('.fault-row button').first().click();
    await page.locator('.comparison').waitFor({ timeout: 30_000 });
    expect(await page.locator('.comparison').innerText()).toContain('The runs are the same up to event');
    expect(await page.locator('.pane').count()).toBe(2);
    expect(await hashOf(page)).not.toBe(before);
    await page.getByRole('button', { name: 'Back to the first run' }).click();
    expect(await hashOf(page)).toBe(before);
    await page.locator('.what-if textarea').evaluate((area: HTMLTextAreaElement) => {
      area.closest('details')!.open = true;
    });
    await page.getByLabel('Fault schedule as JSON').fill('[{"at":1,"fault":{"type":"crash","node":"nobody"}}]');
    await page.getByRole('button', { name: 'Run it', exact: true }).click();
    await page.locator('.status', { hasText: 'faults[0].fault.node: expected one of' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('follows a link to the very place, and says so when the run or the version is another', async () => {
    const { page } = await site.open('s=ping-pong&seed=5');
    await ready(page);
    await page.getByRole('tab', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.share textarea')?.value !== '');
    const link = await page.getByLabel('Link to this place').inputValue();
    const hash = await hashOf(page);
    const fragment = link.replace(/^.*#/, '');
    await page.close();
    const followed = await site.open(fragment);
    await ready(followed.page);
    expect(await hashOf(followed.page)).toBe(hash);
    expect(await followed.page.locator('.warning').count()).toBe(0);
    await followed.page.close();
    const other = await site.open(fragment.replace(/h=[0-9a-f]+/, 'h=0123456789abcdef'));
    await ready(other.page);
    expect(await other.page.locator('.warning').innerText()).toContain('This is not the run');
    await other.page.close();
    const old = await site.open(fragment.replace(/^v=[^&]*/, 'v=0.0.1'));
    await old.page.getByRole('button', { name: 'Run it here all the same' }).waitFor();
    expect(await old.page.locator('.workbench').count()).toBe(0);
    await old.page.close();
    const hostile = await site.open('s=ping-pong&seed=1&f=%3Cimg%20src=x%20onerror=alert(1)%3E');
    await hostile.page.getByRole('alert').waitFor();
    expect(await hostile.page.getByRole('alert').innerText()).toContain('f: expected packed JSON');
    await hostile.page.close();
  }, 90_000);

  test('leads through a lesson: predict, see, turn the knob, see what both prove', async () => {
    const { page, complaints } = await site.open('lesson=rejoin-storm');
    await ready(page);
    expect(await page.locator('.workbench').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'The leader must step down' }).click();
    expect(await page.locator('.lesson-answer').innerText()).toContain('Right.');
    expect(await page.locator('.workbench').isVisible()).toBe(true);
    await page.locator('.caption-go').last().click();
    expect(await page.locator('.details').innerText()).toContain('leader (term 11)');
    await page.getByRole('button', { name: 'Turn the knob' }).click();
    await page.locator('.lesson-see').waitFor({ timeout: 30_000 });
    expect(await page.locator('.proofs .is-right').count()).toBe(4);
    expect(await page.locator('.proofs .is-wrong').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  test('runs many seeds, counts how they end, and opens one of them', async () => {
    const { page } = await site.open('s=ping-pong-late-pong&seed=1');
    await ready(page);
    await page.getByRole('tab', { name: 'Seeds' }).click();
    await page.getByRole('button', { name: 'Run 200 seeds' }).click();
    await page.locator('.seed-square').nth(199).waitFor({ timeout: 60_000 });
    expect(await page.locator('.seed-square.is-invalid').count()).toBeGreaterThan(0);
    await page.locator('.seed-square').nth(41).click();
    await page.waitForFunction(() => document.querySelector('.facts dd')?.textContent === '42');
    await page.close();
  }, 90_000);
});

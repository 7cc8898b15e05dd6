// The app in a real browser: the gallery, a run, its player, what if, links, lessons, seeds; that the page simulates what Node
// simulates.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario, scenarios } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulate.ts';
import { chromiumPath } from './browser.ts';
import { hashOf, openSite, ready, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): the app is not tested in a browser');

/** What the simulator's thread says of one seed. */
interface Told {
  readonly id: number;
  readonly type: string;
  readonly partial?: { readonly hash: string; readonly events: number };
  readonly message?: string;
}

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
    // Both at the same time, each scenario to its own end.
    const asked = page.evaluate(async (all) => {
      const worker = new Worker('worker.js');
      const found: Record<string, string> = {};
      for (const [id, scenario] of all.entries()) {
        const asks = { request: { scenario, seed: '1' }, seeds: ['7'] };
        worker.postMessage({ type: 'seeds', id, asks }, []);
        found[scenario] = await new Promise<string>((resolve) => {
          worker.addEventListener('message', function listen({ data }: MessageEvent<Told>) {
            if (data.id !== id || data.type === 'answer') return;
            worker.removeEventListener('message', listen);
            resolve(`${data.partial?.hash} ${data.partial?.events} ${data.message ?? ''}`.trim());
          });
        });
      }
      return found;
    }, names);
    const inNode = scenarios.map((scenario) => {
      const { hash, events } = simulate(scenario, { seed: '7', judge: false });
      return [scenario.name, `${hash} ${events}`] as const;
    });
    const inPage = await asked;
    expect(inPage).toEqual(Object.fromEntries(inNode));
    // The partner: another seed is another run.
    const others = scenarios.slice(0, 5).map((scenario) => simulate(scenario, { seed: '8' }).hash);
    for (const told of Object.values(inPage)) expect(others).not.toContain(told.split(' ')[0]);
    await page.close();
  }, 300_000);

  test('shows every scenario in the gallery and opens one', async () => {
    const { page, complaints } = await site.open('');
    await page.locator('.scenario').first().waitFor();
    expect(await page.locator('.scenario').count()).toBe(scenarios.length);
    await page.getByRole('navigation', { name: 'Protocols' }).getByRole('button', { name: 'zab' }).click();
    const family = page.locator('.family-name', { hasText: /^zab$/ });
    expect(await family.evaluate((title) => title === document.activeElement)).toBe(true);
    expect((await family.boundingBox())?.y).toBeLessThan(200);
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
    // A place in the log, the term of the entry and what it does.
    expect(await page.locator('.log-cell:has(.log-place)').last().innerText()).toMatch(/^\d+\s*\d+: [a-z]+/);
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

  test('gives up a run that its reader leaves, and says how far one is while she waits', async () => {
    const { page } = await site.open('gallery');
    await page.locator('.scenario').first().waitFor();
    await page.evaluate(() => {
      const told: string[] = [];
      Object.assign(globalThis, { told });
      // The way to the thread is watched, and leads there as before.
      const original = Reflect.get(Worker.prototype, 'postMessage') as (...all: unknown[]) => void;
      Worker.prototype.postMessage = function post(this: Worker, message: { type: string }): void {
        told.push(message.type);
        Reflect.apply(original, this, [message, []]);
      };
      location.hash = '#s=raft&seed=3&u=3000000000';
    });
    await page.getByRole('progressbar').waitFor();
    await page.locator('.status', { hasText: 'of 3000 s simulated' }).waitFor({ timeout: 30_000 });
    await page.evaluate(() => {
      location.hash = '#gallery';
    });
    await page.locator('.scenario').first().waitFor();
    expect(await page.evaluate(() => (globalThis as unknown as { told: string[] }).told)).toEqual(['run', 'cancel']);
    await page.close();
  }, 60_000);

  test('looks for a seed that shows a planted bug where the run does not', async () => {
    const { page, complaints } = await site.open('s=lock-without-fencing&seed=1');
    await ready(page);
    expect(await page.locator('.seed-finder').innerText()).toContain('This run does not show it');
    await page.getByRole('button', { name: 'Find a seed that does' }).click();
    await page.locator('.badge-invalid').waitFor({ timeout: 30_000 });
    const seed = await page.locator('.facts dd').first().innerText();
    const scenario = findScenario('lock-without-fencing');
    const first = [...Array(50).keys()].find(
      (each) => simulate(scenario, { seed: `${each + 1}` }).verdict === 'invalid',
    );
    expect(seed).toBe(String((first ?? -2) + 1));
    expect(await page.locator('.seed-finder').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  test('tells the keys to whoever asks, wherever the focus is', async () => {
    const { page } = await site.open('s=ping-pong&seed=1');
    await ready(page);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Search events, keys and values').press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
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
    // The others are still there to be chosen.
    expect(await page.locator('.seed-square').count()).toBe(200);
    expect(await page.locator('.seed-square').nth(41).getAttribute('aria-current')).toBe('true');
    await page.close();
  }, 90_000);
});

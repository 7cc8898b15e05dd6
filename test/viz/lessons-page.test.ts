// Every lesson in a real browser, from its question to what the turned knob proves, on the very runs that Node makes; and a
// lesson that the documentation shows teachers, from its file.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/index.ts';
import { parseLesson, type Lesson } from '../../viz/lessons/format.ts';
import { lessons } from '../../viz/lessons/index.ts';
import { chromiumPath } from './browser.ts';
import { hashOf, openSite, ready, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): lessons are not tested in a browser');

const nodeHash = ({ scenario, seed, parameters = {}, faults, workload, until }: Lesson['run']): string =>
  simulate(findScenario(scenario), {
    ...{ seed, parameters },
    ...(faults === undefined ? {} : { faults }),
    ...(workload === undefined ? {} : { workload }),
    ...(until === undefined ? {} : { until }),
  }).hash;

/** The lesson that the documentation shows teachers. */
function documented(): Lesson {
  const text = readFileSync(new URL('../../docs/lessons.md', import.meta.url), 'utf8');
  return parseLesson(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? ''));
}

/** From the question to the end of a lesson that is open. */
async function take(page: Page, lesson: Lesson): Promise<void> {
  await page.locator('.choice').first().waitFor({ timeout: 30_000 });
  expect(await page.locator('h1').innerText()).toBe(lesson.title);
  expect(await page.locator('.lesson h2').innerText()).toBe(lesson.question);
  for (const part of ['.workbench', '.header .story', '.header-side'])
    expect(await page.locator(part).isVisible(), part).toBe(false);
  const wrong = lesson.predict.choices.find((_, place) => place !== lesson.predict.answer) ?? '';
  await page.getByRole('button', { name: wrong, exact: true }).click();
  expect(await page.locator('.lesson-answer').innerText()).toContain(
    `Not so. ${lesson.predict.choices[lesson.predict.answer]}`,
  );
  await ready(page);
  expect(await page.locator('.header .story').isVisible()).toBe(true);
  expect(await hashOf(page)).toBe(nodeHash(lesson.run));
  expect(await page.locator('.captions li').count()).toBe(lesson.story.length);
  await page.locator('.caption-go').last().click();
  expect(await page.locator('.captions li').last().getAttribute('aria-current')).toBe('step');
  // Whoever chooses an event from the list sees it.
  const picture = await page.locator('.stage').boundingBox();
  expect(picture?.y).toBeGreaterThanOrEqual(0);
  expect((picture?.y ?? 900) + (picture?.height ?? 0) * 0.6).toBeLessThanOrEqual(900);
  await page.getByRole('button', { name: 'Turn the knob' }).click();
  await page.locator('.lesson-see').waitFor({ timeout: 30_000 });
  expect(await page.locator('.lesson-see').innerText()).toBe(lesson.knob.see);
  expect(await page.locator('.pane').count()).toBe(2);
  expect(await hashOf(page)).toBe(nodeHash(lesson.knob.run));
  expect(await page.locator('.comparison').innerText()).toContain('The runs are the same up to event');
  expect(await page.locator('.proofs .is-right').count()).toBe(lesson.check.length + lesson.knob.check.length);
  expect(await page.locator('.proofs .is-wrong').count()).toBe(0);
}

describe.skipIf(chromiumPath === undefined)('a lesson in Chromium', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  test.each(lessons.map((lesson) => [lesson.id, lesson] as const))(
    'asks, shows, lets the knob be turned and proves both: %s',
    async (id, lesson) => {
      const { page, complaints } = await site.open(`lesson=${id}`);
      await take(page, lesson);
      expect(complaints).toEqual([]);
      await page.close();
    },
    90_000,
  );

  test('follows the one before by its link, and starts again with its question', async () => {
    const { page } = await site.open(`lesson=${lessons[0]?.id}`);
    await page.locator('.lesson-next a').click();
    await page.locator('h1', { hasText: lessons[1]?.title ?? '' }).waitFor({ timeout: 30_000 });
    for (const part of ['.workbench', '.header .story', '.header-side'])
      expect(await page.locator(part).isVisible(), part).toBe(false);
    await page.close();
  }, 60_000);

  test('of a teacher is opened from its file, and one whose promise is not kept says which', async () => {
    const { page, complaints } = await site.open('gallery');
    await page.locator('.scenario').first().waitFor();
    const open = (lesson: Lesson): Promise<void> =>
      page.locator('#open-file').setInputFiles({
        name: 'lesson.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(lesson)),
      });
    const lesson = documented();
    await open(lesson);
    await take(page, lesson);
    await page.locator('.brand-link').click();
    await page.locator('.scenario').first().waitFor();
    await open({ ...lesson, check: [{ type: 'verdict', is: 'invalid' }] });
    await page.locator('.choice').first().click();
    expect(await page.locator('.proofs .is-wrong').first().innerText()).toContain('the verdict is valid');
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);
});

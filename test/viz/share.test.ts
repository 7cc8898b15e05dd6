// What is taken along from a run: links that lead to the very place or say why not, pictures, the transcript, a replay file
// that the command line accepts, a sequence diagram. And what strangers may send: links and files that can change what is
// simulated and nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { replayFileOf, simulate, transcript } from '../../sim/index.ts';
import { faultline, temporaryFolder } from '../cli/command.ts';
import { chromiumPath } from './browser.ts';
import { attack } from './fixture.ts';
import { hashOf, openSite, ready, showTab, type OpenSite } from './site.ts';

if (chromiumPath === undefined) console.warn('no Chromium found (set CHROMIUM): sharing is not tested in a browser');

/** Presses a button and keeps the file that it offers. */
async function taken(page: Page, name: string | RegExp): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: 30_000 }),
    page.getByRole('button', { name }).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** The fragment of the link that the page makes. */
async function linkOf(page: Page): Promise<string> {
  await showTab(page, 'Share');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.share textarea')?.value !== '');
  return (await page.getByLabel('Link to this place').inputValue()).replace(/^.*#/, '');
}

const readout = (page: Page): Promise<string> => page.locator('.readout').innerText();

describe.skipIf(chromiumPath === undefined)('shared', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  test('a link holds the place: the run with its changed faults and knobs, the window, the moment', async () => {
    const { page } = await site.open('s=raft&seed=3&p=%7B%22nodes%22%3A3%7D');
    await ready(page);
    await showTab(page, 'What if');
    await page.locator('.fault-row button').first().click();
    await page.locator('.comparison').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Go on from the changed run' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: /One event on/ }).click();
    const there = [await hashOf(page), await readout(page), await page.locator('.moment-time').innerText()];
    const fragment = await linkOf(page);
    await page.close();
    const followed = await site.open(fragment);
    await ready(followed.page);
    const here = [
      await hashOf(followed.page),
      await readout(followed.page),
      await followed.page.locator('.moment-time').innerText(),
    ];
    expect([here[0], here[1]]).toEqual([there[0], there[1]]);
    expect(here[2]?.split(' · ')[0]).toBe(there[2]?.split(' · ')[0]);
    expect(await followed.page.locator('.warning').count()).toBe(0);
    await followed.page.close();
  }, 90_000);

  test('a link to a run that is another one here says so, and one of another version asks first', async () => {
    const { page } = await site.open('s=ping-pong&seed=5');
    await ready(page);
    const fragment = await linkOf(page);
    const hash = await hashOf(page);
    await page.close();
    const other = await site.open(fragment.replace(/h=[0-9a-f]+/, 'h=0123456789abcdef'));
    await ready(other.page);
    expect(await other.page.locator('.warning').innerText()).toContain('This is not the run');
    await other.page.close();
    const old = await site.open(fragment.replace(/^v=[^&]*/, 'v=0.0.1'));
    const anyway = old.page.getByRole('button', { name: 'Run it here all the same' });
    await anyway.waitFor();
    expect(await old.page.locator('h1').innerText()).toContain('0.0.1');
    expect(await old.page.locator('.workbench').count()).toBe(0);
    await anyway.click();
    await ready(old.page);
    expect(await hashOf(old.page)).toBe(hash);
    await old.page.close();
  }, 90_000);

  test('files: pictures that are pictures, the transcript of Node, a replay file that the command line accepts', async () => {
    const { page, complaints } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    await showTab(page, 'Share');
    const png = await taken(page, 'Picture (PNG)');
    expect(png.name).toBe('raft-local-reads-7.png');
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(png.bytes.length).toBeGreaterThan(10_000);
    const svg = (await taken(page, 'Picture (SVG)')).bytes.toString();
    // Not in the page itself, whose policy would have a word about styles in markup.
    const { page: reader } = await site.open('gallery');
    await reader.goto('about:blank');
    const problems = await reader.evaluate((text) => {
      const read = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [...read.querySelectorAll('parsererror, script, foreignObject, image')].map(({ tagName }) => tagName);
    }, svg);
    await reader.close();
    expect(problems).toEqual([]);
    expect(svg).toContain('linearizable');
    await page.getByRole('button', { name: 'Fit: show all of the run' }).click();
    const run = simulate(findScenario('raft-local-reads'), { seed: '7', trace: true, fingerprints: true });
    const lines = (await taken(page, 'Transcript')).bytes.toString();
    expect(lines).toBe(`${transcript(run, {}).join('\n')}\n`);
    const replayFile = await taken(page, 'Replay file');
    expect(JSON.parse(replayFile.bytes.toString())).toEqual(JSON.parse(JSON.stringify(replayFileOf(run, '0.1.0'))));
    const path = join(temporaryFolder(), replayFile.name);
    writeFileSync(path, replayFile.bytes);
    const replayed = await faultline('replay', path);
    expect(replayed).toMatchObject({
      code: 1,
      err: '',
      out: expect.stringContaining('the same as recorded, event for event'),
    });
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test('the sequence diagram is Mermaid: each line is one of its statements, and names only who takes part', async () => {
    const { page } = await site.open('s=raft-local-reads&seed=7');
    await ready(page);
    await showTab(page, 'Share');
    const { name, bytes } = await taken(page, 'Sequence diagram');
    expect(name).toBe('raft-local-reads-7.mmd');
    expect(strayLines(bytes.toString())).toEqual([]);
    expect(bytes.toString()).toMatch(/--xp\d+: \w+ \(lost: /);
    expect(bytes.toString()).toMatch(/Note over p\d+: violated: linearizable/);
    // The partner: words that are no statement, a node that nobody declared.
    expect(strayLines('sequenceDiagram\n  participant p0 as n1\n  p0->>p9: hello\n  and so on\n')).toHaveLength(2);
    await page.close();
  }, 60_000);

  test('a link that says nonsense is refused in words, and nothing of it becomes markup', async () => {
    const { page, complaints } = await site.open('gallery');
    for (const [what, words] of nonsense) {
      const rest = /^(?:s|lesson)=/.test(what) ? what : `s=ping-pong&${what}`;
      const fragment = rest.includes('seed=') ? rest : `${rest}&seed=1`;
      await page.evaluate((hash) => (location.hash = hash), fragment);
      await page.getByRole('alert').filter({ hasText: words }).waitFor({ timeout: 20_000 });
      expect(await page.locator('img, .workbench').count()).toBe(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  test('a file from a stranger is read as data: nothing in it becomes markup, a bad one is refused with the place', async () => {
    const { page, complaints } = await site.open('gallery');
    await page.locator('.scenario').first().waitFor();
    const open = (name: string, content: unknown): Promise<void> =>
      page.locator('#open-file').setInputFiles({
        name,
        mimeType: 'application/json',
        buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
      });
    const refused = async (content: unknown): Promise<string> => {
      await open('file.json', content);
      const words = await page.getByRole('alert').innerText();
      await page.getByRole('button', { name: 'To the gallery' }).click();
      await page.locator('.scenario').first().waitFor();
      return words;
    };
    const run = simulate(findScenario('ping-pong'), { seed: '5', fingerprints: true });
    const good = JSON.parse(JSON.stringify(replayFileOf(run, '0.1.0'))) as object;
    expect(await refused('{"format":')).toContain('file.json: expected JSON');
    expect(await refused('null')).toContain('file.json');
    expect(await refused('[]')).toContain('lesson');
    expect(await refused({ ...good, scenario: attack })).toContain(attack);
    expect(await refused({ ...good, seed: 5 })).toContain('request.seed: Invalid input: expected string');
    expect(await refused({ ...good, faults: [{ at: 0, fault: { type: attack } }] })).toContain('request.faults[0]');
    expect(await refused(JSON.stringify(good).replace('"parameters":{', '"parameters":{"__proto__":1,'))).toContain(
      '__proto__',
    );
    expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
    await open('run.json', { ...good, seed: attack, expected: undefined });
    await ready(page);
    expect(await page.locator('.facts dd').first().innerText()).toBe(attack);
    expect(await page.locator('img').count()).toBe(0);
    await page.locator('.brand-link').click();
    await page.locator('.scenario').first().waitFor();
    await open('run.json', good);
    await ready(page);
    expect(await hashOf(page)).toBe(run.hash);
    expect(await page.locator('.warning').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);
});

/** What comes after `s=ping-pong&`, and what is said of it. */
const nonsense = [
  ['f=%3Cimg%20src=x%20onerror=alert(1)%3E', 'f: expected packed JSON'],
  ['p=%7Bnot%20json', 'p: expected JSON'],
  ['p=%5B1%5D', 'request.parameters: Invalid input: expected record, received array, found [1]'],
  ['p=%7B%22__proto__%22%3A%7B%22x%22%3A1%7D%7D', '__proto__'],
  ['p=%7B%22nodes%22%3A%22many%22%7D', 'nodes'],
  ['p=%7B%22nodes%22%3A1e9%7D', 'nodes'],
  ['u=soon', 'u: expected microseconds, found "soon"'],
  ['u=-5', 'request.until'],
  ['t=NaN', 't: expected microseconds'],
  ['z=5,1', 'z: expected two times'],
  [`f=${'A'.repeat(300_000)}`, 'f: expected at most 200000 characters'],
  ['lesson=none', 'there is no lesson "none"'],
  ['s=__proto__', 'there is no scenario "__proto__"'],
  ['s=%3Cscript%3Ealert(1)%3C/script%3E', '<script>alert(1)</script>'],
  [`seed=${'9'.repeat(101)}`, 'request.seed'],
] as const;

/** Lines that are no statement of a sequence diagram, or speak of somebody who takes no part in it. */
function strayLines(diagram: string): string[] {
  const [head, ...lines] = diagram.trimEnd().split('\n');
  const known = new Set<string>();
  const isStatement = (line: string): boolean => {
    if (/^ *%% [^\n]*$/.test(line)) return true;
    const declared = /^ *(?:participant|actor) (\w+) as [^;#]+$/.exec(line);
    if (declared !== null) return known.add(declared[1] as string).size > 0;
    const [, from, to] = /^ *(\w+)(?:->>|--x)(\w+): [^;#]+$/.exec(line) ?? [];
    if (from !== undefined && to !== undefined) return known.has(from) && known.has(to);
    return known.has(/^ *Note over (\w+): [^;#]+$/.exec(line)?.[1] ?? '');
  };
  return [...(head === 'sequenceDiagram' ? [] : [head ?? '']), ...lines.filter((line) => !isStatement(line))];
}

// `faultline timeline`: a replay file becomes one HTML file; what is no replay file, or cannot be written, is told in words.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { replayFileOf, simulate } from '../../sim/index.ts';
import { faultline, temporaryFolder } from './command.ts';

/** A replay file of a short run, in a folder of its own. */
function recorded(): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'run.replay.json');
  const run = simulate(findScenario('ping-pong-late-pong'), { seed: '7', fingerprints: true });
  writeFileSync(path, JSON.stringify(replayFileOf(run, '0.1.0')));
  return { folder, path };
}

test('a replay file becomes one HTML file beside it, which can be made again and is the same', async () => {
  const { path } = recorded();
  const out = path.replace('.replay.json', '.html');
  expect(await faultline('timeline', path)).toEqual({ code: 0, out: `timeline  ${out}\n`, err: '' });
  const html = readFileSync(out, 'utf8');
  expect(html).toContain('<title>ping-pong-late-pong · seed ');
  expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(?!data:)/);
  await faultline('timeline', path);
  expect(readFileSync(out, 'utf8')).toBe(html);
});

test('a run that comes out otherwise now is drawn all the same, and said to be another one', async () => {
  const { folder, path } = recorded();
  const changed = join(folder, 'changed.json');
  const document = JSON.parse(readFileSync(path, 'utf8')) as { expected: { hash: string } };
  document.expected.hash = '0123456789abcdef';
  writeFileSync(changed, JSON.stringify({ ...document, seed: 'another' }));
  const { code, err } = await faultline('timeline', changed);
  expect({ code, err }).toEqual({
    code: 4,
    err: `This is not the run that was recorded: \`npx faultline replay ${changed}\` says where it parts.\n`,
  });
  expect(existsSync(join(folder, 'changed.html'))).toBe(true);
});

test('what cannot be read is refused with the place, what was expected and what was found', async () => {
  const { folder, path } = recorded();
  const refusal = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { code, out, err } = await faultline('timeline', file);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(existsSync(file.replace('.json', '.html'))).toBe(false);
    return err.replace(file, 'FILE');
  };
  const good = JSON.parse(readFileSync(path, 'utf8')) as object;
  expect(await faultline('timeline', join(folder, 'none.json'))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^error: cannot read .*none\.json: /),
  });
  expect(await refusal('half.json', '{"format":')).toMatch(/^error: FILE: /);
  expect(await refusal('other.json', '{"a":1}')).toMatch(/^error: FILE: .*format/);
  expect(await refusal('seed.json', JSON.stringify({ ...good, seed: 7 }))).toMatch(/seed.*expected string/);
  expect(await refusal('name.json', JSON.stringify({ ...good, scenario: '<script>' }))).toContain('<script>');
  expect(await refusal('more.json', JSON.stringify({ ...good, script: 'alert(1)' }))).toContain('script');
  expect(await refusal('proto.json', JSON.stringify(good).replace('{', '{"__proto__":{"seed":1},'))).toContain(
    '__proto__',
  );
});

test('a file that cannot be written leaves nothing behind and says why', async () => {
  const { folder, path } = recorded();
  const { code, err } = await faultline('timeline', path, '--out', join(folder, 'a.html/b.html'));
  writeFileSync(join(folder, 'file'), 'not a folder');
  const below = await faultline('timeline', path, '--out', join(folder, 'file/b.html'));
  mkdirSync(join(folder, 'taken.html'));
  const taken = await faultline('timeline', path, '--out', join(folder, 'taken.html'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(below).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: cannot create the folder /) });
  expect(taken).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: cannot write .*taken\.html: /) });
});

// The file: one document that loads nothing, in which everything that came from a run is inert.
import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { timelineOf } from '../../viz/data.ts';
import { renderTimelineHtml } from '../../viz/html.ts';
import { about, attack, hostileRun, staleRead } from './fixture.ts';

const assets = {
  script: 'document.title += "<!-- </script> <script>";',
  style: 'body { color: red }',
  worker: 'onmessage = () => "</script>"',
};

test('the data can be read back from the file', () => {
  const data = timelineOf(staleRead(), about);
  const html = renderTimelineHtml(data, assets);
  const carried = /id="timeline-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  expect(carried).toMatch(/^[\w+/=]+$/);
  expect(JSON.parse(inflateRawSync(Buffer.from(carried, 'base64')).toString())).toEqual(
    JSON.parse(JSON.stringify(data)),
  );
});

test('nothing of a hostile run is markup', () => {
  const html = renderTimelineHtml(timelineOf(hostileRun(), { story: attack, version: attack, reproduce: attack }), {
    ...assets,
    recordedOnly: attack,
  });
  expect(html).not.toContain('<img');
  expect(html.match(/<script/g)).toHaveLength(3);
  expect(html.match(/<\/script/g)).toHaveLength(3);
  expect(html).toContain('<title>&#60;/script&#62;&#60;img');
});

test('the policy allows the inlined script and style by their hashes and nothing else', () => {
  const html = renderTimelineHtml(timelineOf(staleRead(), about), assets);
  const policy = /Content-Security-Policy" content="(.*?)"/.exec(html)?.[1] ?? '';
  const script = html.slice(html.lastIndexOf('<script>') + 8, html.lastIndexOf('</script>'));
  const hash = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src ${hash(script)};`);
  expect(policy).toContain(`style-src ${hash(assets.style)};`);
  expect(policy).not.toContain('unsafe');
});

test('the same run makes the same file', () => {
  const make = (): string => renderTimelineHtml(timelineOf(staleRead(), about), assets);
  expect(make()).toBe(make());
});

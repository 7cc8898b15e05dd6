// Makes the one HTML file of a timeline. Everything that comes from a run is data: it travels deflated, as base64, in an inert
// script element, and a content security policy allows nothing but the inlined script and style, by their hashes.
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { PackedTimeline } from './data.ts';

/** The page's code and style, as `loadTimelineAssets` reads them. */
export interface TimelineAssets {
  readonly script: string;
  readonly style: string;
  /** The simulator's thread, carried as text. */
  readonly worker: string;
  /** Why that thread cannot run the scenario: then what was recorded is shown, and nothing can be changed. */
  readonly recordedOnly?: string;
}

/** The whole file. It loads nothing and works from disk. */
export function renderTimelineHtml(run: PackedTimeline, assets: TimelineAssets): string {
  const { recordedOnly } = assets;
  const data = recordedOnly === undefined ? run : { ...run, recordedOnly };
  const script = inlineScript(assets.script);
  const style = inlineStyle(assets.style);
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    'worker-src blob:',
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Faultline ${escapeHtml(data.version)}">
<title>${escapeHtml(`${data.scenario} · seed ${data.seed} · ${data.verdict} · Faultline`)}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<div id="timeline"><p class="status">${escapeHtml(beforeTheScript(data))}</p><noscript>This timeline is drawn by a script inside this file; allow it to run.</noscript></div>
<script type="application/octet-stream" id="timeline-data">${pack(JSON.stringify(data))}</script>
<script type="application/octet-stream" id="timeline-worker">${pack(assets.worker)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** What is read while a long run unpacks. */
function beforeTheScript({ scenario, seed, verdict, statistics }: PackedTimeline): string {
  return `${scenario}, seed ${seed}, ${verdict}: reading ${statistics.sent.toLocaleString('en-US')} messages…`;
}

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#12324a"/>' +
    '<path d="M2 6h5l2 4h5" fill="none" stroke="#f0b429" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

/** A quarter of the text's size, in letters that mean nothing to HTML. */
function pack(text: string): string {
  return deflateRawSync(text).toString('base64');
}

/** In a script these sequences can only stand in literals, where a backslash changes nothing. */
function inlineScript(script: string): string {
  return script.replace(/<(?=\/script|script)/gi, '\\x3C').replaceAll('<!--', '\\x3C!--');
}

function inlineStyle(style: string): string {
  if (/<\/style/i.test(style)) throw new Error('a style sheet must not hold "</style"');
  return style;
}

function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source, 'utf8').digest('base64')}`;
}

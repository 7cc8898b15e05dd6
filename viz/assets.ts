// Finds the built script and style of the timeline page, next to the compiled module or, run from source, in dist.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TimelineAssets } from './html.ts';

/**
 * Reads what `renderTimelineHtml` inlines.
 * @throws Error when the page has not been built.
 */
export function loadTimelineAssets(): TimelineAssets {
  for (const place of ['./', '../dist/viz/']) {
    const script = fileURLToPath(new URL(`${place}timeline.js`, import.meta.url));
    const style = fileURLToPath(new URL(`${place}timeline.css`, import.meta.url));
    const worker = fileURLToPath(new URL(`${place}worker.js`, import.meta.url));
    if (existsSync(script) && existsSync(style) && existsSync(worker)) {
      return {
        script: readFileSync(script, 'utf8'),
        style: readFileSync(style, 'utf8'),
        worker: readFileSync(worker, 'utf8'),
      };
    }
  }
  throw new Error('the timeline page is not built: dist/viz/timeline.js is missing; run npm run build');
}

/** A file of the static site. */
export interface SiteFile {
  readonly type: string;
  readonly content: Buffer;
}

/**
 * The whole static site, by path from its root.
 * @throws Error when it has not been built.
 */
export function loadSite(): ReadonlyMap<string, SiteFile> {
  for (const place of ['./', '../dist/viz/']) {
    const pathOf = (name: string): string => fileURLToPath(new URL(`${place}${name}`, import.meta.url));
    if (!siteFiles.every(([name]) => existsSync(pathOf(name)))) continue;
    return new Map(siteFiles.map(([name, type]) => [`/${name}`, { type, content: readFileSync(pathOf(name)) }]));
  }
  throw new Error('the timeline app is not built: dist/viz/index.html is missing; run npm run build');
}

const siteFiles = [
  ['index.html', 'text/html; charset=utf-8'],
  ['timeline.js', 'text/javascript; charset=utf-8'],
  ['worker.js', 'text/javascript; charset=utf-8'],
  ['timeline.css', 'text/css; charset=utf-8'],
] as const;

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
    if (existsSync(script) && existsSync(style)) {
      return { script: readFileSync(script, 'utf8'), style: readFileSync(style, 'utf8') };
    }
  }
  throw new Error('the timeline page is not built: dist/viz/timeline.js is missing; run npm run build');
}

// The built page is found where the build puts it, and missed with a word on what to do.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadTimelineAssets } from '../../viz/assets.ts';

const isBuilt = existsSync(new URL('../../dist/viz/timeline.js', import.meta.url));

test.runIf(isBuilt)('the built page is read from dist when run from source', () => {
  const { script, style } = loadTimelineAssets();
  expect(script.length).toBeGreaterThan(10_000);
  expect(style).toContain('.stage');
});

test.skipIf(isBuilt)('a page that is not built is missed with a word on what to do', () => {
  expect(() => loadTimelineAssets()).toThrow('run npm run build');
});

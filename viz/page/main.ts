// The entry of the page: shows the run that an offline file carries, or what the address asks for: the gallery, a run, a
// lesson.
import './style/timeline.css';
import type { TimelineData } from '../data.ts';
import { lessons } from '../lessons/index.ts';
import { createEngine, startWorker } from './engine.ts';
import { carriedText } from './inflate.ts';
import { createSite } from './site.ts';

const root = document.getElementById('timeline');
if (root !== null) {
  begin(root).catch((error: unknown) => {
    root.textContent = `This timeline cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    throw error;
  });
}

async function begin(root: HTMLElement): Promise<void> {
  const carried = await carriedText('timeline-data');
  const data = carried === undefined ? undefined : (JSON.parse(carried) as TimelineData);
  if (data !== undefined && data.format !== 2)
    throw new Error(`this page reads format 2, the data is of format ${String(data.format)}`);
  createSite({ root, engine: createEngine(startWorker), lessons, carried: data }).open();
}

// The entry of the page: shows the run that an offline file carries, or what the address asks for: the gallery, a run, a
// lesson.
import './style/timeline.css';
import type { TimelineData } from '../data.ts';
import { lessons } from '../lessons/index.ts';
import { createEngine, startWorker } from './engine.ts';
import { createSite } from './site.ts';

const root = document.getElementById('timeline');
if (root !== null) {
  try {
    const carried = document.getElementById('timeline-data')?.textContent;
    const data = carried === undefined || carried === null ? undefined : (JSON.parse(carried) as TimelineData);
    if (data !== undefined && data.format !== 2)
      throw new Error(`this page reads format 2, the data is of format ${String(data.format)}`);
    createSite({ root, engine: createEngine(startWorker), lessons, carried: data }).open();
  } catch (error) {
    root.textContent = `This timeline cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    throw error;
  }
}

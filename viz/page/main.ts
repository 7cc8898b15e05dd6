// The entry of the timeline page: reads the run that the file carries and shows it.
import './style/timeline.css';
import type { TimelineData } from '../data.ts';
import { showTimeline } from './app.ts';

const root = document.getElementById('timeline');
const carried = document.getElementById('timeline-data');
if (root !== null && carried !== null) {
  try {
    const data = JSON.parse(carried.textContent ?? '') as TimelineData;
    if (data.format !== 1) throw new Error(`this page reads format 1, the data is of format ${String(data.format)}`);
    showTimeline(root, data);
  } catch (error) {
    root.textContent = `This timeline cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    throw error;
  }
}

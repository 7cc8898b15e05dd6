// The timeline page as one script and one style sheet that a single HTML file can hold.
import { defineConfig } from 'vite';
import { script } from '../script.ts';

export default defineConfig(script('page', 'FaultlineTimeline', 'timeline'));

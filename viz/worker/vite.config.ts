// The simulator's thread as one script.
import { defineConfig } from 'vite';
import { script } from '../script.ts';

export default defineConfig(script('worker', 'FaultlineWorker', 'worker'));

// How the simulator's thread becomes one script: a file beside the page, or text inside an offline file.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { version: string };

export default defineConfig({
  root: here('.'),
  logLevel: 'warn',
  define: { faultlineVersion: JSON.stringify(version) },
  build: {
    outDir: here('../../dist/viz'),
    emptyOutDir: false,
    target: 'es2022',
    minify: true,
    sourcemap: false,
    lib: { entry: here('main.ts'), name: 'FaultlineWorker', formats: ['iife'], fileName: () => 'worker.js' },
  },
});

// How one room of the timeline becomes one script: a file beside the page, or text inside an offline file.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/**
 * Bundles `viz/<room>/main.ts`, with the version of the package in it.
 * @param name the global that the script defines
 * @param file the script's name without its ending; a style sheet gets the same
 */
export function script(room: string, name: string, file: string): UserConfig {
  return {
    root: here(room),
    logLevel: 'warn',
    define: { faultlineVersion: JSON.stringify(version) },
    build: {
      outDir: here('../dist/viz'),
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      sourcemap: false,
      lib: {
        entry: here(`${room}/main.ts`),
        name,
        formats: ['iife'],
        fileName: () => `${file}.js`,
        cssFileName: file,
      },
    },
  };
}

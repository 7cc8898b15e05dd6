// Starts threads of our own modules, from the build or from the source.
import { Worker } from 'node:worker_threads';

/** A thread that runs a module of this folder. @param name without its ending, such as `check-thread` */
export function startThread(name: string, workerData: object): Worker {
  const options = { workerData, stdin: true };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, import.meta.url), options);
  // From source: threads do not inherit the loader that this process was started with.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const thread = JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);
  const begin = `import(${loader}).then(({ register }) => { register(); return import(${thread}); });`;
  return new Worker(begin, { ...options, eval: true });
}

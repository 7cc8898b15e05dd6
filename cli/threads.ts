// Starts threads of our own modules, from the build or from the source.
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';

/**
 * A thread that runs a module of this folder.
 * @param name without its ending, such as `check-thread`
 * @param share the part of the memory that it may use besides its siblings, from 0 to 1; all of it by default
 */
export function startThread(name: string, workerData: object, share = 1): Worker {
  const options = { workerData, stdin: true, resourceLimits: { maxOldGenerationSizeMb: heapFor(share) } };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, import.meta.url), options);
  // From source: threads do not inherit the loader that this process was started with.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const thread = JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);
  const begin = `import(${loader}).then(({ register }) => { register(); return import(${thread}); });`;
  return new Worker(begin, { ...options, eval: true });
}

/** In MiB: most of the memory of the machine, but for a limit that the process was started with. */
function heapFor(share: number): number {
  const usual = getHeapStatistics().heap_size_limit / 2 ** 20;
  const isLimited = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((word) => /max-old-space/.test(word));
  return Math.floor(isLimited ? usual : Math.max(usual, (totalmem() / 2 ** 20) * 0.75 * share));
}

// A handler that never ends leaves its test runner no moment to say so. A thread beside it does, and ends the process where another
// one waits for it.
import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';

export interface HangWatch {
  /** What is begun now, in the words that are written to standard error if it never ends. */
  tellOf(text: string): void;
  stop(): void;
}

/** Watches this thread: whether nothing else than one thing happens in it for so many real milliseconds. */
export function watchForHang(milliseconds: number): HangWatch {
  // Who forked this process learns of its end and goes on with other files. Else it is for a person to end it, as it is where a
  // debugger may have stopped it.
  const ends = process.send !== undefined && debuggerUrl() === undefined;
  const watcher = new Worker(watcherCode, { eval: true, workerData: { milliseconds, ends } });
  watcher.unref();
  const alive = setInterval(() => watcher.postMessage(undefined, []), milliseconds / 10);
  alive.unref();
  return {
    tellOf: (text) => watcher.postMessage(text, []),
    stop: () => {
      clearInterval(alive);
      void watcher.terminate();
    },
  };
}

/** Each message is a sign of life; the last text that came with one is what does not end. A process that was stopped for long is not dead. */
const watcherCode = `
const { writeSync } = require('node:fs');
const { parentPort, workerData: { milliseconds, ends } } = require('node:worker_threads');
let [last, silent] = ['', 0];
const clock = setInterval(() => {
  if (++silent <= 10) return;
  clearInterval(clock);
  writeSync(2, last + '\\n');
  if (ends) process.kill(process.pid, 'SIGKILL');
}, milliseconds / 10);
parentPort.on('message', (text = last) => ([last, silent] = [text, 0]));
`;

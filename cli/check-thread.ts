// A thread in which files are judged, so that interrupts and time-outs reach the command meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../sim/index.ts';
import type { Begun, Watch } from './check-judge.ts';
import { tellFile, type Order, type Told } from './check-tell.ts';
import { OutputError } from './files.ts';

export interface ThreadData {
  /** One number; above zero: stop as soon as you can. */
  readonly stop: Int32Array;
}

export type ThreadMessage =
  | { readonly type: 'begun'; readonly begun: Begun }
  | { readonly type: 'progress'; readonly how: string }
  | { readonly type: 'told'; readonly told: Told }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly kind: 'input' | 'output' | 'internal'; readonly message: string };

const { stop } = workerData as ThreadData;
const post = (message: ThreadMessage): void => parentPort?.postMessage(message, []);

parentPort?.on('message', (order: Order) => void obey(order));

async function obey(order: Order): Promise<void> {
  try {
    const watch: Watch = {
      onBegin: (begun) => post({ type: 'begun', begun }),
      onProgress: (how) => post({ type: 'progress', how }),
      stopped: () => Atomics.load(stop, 0) > 0,
    };
    for await (const told of tellFile(order, watch)) post({ type: 'told', told });
    post({ type: 'done' });
  } catch (error) {
    const kind = error instanceof InputError ? 'input' : error instanceof OutputError ? 'output' : 'internal';
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    post({ type: 'error', kind, message: kind === 'internal' ? (stack ?? message) : message });
  }
}

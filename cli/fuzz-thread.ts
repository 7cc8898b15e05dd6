// The thread that runs seeds: takes batches of indices, and answers with one outcome for each.
import { parentPort, workerData } from 'node:worker_threads';
import { SeedRunner, type Plan, type SeedOutcome } from '../fuzz/index.ts';
import { loadScenario } from './scenario-source.ts';

export interface FuzzThreadData {
  readonly reference: string;
  readonly plan: Plan;
  /** Tell of each batch as if there had been none before it, for who may have to run the same batch again elsewhere. */
  readonly alone?: boolean;
  /**
   * Two numbers. The index under way, or -1, so that whoever ends this thread knows which seed it was; and, from outside, not 0 as
   * soon as no more seeds are to be begun.
   */
  readonly current: Int32Array;
}

/** Indices of the plan, from `from` up to but without `to`. */
export interface FuzzBatch {
  readonly from: number;
  readonly to: number;
}

export type FuzzMessage =
  | { readonly type: 'outcomes'; readonly outcomes: readonly (readonly [index: number, outcome: SeedOutcome])[] }
  | { readonly type: 'done' }
  /** The scenario cannot be loaded. */
  | { readonly type: 'error'; readonly message: string };

/** Milliseconds between two messages while seeds are quick. */
const interval = 50;

const { reference, plan, alone = false, current } = workerData as FuzzThreadData;
const post = (message: FuzzMessage): void => parentPort?.postMessage(message, []);
const loaded = loadScenario(reference);
let runner: SeedRunner | undefined;
loaded.catch((error: unknown) => {
  post({ type: 'error', message: error instanceof Error ? error.message : String(error) });
});

parentPort?.on('message', (batch: FuzzBatch) => {
  void runBatch(batch);
});

async function runBatch({ from, to }: FuzzBatch): Promise<void> {
  const { scenario } = await loaded;
  if (alone || runner === undefined) runner = new SeedRunner(scenario, plan);
  let outcomes: [number, SeedOutcome][] = [];
  let posted = performance.now();
  for (let index = from; index < to && Atomics.load(current, 1) === 0; index++) {
    Atomics.store(current, 0, index);
    const outcome = await runner.run(index);
    // A promise that the seed has left behind and that fails takes this thread down here, while it is known whose it was.
    await new Promise((resolve) => setImmediate(resolve));
    if (outcome !== undefined) outcomes.push([index, outcome]);
    if (performance.now() - posted < interval) continue;
    post({ type: 'outcomes', outcomes });
    outcomes = [];
    posted = performance.now();
  }
  // So may a timer.
  await new Promise((resolve) => setTimeout(resolve, 1));
  Atomics.store(current, 0, -1);
  post({ type: 'outcomes', outcomes });
  post({ type: 'done' });
}

// A thread that owns one part of a divided search, or walks blocks of runs: it answers orders until it is ended.
import { parentPort, workerData } from 'node:worker_threads';
import { SearchPart, type PartOrder, type PartReply, type Walk } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import { inWords, walkBlock, worldOf, type SearchOrder } from './explore-search.ts';

export interface PartThreadData {
  readonly order: SearchOrder;
  /** Which part of how many. */
  readonly part: number;
  readonly parts: number;
  /** One number; above zero: stop as soon as you can. */
  readonly stop: Int32Array;
}

export type ThreadOrder = PartOrder | { readonly type: 'walk'; readonly firstRun: number; readonly runs: number };

export type ThreadReply =
  | PartReply
  | { readonly type: 'walked'; readonly walk: Walk }
  | { readonly type: 'error'; readonly kind: 'input' | 'internal'; readonly message: string };

const { order, part, parts, stop } = workerData as PartThreadData;
const post = (reply: ThreadReply): void => parentPort?.postMessage(reply, memoryIn(reply));
let owned: SearchPart | undefined;

parentPort?.on('message', (asked: ThreadOrder) => {
  try {
    if (asked.type === 'walk') {
      const walk = walkBlock(order, asked, () => Atomics.load(stop, 0) > 0);
      return post({ type: 'walked', walk });
    }
    owned ??= new SearchPart(worldOf(order), part, parts, order.auditEvery);
    return post(owned.take(asked));
  } catch (error) {
    const told = inWords(order, error);
    const kind = told instanceof InputError ? 'input' : 'internal';
    return post({ type: 'error', kind, message: kind === 'internal' ? (told.stack ?? told.message) : told.message });
  }
});

/** Rows are handed over, not copied. */
function memoryIn(reply: ThreadReply): ArrayBuffer[] {
  return reply.type === 'expanded' ? reply.parcels.map(({ rows }) => rows.buffer as ArrayBuffer) : [];
}

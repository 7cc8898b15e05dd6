// Queue checkers without an order: nothing comes out that nobody put in, nothing twice, and nothing gets lost.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, type Judgement } from './evidence.ts';

export type QueueAnomaly = 'unexpected' | 'duplicated' | 'lost';

export interface TotalQueueOptions {
  /** Whether an element may be dequeued more often than it was enqueued, as at-least-once queues do; not by default. */
  readonly mayDuplicate?: boolean;
}

export interface QueueResult extends Judgement<QueueAnomaly> {
  readonly attempted: number;
  readonly acknowledged: number;
  readonly dequeued: number;
  /** Elements that came out although their enqueue had no known outcome. */
  readonly recovered: readonly Json[];
}

/**
 * Judges `enqueue` and `dequeue`, each element for itself: it is dequeued at most as often as its enqueue was invoked by
 * then. Enqueues that failed do not count; Jepsen's queue checker counts them.
 * @throws HistoryError on a history that pairs badly.
 */
export function checkQueue(history: History): QueueResult {
  return judgeQueue(pairOperations(history), { mayLose: true, mayDuplicate: false });
}

/**
 * The same for queues that were drained: everything acknowledged must have come out as well. `drain` returns a list. If
 * dequeues have no known result, they may have taken what is missing, and the verdict is unknown.
 * @throws HistoryError on a history that pairs badly.
 */
export function checkTotalQueue(history: History, options: TotalQueueOptions = {}): QueueResult {
  const { mayDuplicate = false } = options;
  return judgeQueue(pairOperations(history), { mayLose: false, mayDuplicate });
}

/** The queue checker for scenarios. */
export function queueCheck(): Check {
  return asCheck('queue', 'Every element that is dequeued was enqueued, and none comes out twice.', checkQueue);
}

/** The total queue checker for scenarios. */
export function totalQueueCheck(options: TotalQueueOptions = {}): Check {
  const about = 'Every acknowledged element is dequeued in the end, and nothing that nobody enqueued.';
  return asCheck('total-queue', about, (history) => checkTotalQueue(history, options));
}

interface Passage {
  readonly value: Json;
  readonly enqueues: Operation[];
  readonly dequeues: Operation[];
}

function judgeQueue(
  operations: readonly Operation[],
  { mayLose, mayDuplicate }: { readonly mayLose: boolean; readonly mayDuplicate: boolean },
): QueueResult {
  const { passages, unknownTakes } = findPassages(operations);
  const book = new EvidenceBook<QueueAnomaly>();
  const recovered: Json[] = [];
  const lost: (() => void)[] = [];
  let missing = 0;
  for (const [text, { value, enqueues, dequeues }] of passages) {
    const attempts = enqueues.filter(({ type }) => type !== 'fail');
    judgeTakes(text, value, enqueues, dequeues, mayDuplicate, book);
    const acknowledged = attempts.filter(({ type }) => type === 'ok');
    if (acknowledged.length === 0 && attempts.length > 0 && dequeues.length > 0) recovered.push(value);
    const short = acknowledged.length - dequeues.length;
    if (short <= 0) continue;
    missing += short;
    const [first] = acknowledged as [Operation, ...Operation[]];
    lost.push(() => {
      const doubt = missing <= unknownTakes ? 'unknown' : 'invalid';
      const perhaps = unknownTakes > 0 ? `; ${unknownTakes} dequeues without a result may have taken some` : '';
      const reason = () => `${first.client}'s enqueue of ${text} was acknowledged, but nobody dequeued it${perhaps}`;
      book.add('lost', value, [first.id], reason, doubt);
    });
  }
  if (!mayLose) for (const tell of lost) tell();
  const enqueues = operations.filter(({ f }) => f === 'enqueue');
  return {
    ...book.judge(),
    attempted: enqueues.length,
    acknowledged: enqueues.filter(({ type }) => type === 'ok').length,
    dequeued: [...passages.values()].reduce((sum, { dequeues }) => sum + dequeues.length, 0),
    recovered,
  };
}

/** Each take needs an enqueue that was invoked before the take was over, in the order of the returns. */
function judgeTakes(
  text: string,
  value: Json,
  enqueues: readonly Operation[],
  dequeues: readonly Operation[],
  mayDuplicate: boolean,
  book: EvidenceBook<QueueAnomaly>,
): void {
  const sorted = dequeues.toSorted((one, other) => one.returned!.index - other.returned!.index);
  const possible = enqueues.filter(({ type }) => type !== 'fail');
  let begun = 0; // of the possible ones, when the take was over
  for (const [taken, dequeue] of sorted.entries()) {
    while (begun < possible.length && possible[begun]!.called.index < dequeue.returned!.index) begun += 1;
    const often = begun;
    if (often === 0) {
      const why = enqueues.length === 0 ? 'which nobody enqueued' : 'before any enqueue of it that may have happened';
      book.add(
        'unexpected',
        value,
        [...enqueues.slice(0, 1), dequeue].map(({ id }) => id),
        () => {
          return `${dequeue.client} dequeued ${text}, ${why}`;
        },
      );
    } else if (often <= taken && !mayDuplicate) {
      const earlier = sorted[taken - 1]!;
      book.add(
        'duplicated',
        value,
        [possible[0]!, earlier, dequeue].map(({ id }) => id),
        () => {
          return `${earlier.client} and ${dequeue.client} both dequeued ${text}, which was enqueued ${often === 1 ? 'once' : `${often} times`}`;
        },
      );
    }
  }
}

function findPassages(operations: readonly Operation[]): {
  readonly passages: ReadonlyMap<string, Passage>;
  readonly unknownTakes: number;
} {
  const passages = new Map<string, Passage>();
  const passageOf = (value: Json): Passage => {
    const text = canonical(value);
    const known = passages.get(text) ?? { value, enqueues: [], dequeues: [] };
    passages.set(text, known);
    return known;
  };
  let unknownTakes = 0;
  for (const operation of operations) {
    const { f, type, value, result } = operation;
    if (f === 'enqueue') passageOf(value).enqueues.push(operation);
    else if (f === 'dequeue' || f === 'drain') {
      if (type === 'info') unknownTakes += f === 'drain' ? Infinity : 1;
      if (type !== 'ok' || result === null) continue;
      const elements = f === 'drain' && isArray(result) ? result : [result];
      for (const element of elements) passageOf(element).dequeues.push(operation);
    }
  }
  return { passages, unknownTakes };
}

// The simulator's thread: takes requests, works on the newest first in slices, and answers with arrays that move and are
// not copied.
import { InputError } from '../../sim/fault.ts';
import { version } from '../version.ts';
import { buffersOf } from '../live.ts';
import type { Answered, Asked, RunAnswer } from './messages.ts';
import { createServices, type OwnScenarios } from './services.ts';

/** Answers the page from now on. */
export function serve(own?: OwnScenarios): void {
  const services = createServices(version, own);
  globalThis.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
    if (data.type === 'cancel') {
      const place = jobs.findIndex(({ id }) => id === data.id);
      if (place >= 0) jobs.splice(place, 1);
      return;
    }
    const begin = services[data.type] as (asks: unknown) => Generator<unknown, unknown>;
    jobs.push({ id: data.id, work: begin(data.asks) });
    takeTurnSoon();
  });
}

interface Job {
  readonly id: number;
  readonly work: Generator<unknown, unknown>;
}

const jobs: Job[] = [];
let isTurnDue = false;

/** A turn of its own for each slice lets messages in between. */
function takeTurnSoon(): void {
  if (isTurnDue || jobs.length === 0) return;
  isTurnDue = true;
  setTimeout(() => {
    isTurnDue = false;
    takeTurn();
    takeTurnSoon();
  }, 0);
}

const sliceMs = 30;

function takeTurn(): void {
  const job = jobs.at(-1);
  if (job === undefined) return;
  try {
    const until = performance.now() + sliceMs;
    do {
      const { done = false, value } = job.work.next();
      if (done) {
        finish(job);
        send({ type: 'answer', id: job.id, answer: value }, moveable(value));
        return;
      }
      if (value !== undefined) send({ type: 'partial', id: job.id, partial: value });
    } while (performance.now() < until);
  } catch (error) {
    finish(job);
    const message = error instanceof Error ? error.message : String(error);
    send({ type: 'failed', id: job.id, message, isExpected: error instanceof InputError });
  }
}

function finish(job: Job): void {
  const place = jobs.indexOf(job);
  if (place >= 0) jobs.splice(place, 1);
}

function send(message: Answered, move: ArrayBuffer[] = []): void {
  (globalThis as unknown as { postMessage(message: Answered, move: ArrayBuffer[]): void }).postMessage(message, move);
}

function moveable(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null || !('timeline' in answer)) return [];
  const { timeline, clocks } = answer as RunAnswer;
  return [
    ...buffersOf(timeline.trace),
    ...clocks.flatMap(({ time, off }) => [time.buffer, off.buffer] as ArrayBuffer[]),
  ];
}

// The page's way to the simulator's thread: questions with promises for answers. The thread starts when it is first needed.
import type { Answered, Asked, ServiceName, Services } from '../worker/messages.ts';
import { carriedText } from './inflate.ts';

/** A question under way. */
export interface Question<N extends ServiceName> {
  readonly answer: Promise<Services[N]['answer']>;
  /** Forgets it; its promise is rejected with a `Cancelled`. */
  cancel(): void;
}

export interface Engine {
  ask<N extends ServiceName>(
    service: N,
    asks: Services[N]['asks'],
    onPartial?: (partial: Services[N]['partial']) => void,
  ): Question<N>;
}

/** An engine for a part of the page: what it asked and was not told when the part is closed is given up. */
export interface EngineScope extends Engine {
  close(): void;
}

export function createScope(engine: Engine): EngineScope {
  const open = new Set<{ cancel(): void }>();
  let isClosed = false;
  return {
    ask(service, asks, onPartial) {
      if (isClosed) return { answer: Promise.reject(new Cancelled()), cancel: () => undefined };
      const question = engine.ask(service, asks, onPartial);
      open.add(question);
      const forget = (): boolean => open.delete(question);
      question.answer.then(forget, forget);
      return question;
    },
    close() {
      isClosed = true;
      for (const question of open) question.cancel();
    },
  };
}

/** Says no to everything that needs the scenario of a run that the simulator does not have. */
export function refuse(engine: Engine, why: string): Engine {
  const refused = new Set<ServiceName>(['run', 'seeds']);
  return {
    ask: (service, asks, onPartial) =>
      refused.has(service)
        ? { answer: Promise.reject(new EngineError(why, true)), cancel: () => undefined }
        : engine.ask(service, asks, onPartial),
  };
}

/** Nobody waits for the answer any more. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** The thread said no: bad input, or a defect of ours. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly isExpected: boolean;

  constructor(message: string, isExpected: boolean) {
    super(message);
    this.isExpected = isExpected;
  }
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  onPartial?: ((partial: never) => void) | undefined;
}

export function createEngine(start: () => Promise<Worker>): Engine {
  const waiting = new Map<number, Waiting>();
  let worker: Promise<Worker> | undefined;
  let last = 0;
  const failAll = (reason: string): void => {
    for (const each of waiting.values()) each.reject(new EngineError(reason, false));
    waiting.clear();
  };
  const begin = async (): Promise<Worker> => {
    const begun = await start();
    begun.addEventListener('message', ({ data }: MessageEvent<Answered>) => take(waiting, data));
    begun.addEventListener('error', (event) => failAll(`the simulator stopped: ${event.message}`));
    return begun;
  };
  const tell = (message: Asked): void => {
    worker ??= begin();
    worker.then(
      (begun) => begun.postMessage(message, []),
      (error: unknown) => failAll(`the simulator did not start: ${String(error)}`),
    );
  };
  return {
    ask(service, asks, onPartial) {
      const id = ++last;
      const answer = new Promise<never>((resolve, reject) => {
        waiting.set(id, { resolve, reject, onPartial });
        tell({ type: service, id, asks } as Asked);
      });
      const cancel = (): void => {
        const waits = waiting.get(id);
        if (waits === undefined) return;
        waiting.delete(id);
        tell({ type: 'cancel', id });
        waits.reject(new Cancelled());
      };
      return { answer, cancel };
    },
  };
}

/** Starts the thread from the file beside the page, or from the text that an offline file carries. */
export async function startWorker(): Promise<Worker> {
  const carried = await carriedText('timeline-worker');
  if (carried === undefined) return new Worker('worker.js');
  return new Worker(URL.createObjectURL(new Blob([carried], { type: 'text/javascript' })));
}

function take(waiting: Map<number, Waiting>, answered: Answered): void {
  const waits = waiting.get(answered.id);
  if (waits === undefined) return;
  switch (answered.type) {
    case 'partial':
      waits.onPartial?.(answered.partial as never);
      return;
    case 'answer':
      waiting.delete(answered.id);
      waits.resolve(answered.answer);
      return;
    case 'failed':
      waiting.delete(answered.id);
      waits.reject(new EngineError(answered.message, answered.isExpected));
  }
}

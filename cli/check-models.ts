// The sequential objects that `check` can compare a history with, by name.
import {
  casRegister,
  counter,
  elementSet,
  fencedLock,
  fifoQueue,
  keyValue,
  leaderRegister,
  multiRegister,
  mutex,
  ownedMutex,
  priorityQueue,
  reentrantLock,
  register,
  semaphore,
  set,
  stack,
  uniqueIds,
  type Model,
} from '../checkers/index.ts';
import { InputError, type Json } from '../sim/index.ts';

/** What its states are is the model's own business. */
export type AnyModel = Model<unknown>;

/** @throws InputError that lists the names, or on an initial value that the object cannot hold */
export function findModel(name: string, initial: Json | undefined): AnyModel {
  const make = models.get(name);
  if (make !== undefined) return make(initial ?? null);
  throw new InputError(`--model: expected one of ${modelNames.join(', ')}, found ${JSON.stringify(name)}`);
}

const models = new Map<string, (initial: Json) => AnyModel>([
  ['register', register],
  ['cas-register', casRegister],
  ['key-value', (initial) => (initial === null ? keyValue() : { ...keyValue(), init: initial })],
  ['multi-register', (initial) => multiRegister(cellsOf(initial))],
  ['fifo-queue', fifoQueue],
  ['priority-queue', () => priorityQueue()],
  ['stack', stack],
  ['set', set],
  ['element-set', elementSet],
  ['counter', (initial) => counter(numberOf(initial, 0))],
  ['unique-ids', uniqueIds],
  ['mutex', mutex],
  ['owned-mutex', ownedMutex],
  ['reentrant-lock', () => reentrantLock()],
  ['fenced-lock', () => fencedLock()],
  ['semaphore', (initial) => semaphore(numberOf(initial, 1))],
  ['leader-register', leaderRegister],
]);

export const modelNames = [...models.keys()] as readonly string[];

function numberOf(initial: Json, otherwise: number): number {
  if (initial === null) return otherwise;
  if (typeof initial === 'number' && Number.isSafeInteger(initial)) return initial;
  throw new InputError(`--initial: expected a whole number for this model, found ${JSON.stringify(initial)}`);
}

function cellsOf(initial: Json): { readonly [key: string]: Json } {
  if (initial === null) return {};
  if (typeof initial === 'object' && !Array.isArray(initial)) return initial as { readonly [key: string]: Json };
  throw new InputError(`--initial: expected values by key for this model, found ${JSON.stringify(initial)}`);
}

// The sequential objects that `check` can compare a history with, by name, with what they hold at first.
import {
  casRegister,
  counter,
  findModel as findModelByName,
  keyValue,
  models,
  multiRegister,
  register,
  semaphore,
  type Model,
} from '../checkers/index.ts';
import { InputError, type Json } from '../sim/index.ts';

/** What its states are is the model's own business. */
export type AnyModel = Model<unknown>;

/** @throws InputError that lists the names, or on an initial value that the object cannot hold */
export function findModel(name: string, initial: Json | undefined): AnyModel {
  const model = findNamed(name);
  if (initial === undefined) return model;
  const begin = beginnings.get(name);
  if (begin !== undefined) return begin(initial);
  throw new InputError(`--initial: expected none for the model ${name}, found ${JSON.stringify(initial)}`);
}

function findNamed(name: string): AnyModel {
  try {
    return findModelByName(name);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`--${error.message}`) : error;
  }
}

export const modelNames: readonly string[] = Object.keys(models);

const beginnings = new Map<string, (initial: Json) => AnyModel>([
  ['register', register],
  ['cas-register', casRegister],
  ['key-value', (initial) => ({ ...keyValue(), init: initial })],
  ['multi-register', (initial) => multiRegister(cellsOf(initial))],
  ['counter', (initial) => counter(numberOf(initial))],
  ['semaphore', (initial) => semaphore(numberOf(initial))],
]);

function numberOf(initial: Json): number {
  if (typeof initial === 'number' && Number.isSafeInteger(initial)) return initial;
  throw new InputError(`--initial: expected a whole number for this model, found ${JSON.stringify(initial)}`);
}

function cellsOf(initial: Json): { readonly [key: string]: Json } {
  if (initial !== null && typeof initial === 'object' && !Array.isArray(initial)) {
    return initial as { readonly [key: string]: Json };
  }
  throw new InputError(`--initial: expected values by key for this model, found ${JSON.stringify(initial)}`);
}

// Models by name, and what their names can say.
import { expect, it } from 'vitest';
import { checkLinearizable, findModel } from '../../checkers/index.ts';
import { InputError } from '../../sim/index.ts';
import { written } from './written-history.ts';

it('a semaphore has as many permits as its name says, two without', () => {
  const taken = (clients: number) =>
    written(
      Array.from({ length: clients }, (_, client) => client).flatMap((client) => [
        [client, 'invoke', 'acquire', null] as const,
        [client, 'ok', 'acquire', true] as const,
      ]),
    );
  const judge = (clients: number, name: string) => checkLinearizable(taken(clients), findModel(name)).verdict;
  expect([judge(2, 'semaphore'), judge(3, 'semaphore')]).toEqual(['valid', 'invalid']);
  expect([judge(5, 'semaphore:5'), judge(6, 'semaphore:5')]).toEqual(['valid', 'invalid']);
});

it.each(['semaphore:', 'semaphore:0', 'semaphore:-1', 'semaphore:x', 'semaphore:1.5'])('%s is none', (name) => {
  expect(() => findModel(name)).toThrow(InputError);
  expect(() => findModel(name)).toThrow('expected a positive number of permits');
});

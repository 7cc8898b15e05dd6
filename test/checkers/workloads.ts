// The workloads that random histories are made of: each model with calls and the answers that clients could be told.
import fc from 'fast-check';
import { casRegister, keyValue, register } from '../../checkers/index.ts';
import type { Workload } from './arbitrary-history.ts';

const small = fc.nat(2);
const values = [null, 0, 1, 2];
const key = fc.constantFrom('x', 'y');

export const workloads: readonly Workload[] = [
  {
    model: register(),
    call: fc.oneof(
      fc.constant(['read', null] as const),
      small.map((value) => ['write', value] as const),
    ),
    answers: (f, value) => (f === 'read' ? values : [value]),
  },
  {
    model: casRegister(0),
    call: fc.oneof(
      fc.constant(['read', null] as const),
      small.map((value) => ['write', value] as const),
      fc.tuple(small, small).map((pair) => ['cas', pair] as const),
    ),
    answers: (f, value) => (f === 'read' ? values : f === 'cas' ? [value, false] : [value]),
  },
  {
    model: keyValue(),
    call: fc.oneof(
      key.map((key) => ['read', [key, null]] as const),
      fc.tuple(key, fc.constantFrom('a', 'b')).map((pair) => ['write', pair] as const),
      fc.tuple(key, fc.constantFrom('a', 'b')).map((pair) => ['append', pair] as const),
      fc.tuple(key, fc.constant(['a', 'b'])).map((pair) => ['cas', pair] as const),
      key.map((key) => ['delete', [key, null]] as const),
    ),
    answers: (f, value) => {
      const [key] = value as readonly [string];
      if (f === 'read') return [null, 'a', 'b', 'ab', 'ba', 'aa', 'aab', 'abb', 'bb'].map((text) => [key, text]);
      return f === 'cas' ? [value, [key, false]] : [value];
    },
  },
];

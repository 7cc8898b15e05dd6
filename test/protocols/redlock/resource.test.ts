// The store behind the lock by itself: which writes it takes, and what it still knows after it failed.
import { describe, expect, test } from 'vitest';
import { resource } from '../../../protocols/redlock/resource.ts';
import { ms, type Fault } from '../../../sim/index.ts';
import { converse } from '../conversation.ts';

type Ask = readonly [at: number, client: string, token?: number | null];

/** What is answered to those who ask for a token, or write with one: `token 1`, `taken`, `refused`. */
function answers(fences: boolean, asks: readonly Ask[], fault?: Fault): readonly string[] {
  const says = asks.map(([at, client, token], request) => {
    const message = token === undefined ? { type: 'next token' } : { type: 'write', token, value: request };
    return [at, client, { ...message, request }] as const;
  });
  const faults = fault === undefined ? [] : [{ at: ms(500), fault }];
  const lines = converse({ protocol: resource(fences), puppets: ['a', 'b'], says, faults, to: 1_000 });
  return lines.flatMap((line) => {
    const found = /→ [ab] +(?:(token) request=\d+ token=(\d+)|written request=\d+ accepted=(\w+))/.exec(line);
    if (found === null) return [];
    return [found[1] === 'token' ? `token ${found[2] ?? ''}` : found[3] === 'true' ? 'taken' : 'refused'];
  });
}

describe('a store that looks at tokens', () => {
  test('takes the writes of whom it gave the latest one, and refuses all others', () => {
    const asks: Ask[] = [
      [10, 'a'],
      [30, 'a', 1],
      [50, 'b'],
      [70, 'a', 1],
      [90, 'b', 2],
      [110, 'b', 2],
      [130, 'a', null],
    ];
    const told = ['token 1', 'taken', 'token 2', 'refused', 'taken', 'taken', 'refused'];
    expect(answers(true, asks)).toEqual(told);
  });

  test.each<[string, Fault]>([
    ['a crash', { type: 'crash', node: 'n1', for: ms(50) }],
    ['the loss of power', { type: 'power-loss', node: 'n1', unsynced: 'lost', for: ms(50) }],
  ])('knows after %s which token it gave last, and gives a greater one', (_what, fault) => {
    const asks: Ask[] = [
      [10, 'a'],
      [50, 'b'],
      [600, 'a', 1],
      [650, 'b', 2],
      [700, 'a'],
      [750, 'b', 2],
      [800, 'a', 3],
    ];
    const told = ['token 1', 'token 2', 'refused', 'taken', 'token 3', 'refused', 'taken'];
    expect(answers(true, asks, fault)).toEqual(told);
  });
});

test('a store that does not look takes everything', () => {
  expect(
    answers(false, [
      [10, 'a'],
      [30, 'b'],
      [50, 'a', 1],
      [70, 'b', null],
    ]),
  ).toEqual(['token 1', 'token 2', 'taken', 'taken']);
});

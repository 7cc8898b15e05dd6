// What would make a search wrong is an error that names the culprit: states that are more than their text, and handlers that
// depend on more than state, event and context.
import { describe, expect, test } from 'vitest';
import { explore, type ExploredWorld } from '../../../checkers/explore/index.ts';
import type { Context, Protocol } from '../../../sim/index.ts';

interface Pair {
  state: { one: { count: number }; other: { count: number }; note?: unknown };
  message: { readonly type: 'tick'; readonly count?: number };
  timer: 'first' | 'second';
  request: never;
  response: never;
}

/** A node whose timers run one after the other. */
function worldOf(
  first: (state: Pair['state'], ctx: Context<Pair>) => void,
  second: (state: Pair['state'], ctx: Context<Pair>) => void = () => undefined,
): ExploredWorld {
  const protocol: Protocol<Pair> = {
    start(ctx) {
      ctx.setTimer('first', 0);
      return { one: { count: 0 }, other: { count: 0 } };
    },
    onMessage: () => undefined,
    onTimer(state, timer, ctx) {
      if (timer === 'first') ctx.setTimer('second', 0);
      (timer === 'first' ? first : second)(state, ctx);
    },
  };
  return { nodes: ['n1', 'n2'].map((id) => ({ id, protocol })), network: 'unordered', properties: [] };
}

const share = (state: Pair['state']): void => void (state.other = state.one);
const countOne = (state: Pair['state']): void => void state.one.count++;

describe('a search that is audited', () => {
  test('refuses a handler that works otherwise where two parts of the state are one object', () => {
    expect(() => explore(worldOf(share, countOne), { auditEvery: 1 })).toThrow(
      'the handler of n1 for timer second does something else where one and other in the state are one object',
    );
    expect(
      explore(
        worldOf(() => undefined, countOne),
        { auditEvery: 1 },
      ).complete,
    ).toBe(true);
  });

  test('takes shared parts that nobody changes', () => {
    const unchanged = (state: Pair['state']): void => void (state.note = state.one.count);
    expect(explore(worldOf(share, unchanged), { auditEvery: 1 }).complete).toBe(true);
  });

  test('refuses a handler that depends on the order of properties', () => {
    const byOrder = (state: Pair['state']): void => void (state.note = Object.keys(state)[0]);
    expect(() => explore(worldOf(byOrder), { auditEvery: 1 })).toThrow(
      /the handler of n\d for timer first did something else when it ran again on an equal state/,
    );
  });

  test('refuses a handler that keeps something between its runs', () => {
    let runs = 0;
    const remembering = (state: Pair['state']): void => void (state.note = ++runs);
    expect(() => explore(worldOf(remembering), { auditEvery: 1 })).toThrow('depends on something besides state');
  });
});

describe('every search', () => {
  test.each([
    ['keeps its context', (kept: Context<Pair>[]) => kept[0]?.send('n2', { type: 'tick' }), 'ctx.send is called after'],
    [
      'waits for its timers in a context of before',
      (kept: Context<Pair>[]) => kept[0]?.setTimer('first', 0),
      'ctx.setTimer is',
    ],
  ])('refuses a handler that %s', (_, use, message) => {
    const kept: Context<Pair>[] = [];
    const world = worldOf(
      (_state, ctx) => void kept.push(ctx),
      () => use(kept),
    );
    expect(() => explore(world)).toThrow(message);
  });

  test('refuses a handler that changes a message after it was sent, or that it received', () => {
    const protocol: Protocol<Pair> = {
      start(ctx) {
        if (ctx.id === 'n1') ctx.send('n2', { type: 'tick', count: 1 });
        return { one: { count: 0 }, other: { count: 0 } };
      },
      onMessage: (_state, _from, message) => void ((message as { count: number }).count = 2),
    };
    const nodes = ['n1', 'n2'].map((id) => ({ id, protocol }));
    expect(explore({ nodes, network: 'unordered', properties: [] }).violations).toMatchObject([
      { property: 'no handler throws', reason: expect.stringMatching(/onMessage of n2 .*read only/) as unknown },
    ]);
  });
});

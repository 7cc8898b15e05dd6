// Debug mode: every way of breaking the rules of the seam is a finding that names the node and the handler.
import { expect, test } from 'vitest';
import { ms, seconds, type Context, type Protocol } from '../../sim/index.ts';
import { counting, listener, run } from './world.ts';

interface Loose {
  state: Record<string, unknown>;
  message: Record<string, unknown>;
  timer: 'tick';
  request: never;
  response: never;
}

const shared = { votes: [] as string[] };

const loose = (handlers: Partial<Protocol<Loose>>): Protocol<Loose> => ({
  start: () => ({}),
  onMessage: () => undefined,
  ...handlers,
});
const onTick = (tick: (state: Loose['state'], ctx: Context<Loose>) => void): Protocol<Loose> =>
  loose({
    start(ctx) {
      ctx.setTimer('tick', ms(1));
      return { list: [1] };
    },
    onTimer: (state, _timer, ctx) => tick(state, ctx),
  });

/** What debug mode says of two nodes that run this protocol. */
function complaint(protocol: Protocol<Loose>, debug = true): string | undefined {
  const nodes = ['a', 'b'].map((id) => ({ id, protocol }));
  return run({ nodes, until: ms(500) }, { debug }).findings[0]?.reason;
}

test.each<[string, Protocol<Loose>, RegExp]>([
  [
    'a message that is mutated after it was sent',
    onTick((_state, ctx) => {
      const message = { type: 'hello', to: ['b'] };
      ctx.send('b', message);
      message.to.push('c');
    }),
    /^a: onTimer threw TypeError: .*not extensible/,
  ],
  [
    'a message that its receiver mutates',
    loose({
      ...onTick((_state, ctx) => ctx.send(ctx.id === 'a' ? 'b' : 'a', { hops: 0 })),
      onMessage(_state, _from, message) {
        message['hops'] = 1;
      },
    }),
    /onMessage threw TypeError: .*read only/,
  ],
  [
    'a record that is mutated after it was written',
    onTick((state, ctx) => {
      ctx.disk.append('log', state['list'] as number[]);
      (state['list'] as number[]).push(2);
    }),
    /^a: onTimer threw TypeError/,
  ],
  [
    'an object that two nodes share',
    loose({ start: () => ({ shared }) }),
    /^b: start threw SeamError: state\.shared of b is an object that belongs to a/,
  ],
  [
    'a state with a class in it',
    onTick((state) => void (state['when'] = new URL('http://example.org'))),
    /^a: onTimer threw SeamError: state\.when is not plain data but a URL/,
  ],
  [
    'a state with a function in it',
    onTick((state) => void (state['next'] = () => 1)),
    /onTimer threw SeamError: a state holds a function/,
  ],
  [
    'a message with a Map in it',
    onTick((_state, ctx) => ctx.send('b', { votes: new Map() })),
    /onTimer threw SeamError: message\.votes is a Map or Set/,
  ],
  [
    'a handler that returns a promise',
    loose({ ...onTick(() => undefined), onTimer: async () => undefined }),
    /^a: onTimer threw SeamError: onTimer returned a promise/,
  ],
  [
    'a handler that draws from Math.random',
    onTick(() => void Math.random()),
    /^a: onTimer threw SeamError: a handler called Math\.random: use ctx\.random/,
  ],
  [
    'a handler that reads the real clock',
    loose({
      start() {
        return { at: Date.now() };
      },
    }),
    /^a: start threw SeamError: a handler called Date\.now: use ctx\.now/,
  ],
])('%s is found', (_what, protocol, message) => {
  expect(complaint(protocol)).toMatch(message);
});

test.each([
  ['a timer', loose({ ...onTick(() => undefined), onTimer: async () => Promise.reject(new Error('late')) }), 'onTimer'],
  [
    'its start',
    loose({ start: () => Promise.reject(new Error('late')) as unknown as Record<string, unknown> }),
    'start',
  ],
])('a promise is found without debug mode, too: at %s', (_what, protocol, handler) => {
  expect(complaint(protocol, false)).toMatch(`a: ${handler} threw SeamError: ${handler} returned a promise`);
});

test('a state with a field of that name is none', () => {
  const state: Record<string, unknown> = JSON.parse('{"then":"what comes next"}');
  expect(complaint(loose({ start: () => state }), false)).toBeUndefined();
});

test('after a run, even one that ended in a complaint, the real clock and the real randomness are back', () => {
  complaint(onTick(() => void Math.random()));
  expect(Math.random()).toBeLessThan(1);
  expect(Date.now()).toBeGreaterThan(0);
});

test('a protocol that keeps the rules is left in peace, and its run is the same', () => {
  const world = {
    nodes: [
      { id: 'a', protocol: counting(5, ms(10)) },
      { id: 'b', protocol: listener },
    ],
    until: seconds(1),
  };
  const debugged = run(world, { debug: true });
  expect(debugged.findings).toEqual([]);
  expect(debugged.hash).toBe(run(world).hash);
});

// A Redlock client among instances that answer when and what a test tells them to: what counts, what comes too late, and what is
// given back.
import { expect, test } from 'vitest';
import {
  redlockClient,
  type RedlockClient,
  type RedlockOptions,
  type Resource,
} from '../../../protocols/redlock/index.ts';
import { ms, seconds, simulate, traceRow, type Micros, type Protocol, type Run } from '../../../sim/index.ts';
import { exactly, scenarioOf } from '../../sim/world.ts';

interface Answer {
  readonly says: 'yes' | 'no';
  /** How long it takes; a message takes a millisecond each way besides. */
  readonly after: Micros;
  /** The network delivers it again. */
  readonly twice?: boolean;
}

const now: Answer = { says: 'yes', after: 0 };
const never: Answer = { says: 'no', after: 0 };

interface Scripted {
  state: { answered: number };
  message: RedlockClient['message'];
  timer: never;
  request: never;
  response: never;
}

/** An instance that gives these answers, one after the other, and notes what it was asked; to later questions it says yes. */
function instance(answers: readonly Answer[]): Protocol<Scripted> {
  return {
    start: () => ({ answered: 0 }),
    onMessage(state, from, message, ctx) {
      if (message.type !== 'Commands') return;
      const { says, after, twice = false } = answers[state.answered++] ?? now;
      const [command = []] = message.commands;
      const value = command[0] === 'SET' ? command[2] : command[4];
      ctx.note('asked', { command: command.slice(0, 2).join(' '), value: value ?? '' });
      ctx.work(after);
      const reply = { type: 'integer', value: says === 'yes' ? '1' : '0' } as const;
      for (let copy = 0; copy < (twice ? 2 : 1); copy++)
        ctx.send(from, { type: 'Replies', request: message.request, replies: [reply] });
    },
  };
}

/** A resource that takes so long to hand out a token. */
function slowResource(delay: Micros): Protocol<Resource> {
  return {
    start: () => ({ token: 0, value: null }),
    onMessage(_state, from, { type, request }, ctx) {
      if (type !== 'next token') return;
      ctx.work(delay);
      ctx.send(from, { type: 'token', request, token: 1 });
    },
  };
}

interface Story {
  readonly instances: readonly (readonly Answer[])[];
  readonly operations: readonly (readonly [at: number, f: string])[];
  readonly options?: Partial<RedlockOptions>;
  readonly tokenAfter?: Micros;
  /** Instead of one that hands out tokens only. */
  readonly store?: Protocol<Resource>;
}

function play({ instances, operations, options = {}, tokenAfter = 0, store = slowResource(tokenAfter) }: Story): Run {
  const ids = instances.map((_, index) => `r${index + 1}`);
  const client = redlockClient({
    instances: ids,
    resource: 'store',
    ...options,
    config: { ttl: seconds(1), instanceTimeout: ms(50), attempts: 1, ...options.config },
  });
  const scenario = scenarioOf({
    nodes: [
      ...instances.map((answers, index) => ({ id: ids[index] ?? '', protocol: instance(answers) })),
      { id: 'store', protocol: store },
    ],
    clients: [{ id: 'c1', protocol: client, timeout: seconds(5) }],
    network: { latency: exactly(ms(1)) },
    until: seconds(6),
    workload: operations.map(([at, f], id) => ({ id, client: 'c1', at: ms(at), f, value: null })),
  });
  return simulate(scenario, { seed: 1, trace: true });
}

const outcomes = ({ history }: Run): string[] =>
  history.filter(({ type }) => type !== 'invoke').map(({ type, error }) => error ?? type);

function asked({ trace }: Run, command: string): number {
  if (trace === undefined) return 0;
  const all = Array.from({ length: trace.length }, (_, index) => traceRow(trace, index));
  return all.filter(({ kind, payload }) => kind === 'note' && JSON.stringify(payload).includes(command)).length;
}

/** The values that instances were asked to take, to prolong or to give back. */
function values({ trace }: Run, command: string): readonly string[] {
  if (trace === undefined) return [];
  const all = Array.from({ length: trace.length }, (_, index) => traceRow(trace, index));
  return all.flatMap(({ payload }) => {
    const note = payload as { readonly command?: string; readonly value?: string } | null;
    return note?.command?.startsWith(command) === true ? [note.value ?? ''] : [];
  });
}

test('an answer that comes after its instance’s time is a no, although others are being asked still', () => {
  const late: Answer = { says: 'yes', after: ms(60) };
  expect(outcomes(play({ instances: [[late], [late], [never]], operations: [[0, 'acquire']] }))).toEqual([
    'not acquired',
  ]);
  const inTime: Answer = { says: 'yes', after: ms(40) };
  expect(outcomes(play({ instances: [[inTime], [inTime], [never]], operations: [[0, 'acquire']] }))).toEqual(['ok']);
});

test('an extension that ends after the lock did is none', () => {
  const extended = (after: number): string[] => {
    const answers = [now, { says: 'yes', after: ms(after) } as const];
    return outcomes(
      play({
        instances: [answers, answers, answers],
        operations: [
          [0, 'acquire'],
          [900, 'extend'],
        ],
        options: { config: { order: 'parallel', instanceTimeout: ms(200) } },
      }),
    );
  };
  expect(extended(50)).toEqual(['ok', 'ok']);
  expect(extended(120)).toEqual(['ok', 'not extended']);
});

test('what was not acquired is given back everywhere, also where it was refused', () => {
  expect(
    asked(play({ instances: [[now], [never], [never]], operations: [[0, 'acquire']] }), 'EVAL compare-and-delete'),
  ).toBe(3);
});

test('a lock whose token comes after its end is given back, and not held', () => {
  const run = (tokenAfter: Micros): Run =>
    play({
      instances: [[now], [now], [now]],
      operations: [[0, 'acquire']],
      options: { fences: true },
      tokenAfter,
    });
  expect(outcomes(run(ms(900)))).toEqual(['ok']);
  expect(asked(run(ms(900)), 'EVAL compare-and-delete')).toBe(0);
  expect(outcomes(run(ms(1_000)))).toEqual(['the token came too late']);
  expect(asked(run(ms(1_000)), 'EVAL compare-and-delete')).toBe(3);
});

test('each attempt takes the lock with a value of its own and gives back that one, so that a release that comes late frees nothing', () => {
  const refuses = [never, now, never, now]; // the lock, and then its release, twice
  const run = play({
    instances: [[], refuses, refuses],
    operations: [[0, 'acquire']],
    options: { config: { attempts: 3 } },
  });
  expect(outcomes(run)).toEqual(['ok']);
  const taken = values(run, 'SET');
  expect(taken).toHaveLength(9);
  expect(taken.every((value) => /^[0-9a-f]{40}$/.test(value))).toBe(true);
  expect(new Set(taken).size).toBe(3);
  expect(new Set(values(run, 'EVAL')).size).toBe(2);
  expect(taken).toEqual(expect.arrayContaining([...values(run, 'EVAL')]));
  expect(values(run, 'EVAL')).not.toContain(taken.at(-1));
});

test('a lock is prolonged as often as configured, and a new lock as often again', () => {
  const turn = (begin: number): (readonly [number, string])[] => [
    [begin, 'acquire'],
    ...[1, 2, 3].map((place) => [begin + 100 * place, 'extend'] as const),
    [begin + 400, 'release'],
  ];
  const run = play({
    instances: [[], [], []],
    operations: [...turn(0), ...turn(600)],
    options: { config: { maxExtensions: 2 } },
  });
  const once = ['ok', 'ok', 'ok', 'extended often enough', 'ok'];
  expect(outcomes(run)).toEqual([...once, ...once]);
});

test('an instance that does not answer in time has not prolonged the lock', () => {
  const late: Answer = { says: 'yes', after: ms(200) };
  const extended = (answers: readonly Answer[]): string[] =>
    outcomes(
      play({
        instances: answers.map((answer) => [now, answer]),
        operations: [
          [0, 'acquire'],
          [100, 'extend'],
        ],
      }),
    );
  expect(extended([now, now, late])).toEqual(['ok', 'ok']);
  expect(extended([now, late, late])).toEqual(['ok', 'not extended']);
});

test('a reply to an earlier attempt that comes while the same instance is asked again does not count', () => {
  const run = play({
    instances: [
      [{ says: 'yes', after: ms(60) }, now, never],
      [never, now, now],
      [never, now, never],
    ],
    operations: [[0, 'acquire']],
    options: { config: { attempts: 2, retryDelay: 0, retryJitter: 0 } },
  });
  expect(outcomes(run)).toEqual(['not acquired']);
});

test.each(['parallel', 'sequential'] as const)('an answer that comes twice counts once (asked %s)', (order) => {
  const twice: Answer = { ...now, twice: true };
  const options = { config: { order } };
  const operations = [
    [0, 'acquire'],
    [100, 'extend'],
  ] as const;
  expect(outcomes(play({ instances: [[twice], [never], [never]], operations, options }))[0]).toBe('not acquired');
  const refuses = [now, never];
  expect(outcomes(play({ instances: [[now, twice], refuses, refuses], operations, options }))).toEqual([
    'ok',
    'not extended',
  ]);
});

test('an extension that fails leaves the lock the end that it had', () => {
  const refuses = [now, never, now];
  const operations = [
    [0, 'acquire'],
    [500, 'extend'],
    [1_100, 'acquire'],
  ] as const;
  expect(outcomes(play({ instances: [[], refuses, refuses], operations }))).toEqual(['ok', 'not extended', 'ok']);
});

/** A resource whose every answer comes a second time, a fifth of a second later. */
function repeatingResource(): Protocol<Resource> {
  return {
    start: () => ({ token: 0, value: null }),
    onMessage(state, from, { type, request }, ctx) {
      if (type !== 'next token' && type !== 'write') return;
      if (type === 'next token') state.token++;
      const { token } = state;
      for (const delay of [ms(200), 0]) {
        if (type === 'write') ctx.send(from, { type: 'written', request, accepted: true });
        else ctx.send(from, { type: 'token', request, token });
        ctx.work(delay);
      }
    },
  };
}

test('an answer of the store counts for what it answers, however often it comes', () => {
  const run = play({
    instances: [[], [], []],
    operations: [
      [0, 'acquire'], // its token comes again at 204 ms
      [190, 'release'],
      [200, 'acquire'],
      [430, 'write'], // the answer to it comes again at 652 ms
      [640, 'write'],
    ],
    options: { fences: true, workFor: ms(20), config: { order: 'parallel' } },
    store: repeatingResource(),
  });
  const ends = run.history.filter(({ type }) => type !== 'invoke');
  const told = ends.map(({ time, f, value }) => {
    return `${Math.floor(time / 1_000)} ms: ${f} with token ${(value as { readonly token: number }).token}`;
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "4 ms: acquire with token 1",
      "192 ms: release with token 1",
      "204 ms: acquire with token 2",
      "452 ms: write with token 2",
      "662 ms: write with token 2",
    ]
  `);
});

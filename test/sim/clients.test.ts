// Client processes and the history that they leave: one operation at a time, and what becomes of those that get no answer.
import { expect, test } from 'vitest';
import {
  keyValueOperations,
  ms,
  randomStream,
  seconds,
  workload,
  type Operation,
  type Protocol,
  type Request,
  type Run,
} from '../../sim/index.ts';
import { at, notes, run } from './world.ts';

interface Echo {
  state: { asked: number };
  message: { readonly f: string; readonly value: number };
  timer: never;
  request: Request;
  response: number;
}

/** Answers after as many milliseconds as the value says; `never` is never answered. */
const server: Protocol<Echo> = {
  start: () => ({ asked: 0 }),
  onMessage(_state, from, message, ctx) {
    if (message.f === 'never') return;
    ctx.work(ms(message.value));
    ctx.send(from, message);
  },
};

const client: Protocol<Echo> = {
  start: () => ({ asked: 0 }),
  onRequest(state, { f, value }, ctx) {
    ctx.note('asked before', { times: state.asked++ });
    if (f === 'refuse') return ctx.fail('surely not');
    if (f === 'doubt') return ctx.unknown('perhaps');
    ctx.send('s', { f, value: value as number });
  },
  onMessage: (_state, _from, { value }, ctx) => ctx.ok(value),
};

const operation = (id: number, time: number, f: string, value = 0, who = 'c1'): Operation => ({
  id,
  client: who,
  at: ms(time),
  f,
  value,
});
const history = (run: Run): string[] =>
  run.history.map(({ time, process, type, f, error }) =>
    [Math.floor(time / 1_000), process, type, f, ...(error === undefined ? [] : [error])].join(' '),
  );
const served = (operations: readonly Operation[], faults: readonly ReturnType<typeof at>[] = []): Run =>
  run({
    nodes: [{ id: 's', protocol: server }],
    clients: ['c1', 'c2'].map((id) => ({ id, protocol: client, timeout: ms(100) })),
    workload: operations,
    faults,
    tail: ms(100),
  });

test('a client runs its operations one at a time, in order, each not before its time', () => {
  const run = served([operation(0, 10, 'a', 30), operation(1, 20, 'b', 1), operation(2, 90, 'c')]);
  expect(history(run)).toEqual([
    '10 0 invoke a',
    '42 0 ok a',
    '42 0 invoke b',
    '45 0 ok b',
    '90 0 invoke c',
    '92 0 ok c',
  ]);
});

test('an operation that gets no answer in time ends as info; the process goes on afresh under a new number', () => {
  const run = served([operation(0, 10, 'never'), operation(1, 20, 'b'), operation(2, 10, 'a', 0, 'c2')]);
  expect(history(run)).toEqual([
    '10 0 invoke never',
    '10 1 invoke a',
    '12 1 ok a',
    '110 0 info never timed out',
    '110 2 invoke b',
    '112 2 ok b',
  ]);
  expect(notes(run)).toEqual(['10 c1 asked before 0', '10 c2 asked before 0', '110 c1 asked before 0']);
});

test('an answer that comes after its operation has ended is no answer to it', () => {
  const run = served([operation(0, 10, 'late', 150)]);
  expect(history(run)).toEqual(['10 0 invoke late', '110 0 info late timed out']);
});

test('a client says of itself that an operation failed surely, or that it does not know', () => {
  const run = served([operation(0, 10, 'refuse'), operation(1, 20, 'doubt'), operation(2, 30, 'a')]);
  expect(history(run)).toEqual([
    '10 0 invoke refuse',
    '10 0 fail refuse surely not',
    '20 0 invoke doubt',
    '20 0 info doubt perhaps',
    '30 2 invoke a',
    '32 2 ok a',
  ]);
});

test('a client that crashes does not know what became of its operation, and waits until it is up for the next', () => {
  const run = served(
    [operation(0, 10, 'a', 30), operation(1, 20, 'b')],
    [at(15, { type: 'crash', node: 'c1', for: ms(200) })],
  );
  expect(history(run)).toEqual([
    '10 0 invoke a',
    '15 0 info a the client process crashed',
    '215 2 invoke b',
    '217 2 ok b',
  ]);
});

test('a client that is paused times out when it goes on', () => {
  const run = served([operation(0, 10, 'never')], [at(15, { type: 'pause', node: 'c1', for: ms(300) })]);
  expect(history(run)).toEqual(['10 0 invoke never', '315 0 info never timed out']);
});

test('an operation under way when the run ends is unknown', () => {
  expect(history(served([operation(0, 950, 'never')])).at(-1)).toBe('1000 0 info never the run ended');
});

test('a workload gives every client operations until the end, with unique ids and values', () => {
  const draw = keyValueOperations({ keys: 2, reads: 300_000, cas: 200_000 });
  const result = run({
    nodes: [{ id: 's', protocol: server }],
    clients: ['c1', 'c2'].map((id) => ({ id, protocol: client, timeout: ms(100) })),
    workload: workload({ every: ms(10), draw }),
    until: seconds(5),
  });
  const operations = result.workload;
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  expect(operations.length).toBeGreaterThan(700);
  for (const name of ['c1', 'c2']) {
    const own = operations.filter(({ client: who }) => who === name);
    expect(own.at(-1)?.at).toBeGreaterThan(seconds(4.9));
    expect(own.map(({ at: time }) => time)).toEqual(
      own.map(({ at: time }) => time).toSorted((one, other) => one - other),
    );
  }
  expect(new Set(operations.map(({ f }) => f))).toEqual(new Set(['read', 'write', 'cas']));
});

test('a workload is drawn for one client as well, up to its limit', () => {
  const draw = keyValueOperations({ keys: 2, reads: 300_000 });
  const setting = { nodes: ['s'], clients: ['c1'], roles: [], until: seconds(5), healAt: seconds(5) };
  const draws = (limit?: number): readonly { readonly at: number }[] =>
    workload({ every: ms(10), draw, ...(limit === undefined ? {} : { limit }) })(
      randomStream('1', 'workload'),
      setting,
    );
  expect(draws().length).toBeGreaterThan(300);
  expect(draws().at(-1)?.at).toBeLessThan(seconds(5));
  expect(draws(7)).toEqual(draws().slice(0, 7));
  expect(draws(0)).toEqual([]);
});

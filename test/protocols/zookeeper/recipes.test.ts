// The recipes: locks and elections, read-write locks, barriers, queues, groups, and what each of them is careful about.
import { describe, expect, test } from 'vitest';
import { checkTotalQueue } from '../../../checkers/index.ts';
import {
  barrierApp,
  clientProcess,
  lockApp,
  queueApp,
  zooKeeper,
  type App,
  type LockAppOptions,
} from '../../../protocols/zookeeper/index.ts';
import {
  ms,
  seconds,
  simulate,
  transcript,
  type Json,
  type Operation,
  type Run,
  type TimedFault,
} from '../../../sim/index.ts';

type Step = readonly [client: string, at: number, f: string, value: Json];

/** Clients c1 to c5 on a quick ensemble (ticks of 100 ms, sessions of 1 s) take these steps; times are in milliseconds. */
function play(app: App<object>, steps: readonly Step[], faults: readonly TimedFault[] = [], seed = 1): Run {
  const servers = ['n1', 'n2', 'n3'];
  const server = zooKeeper({ config: { tickTime: ms(100) }, zab: { servers, finalizeWait: ms(10) } });
  const workload = steps.map(([client, at, f, value], id): Operation => ({ id, client, at: ms(at), f, value }));
  const clients = ['c1', 'c2', 'c3', 'c4', 'c5'];
  return simulate(
    {
      name: 'recipes',
      story: 'Clients use a recipe.',
      protocol: 'zookeeper',
      expect: { type: 'holds' },
      parameters: {},
      world: () => ({
        nodes: servers.map((id) => ({ id, protocol: server })),
        clients: clients.map((id) => ({
          id,
          protocol: clientProcess({ servers, timeout: seconds(1) }, app),
          timeout: seconds(8),
        })),
        network: { latency: 'lan' },
        until: seconds(12),
        tail: ms(100),
        workload,
        faults,
        properties: [],
        checks: [],
      }),
    },
    { seed, trace: true },
  );
}

/** What became of each step: its result or its error, and when it ended, in milliseconds. */
function endsOf(run: Run): { readonly at: number; readonly what: Json }[] {
  return run.workload.map(({ id }) => {
    const end = run.history.find(({ operation, type }) => operation === id && type !== 'invoke');
    return { at: (end?.time ?? Infinity) / 1000, what: end?.type === 'ok' ? end.value : (end?.error ?? null) };
  });
}

function lock(options: LockAppOptions = {}): App<object> {
  return lockApp(options);
}

describe('the lock', () => {
  const contenders: Step[] = ['c1', 'c2', 'c3', 'c4'].map((client, place) => [
    client,
    1_000 + 100 * place,
    'acquire',
    ['l'],
  ]);

  test('is given in the order of asking, with tokens that rise, when the one before lets go', () => {
    const run = play(lock(), [
      ...contenders,
      ['c1', 2_000, 'release', ['l']],
      ['c2', 3_000, 'release', ['l']],
      ['c3', 4_000, 'release', ['l']],
    ]);
    const ends = endsOf(run);
    expect(ends.slice(0, 4).map(({ at }) => Math.floor(at / 1000))).toEqual([1, 2, 3, 4]);
    const tokens = ends.slice(0, 4).map(({ what }) => (what as unknown as [string, { token: number }])[1].token);
    expect(tokens).toEqual(tokens.toSorted((one, other) => one - other));
  });

  test('is the leader’s in an election: when its session ends, the next one leads', () => {
    const run = play(lock(), contenders.slice(0, 2), [
      { at: ms(2_000), fault: { type: 'isolate', node: 'c1', for: seconds(8) } },
    ]);
    const [first, second] = endsOf(run);
    expect(first!.at).toBeLessThan(1_100);
    // A second after the last sign of life, which was up to a third of one old, rounded up to a tick.
    expect(second!.at).toBeGreaterThan(2_600);
    expect(second!.at).toBeLessThan(3_300);
  });

  test('wakes one waiter when it is let go; with a watch on the list it wakes the whole herd', () => {
    const steps: Step[] = [...contenders, ['c5', 1_500, 'acquire', ['l']], ['c1', 3_000, 'release', ['l']]];
    const woken = (herd: boolean): number => {
      const lines = transcript(play(lock({ herd }), steps), { from: ms(3_000), to: ms(3_100) });
      return lines.filter((line) => /→ c\d\s+Event/.test(line)).length;
    };
    expect(woken(false)).toBe(1);
    expect(woken(true)).toBe(4);
  });

  test('is shared by readers; a writer waits for them, and later readers for it', () => {
    const run = play(lock(), [
      ['c1', 1_000, 'acquire', ['l', 'read']],
      ['c2', 1_100, 'acquire', ['l', 'read']],
      ['c3', 1_200, 'acquire', ['l', 'write']],
      ['c4', 1_300, 'acquire', ['l', 'read']],
      ['c1', 2_000, 'release', ['l']],
      ['c2', 3_000, 'release', ['l']],
      ['c3', 4_000, 'release', ['l']],
    ]);
    expect(
      endsOf(run)
        .slice(0, 4)
        .map(({ at }) => Math.floor(at / 1000)),
    ).toEqual([1, 1, 3, 4]);
  });

  test('finds its own node again when the answer to its create was lost; without its mark it waits for itself', () => {
    // The create arrives, and its answer does not.
    const lost: TimedFault = {
      at: ms(999),
      fault: { type: 'one-way', from: ['n1', 'n2', 'n3'], to: ['c1'], for: ms(700) },
    };
    const steps: Step[] = [
      ['c2', 500, 'acquire', ['l']],
      ['c2', 600, 'release', ['l']],
      ['c1', 1_000, 'acquire', ['l']],
    ];
    const marked = endsOf(play(lock(), steps, [lost]))[2]!;
    expect(marked.what).toEqual(['l', { token: expect.any(Number) as number }]);
    expect(marked.at).toBeLessThan(2_600);
    // The world takes the client down at last: it never had the lock.
    const unmarked = endsOf(play(lock({ guid: false }), steps, [lost]))[2]!;
    expect(unmarked.what).toBe('timed out');
  });
});

test('a double barrier lets all in together, and all out together', () => {
  const enter = (client: string, at: number): Step => [client, at, 'enter', ['b', 3]];
  const leave = (client: string, at: number): Step => [client, at, 'leave', ['b', 3]];
  const run = play(barrierApp(), [
    enter('c1', 1_000),
    enter('c2', 1_500),
    enter('c3', 2_000),
    leave('c1', 3_000),
    leave('c2', 3_500),
    leave('c3', 4_000),
  ]);
  const ends = endsOf(run).map(({ at }) => at);
  for (const at of ends.slice(0, 3)) expect(Math.floor(at / 100)).toBe(20);
  for (const at of ends.slice(3)) expect(Math.floor(at / 100)).toBe(40);
});

test('a group has the members whose sessions live', () => {
  const faults: TimedFault[] = [{ at: ms(2_000), fault: { type: 'isolate', node: 'c2', for: seconds(9) } }];
  const run = play(
    barrierApp(),
    [
      ['c1', 1_000, 'join', ['g']],
      ['c2', 1_100, 'join', ['g']],
      ['c3', 1_200, 'join', ['g']],
      ['c1', 1_500, 'members', ['g']],
      ['c1', 4_000, 'members', ['g']],
    ],
    faults,
  );
  expect(
    endsOf(run)
      .slice(3)
      .map(({ what }) => what),
  ).toEqual([
    ['c1', 'c2', 'c3'],
    ['c1', 'c3'],
  ]);
});

describe('the queue', () => {
  test('gives elements in the order in which they came', () => {
    const run = play(queueApp(), [
      ...[1, 2, 3].map((element): Step => ['c1', 1_000 + 100 * element, 'enqueue', element]),
      ...[4, 5, 6, 7].map((turn): Step => ['c2', 1_000 + 100 * turn, 'dequeue', null]),
    ]);
    expect(
      endsOf(run)
        .slice(3)
        .map(({ what }) => what),
    ).toEqual([1, 2, 3, 'empty']);
  });

  test('gives every element once, whoever takes it, while a server dies', () => {
    for (const seed of [1, 2]) {
      const steps: Step[] = [];
      for (let element = 0; element < 30; element++) {
        steps.push([`c${1 + (element % 2)}`, 1_000 + 60 * element, 'enqueue', element]);
        steps.push([`c${3 + (element % 3)}`, 1_030 + 60 * element, 'dequeue', null]);
      }
      for (let turn = 0; turn < 40; turn++) steps.push(['c3', 8_000 + turn, 'dequeue', null]);
      const crash: TimedFault = { at: ms(1_800), fault: { type: 'crash', node: 'n3', for: ms(900) } };
      const result = checkTotalQueue(play(queueApp(), steps, [crash], seed).history);
      expect({ seed, verdict: result.verdict }).toEqual({ seed, verdict: 'valid' });
    }
  });
});

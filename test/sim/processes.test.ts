// The life of a process: birth, pauses, slowness, syncs, crashes between two effects, and what a fault on its disk or its
// clocks means for it.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Context, type Fault, type Protocol, type Run } from '../../sim/index.ts';
import { at, counting, listener, notes, rows, run, type Numbers } from './world.ts';

/** On its first number it sends 1, writes, syncs, sends 2 and 3; at birth it notes what is on its disk. */
const writer: Protocol<Numbers> = {
  start(ctx) {
    ctx.note('finds', { cell: ctx.disk.get<number>('x') ?? 'nothing' });
    return { sent: 0 };
  },
  onMessage(state, from, _message, ctx) {
    ctx.send(from, { n: 1 });
    ctx.disk.set('x', 7);
    ctx.disk.sync();
    ctx.send(from, { n: 2 });
    ctx.send(from, { n: 3 });
    state.sent = 3;
  },
};

/** The peer `a` sends one number at 10 ms and notes what comes back. */
const withWriter = (faults: readonly ReturnType<typeof at>[], protocol = writer): Run =>
  run({
    nodes: [
      { id: 'a', protocol: counting(1, ms(10)) },
      { id: 'w', protocol },
    ],
    faults,
    tail: ms(300),
  });
const answers = (run: Run): string[] => notes(run).filter((note) => note.includes('got'));

test('effects before a sync leave at once, effects after it when it is done', () => {
  expect(answers(withWriter([]))).toEqual(['12 a got 1 w', '17 a got 2 w', '17 a got 3 w']);
});

test('work delays the effects that follow it, and what arrives meanwhile waits its turn', () => {
  const worker: Protocol<Numbers> = {
    ...listener,
    onMessage(_state, from, { n }, ctx) {
      ctx.work(ms(30));
      ctx.send(from, { n });
    },
  };
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(10)) },
      { id: 'w', protocol: worker },
    ],
  });
  expect(notes(result)).toEqual(['42 a got 0 w', '72 a got 1 w', '102 a got 2 w']);
});

test('a slow cpu makes every handler take longer, also its work', () => {
  const slow: Fault = { type: 'slow-cpu', node: 'w', perEvent: ms(4), for: ms(200) };
  expect(answers(withWriter([at(1, slow)]))).toEqual(['16 a got 1 w', '21 a got 2 w', '21 a got 3 w']);
});

test('a cpu that is slower by a factor makes the same work take longer, until it is over', () => {
  const worker: Protocol<Numbers> = {
    ...listener,
    onMessage(_state, from, { n }, ctx) {
      ctx.work(ms(5));
      ctx.send(from, { n });
    },
  };
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(30)) },
      { id: 'w', protocol: worker },
    ],
    faults: [at(50, { type: 'slow-cpu', node: 'w', perEvent: ms(1), factor: 4, for: ms(20) })],
  });
  expect(notes(result)).toEqual(['37 a got 0 w', '83 a got 1 w', '97 a got 2 w']);
});

describe('a power loss that takes unsynced writes falls', () => {
  const crashed = (fault: Partial<Extract<Fault, { type: 'power-loss' }>>): Run =>
    withWriter([at(5, { type: 'power-loss', node: 'w', unsynced: 'lost', for: ms(100), ...fault })]);
  const restarted = (run: Run): string => notes(run).filter((note) => note.includes('finds'))[1] ?? '';

  test('before the sync: what was said before stays said, nothing is durable', () => {
    const run = crashed({ when: 'before-sync' });
    expect(answers(run)).toEqual(['12 a got 1 w']);
    expect(restarted(run)).toBe('116 w finds nothing');
  });

  test('after the sync: the write is durable, and nobody has heard', () => {
    const run = crashed({ when: 'after-sync' });
    expect(answers(run)).toEqual(['12 a got 1 w']);
    expect(restarted(run)).toBe('116 w finds 7');
  });

  test.each([
    [1, [1], 'nothing'],
    [2, [1], '7'],
    [3, [1, 2], '7'],
    [4, [1, 2, 3], '7'],
  ])('after %i effects', (effects, heard, found) => {
    const run = crashed({ when: 'after-effects', effects });
    expect(answers(run).map((note) => Number(note.split(' ')[3]))).toEqual(heard);
    expect(restarted(run)).toContain(`finds ${found}`);
  });

  test.each(['before-sync', 'after-sync'] as const)(
    '%s: what the handler would write next was not written yet',
    (when) => {
      const twice: Protocol<Numbers> = {
        ...writer,
        onMessage(_state, _from, _message, ctx) {
          ctx.disk.set('y', 7);
          ctx.disk.sync();
          ctx.disk.set('x', 8);
          ctx.disk.sync();
        },
      };
      const lost = { type: 'power-loss', node: 'w', unsynced: 'kept', for: ms(100), when } as const;
      expect(notes(withWriter([at(5, lost)], twice)).findLast((note) => note.includes('finds'))).toContain('nothing');
    },
  );

  test('during the sync: at an instant of its own', () => {
    const run = withWriter([at(13, { type: 'power-loss', node: 'w', unsynced: 'lost', for: ms(100) })]);
    expect(answers(run)).toEqual(['12 a got 1 w']);
    expect(restarted(run)).toBe('113 w finds nothing');
  });
});

test('a crash of the process alone leaves its unsynced writes in the page cache', () => {
  const run = withWriter([at(13, { type: 'crash', node: 'w', for: ms(100) })]);
  expect(notes(run).at(-1)).toBe('113 w finds 7');
});

test('a power loss also takes what a process that died before left in the page cache', () => {
  const run = withWriter([
    at(13, { type: 'crash', node: 'w', for: ms(100) }),
    at(50, { type: 'power-loss', node: 'w', unsynced: 'lost', for: ms(10) }),
  ]);
  expect(notes(run).at(-1)).toBe('113 w finds nothing');
});

test('a node stays down until the last of its crashes is over', () => {
  const crash: Fault = { type: 'crash', node: 'w' };
  const run = withWriter([at(20, { ...crash, for: ms(30) }), at(30, { ...crash, for: ms(100) })]);
  expect(
    rows(run, 'start')
      .filter(({ node }) => node === 'w')
      .map(({ time }) => time),
  ).toEqual([0, ms(130)]);
});

test('a paused process handles what arrived, in order, when it goes on', () => {
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(10)) },
      { id: 'b', protocol: listener },
    ],
    faults: [at(15, { type: 'pause', node: 'b', for: ms(50) })],
    tail: ms(300),
  });
  expect(notes(result)).toEqual(['11 b got 0 a', '65 b got 1 a', '65 b got 2 a']);
});

describe('a pause while something is under way', () => {
  test('the disk goes on with a sync: it is late only where it ended in the pause', () => {
    const paused = (length: number): string[] =>
      answers(withWriter([at(13, { type: 'pause', node: 'w', for: length })]));
    expect(paused(ms(1))).toEqual(['12 a got 1 w', '17 a got 2 w', '17 a got 3 w']);
    expect(paused(ms(50))).toEqual(['12 a got 1 w', '64 a got 2 w', '64 a got 3 w']);
  });

  test('a sync that the process has not asked for yet is late by the whole pause, and so is work', () => {
    const protocol: Protocol<Numbers> = {
      ...listener,
      start(ctx) {
        ctx.disk.set('x', 1);
        ctx.disk.sync();
        ctx.work(ms(10));
        ctx.disk.set('x', 2);
        ctx.disk.sync();
        ctx.note('done');
        return { sent: 0 };
      },
    };
    const done = (moment: number): string[] =>
      notes(run({ nodes: [{ id: 'w', protocol }], faults: [at(moment, { type: 'pause', node: 'w', for: ms(50) })] }));
    expect(done(2)).toEqual(['67 w done']); // in the first sync, of which it misses 47 ms
    expect(done(8)).toEqual(['70 w done']); // at work
    expect(done(17)).toEqual(['67 w done']); // in the second sync
    expect(done(30)).toEqual(['20 w done']);
  });
});

test('a node that joins later hears nothing before', () => {
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(10)) },
      { id: 'b', protocol: listener, joinsAt: ms(25) },
    ],
  });
  expect(notes(result)).toEqual(['31 b got 2 a']);
  expect(rows(result, 'lose').map(({ payload }) => payload)).toEqual(['not there yet', 'not there yet']);
});

describe('timers', () => {
  const timed = (start: (ctx: Context<Numbers>) => void, faults: readonly ReturnType<typeof at>[] = []): string[] => {
    const protocol: Protocol<Numbers> = {
      ...listener,
      start(ctx) {
        start(ctx);
        return { sent: 0 };
      },
      onTimer: (_state, timer, ctx) => ctx.note(timer, { shows: Math.floor(ctx.monotonic() / 1_000) }),
    };
    return notes(run({ nodes: [{ id: 'a', protocol }], faults, tail: ms(300) }));
  };
  const two = (ctx: Context<Numbers>): void => {
    ctx.setTimer('early', ms(10));
    ctx.setTimer('late', ms(100));
  };

  test('fire once, each at its time', () => {
    expect(timed(two)).toEqual(['10 a early 10', '100 a late 100']);
  });

  test('are replaced by their names, to earlier and to later, and cleared', () => {
    const changing = (ctx: Context<Numbers>): void => {
      two(ctx);
      ctx.setTimer('early', ms(50));
      ctx.setTimer('late', ms(20));
      ctx.setTimer('never', ms(5));
      ctx.clearTimer('never');
    };
    expect(timed(changing)).toEqual(['20 a late 20', '50 a early 50']);
  });

  test('die with their process and are set anew by the next life', () => {
    expect(timed(two, [at(50, { type: 'crash', node: 'a', for: ms(10) })])).toEqual([
      '10 a early 10',
      '70 a early 70',
      '160 a late 160',
    ]);
  });

  test('run on the clock of their node: drift moves them, a freeze stops them', () => {
    expect(timed(two, [at(0, { type: 'clock-drift', node: 'a', ppm: 1_000_000, for: ms(20) })])).toEqual([
      '5 a early 10',
      '80 a late 100',
    ]);
    expect(timed(two, [at(50, { type: 'clock-freeze', node: 'a', for: ms(200) })])).toEqual([
      '10 a early 10',
      '300 a late 100',
    ]);
  });

  test('that are due while the process is paused fire when it goes on', () => {
    expect(timed(two, [at(5, { type: 'pause', node: 'a', for: ms(40) })])).toEqual(['45 a early 45', '100 a late 100']);
  });
});

test('the monotonic clock never goes back for a process, not even when it freezes while the process works', () => {
  const working: Protocol<Numbers> = {
    ...listener,
    onMessage(_state, _from, _message, ctx) {
      ctx.work(ms(50));
      ctx.note('shows', { time: Math.floor(ctx.monotonic() / 1_000) });
    },
  };
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(10)) },
      { id: 'b', protocol: working },
    ],
    faults: [at(20, { type: 'clock-freeze', node: 'b', for: ms(200) })],
    tail: ms(300),
  });
  expect(notes(result)).toEqual(['61 b shows 61', '111 b shows 61', '161 b shows 61']);
});

test('a strobe of the wall clock is over when it ends, and leaves a second one in force', () => {
  const strobe = (by: number, length: number): Fault => ({
    type: 'clock-strobe',
    node: 'b',
    by,
    period: ms(500),
    for: ms(length),
  });
  const watch: Protocol<Numbers> = {
    ...listener,
    onMessage: (_s, _f, _m, ctx) => ctx.note('shows', { at: ctx.now() }),
  };
  const result = run({
    nodes: [
      { id: 'a', protocol: counting(3, ms(10)) },
      { id: 'b', protocol: watch },
    ],
    faults: [at(5, strobe(ms(100), 10)), at(5, strobe(ms(1_000), 20))],
    tail: ms(300),
  });
  expect(notes(result)).toEqual(['11 b shows 1111000', '21 b shows 1021000', '31 b shows 31000']);
});

describe('a disk that', () => {
  test('stalls keeps a sync waiting until the stall is over, at the latest until the world heals', () => {
    const stall = (length: number): string | undefined =>
      answers(withWriter([at(5, { type: 'disk-stall', node: 'w', for: ms(length) })])).at(-1);
    expect(stall(100)).toBe('111 a got 3 w');
    expect(stall(100_000)).toBe('706 a got 3 w');
  });

  test('is slow makes each sync longer', () => {
    expect(answers(withWriter([at(5, { type: 'disk-slow', node: 'w', add: ms(20), for: ms(50) })])).at(-1)).toBe(
      '37 a got 3 w',
    );
  });

  test('is full takes the process down, which is started again a second later; that is no finding', () => {
    const result = run({
      nodes: [
        { id: 'a', protocol: counting(1, ms(10)) },
        { id: 'w', protocol: writer },
      ],
      faults: [at(5, { type: 'disk-full', node: 'w', for: ms(100) })],
      until: seconds(2),
      tail: ms(500),
    });
    expect(notes(result)).toEqual([
      '0 w finds nothing',
      '11 w panic onMessage DiskError: no space left for cell x',
      '12 a got 1 w',
      '1011 w finds nothing',
    ]);
    expect(result.findings).toEqual([]);
  });

  test('lies loses what it said was synced', () => {
    const run = withWriter([
      at(5, { type: 'disk-lie', node: 'w', for: ms(50) }),
      at(100, { type: 'power-loss', node: 'w', unsynced: 'lost', for: ms(10) }),
    ]);
    expect(answers(run)).toHaveLength(3);
    expect(notes(run).at(-1)).toBe('110 w finds nothing');
  });

  test('is unreadable in two ways is unreadable until both are over', () => {
    const unreadable: Fault = { type: 'disk-unreadable', node: 'w' };
    const run = withWriter([
      at(5, { ...unreadable, for: ms(40) }),
      at(5, { ...unreadable, for: ms(20) }),
      at(30, { type: 'crash', node: 'w', for: ms(1) }),
    ]);
    expect(notes(run)).toContain('31 w panic start DiskError: cell x cannot be read');
  });
});

test('a handler that throws takes its process down and is a finding', () => {
  const faulty: Protocol<Numbers> = {
    ...listener,
    onMessage() {
      throw new Error('off by one');
    },
  };
  const [finding] = withWriter([], faulty).findings;
  expect(finding?.name).toBe('handlers do not throw');
  expect(finding?.reason).toBe('w: onMessage threw Error: off by one');
});

test('when the world heals everything that is down starts and everything that is cut is mended', () => {
  const run = withWriter([
    at(5, { type: 'crash', node: 'w' }),
    at(5, { type: 'pause', node: 'a' }),
    at(5, { type: 'isolate', node: 'w' }),
  ]);
  expect(
    rows(run, 'start', 'resume')
      .filter(({ time }) => time > 0)
      .map(({ time, node, kind }) => [time, node, kind]),
  ).toEqual([
    [ms(700), 'w', 'start'],
    [ms(700), 'a', 'resume'],
  ]);
  expect(answers(run).at(-1)).toBe('707 a got 3 w');
});

test('what a process says when the healing starts it is heard, for its links are mended by then', () => {
  const result = run({
    nodes: [
      { id: 'a', protocol: listener },
      { id: 'b', protocol: counting(1, 0) },
    ],
    faults: [at(5, { type: 'crash', node: 'b' }), at(6, { type: 'isolate', node: 'b' })],
    tail: ms(300),
  });
  expect(notes(result)).toEqual(['1 a got 0 b', '701 a got 0 b']);
});

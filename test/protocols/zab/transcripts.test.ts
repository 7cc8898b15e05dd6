// Golden runs of Zab, one line an event, compared with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { zabBroadcast } from '../../../scenarios/zab.ts';
import { ms, simulate, transcript, type Operation, type Parameters, type TimedFault } from '../../../sim/index.ts';

interface Story {
  readonly file: string;
  readonly title: string;
  readonly parameters?: Parameters;
  readonly workload?: readonly Operation[];
  readonly faults?: readonly TimedFault[];
  readonly from: number;
  readonly to: number;
  readonly nodes?: readonly string[];
}

const quiet: Parameters = {
  voters: 3,
  observers: 0,
  clients: 1,
  network: 'lan',
  tick: 100,
  syncLimit: 2,
  snapshotEvery: 1_000,
  keepBeforeSnapshot: 500,
  groupCommit: 0,
  whenDown: 'refuse',
};

const write = (id: number, at: number, value: number): Operation => ({
  id,
  client: 'c1',
  at: ms(at),
  f: 'write',
  value: ['x', value],
});

const stories: readonly Story[] = [
  {
    file: 'zab-election',
    title:
      'Three servers vote for themselves, then for n3; nothing better comes in the finalize wait, and n3 leads epoch 1.',
    from: 0,
    to: 72,
  },
  {
    file: 'zab-diff',
    title: 'n1 was cut off during two writes. It follows again, lacks their transactions, and gets them by DIFF.',
    workload: [write(0, 300, 1), write(1, 450, 2), write(2, 500, 3)],
    faults: [{ at: ms(400), fault: { type: 'isolate', node: 'n1', for: ms(500) } }],
    from: 900,
    to: 1_060,
    nodes: ['n1'],
  },
  {
    file: 'zab-truncate',
    title: 'n3 led, and its last proposal reached nobody. It must drop it (TRUNC) when it follows the new leader.',
    workload: [write(0, 300, 1), write(1, 420, 2), write(2, 1_000, 3)],
    faults: [{ at: ms(400), fault: { type: 'one-way', from: ['n3'], to: ['n1', 'n2'], for: ms(900) } }],
    from: 1_300,
    to: 1_600,
    nodes: ['n3'],
  },
  {
    file: 'zab-snapshot',
    title:
      'n1 is down while the others write and trim their logs: what it lacks is no longer there, and it gets a snapshot (SNAP).',
    parameters: { snapshotEvery: 2, keepBeforeSnapshot: 0 },
    workload: [write(0, 300, 1), write(1, 450, 2), write(2, 480, 3), write(3, 510, 4)],
    faults: [{ at: ms(400), fault: { type: 'crash', node: 'n1', for: ms(300) } }],
    from: 700,
    to: 760,
    nodes: ['n1'],
  },
  {
    file: 'zab-leader-crash',
    title:
      'n3 crashes with a proposal on its way. n1 and n2 have logged it: the next leader commits it with its initial history.',
    workload: [write(0, 300, 1)],
    faults: [
      {
        at: ms(299),
        fault: { type: 'power-loss', node: '@leader', unsynced: 'lost', when: 'before-sync', for: ms(600) },
      },
    ],
    from: 299,
    to: 412,
  },
  {
    file: 'zab-observer',
    title: 'n4 only observes. It asks who leads, synchronizes, and is informed of what is committed.',
    parameters: { observers: 1 },
    workload: [write(0, 300, 1)],
    from: 0,
    to: 312,
    nodes: ['n4'],
  },
];

test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (name, title, story) => {
  const { parameters, workload = [], faults = [], from, to, nodes } = story;
  const run = simulate(zabBroadcast, {
    seed: 1,
    parameters: { ...quiet, ...parameters },
    workload,
    faults,
    trace: true,
  });
  expect(run.findings.filter(({ name: finding }) => finding !== 'progress')).toEqual([]);
  const part = { from: ms(from), to: ms(to), ...(nodes && { nodes }) };
  const text = [title, '', ...transcript(run, part)].join('\n') + '\n';
  const file = new URL(`../../transcripts/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

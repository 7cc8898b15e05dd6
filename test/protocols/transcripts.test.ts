// One short run of each small protocol, compared line by line with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import {
  ms,
  seconds,
  simulate,
  transcript,
  type Operation,
  type Parameters,
  type TimedFault,
} from '../../sim/index.ts';

interface Story {
  readonly scenario: string;
  readonly title: string;
  readonly parameters: Parameters;
  readonly workload: readonly Operation[];
  readonly faults: readonly TimedFault[];
  readonly from?: number;
  readonly to: number;
}

const op = (id: number, client: string, at: number, f: string): Operation => ({ id, client, at: ms(at), f, value: id });

const stories: readonly Story[] = [
  {
    scenario: 'ping-pong',
    title:
      'The first pong is late. The client pings again, is answered twice, and knows the second pong for what it is.',
    parameters: { clients: 1, retryAfter: ms(50) },
    workload: [op(0, 'c1', 10, 'ping'), op(1, 'c1', 69, 'ping')],
    faults: [{ at: 0, fault: { type: 'slow-link', from: ['server'], to: ['c1'], add: ms(58), for: ms(65) } }],
    to: ms(140),
  },
  {
    scenario: 'ping-pong-late-pong',
    title:
      'The same run with a client that does not look at the number: it takes the late pong for the answer to ping 1.',
    parameters: { clients: 1, retryAfter: ms(50) },
    workload: [op(0, 'c1', 10, 'ping'), op(1, 'c1', 69, 'ping')],
    faults: [{ at: 0, fault: { type: 'slow-link', from: ['server'], to: ['c1'], add: ms(58), for: ms(65) } }],
    to: ms(140),
  },
  {
    scenario: 'counter',
    title: 'The power fails before the second increment is synced: it was not acknowledged, and the client asks again.',
    parameters: { clients: 1, reads: 0 },
    workload: [op(0, 'c1', 10, 'increment'), op(1, 'c1', 30, 'increment'), op(2, 'c1', 150, 'read')],
    faults: [
      { at: ms(20), fault: { type: 'power-loss', node: 'server', unsynced: 'torn', when: 'before-sync', for: ms(40) } },
    ],
    to: ms(200),
  },
  {
    scenario: 'gossip',
    title: 'n3 is cut off while the rumour is hot; it hears it later, when it asks.',
    parameters: { nodes: 3, fanOut: 1, rounds: 2 },
    workload: [op(0, 'c1', 10, 'tell')],
    faults: [{ at: 0, fault: { type: 'isolate', node: 'n3', for: ms(380) } }],
    to: ms(620),
  },
  {
    scenario: 'election',
    title: 'n3 leads, crashes, is replaced by n2, comes back, and halts n2 before it leads again.',
    parameters: { nodes: 3 },
    workload: [],
    faults: [{ at: ms(700), fault: { type: 'crash', node: 'n3', for: ms(1_000) } }],
    from: ms(600),
    to: ms(2_100),
  },
  {
    scenario: 'two-phase-commit',
    title: 'The coordinator commits, tells p1, and loses its power. p2 is in doubt until the coordinator is back.',
    parameters: { participants: 2, votesNo: 0 },
    workload: [op(0, 'c1', 10, 'transact')],
    faults: [
      {
        at: ms(12),
        fault: { type: 'power-loss', node: 'tm', unsynced: 'lost', when: 'after-effects', effects: 2, for: ms(600) },
      },
    ],
    to: ms(800),
  },
  {
    scenario: 'lock',
    title:
      'The write of c1 is held up on its way. The lock runs out, c2 gets it, and the store turns the late write away.',
    parameters: { clients: 2, ttl: ms(200) },
    workload: [op(0, 'c1', 10, 'add'), op(1, 'c2', 20, 'add')],
    faults: [{ at: ms(40), fault: { type: 'hold', from: ['c1'], to: ['store'], for: ms(230) } }],
    to: ms(400),
  },
];

test.each(stories.map((story) => [story.scenario, story.title, story] as const))('%s: %s', (name, title, story) => {
  const { parameters, workload, faults, from = 0, to } = story;
  const run = simulate(findScenario(name), { seed: 1, until: seconds(10), parameters, workload, faults, trace: true });
  const text = [title, '', ...transcript(run, { from, to })].join('\n') + '\n';
  const file = new URL(`../transcripts/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

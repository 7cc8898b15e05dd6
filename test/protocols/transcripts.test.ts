// One short run of each small protocol, compared line by line with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import {
  ms,
  seconds,
  simulate,
  transcript,
  type Json,
  type Operation,
  type Parameters,
  type TimedFault,
} from '../../sim/index.ts';
import { expectTranscript } from './golden.ts';

interface Story {
  readonly scenario: string;
  /** The transcript's file, where it is not called as its scenario. */
  readonly file?: string;
  readonly title: string;
  readonly parameters: Parameters;
  readonly workload: readonly Operation[];
  readonly faults: readonly TimedFault[];
  readonly from?: number;
  readonly to: number;
  readonly nodes?: readonly string[];
}

const op = (id: number, client: string, at: number, f: string): Operation => ({ id, client, at: ms(at), f, value: id });

const keyed = (id: number, at: number, f: string, value: Json): Operation => ({
  ...op(id, 'c1', at, f),
  value: ['x', value],
});

const raftParameters: Parameters = {
  ...{ nodes: 3, spares: 0, clients: 1, network: 'lan', batch: 64, inflight: 256, election: 150, guards: 'both' },
  ...{ snapshot: 0, trailing: 0, chunk: 65_536, reads: 'index', forwarding: true, apply: 1_000_000, sessions: 4_096 },
  ...{ membership: 'none', transfers: false, drift: 0, groupCommit: false, leaderWrites: 'parallel' },
};

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
  {
    scenario: 'raft',
    file: 'raft-election',
    title: 'n1 times out first, asks whether it would be elected, is elected, and commits the no-op of its term.',
    parameters: raftParameters,
    workload: [],
    faults: [],
    from: ms(183),
    to: ms(219),
  },
  {
    scenario: 'raft',
    file: 'raft-write-and-read',
    title: 'c1 finds the leader, opens a session, writes x, and reads it back after a round of heartbeats (ReadIndex).',
    parameters: raftParameters,
    workload: [keyed(0, 400, 'write', 1), keyed(1, 420, 'read', null)],
    faults: [],
    from: ms(400),
    to: ms(425),
  },
  {
    scenario: 'raft',
    file: 'raft-log-repair',
    title: 'n1 led, was cut off with an entry that nobody else has, and drops it when it hears from the new leader.',
    parameters: raftParameters,
    workload: [keyed(0, 400, 'write', 1), keyed(1, 450, 'write', 2), keyed(2, 1_000, 'write', 3)],
    faults: [{ at: ms(440), fault: { type: 'isolate', node: '@leader', for: ms(700) } }],
    from: ms(1_139),
    to: ms(1_147),
    nodes: ['n1'],
  },
];

test.each(stories.map((story) => [story.file ?? story.scenario, story.title, story] as const))(
  '%s: %s',
  (name, title, story) => {
    const { parameters, workload, faults, from = 0, to, nodes } = story;
    const run = simulate(findScenario(story.scenario), {
      seed: 1,
      until: seconds(10),
      parameters,
      workload,
      faults,
      trace: true,
    });
    expectTranscript(name, title, transcript(run, nodes === undefined ? { from, to } : { from, to, nodes }));
  },
);

// Clients and their Redis servers, line by line, as test/transcripts keeps them.
import { expect, test } from 'vitest';
import { redisLockFailover } from '../../../scenarios/redis-lock.ts';
import { redlock } from '../../../scenarios/redlock.ts';
import {
  ms,
  seconds,
  simulate,
  transcript,
  type Operation,
  type Parameters,
  type Run,
  type Scenario,
  type TimedFault,
} from '../../../sim/index.ts';
import { expectTranscript } from '../golden.ts';

const three: Parameters = { instances: 3, fences: true, parallel: true, drift: 0, library: 'specified', ttl: ms(500) };
const line = (at: number, client: string, f: string, value: number | null = null): Omit<Operation, 'id'> => {
  return { client, at: ms(at), f, value };
};

interface Story {
  readonly name: string;
  readonly title: string;
  readonly scenario: Scenario;
  readonly parameters: Parameters;
  readonly workload: readonly Omit<Operation, 'id'>[];
  readonly faults: readonly TimedFault[];
  readonly to: number;
  /** Whose lines are shown; default everybody's. */
  readonly nodes?: readonly string[];
  readonly outcomes: readonly string[];
}

const stories: readonly Story[] = [
  {
    name: 'redlock',
    title:
      'A client takes the lock of three servers, writes with its token, and gives it back; another does not get it.',
    scenario: redlock,
    parameters: { ...three, clients: 2 },
    workload: [
      line(10, 'c1', 'acquire'),
      line(20, 'c2', 'acquire'),
      line(40, 'c1', 'write', 7),
      line(90, 'c1', 'release'),
    ],
    faults: [],
    to: ms(100),
    outcomes: ['ok', 'ok', 'ok'],
  },
  {
    name: 'redlock-one-down',
    title:
      'One of three servers is down: two make a majority, and what is left is shorter by the time-out of the third.',
    scenario: redlock,
    parameters: { ...three, clients: 1, parallel: false },
    workload: [line(10, 'c1', 'acquire'), line(200, 'c1', 'extend'), line(300, 'c1', 'release')],
    faults: [{ at: 0, fault: { type: 'crash', node: 'r1', for: seconds(2) } }],
    to: ms(350),
    outcomes: ['ok', 'ok', 'ok'],
  },
  {
    name: 'redis-lock-failover',
    title: 'The primary dies before its replica has the lock: the replica takes over, and gives the lock again.',
    scenario: redisLockFailover,
    parameters: { clients: 2 },
    workload: [line(2_000, 'c1', 'acquire'), line(3_200, 'c2', 'acquire')],
    faults: [
      { at: ms(1_900), fault: { type: 'one-way', from: ['r1'], to: ['r2'], for: ms(600) } },
      { at: ms(2_100), fault: { type: 'crash', node: 'r1', for: seconds(2) } },
    ],
    to: ms(3_400),
    nodes: ['c1', 'c2'],
    outcomes: ['ok', 'ok'],
  },
];

const play = ({ scenario, parameters, workload, faults }: Story): Run =>
  simulate(scenario, {
    seed: 3,
    trace: true,
    parameters,
    faults,
    workload: workload.map((operation, id) => ({ id, ...operation })),
  });

test.each(stories.map((story) => [story.title, story] as const))('%s', (title, story) => {
  const run = play(story);
  const nodes = story.nodes === undefined ? {} : { nodes: story.nodes };
  expectTranscript(story.name, title, transcript(run, { from: ms(10), to: story.to, ...nodes }));
  const ends = run.history.filter(({ type, time }) => type !== 'invoke' && time <= story.to);
  expect(ends.map(({ type, error }) => error ?? type)).toEqual(story.outcomes);
});

// Lesson 7: What must clocks promise for a leader’s lease?
import type { TimedFault } from '../../sim/fault.ts';
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { operationsOnX, raftRun, type RaftLesson } from './raft-run.ts';

const cut: TimedFault = { at: ms(600), fault: { type: 'isolate', node: '@leader', for: ms(1_200) } };
const slow: TimedFault = {
  at: ms(500),
  fault: { type: 'clock-drift', node: '@leader', ppm: -800_000, for: ms(1_300) },
};
const world: RaftLesson = {
  knobs: { reads: 'lease', guards: 'both', keys: 1 },
  workload: operationsOnX(
    [400, 'c1', 1],
    [450, 'c2', 'read'],
    [620, 'c2', 2],
    [1_000, 'c1', 'read'],
    [1_350, 'c2', 'read'],
    [2_100, 'c1', 'read'],
    [2_200, 'c2', 3],
  ),
  until: seconds(5),
};

export const leaseAndClocksLesson: Lesson = {
  id: 'lease-and-clocks',
  title: 'A lease under skewed clocks',
  question: 'What must clocks promise for a leader’s lease?',
  opening:
    'A leader that heard from a quorum answers reads by itself for somewhat less than an election time-out: its lease. Until it is over nobody else can be elected, if clocks run alike. Here the clock of the leader n4 runs at a fifth of its speed, and n4 is cut off from the other servers.',
  run: raftRun('1', { ...world, faults: [slow, cut] }),
  story: [
    { at: { words: 'n4 noted: role leader term 1' }, say: 'n4 leads, and each round of heartbeats renews its lease.' },
    {
      at: { kind: 'fault', words: 'clock-drift' },
      say: 'From now on n4’s clock runs slow. See its ruler: while 500 ms go by, it counts 100.',
    },
    { at: { kind: 'fault', words: 'isolate' }, say: 'n4 loses its links. No heartbeat arrives any more, either way.' },
    {
      at: { words: 'n3 noted: role leader term 2' },
      say: 'The others have waited for an election time-out by clocks that are right, and elect n3. By n4’s clock its lease still runs.',
    },
    { at: { kind: 'ok', node: 'c2', words: 'write x 2' }, say: 'c2 has found n3, which commits its write: x = 2.' },
    {
      at: { kind: 'ok', node: 'c1', words: 'read x → 1' },
      say: 'c1 asks n4, which trusts its lease and answers at once: 1. That was true 70 ms ago.',
    },
  ],
  predict: {
    ask: 'The leader’s clock runs at a fifth of its speed. A lease of 100 ms lasts, in true time …',
    choices: ['100 ms', '500 ms', '20 ms'],
    answer: 1,
    why: 'The lease is over when the leader’s own clock has counted 100 ms, which takes 500. The others count as they should, and have elected somebody else long before.',
  },
  knob: {
    say: 'Let n4’s clock run like the others. It is cut off all the same.',
    run: raftRun('1', { ...world, faults: [cut] }),
    see: 'The lease is over before anybody else leads. c1 is turned away by n4, goes on to the new leader and reads 2.',
    check: [
      { type: 'verdict', is: 'valid' },
      { type: 'happens', event: { kind: 'ok', node: 'c1', words: 'read x → 2' }, atLeast: 1, says: 'c1 reads 2' },
    ],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'lease safety' },
    { type: 'finds', words: 'linearizable' },
  ],
};

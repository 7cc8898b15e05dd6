// Lesson 6: May a leader answer a read from its own state?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { operationsOnX, raftRun, type RaftLesson } from './raft-run.ts';

const world: RaftLesson = {
  knobs: { guards: 'none', keys: 1 },
  faults: [{ at: ms(600), fault: { type: 'isolate', node: '@leader', for: ms(1_200) } }],
  workload: operationsOnX(
    [400, 'c1', 1],
    [450, 'c2', 'read'],
    [700, 'c2', 2],
    [1_100, 'c1', 'read'],
    [1_150, 'c2', 'read'],
    [2_100, 'c1', 'read'],
    [2_200, 'c2', 3],
  ),
  until: seconds(5),
};

export const staleReadLesson: Lesson = {
  id: 'stale-read',
  title: 'A stale read',
  question: 'May a leader answer a read from its own state?',
  opening:
    'In this Raft a leader answers reads at once, without asking anybody whether it still leads. There are two clients and one key, x. At 0.6 seconds the leader n4 is cut off from the other servers, but not from the clients.',
  run: raftRun('1', { ...world, scenario: 'raft-local-reads' }),
  story: [
    { at: { words: 'n4 noted: role leader term 1' }, say: 'n4 leads in term 1.' },
    { at: { kind: 'ok', node: 'c1', words: 'write x 1' }, say: 'c1 writes x = 1: a majority has it, all is well.' },
    {
      at: { kind: 'fault', words: 'isolate n4' },
      say: 'n4 is cut off from the other servers. It does not know, and clients still reach it.',
    },
    {
      at: { words: 'n5 noted: role leader term 2' },
      say: 'The others elect n5 in term 2. Now two servers call themselves leader.',
    },
    {
      at: { kind: 'ok', node: 'c2', words: 'write x 2' },
      say: 'c2 got no answer from n4 and has found n5, which commits its write: x = 2.',
    },
    {
      at: { kind: 'ok', node: 'c1', words: 'read x → 1' },
      say: 'c1 knows only n4, asks it for x a tenth of a second later, and gets 1: what x was before n4 was cut off.',
    },
  ],
  predict: {
    ask: 'A deposed leader does not know that it is. A client reads from it. What can the client see?',
    choices: ['Only the newest value', 'A value that was overwritten before the read began'],
    answer: 1,
    why: 'The write was acknowledged by the new leader before the read began: no order of the operations explains the answer.',
  },
  knob: {
    say: 'Before it answers, a leader asks a quorum whether it still leads (ReadIndex). Seed, faults and operations stay.',
    run: raftRun('1', world),
    see: 'n4 asks the others, hears nothing and does not answer. c1 waits, tries another server, and reads 2. It took 300 ms longer, and it is true.',
    check: [
      { type: 'verdict', is: 'valid' },
      { type: 'happens', event: { kind: 'ok', node: 'c1', words: 'read x → 2' }, atLeast: 1, says: 'c1 reads 2' },
    ],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'linearizable' },
  ],
};

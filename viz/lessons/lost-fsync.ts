// Lesson 10: Why must a vote be on disk before it is told?
import { ms } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { operationsOnX, raftRun, type RaftLesson } from './raft-run.ts';

const world: RaftLesson = {
  knobs: { nodes: 3, guards: 'none', keys: 1 },
  faults: [
    { at: 0, fault: { type: 'partition', groups: [['n1', 'n2'], ['n3']], for: ms(185) } },
    // Between the instant at which a vote is told if nobody syncs, and the one at which the disk has it.
    { at: 177_900, fault: { type: 'power-loss', node: 'n2', unsynced: 'lost', for: ms(40) } },
    { at: ms(185), fault: { type: 'partition', groups: [['n1'], ['n2', 'n3']], for: ms(615) } },
  ],
  workload: operationsOnX(
    [300, 'c1', 1],
    [320, 'c2', 2],
    [900, 'c1', 'read'],
    [1_000, 'c2', 'read'],
    [1_700, 'c1', 3],
    [1_800, 'c2', 'read'],
  ),
  until: ms(4_500),
};

export const lostFsyncLesson: Lesson = {
  id: 'lost-fsync',
  title: 'The vote that was forgotten',
  question: 'Why must a vote be on disk before it is told?',
  opening:
    'Three servers. In this Raft they answer before their disks have what they promise. n3 is cut off at first; n1 stands, and n2 votes for it. Two tenths of a millisecond later n2 loses its power.',
  run: raftRun('13', { ...world, scenario: 'raft-ack-before-sync' }),
  story: [
    {
      at: { words: 'n1 noted: role candidate term 1' },
      say: 'n1 stands in term 1. n3 is behind the cut; n2 hears it.',
    },
    {
      at: { words: 'n2 noted: vote term 1' },
      say: 'n2 votes for n1, and says so at once. The vote is not on its disk yet.',
    },
    { at: { words: 'n1 noted: role leader term 1' }, say: 'Two votes of three: n1 leads in term 1.' },
    { at: { kind: 'crash', node: 'n2' }, say: 'n2 loses its power, and with it all that was not synced: the vote.' },
    { at: { kind: 'start', node: 'n2' }, say: 'n2 is back, in term 0. It has never voted, as far as it knows.' },
    {
      at: { words: 'n3 noted: role candidate term 1' },
      say: 'Now n1 is the one that is cut off. n3 has waited long enough and stands, in term 1 as well.',
    },
    {
      at: { words: 'n3 noted: role leader term 1' },
      say: 'n2 has voted once more. Two leaders of one term: what Raft excludes above all.',
    },
    {
      at: { kind: 'ok', node: 'c1', words: 'read x → null' },
      say: 'Clients suffer: c1 was told that its write of 1 is done, and now reads that there is no x at all.',
    },
  ],
  predict: {
    ask: 'n2 votes for n1 in term 1, loses power before the write, and starts again. n3 asks for its vote in term 1. What does n2 do?',
    choices: ['It votes for n3', 'It refuses: it remembers'],
    answer: 0,
    why: 'What is not on the disk is forgotten, and nobody tells n2. Two votes of one server in one term make two leaders.',
  },
  knob: {
    say: 'Write and sync first, then answer. Seed, faults and operations stay: the power fails at the same instant.',
    run: raftRun('13', world),
    see: 'When the power fails, n2 is still writing, and has told nobody. It votes for n3 later, and for nobody else: one leader in term 1.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'noted: role leader term 1' },
        atLeast: 1,
        atMost: 1,
        says: 'somebody becomes leader of term 1',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'election safety' },
    {
      type: 'happens',
      event: { words: 'noted: role leader term 1' },
      atLeast: 2,
      says: 'somebody becomes leader of term 1',
    },
    { type: 'finds', words: 'linearizable' },
  ],
};

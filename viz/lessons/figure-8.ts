// Lesson 4: Is an entry that a majority holds committed? The paper's Figure 8, step by step: S1 to S5 are n4, n1, n3, n2, n5.
import { ms } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { operationsOnX, raftRun, type RaftLesson } from './raft-run.ts';

const groups = [
  ['n1', 'n4'],
  ['n2', 'n3', 'n5'],
];
const world: RaftLesson = {
  // One entry a message and one message under way, so that an old entry arrives before the new one behind it.
  knobs: { guards: 'none', keys: 1, batch: 1, inflight: 1, leaderWrites: 'first' },
  faults: [
    { at: ms(500), fault: { type: 'partition', groups, for: ms(265) } },
    { at: 757_900, fault: { type: 'crash', node: 'n5', when: 'after-sync', for: ms(400) } },
    // When n3 has acknowledged entry 4, and before entry 5 reaches it.
    { at: 1_145_050, fault: { type: 'partition', groups, for: ms(700) } },
  ],
  workload: operationsOnX([400, 'c1', 1], [450, 'c2', 'read'], [510, 'c1', 2], [2_200, 'c2', 'read'], [3_000, 'c1', 3]),
  until: ms(5_500),
};

export const figure8Lesson: Lesson = {
  id: 'figure-8',
  title: 'Raft’s Figure 8',
  question: 'Is an entry that a majority holds committed?',
  opening:
    'This Raft calls an entry committed as soon as a majority holds it, whatever its term; the paper (section 5.4.2, Figure 8) forbids that for entries of earlier terms. Watch entry 4 of the log.',
  run: raftRun('1', { ...world, scenario: 'raft-old-term-commit' }),
  story: [
    {
      at: { words: 'n1 noted: append from 4 to 4 term 1' },
      say: '(a) n4 leads in term 1. It is cut off with n1, and only these two have entry 4, a write of c1.',
    },
    {
      at: { words: 'n5 noted: role leader term 2' },
      say: '(b) The other three elect n5 in term 2. It writes an entry 4 of its own to its disk …',
    },
    { at: { kind: 'crash', node: 'n5' }, say: '… and dies before anybody else has it.' },
    {
      at: { words: 'n4 noted: role leader term 4' },
      say: '(c) The cut is healed. n4 leads again, in term 4, and goes on handing out the old entry 4.',
    },
    {
      at: { words: 'n4 noted: replicate peer n3 match 4' },
      say: 'n3 has it: n4, n1 and n3 are a majority. This n4 calls the entry of term 1 committed, and carries it out.',
    },
    {
      at: { kind: 'fault', words: 'partition' },
      say: 'n4 and n1 are cut off again, before n3 gets an entry of term 4.',
    },
    {
      at: { words: 'n5 noted: role leader term 6' },
      say: '(d) n5 is back. Its last entry is of term 2, that of n2 and n3 of term 1: they vote for it, as the rules say.',
    },
    {
      at: { words: 'n3 noted: truncate from 4' },
      say: 'n5 overwrites entry 4 at n2 and n3. What was “committed” is gone from the majority.',
    },
  ],
  predict: {
    ask: 'An entry of term 1 is on three of five servers while the leader is of term 4. May the leader call it committed?',
    choices: ['It may: a majority has it', 'It must not: a later leader without it can still win'],
    answer: 1,
    why: 'A server whose last entry is of term 2 wins the votes of those that hold the entry of term 1, and overwrites it.',
  },
  knob: {
    say: 'The paper’s rule: only entries of the leader’s own term are committed by counting; those before them are committed with them. Seed, faults and operations stay.',
    run: raftRun('1', world),
    see: 'All goes the same way, and entry 4 is overwritten as before: but nobody has called it committed, so no promise is broken.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'n3 noted: truncate from 4' },
        atLeast: 1,
        atMost: 1,
        says: 'n3 cuts off its entry 4',
      },
      {
        type: 'happens',
        event: { words: 'n4 noted: commit from 4 to 4 role leader' },
        atLeast: 0,
        atMost: 0,
        says: 'n4 commits entry 4 by counting',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'leader completeness' },
    {
      type: 'happens',
      event: { words: 'n4 noted: commit from 4 to 4 role leader' },
      atLeast: 1,
      atMost: 1,
      says: 'n4 commits entry 4 by counting',
    },
  ],
};

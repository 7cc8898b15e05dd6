// Lesson 5: How are logs that have parted brought together again?
import { ms } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

const faults = [
  { at: ms(1_000), fault: { type: 'isolate', node: '@leader', for: ms(1_600) } },
  { at: ms(1_900), fault: { type: 'crash', node: '@leader', for: ms(300) } },
] as const;

export const logRepairLesson: Lesson = {
  id: 'log-repair',
  title: 'How logs are repaired',
  question: 'How are logs that have parted brought together again?',
  opening:
    'The leader n2 is cut off from the other servers, but not from its clients: it goes on appending what nobody will ever commit. The others elect n4, and later n1, and commit some dozen entries. Then n2 is back, with another tail in its log.',
  run: raftRun('2', { knobs: { guards: 'none', clients: 4 }, faults }),
  story: [
    {
      at: { kind: 'fault', words: 'isolate' },
      say: 'n2 leads in term 1 and loses its links. Clients that still reach it hand it commands, and it appends them.',
    },
    {
      at: { words: 'noted: role leader term 2' },
      say: 'The majority has a leader of its own, and commits entries of term 2 at the same places of the log.',
    },
    {
      at: { words: 'noted: role leader term 3' },
      say: 'That one crashes too, and n1 leads. A new leader assumes that everybody has its whole log: nextIndex is behind its last entry, for all.',
    },
    {
      at: { words: 'noted: back-up' },
      say: 'n2 is back, and refuses: it does not have the entry before the new ones. n1 moves its nextIndex for n2 back. With the refusal came the term and the place of the conflict, so that one step skips all of term 2.',
    },
    {
      at: { words: 'n2 noted: truncate' },
      say: 'Now the entry before agrees. What n2 had appended alone was never committed: it is cut off, and the leader’s entries take its place.',
    },
  ],
  predict: {
    ask: 'n2 lacks some twenty-five entries and has others in their place. How often does the leader try before it finds the last entry that both have?',
    choices: [
      'Not at all: it knows what n2 has acknowledged',
      'Once: the refusal says where to look',
      'Some twenty-five times',
    ],
    answer: 1,
    why: 'A refusal carries the term and the index of the conflict, and the leader skips the whole term (section 5.3, last paragraphs). What was acknowledged to earlier leaders it does not know.',
  },
  knob: {
    say: 'Move nextIndex back by one entry with each refusal, as the paper’s Figure 2 says, without the hint.',
    run: raftRun('2', { knobs: { guards: 'none', clients: 4, backsUpBy: 'entry' }, faults }),
    see: 'Refusal after refusal, one round trip each, until the logs meet. The result is the same: the hint saves time, not safety.',
    check: [
      { type: 'verdict', is: 'valid' },
      { type: 'happens', event: { words: 'noted: back-up' }, atLeast: 15, says: 'the leader moves nextIndex back' },
      {
        type: 'happens',
        event: { words: 'n2 noted: truncate' },
        atLeast: 1,
        atMost: 1,
        says: 'n2 cuts off what it had appended alone',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    {
      type: 'happens',
      event: { words: 'noted: back-up' },
      atLeast: 1,
      atMost: 2,
      says: 'the leader moves nextIndex back',
    },
    {
      type: 'happens',
      event: { words: 'n2 noted: truncate' },
      atLeast: 1,
      atMost: 1,
      says: 'n2 cuts off what it had appended alone',
    },
  ],
};

// Lesson 4: Is an entry that a majority holds committed?
import type { Lesson } from './format.ts';

export const figure8Lesson: Lesson = {
  id: 'figure-8',
  title: 'Raft’s Figure 8',
  question: 'Is an entry that a majority holds committed?',
  opening:
    'This Raft counts copies of entries of old terms, which the paper (section 5.4.2, Figure 8) forbids. The rest is as it should be.',
  run: { scenario: 'raft-old-term-commit', seed: '1' },
  story: [
    { at: { words: 'noted: role leader' }, say: 'A leader is elected, and faults begin.' },
    { at: { kind: 'crash' }, say: 'A server fails at a bad moment: some have its last entries, some do not.' },
    {
      at: { kind: 'violation' },
      say: 'An entry that was taken for committed is gone, or another stands in its place.',
    },
  ],
  predict: {
    ask: 'An entry of term 2 is on a majority while the leader is of term 4. May the leader call it committed?',
    choices: ['Yes: a majority has it', 'No: a later leader without it can still win'],
    answer: 1,
    why: 'A server with a later last term wins the vote of those that hold the entry, and overwrites it.',
  },
  knob: {
    say: 'The paper’s rule: only entries of the leader’s own term are committed by counting.',
    run: { scenario: 'raft', seed: '1' },
    see: 'The same seed, the same faults: every promise is kept.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'state machine safety' },
  ],
};

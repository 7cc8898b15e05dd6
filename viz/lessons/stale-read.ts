// Lesson 6: May a leader answer a read from its own state?
import type { Lesson } from './format.ts';

export const staleReadLesson: Lesson = {
  id: 'stale-read',
  title: 'A stale read',
  question: 'May a leader answer a read from its own state?',
  opening: 'In this Raft a leader answers reads at once, without asking anybody whether it still leads.',
  run: { scenario: 'raft-local-reads', seed: '7' },
  story: [
    { at: { kind: 'fault' }, say: 'Faults begin; a leader may be cut off without knowing it.' },
    {
      at: { words: 'role role leader term 2' },
      say: 'Somebody else leads, and accepts writes that the old leader does not see.',
    },
  ],
  predict: {
    ask: 'A deposed leader does not know that it is. A client reads from it. What can the client see?',
    choices: ['Only the newest value', 'A value that was overwritten before the read began'],
    answer: 1,
    why: 'The write was acknowledged by the new leader before the read began: no order of the operations explains the answer.',
  },
  knob: {
    say: 'Before it answers, a leader asks a quorum whether it still leads (ReadIndex).',
    run: { scenario: 'raft', seed: '7' },
    see: 'The same seed and faults: the history is linearizable.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'linearizable' },
  ],
};

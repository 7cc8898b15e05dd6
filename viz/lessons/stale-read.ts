// Lesson 6: May a leader answer a read from its own state?
import type { Lesson } from './format.ts';

export const staleReadLesson: Lesson = {
  id: 'stale-read',
  title: 'A stale read',
  question: 'May a leader answer a read from its own state?',
  opening: 'In this Raft a leader answers reads at once, without asking anybody whether it still leads.',
  run: { scenario: 'raft-local-reads', seed: '7' },
  story: [
    { at: { words: 'n5 noted: role leader term 2' }, say: 'n5 leads in term 2, and answers reads from its own state.' },
    {
      at: { kind: 'fault', words: 'isolate n5' },
      say: 'n5 is cut off from the other servers. It does not know, and clients still reach it.',
    },
    {
      at: { words: 'n1 noted: role leader term 3' },
      say: 'The others elect n1 in term 3. Now two servers call themselves leader.',
    },
    { at: { kind: 'ok', node: 'c2', words: '["k3",49]' }, say: 'n1 commits a write: c2 is told that k3 is 49.' },
    {
      at: { kind: 'ok', node: 'c4', words: '["k3",29]' },
      say: 'c4 asks n5, 14 ms later, and gets 29: what k3 was before n5 was cut off.',
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

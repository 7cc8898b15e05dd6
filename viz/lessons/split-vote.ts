// Lesson 2: Can an election end without a leader?
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const splitVoteLesson: Lesson = {
  id: 'split-vote',
  title: 'Split vote',
  question: 'Can an election end without a leader?',
  opening:
    'Four servers, and timeouts that are all of about 10 ms: several servers stand at the same time, and each server has one vote in a term.',
  run: raftRun('1', { knobs: { nodes: 4, election: 10 } }),
  story: [
    { at: { words: 'candidate term 1' }, say: 'The first candidate of term 1 votes for itself and asks the others.' },
    {
      at: { words: 'n3 noted: role candidate term 1' },
      say: 'A third candidate in the same term: the votes are split, and three of four are needed.',
    },
    {
      at: { words: 'candidate term 2' },
      say: 'Term 1 ends without a leader. After a new random timeout somebody tries again in term 2.',
    },
    { at: { words: 'noted: role leader term 2' }, say: 'This time the votes suffice.' },
  ],
  predict: {
    ask: 'Four servers, one vote each in a term, three of them candidates. How many leaders does term 1 get?',
    choices: ['None', 'One', 'Two, of two halves'],
    answer: 0,
    why: 'A leader needs three of four votes. Two leaders would need six votes; the rule of one vote a term rules that out, but it cannot force a winner.',
  },
  knob: {
    say: 'Set the timeout to 150 ms: the candidates are far apart.',
    run: raftRun('1', { knobs: { nodes: 4 } }),
    see: 'One candidate, one round, one leader in term 1.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'noted: role leader term 1' },
        atLeast: 1,
        atMost: 1,
        says: 'a leader of term 1 is elected',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    {
      type: 'happens',
      event: { words: 'noted: role leader term 1' },
      atLeast: 0,
      atMost: 0,
      says: 'a leader of term 1 is elected',
    },
    {
      type: 'happens',
      event: { words: 'noted: role leader term 2' },
      atLeast: 1,
      says: 'a leader of term 2 is elected',
    },
  ],
};

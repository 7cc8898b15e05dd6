// Lesson 10: Why must a vote be on disk before it is told?
import type { Lesson } from './format.ts';

export const lostFsyncLesson: Lesson = {
  id: 'lost-fsync',
  title: 'The vote that was forgotten',
  question: 'Why must a vote be on disk before it is told?',
  opening: 'In this Raft a vote is told before it is written.',
  run: { scenario: 'raft-forgotten-vote', seed: '1' },
  story: [
    { at: { words: 'noted: vote' }, say: 'A server votes, and says so.' },
    {
      at: { kind: 'violation' },
      say: 'It has promised what its disk does not hold: after a power loss it could vote again in the same term.',
    },
  ],
  predict: {
    ask: 'A server votes in term 5, loses power before the write, and starts again. What can it do?',
    choices: ['Vote again in term 5', 'Refuse: it remembers'],
    answer: 0,
    why: 'What is not on the disk is forgotten. Two votes of one server in one term can make two leaders.',
  },
  knob: {
    say: 'Write and sync first, then answer.',
    run: { scenario: 'raft', seed: '1' },
    see: 'Every promise that was told is durable.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'durable promises' },
  ],
};

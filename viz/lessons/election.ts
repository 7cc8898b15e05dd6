// Lesson 1: Who becomes leader, and what does the length of the timeout decide?
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const electionLesson: Lesson = {
  id: 'election',
  title: 'Election and timeouts',
  question: 'Who becomes leader, and what does the length of the timeout decide?',
  opening:
    'A Raft server that hears nothing from a leader for a while, its election timeout, stands for election. Each draws its timeout at random, so that mostly one is first. It must be long compared to a round trip.',
  run: raftRun('1'),
  story: [
    {
      at: { words: 'pre-candidate' },
      say: 'Nobody leads yet. The first server whose timeout ends asks the others whether they would vote for it.',
    },
    {
      at: { words: 'noted: role leader term 1' },
      say: 'A majority has voted for it: it leads in term 1. The others had no time to stand.',
    },
    {
      at: { words: 'commit from 1' },
      say: 'An entry that a majority holds is committed. From now on the leader serves the clients.',
    },
  ],
  predict: {
    ask: 'The timeout is set from 150 ms to 10 ms, less than a pause of the disk. What happens after the first election?',
    choices: [
      'Nothing else: the leader stays',
      'Followers lose patience with a good leader again and again',
      'Nobody is ever elected',
    ],
    answer: 1,
    why: 'Heartbeats come late now and then. With a timeout this short a follower takes each delay for a failure.',
  },
  knob: {
    say: 'Shorten the election timeout to 10 ms.',
    run: raftRun('1', { knobs: { election: 10 } }),
    see: 'Servers stand for election again and again, though nobody failed.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'noted: role pre-candidate' },
        atLeast: 6,
        says: 'somebody would stand for election',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    {
      type: 'happens',
      event: { words: 'noted: role leader term' },
      atLeast: 1,
      atMost: 1,
      says: 'somebody becomes leader',
    },
  ],
};

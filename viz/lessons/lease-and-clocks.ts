// Lesson 7: What must clocks promise for a leader’s lease?
import type { Lesson } from './format.ts';

export const leaseAndClocksLesson: Lesson = {
  id: 'lease-and-clocks',
  title: 'A lease under skewed clocks',
  question: 'What must clocks promise for a leader’s lease?',
  opening:
    'A leader that heard from a quorum may answer reads by itself for a while: its lease. Here the clocks run apart by more than the lease allows for.',
  run: { scenario: 'raft-fast-clocks', seed: '35' },
  story: [
    { at: { words: 'noted: role leader' }, say: 'A leader, and with it a lease.' },
    {
      at: { kind: 'violation' },
      say: 'By its own clock the lease still runs; by the clocks of the others it is over, and they have moved on.',
    },
  ],
  predict: {
    ask: 'The leader’s clock is slow. Its lease of 100 ms lasts, in true time …',
    choices: ['exactly 100 ms', 'longer than 100 ms', 'shorter than 100 ms'],
    answer: 1,
    why: 'A slow clock makes a lease last longer than the others believe.',
  },
  knob: {
    say: 'A lease with a margin for the drift.',
    run: { scenario: 'raft', seed: '35' },
    see: 'The lease is over before anybody else can lead.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'lease' },
  ],
};

// Lesson 9: What if a leader can send but not receive?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const deafLeaderLesson: Lesson = {
  id: 'deaf-leader',
  title: 'The leader that cannot hear',
  question: 'What if a leader can send but not receive?',
  opening: 'At one second the leader stops receiving. Its own messages still arrive.',
  run: raftRun('1', {
    knobs: { guards: 'none' },
    faults: [{ at: ms(1_000), fault: { type: 'isolate', node: '@leader', direction: 'in', for: seconds(2) } }],
  }),
  story: [
    {
      at: { kind: 'fault' },
      say: 'The leader is deaf. Its heartbeats go out, and keep everybody from standing for election.',
    },
    { at: { kind: 'lose', afterMs: 1000 }, say: 'The followers’ answers are lost: nothing can be committed any more.' },
    { at: { kind: 'fault-end' }, say: 'Only when it hears again does the cluster go on.' },
  ],
  predict: {
    ask: 'Its heartbeats arrive, their answers do not. Who leads during these two seconds?',
    choices: ['The deaf leader, and nothing is committed', 'A new leader, after a timeout'],
    answer: 0,
    why: 'Followers hear from their leader and are content.',
  },
  knob: {
    say: 'Check-quorum: a leader that hears from no quorum steps down.',
    run: raftRun('1', {
      knobs: { guards: 'both' },
      faults: [{ at: ms(1_000), fault: { type: 'isolate', node: '@leader', direction: 'in', for: seconds(2) } }],
    }),
    see: 'It steps down, and another leads within half a second.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'noted: role leader term 2' },
        atLeast: 1,
        says: 'a leader of term 2 is elected',
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

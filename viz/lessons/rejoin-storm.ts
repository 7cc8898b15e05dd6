// Lesson 8: Why does a server that was away depose a good leader?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const rejoinStormLesson: Lesson = {
  id: 'rejoin-storm',
  title: 'The server that comes back',
  question: 'Why does a server that was away depose a good leader?',
  opening: 'One follower is cut off for two seconds. Pre-votes and check-quorum are switched off.',
  run: raftRun('1', {
    knobs: { guards: 'none' },
    faults: [{ at: ms(1_000), fault: { type: 'isolate', node: 'n2', for: seconds(2) } }],
  }),
  story: [
    { at: { kind: 'fault' }, say: 'n2 is cut off. The leader goes on with the other three.' },
    {
      at: { words: 'n2 noted: role candidate term 2' },
      say: 'n2 hears nobody, and stands for election in term 2.',
    },
    {
      at: { words: 'n2 noted: role candidate term 8' },
      say: 'Nobody answers. It tries again, in ever higher terms.',
    },
    {
      at: { words: 'noted: role leader term 11' },
      say: 'It is back, its term is the highest, and all obey: the leader steps down, and a new election is needed though nobody failed.',
    },
  ],
  predict: {
    ask: 'Nothing was wrong with the leader while n2 was away. What happens when n2 comes back?',
    choices: ['n2 follows the leader', 'The leader must step down'],
    answer: 1,
    why: 'Any message with a higher term makes a server step down, whoever sends it.',
  },
  knob: {
    say: 'Switch on pre-votes: before it raises its term a server asks whether it could win.',
    run: raftRun('1', {
      knobs: { guards: 'both' },
      faults: [{ at: ms(1_000), fault: { type: 'isolate', node: 'n2', for: seconds(2) } }],
    }),
    see: 'n2 asks, gets no answer, and keeps its term. It comes back quietly.',
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
  },
  check: [
    { type: 'verdict', is: 'valid' },
    { type: 'happens', event: { words: 'n2 noted: role candidate' }, atLeast: 8, says: 'n2 stands for election' },
  ],
};

// Lesson 3: Does a leader that is cut off still commit?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const minorityLeaderLesson: Lesson = {
  id: 'minority-leader',
  title: 'The leader of a minority',
  question: 'Does a leader that is cut off still commit?',
  opening: 'At one second the leader loses all its links for two seconds. It does not know.',
  run: raftRun('1', {
    knobs: { guards: 'none' },
    faults: [{ at: ms(1_000), fault: { type: 'isolate', node: '@leader', for: seconds(2) } }],
  }),
  story: [
    {
      at: { kind: 'fault' },
      say: 'The leader is cut off from the other servers. Clients that still reach it hand it commands, and it appends them to its own log.',
    },
    {
      at: { words: 'noted: role leader term 2' },
      say: 'The majority has elected another leader, in a higher term. Now two servers call themselves leader.',
    },
    {
      at: { words: 'truncate' },
      say: 'The links are back. The old leader hears of term 2, steps down, and its entries that no majority held are overwritten.',
    },
  ],
  predict: {
    ask: 'For two seconds two servers lead, in terms 1 and 2. What happens to the entries that the old one appended meanwhile?',
    choices: ['They are committed later', 'They are overwritten', 'The run violates a property'],
    answer: 1,
    why: 'Without a majority nothing is committed, so nothing that was promised is lost.',
  },
  knob: {
    say: 'Leave the leader its links.',
    run: raftRun('1', { knobs: { guards: 'none' } }),
    see: 'One leader, one term, nothing is overwritten.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { words: 'noted: role leader term 2' },
        atLeast: 0,
        atMost: 0,
        says: 'a leader of term 2 is elected',
      },
      {
        type: 'happens',
        event: { words: 'truncate' },
        atLeast: 0,
        atMost: 0,
        says: 'somebody cuts off entries of its log',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    {
      type: 'happens',
      event: { words: 'noted: role leader term 2' },
      atLeast: 1,
      says: 'a leader of term 2 is elected',
    },
    { type: 'happens', event: { words: 'truncate' }, atLeast: 1, says: 'somebody cuts off entries of its log' },
  ],
};

// Lesson 5: How does a follower that was away catch up?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

export const logRepairLesson: Lesson = {
  id: 'log-repair',
  title: 'How logs are repaired',
  question: 'How does a follower that was away catch up?',
  opening: 'One follower loses its memory and all power for two seconds while the others go on.',
  run: raftRun('1', {
    faults: [{ at: ms(1_000), fault: { type: 'power-loss', node: 'n2', unsynced: 'lost', for: seconds(2) } }],
  }),
  story: [
    { at: { kind: 'crash' }, say: 'The follower is gone. Three of the other four are a majority: the leader goes on.' },
    { at: { words: 'started again' }, say: 'It is back with what its disk held.' },
    {
      at: { words: 'append', node: 'n2', afterMs: 3000 },
      say: 'The leader has found the last entry that both have, and sends all that comes after it.',
    },
  ],
  predict: {
    ask: 'The follower missed dozens of entries. How does the leader learn from where to send?',
    choices: [
      'It remembers what the follower acknowledged',
      'It tries an entry, and goes back as long as the follower refuses',
    ],
    answer: 1,
    why: 'What precedes the new entries goes with every AppendEntries (section 5.3). The follower refuses until it fits.',
  },
  knob: {
    say: 'Nobody fails.',
    run: raftRun('1'),
    see: 'The follower appends together with the others.',
    check: [
      { type: 'verdict', is: 'valid' },
      { type: 'happens', event: { kind: 'crash' }, atLeast: 0, atMost: 0 },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    { type: 'happens', event: { kind: 'crash', node: 'n2' }, atLeast: 1, atMost: 1 },
    { type: 'happens', event: { words: 'append', node: 'n2', afterMs: 3000 }, atLeast: 5 },
  ],
};

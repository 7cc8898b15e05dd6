// Lesson 12: Nobody answered in time. Did it happen?
import { ms } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { raftRun } from './raft-run.ts';

const knobs = { clients: 2, keys: 1 };
const servers = ['n1', 'n2', 'n3', 'n4', 'n5'];

export const timeoutLesson: Lesson = {
  id: 'timeout',
  title: 'A timeout is not a failure',
  question: 'Nobody answered in time. Did it happen?',
  opening:
    'From one second on every answer to the client c1 is lost; its requests arrive. A client that has waited for two seconds gives up.',
  run: raftRun('2', {
    knobs,
    faults: [
      { at: ms(1_000), fault: { type: 'lossy-link', from: servers, to: ['c1'], loss: 1_000_000, for: ms(2_300) } },
    ],
  }),
  story: [
    {
      at: { kind: 'invoke', node: 'c1', afterMs: 1_000 },
      say: 'c1 writes 20. The leader appends it, a majority has it, it is committed.',
    },
    {
      at: { kind: 'lose', message: 'ClientReply' },
      say: 'The answer is lost. c1 asks again, and again the answer is lost.',
    },
    { at: { kind: 'ok', node: 'c2' }, say: 'Meanwhile c2 reads, and sees the 20: the write did happen.' },
    {
      at: { kind: 'info', node: 'c1' },
      say: 'c1 gives up. In the history its write ends as “info”: unknown. It may have happened, it may still happen, or never.',
    },
  ],
  predict: {
    ask: 'c1 wrote 20 and heard nothing for two seconds. What may it write into its log?',
    choices: ['“The write failed.”', '“The write succeeded.”', '“I do not know.”'],
    answer: 2,
    why: 'A lost request, a lost answer and a slow server all look alike from outside. Only “unknown” is true in every case.',
  },
  knob: {
    say: 'Let the answers through.',
    run: raftRun('2', { knobs, faults: [] }),
    see: 'Every operation has a known outcome, and it makes no difference how silence would have been written down. Before, it did: with “failed” in place of “unknown” the checker blames a system that did nothing wrong, for c2 read a value that nobody had written.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { kind: 'info', node: 'c1' },
        atLeast: 0,
        atMost: 0,
        says: 'an operation of c1 ends with an unknown outcome',
      },
      { type: 'silence-as-failure', is: 'valid' },
    ],
  },
  check: [
    { type: 'verdict', is: 'valid' },
    {
      type: 'happens',
      event: { kind: 'info', node: 'c1' },
      atLeast: 1,
      says: 'an operation of c1 ends with an unknown outcome',
    },
    { type: 'silence-as-failure', is: 'invalid' },
  ],
};

// Lesson 11: Is it safe to send a command again?
import { ms, seconds } from '../../sim/time.ts';
import type { Lesson } from './format.ts';
import { operationsOnX, raftRun, type RaftLesson } from './raft-run.ts';

const servers = ['n1', 'n2', 'n3', 'n4', 'n5'];
const world: RaftLesson = {
  knobs: { keys: 1 },
  faults: [{ at: ms(690), fault: { type: 'lossy-link', from: servers, to: ['c1'], loss: 1_000_000, for: ms(100) } }],
  workload: operationsOnX(
    [400, 'c1', 0],
    [450, 'c2', 'read'],
    [700, 'c1', 1],
    [750, 'c2', 'read'],
    [800, 'c2', 2],
    [1_150, 'c2', 'read'],
    [2_100, 'c1', 'read'],
    [2_200, 'c2', 3],
  ),
  until: seconds(5),
};

export const retryLesson: Lesson = {
  id: 'retry',
  title: 'A retry is a duplicate',
  question: 'Is it safe to send a command again?',
  opening:
    'Answers get lost, and clients send again. In this Raft the servers do not recognise a command that they have seen. For a tenth of a second, from 690 ms on, no answer reaches c1.',
  run: raftRun('1', { ...world, scenario: 'raft-duplicate-commands' }),
  story: [
    { at: { kind: 'invoke', node: 'c1', words: 'write x 1' }, say: 'c1 writes x = 1.' },
    {
      at: { kind: 'lose', message: 'ClientReply' },
      say: 'The write is done, and the answer is lost. c1 knows nothing of either.',
    },
    { at: { kind: 'ok', node: 'c2', words: 'read x → 1' }, say: 'c2 reads 1. So far nothing is wrong.' },
    { at: { kind: 'ok', node: 'c2', words: 'write x 2' }, say: 'Then c2 writes 2, and is told that it is done.' },
    {
      at: { kind: 'timer', node: 'c1' },
      say: 'c1 has waited for 300 ms and sends its command again, as it should. The servers carry it out once more.',
    },
    {
      at: { kind: 'ok', node: 'c2', words: 'read x → 1' },
      say: 'c2 reads 1 again. Its own write has been undone by a command that was carried out before it.',
    },
  ],
  predict: {
    ask: 'c1 writes 1; the answer is lost. c2 reads 1 and writes 2. Then c1 sends its command again. What will c2 read?',
    choices: ['2: it came last', '1: the old write is carried out again', 'An error: the command is a duplicate'],
    answer: 1,
    why: 'To servers that remember nothing of clients the second copy is a new command. Each was carried out in order, and yet the history has no order that explains it: 1 was written once and read before and after 2.',
  },
  knob: {
    say: 'Servers keep, for each client, the number of its last command and the answer. Seed, faults and operations stay.',
    run: raftRun('1', world),
    see: 'The second copy is answered from memory and not carried out: c2 reads its own 2.',
    check: [
      { type: 'verdict', is: 'valid' },
      {
        type: 'happens',
        event: { kind: 'ok', node: 'c2', words: 'read x → 1' },
        atLeast: 1,
        atMost: 1,
        says: 'c2 reads 1',
      },
    ],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'linearizable' },
    { type: 'happens', event: { kind: 'ok', node: 'c2', words: 'read x → 1' }, atLeast: 2, says: 'c2 reads 1' },
  ],
};

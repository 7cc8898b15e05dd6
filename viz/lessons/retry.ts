// Lesson 11: Is it safe to send a command again?
import type { Lesson } from './format.ts';

export const retryLesson: Lesson = {
  id: 'retry',
  title: 'A retry is a duplicate',
  question: 'Is it safe to send a command again?',
  opening:
    'Answers get lost, and clients send again. In this Raft the servers do not recognise a command that they have seen.',
  run: { scenario: 'raft-duplicate-commands', seed: '2' },
  story: [
    {
      at: { kind: 'lose' },
      say: 'A message is lost. If it was an answer, the command has been carried out all the same.',
    },
    {
      at: { kind: 'deliver', message: 'ClientCommand' },
      say: 'The client sends again. These servers cannot tell that they have carried it out before.',
    },
  ],
  predict: {
    ask: 'The answer to “add 1” is lost, and the client sends it again. The sum grows by …',
    choices: ['1', '2', '1 or 2: the client cannot know'],
    answer: 2,
    why: 'The client does not know what was lost: the command or its answer.',
  },
  knob: {
    say: 'Servers keep, for each client, the number of its last command and the answer.',
    run: { scenario: 'raft', seed: '2' },
    see: 'The second copy is answered and not applied.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'linearizable' },
  ],
};

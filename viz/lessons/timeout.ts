// Lesson 12: Nobody answered in time. Did it happen?
import type { Lesson } from './format.ts';

export const timeoutLesson: Lesson = {
  id: 'timeout',
  title: 'A timeout is not a failure',
  question: 'Nobody answered in time. Did it happen?',
  opening:
    'Two-phase commit. Here a participant that has promised and waits too long for the decision takes silence for “no”.',
  run: { scenario: 'two-phase-commit-impatient', seed: '14' },
  story: [
    { at: { kind: 'fault' }, say: 'Faults begin: messages are late or lost.' },
    { at: { kind: 'violation' }, say: 'The participant gave up on a transaction that the others have committed.' },
  ],
  predict: {
    ask: 'A participant has voted yes and hears nothing. What does the silence tell it?',
    choices: ['The transaction was aborted', 'The transaction was committed', 'Nothing'],
    answer: 2,
    why: 'The decision may be lost, late, or not taken yet.',
  },
  knob: {
    say: 'It waits, and asks again.',
    run: { scenario: 'two-phase-commit', seed: '14' },
    see: 'Nobody decides alone: all decide alike.',
    check: [{ type: 'verdict', is: 'valid' }],
  },
  check: [
    { type: 'verdict', is: 'invalid' },
    { type: 'finds', words: 'agreement' },
  ],
};

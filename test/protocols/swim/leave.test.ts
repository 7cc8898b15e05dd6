// Who leaves goes in the end, whoever hears of it: at once if nobody is there to be told, and after a while if nobody can be.
import { expect, test } from 'vitest';
import { startingMembers, swim } from '../../../protocols/swim/index.ts';
import { seconds } from '../../../sim/index.ts';
import { converse } from '../conversation.ts';
import { listening } from './neighbourhood.ts';

test.each([
  ['is alone', ['n1'], 1],
  ['cannot tell anybody', ['n1', 'a'], 5_001],
])('a member that %s has left in time', (_why, members, expected) => {
  const lines = converse({
    protocol: swim({ known: startingMembers(members), config: { ...listening, broadcastTimeout: seconds(5) } }),
    puppets: ['a', 'c'],
    says: [[1_000, 'c', { type: 'leave', serial: 1 }]],
    from: 900,
    to: 10_000,
  });
  const done = lines.filter((line) => line.includes('→ c  done')).map((line) => Math.floor(parseFloat(line)) - 1_000);
  expect(done).toEqual([expected]);
});

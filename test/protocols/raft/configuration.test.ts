// How one configuration follows another: by a table of what people ask for, and for every small cluster and list of changes
// against the definition that no two quorums may decide apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changed,
  initialConfiguration,
  leaveJoint,
  type Configuration,
  type MembershipChange,
  type Transition,
} from '../../../protocols/raft/index.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];

/** `+d` adds a voter, `~d` a learner, `-d` removes. */
function changesOf(text: string): MembershipChange[] {
  const types = { '+': 'add-voter', '~': 'add-learner', '-': 'remove' } as const;
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ type: types[word[0] as keyof typeof types], server: word.slice(1) }));
}

/** `abc` and, after a slash each, the outgoing voters, the learners, and those who will be. */
function told({ voters, outgoing, learners, learnersNext, autoLeave }: Configuration): string {
  const sets = [voters, outgoing, learners, learnersNext].map((set) => set.join(''));
  return sets.join('/').replace(/\/+$/, '') + (autoLeave ? ' leaves' : '');
}

function ask(now: Configuration, text: string, transition: Transition = 'auto'): string {
  const next = changed(now, changesOf(text), transition);
  return next.type === 'changed' ? told(next.configuration) : next.reason;
}

describe('a change of membership', () => {
  const three = initialConfiguration(['a', 'b', 'c']);
  const learned = initialConfiguration(['a', 'b', 'c'], ['d', 'e']);

  test.each([
    // One voter at a time needs nothing more.
    [three, '+d', 'auto', 'abcd'],
    [three, '-c', 'auto', 'ab'],
    [three, '~d', 'auto', 'abc//d'],
    [three, '~d ~e', 'auto', 'abc//de'],
    [learned, '+d', 'auto', 'abcd//e'],
    [learned, '-d -e', 'auto', 'abc'],
    [three, '~c', 'auto', 'ab//c'],
    // More go through both majorities.
    [three, '+d +e', 'auto', 'abcde/abc leaves'],
    [three, '-c +d', 'auto', 'abd/abc leaves'],
    [three, '+d', 'implicit', 'abcd/abc leaves'],
    [three, '+d', 'explicit', 'abcd/abc'],
    // An old voter becomes a learner only when its old half is gone.
    [three, '~c +d', 'auto', 'abd/abc//c leaves'],
    [learned, '+d ~c', 'explicit', 'abd/abc/e/c'],
    // The last word on a server counts.
    [three, '+d -d', 'auto', 'nothing would change'],
    [three, '-c +c', 'auto', 'nothing would change'],
    [three, '~d +d', 'auto', 'abcd'],
    // What is so already is no change, and there is always a voter.
    [three, '+a', 'auto', 'nothing would change'],
    [three, '-e', 'auto', 'nothing would change'],
    [learned, '~d', 'auto', 'nothing would change'],
    [three, '-a -b -c', 'auto', 'a cluster needs a voter'],
    [three, '', 'auto', 'the configuration is not joint'],
  ] as const)('%j %s (%s): %s', (now, text, transition, expected) => {
    expect(ask(now, text, transition)).toBe(expected);
  });

  test('is refused while the configuration is joint, but for leaving it, which happens once', () => {
    const joint = configurationAfter(three, '+d ~c', 'explicit');
    expect(ask(joint, '+e')).toBe('the configuration is joint: it must be left first');
    const left = configurationAfter(joint, '', 'auto');
    expect(told(left)).toBe('abd//c');
    expect(ask(left, '')).toBe('the configuration is not joint');
  });
});

const configurations = fc.tuple(fc.subarray(ids, { minLength: 1 }), fc.subarray(ids)).map(([voters, others]) =>
  initialConfiguration(
    voters,
    others.filter((id) => !voters.includes(id)),
  ),
);

const changes = fc.array(
  fc.record({
    type: fc.constantFrom('add-voter' as const, 'add-learner' as const, 'remove' as const),
    server: fc.constantFrom(...ids),
  }),
  { minLength: 1, maxLength: 4 },
);
const transitions = fc.constantFrom('auto' as const, 'implicit' as const, 'explicit' as const);

test('Whatever is asked for, every quorum of one configuration meets every quorum of the next', () => {
  fc.assert(
    fc.property(configurations, changes, transitions, (now, list, transition) => {
      const next = changed(now, list, transition);
      fc.pre(next.type === 'changed');
      const steps = [now, next.configuration];
      const left = leaveJoint(next.configuration);
      if (left.type === 'changed') steps.push(left.configuration);
      for (const [place, step] of steps.entries()) {
        const later = steps[place + 1];
        if (later !== undefined) expect(quorumsMeet(step, later)).toBe(true);
        // Nobody is a voter and a learner, and only those who still vote in the old half wait to be learners.
        const { voters, outgoing, learners, learnersNext } = step;
        expect(learners.filter((id) => voters.includes(id) || outgoing.includes(id))).toEqual([]);
        expect(learnersNext.filter((id) => voters.includes(id) || !outgoing.includes(id))).toEqual([]);
      }
      expect(told(steps.at(-1) as Configuration)).toBe(told(naively(now, list)));
    }),
    { numRuns: 3_000 },
  );
});

test('A change that was made is none when it is asked for again', () => {
  fc.assert(
    fc.property(configurations, changes, transitions, (now, list, transition) => {
      const next = changed(now, list, transition);
      fc.pre(next.type === 'changed');
      const left = leaveJoint(next.configuration);
      const settled = left.type === 'changed' ? left.configuration : next.configuration;
      expect(changed(settled, list, transition)).toEqual({ type: 'refused', reason: 'nothing would change' });
    }),
    { numRuns: 1_000 },
  );
});

test('Two voters changed without a joint configuration could decide apart: the definition sees it', () => {
  expect(quorumsMeet(initialConfiguration(['a', 'b', 'c']), initialConfiguration(['a', 'd', 'e']))).toBe(false);
  expect(quorumsMeet(initialConfiguration(['a', 'b']), initialConfiguration(['a', 'b', 'c', 'd']))).toBe(true);
  expect(quorumsMeet(initialConfiguration(['a', 'b', 'c']), initialConfiguration(['a', 'b', 'c', 'd', 'e']))).toBe(
    false,
  );
});

function configurationAfter(now: Configuration, text: string, transition: Transition): Configuration {
  const next = changed(now, changesOf(text), transition);
  if (next.type === 'refused') throw new Error(next.reason);
  return next.configuration;
}

/** By the last word on each server. */
function naively(now: Configuration, list: readonly MembershipChange[]): Configuration {
  const places = new Map<string, string>();
  for (const id of now.voters) places.set(id, 'add-voter');
  for (const id of now.learners) places.set(id, 'add-learner');
  for (const { type, server } of list) places.set(server, type);
  const those = (type: string): string[] => ids.filter((id) => places.get(id) === type);
  return initialConfiguration(those('add-voter'), those('add-learner'));
}

/** Looks at every set of servers: a quorum of the one, and the rest a quorum of the other, would decide apart. */
function quorumsMeet(one: Configuration, other: Configuration): boolean {
  const isQuorum = ({ voters, outgoing }: Configuration, set: readonly string[]): boolean =>
    [voters, ...(outgoing.length > 0 ? [outgoing] : [])].every(
      (half) => half.filter((id) => set.includes(id)).length * 2 > half.length,
    );
  const sets = Array.from({ length: 2 ** ids.length }, (_, chosen) =>
    ids.filter((_id, place) => (chosen >> place) & 1),
  );
  return sets.every((set) => {
    const rest = ids.filter((id) => !set.includes(id));
    return !(isQuorum(one, set) && isQuorum(other, rest));
  });
}

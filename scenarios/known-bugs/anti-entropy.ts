// Broken on purpose: comparisons that overlook what differs, and replicas that cannot agree on what is newer.
import { hashEntry } from '../../protocols/anti-entropy/tree.ts';
import type { AntiEntropyRules } from '../../protocols/anti-entropy/replica.ts';
import { defineScenario, type Scenario } from '../../sim/index.ts';
import { antiEntropyParameters, antiEntropyWorld } from '../anti-entropy.ts';

function broken(name: string, story: string, what: string, rules: Partial<AntiEntropyRules>): Scenario {
  return defineScenario({
    name: `anti-entropy-${name}`,
    story,
    protocol: 'anti-entropy',
    expect: { type: 'breaks', what: [what] },
    parameters: antiEntropyParameters,
    world: (parameters) => antiEntropyWorld(parameters, rules),
  });
}

export const antiEntropyKnownBugs: readonly Scenario[] = [
  broken(
    'hashes-keys-only',
    'The hash tree covers the keys and not their versions; replicas with the same keys look the same.',
    'the replicas agree',
    { hashOf: (entry) => hashEntry({ ...entry, value: null, time: 0, writer: '' }) },
  ),
  broken(
    'no-tie-break',
    'Of two writes of the same time each replica keeps the one it has, and they never agree.',
    'the replicas agree',
    { isNewer: (one, other) => one.time > other.time },
  ),
  broken(
    'last-word-wins',
    'Whatever comes last is kept; a replica goes back to an earlier write that comes late.',
    'entries only advance',
    { isNewer: (one, other) => one.time !== other.time || one.writer !== other.writer },
  ),
  broken(
    'forgotten-deletions',
    'A deletion removes the entry and leaves nothing; the value comes back from a replica that was away.',
    'entries only advance',
    { keepsDeletions: false },
  ),
];

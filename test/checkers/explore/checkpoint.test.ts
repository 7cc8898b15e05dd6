// A search that is interrupted and goes on visits what an uninterrupted one does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../checkers/explore/decoding.ts';
import { encode } from '../../../checkers/explore/encoding.ts';
import { explore, retrace, type Exploration, type ExploredWorld } from '../../../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { paxosWorld } from '../../../scenarios/models/register.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import { drawnWorld, worldOf } from './drawn-worlds.ts';

describe('a search that goes on from a checkpoint', () => {
  test.each<[string, ExploredWorld, number]>([
    ['two-phase commit', twoPhaseWorld(5), 1_000],
    ['Paxos', paxosWorld({ clients: 2 }), 3_000],
    ['a Paxos that adopts nothing', paxosWorld({ clients: 2, adoptsAccepted: false }), 5_000],
  ])('counts and finds as if it had never stopped: %s', (_, world, every) => {
    const whole = explore(world, { stop: 'never' });
    expect(told(inParts(world, every))).toEqual(told(whole));
  });

  test('goes on from a bound of levels', () => {
    const first = explore(forgetfulRaftWorld(), { maxLevels: 5, checkpoint: true });
    const options = { resume: first.checkpoint!, checkpoint: true } as const;
    expect(explore(forgetfulRaftWorld(), { ...options, maxLevels: 5 })).toMatchObject({ unique: 1_438, levels: 5 });
    expect(explore(forgetfulRaftWorld(), { ...options, maxLevels: 7 })).toMatchObject({ unique: 19_699, levels: 7 });
  });

  test('is the same in worlds of drawn protocols, wherever it stopped', () => {
    fc.assert(
      fc.property(drawnWorld, fc.integer({ min: 1, max: 60 }), (drawn, every) => {
        const world = worldOf(drawn);
        const whole = explore(world, { stop: 'never', maxStates: 300 });
        fc.pre(whole.complete);
        const parted = inParts(world, every);
        expect(told(parted)).toEqual(told(whole));
        for (const { property, trace } of parted.violations) {
          expect(retrace(world, trace).objections.map((one) => one.property)).toContain(property);
        }
      }),
      { numRuns: 30, seed: 4 },
    );
  });

  test('refuses the checkpoint of another world, a damaged one, and searches that keep more than states', () => {
    const { checkpoint } = explore(twoPhaseWorld(3), { maxStates: 50, checkpoint: true });
    expect(() => explore(twoPhaseWorld(4), { resume: checkpoint! })).toThrow('one of another world');
    const cut = { ...checkpoint!, states: checkpoint!.states.slice(0, -1) };
    expect(() => explore(twoPhaseWorld(3), { resume: cut })).toThrow('the checkpoint is damaged');
    const torn = { ...checkpoint!, head: checkpoint!.head.slice(0, 100) };
    expect(() => explore(twoPhaseWorld(3), { resume: torn })).toThrow('the checkpoint is damaged');
    expect(() => explore(twoPhaseWorld(3), { checkpoint: true, por: true })).toThrow('checkpoints are of searches');
  });
});

test('a canonical text is read back as the value that it is the text of', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true }), (value) => {
      let text: string;
      try {
        text = encode(value, 'it');
      } catch {
        return; // no plain data
      }
      expect(encode(decode(text), 'it')).toBe(text);
    }),
    { numRuns: 800, seed: 5 },
  );
});

/** Interrupted after every so many states, written, and read again. */
function inParts(world: ExploredWorld, every: number): Exploration {
  let found = explore(world, { stop: 'never', maxStates: every, checkpoint: true });
  for (let part = 2; !found.complete; part++) {
    const resume = structuredClone(found.checkpoint!);
    found = explore(world, { stop: 'never', maxStates: every * part, checkpoint: true, resume });
  }
  return found;
}

function told({ unique, generated, levels, complete, frontier, violations, unreached }: Exploration) {
  return { unique, generated, levels, complete, frontier, violations, unreached };
}

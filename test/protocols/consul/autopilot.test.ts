// Who has a vote among the servers: those who leave give theirs up, so that those who stay can lose more, and those who come back
// learn before they vote again.
import { describe, expect, test } from 'vitest';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, type Fault, type NodeId } from '../../../sim/index.ts';
import { converse, put, type Step, type Talk } from './conversation.ts';

const five = ['s1', 's2', 's3', 's4', 's5'];
const gossip = { contacts: five };
const settled = seconds(8);
const at = (after: number): number => settled + seconds(after);

const server = consulServer({ gossip, raft: { voters: five } });
const nodes = Object.fromEntries(five.map((id) => [id, server]));
const leave = (ask: NodeId, when: number): Step => ({ at: when, ask, request: { type: 'agent-leave' } });
const peers = (ask: NodeId, when: number): Step => ({ at: when, ask, request: { type: 'status-peers' } });
const crash = (node: NodeId, when: number, lasts = seconds(100)): readonly [number, Fault] => [
  when,
  { type: 'crash', node, for: lasts },
];
const bodies = (steps: readonly Step[], more: Partial<Talk> = {}): readonly unknown[] =>
  converse({ nodes, steps, ...more }).exchanges.map(({ response }) => response.body);

/** Who leads, and the others. */
function rolesOf(seed: number): readonly [leader: NodeId, ...others: NodeId[]] {
  const [leader] = bodies([{ at: settled, ask: 's1', request: { type: 'status-leader' } }], { seed });
  return [leader as NodeId, ...five.filter((one) => one !== leader)];
}

describe('a server that leaves', () => {
  test('has no vote any more, nor has another that leaves with it', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [leader, one, other] = rolesOf(seed);
      const steps = [leave(one!, at(1)), leave(other!, at(1)), peers(leader, at(3))];
      expect(bodies(steps, { seed })[2]).toEqual(five.filter((each) => each !== one && each !== other));
    }
  });

  test('is not missed: two of five leave and a third dies, and there is a quorum still', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [leader, one, other, third] = rolesOf(seed);
      const faults = [crash(one!, at(6)), crash(other!, at(6)), crash(third!, at(7))];
      const write: Step = { at: at(8), ask: leader, request: put('a', '1') };
      expect(bodies([leave(one!, at(1)), leave(other!, at(1)), write], { seed, faults })[2]).toBe(true);
      expect(bodies([write], { seed, faults })).not.toEqual([true]);
    }
  });

  test('gives up its leadership with its vote, and its successor forgets it', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [leader, other] = rolesOf(seed);
      const [, next, voters, node, written] = bodies(
        [
          leave(leader, at(1)),
          { at: at(8), ask: other!, request: { type: 'status-leader' } },
          peers(other!, at(8)),
          { at: at(8), ask: other!, request: { type: 'catalog-node', node: leader } },
          { at: at(8), ask: other!, request: put('a', '1') },
        ],
        { seed },
      );
      expect(five.filter((each) => each !== leader)).toContain(next);
      expect(voters).toEqual(five.filter((each) => each !== leader));
      expect([node, written]).toEqual([null, true]);
    }
  });
});

test('the last server that leaves forgets nobody, itself included', () => {
  const alone = consulServer({ gossip: { contacts: ['s1'] }, raft: { voters: ['s1'] } });
  const node: Step = { at: at(65), ask: 's1', request: { type: 'catalog-node', node: 's1' } };
  const found = bodies([leave('s1', at(1)), node, peers('s1', at(65))], { nodes: { s1: alone }, until: at(70) });
  expect(found.slice(1)).toMatchObject([{ node: { name: 's1' } }, ['s1']]);
});

describe('a server that comes back', () => {
  const back = at(10);
  const when = (seed: number, more: readonly (readonly [number, Fault])[] = []) => {
    const [leader, one] = rolesOf(seed);
    const looks = [9, 19, 35].map((after) => peers(leader, at(after)));
    const faults = [crash(one!, at(6), back - at(6)), ...more];
    const found = bodies([leave(one!, at(1)), ...looks], { seed, faults });
    return found.slice(1).map((voters) => (voters as readonly NodeId[]).includes(one!));
  };

  test('learns for a while before it votes again', () => {
    for (let seed = 0; seed < 4; seed++) expect(when(seed)).toEqual([false, false, true]);
  });

  test('gets no vote while gossip takes it for dead', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [, one] = rolesOf(seed);
      expect(when(seed, [crash(one!, back + ms(3_000))])).toEqual([false, false, false]);
    }
  });

  test('gets no vote while it is far behind', () => {
    const [leader, one] = rolesOf(0);
    const writes = Array.from({ length: 300 }, (_, place): Step => {
      return { at: at(1.5) + place * ms(10), ask: leader, request: put('a', String(place)) };
    });
    const deaf: Fault = { type: 'one-way', from: [leader], to: [one!], for: seconds(30) };
    const looks = [peers(leader, at(38)), peers(leader, at(75))];
    const found = bodies([leave(one!, at(1)), ...writes, ...looks], {
      faults: [crash(one!, at(6), back - at(6)), [at(9), deaf]],
      seed: 0,
      until: at(80),
    });
    expect(found.slice(-2).map((voters) => (voters as readonly NodeId[]).includes(one!))).toEqual([false, true]);
  });

  test('votes in the end though the leader that let it in is gone', () => {
    for (let seed = 0; seed < 4; seed++) {
      const [leader, one, other] = rolesOf(seed);
      const found = bodies([leave(one!, at(1)), peers(other!, at(45))], {
        seed,
        faults: [crash(one!, at(6), seconds(4)), crash(leader, at(15))],
        until: seconds(60),
      });
      expect(found[1]).toContain(one);
    }
  });
});

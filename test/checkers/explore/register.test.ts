// Register services: all their states, by both engines, and what the broken ones are caught at.
import { describe, expect, test } from 'vitest';
import { describeAction, explore, explorePlain, retrace } from '../../../checkers/explore/index.ts';
import { abdWorld, paxosWorld, singleCopyWorld } from '../../../scenarios/models/register.ts';

const write = { f: 'write', value: 'A' };
const read = { f: 'read', value: null };

describe('the single-copy register', () => {
  test.each([
    [1, 5, 5, 5],
    [2, 93, 121, 9],
    [3, 4_243, 6_778, 13],
  ])('with %i clients has the states that Stateright counts', (clients, unique, generated, levels) => {
    const found = explore(singleCopyWorld({ clients }));
    expect(found).toMatchObject({ unique, generated, levels, complete: true, violations: [], unreached: [] });
  });

  test('is not linearizable on two servers: the shortest proof has four actions, and running it again proves it again', () => {
    const world = singleCopyWorld({ servers: 2, clients: 2 });
    const [violation] = explore(world).violations;
    expect(violation).toMatchObject({ property: 'linearizable register', verdict: 'invalid' });
    expect(violation?.trace.map(describeAction)).toEqual([
      'c1 → s1 put {"request":"c1/1","value":"A"}',
      's1 → c1 put ok {"request":"c1/1"}',
      'c1 → s2 get {"request":"c1/2"}',
      's2 → c1 get ok {"request":"c1/2","value":null}',
    ]);
    const { objections } = retrace(world, violation?.trace ?? []);
    expect(objections.map(({ reason }) => reason)).toEqual([violation?.reason]);
  });
});

describe('single-decree Paxos', () => {
  test.each([
    [1, 265, 482, 14],
    [2, 16_668, 32_971, 21],
  ])('with %i clients has the states that Stateright counts', (clients, unique, generated, levels) => {
    const found = explore(paxosWorld({ clients }));
    expect(found).toMatchObject({ unique, generated, levels, complete: true, violations: [], unreached: [] });
  });

  test('with three clients has 1,194,428 states, for which handlers run 15,606 times', () => {
    const { unique, generated, complete, violations, statistics } = explore(paxosWorld({ clients: 3 }));
    expect({ unique, generated, complete, violations }).toEqual({
      unique: 1_194_428,
      generated: 2_420_477,
      complete: true,
      violations: [],
    });
    expect(statistics.handlerRuns).toBe(15_606);
  });

  test('in queues keeps to one value, where recording returns by messages would report a false violation', () => {
    const found = explore(paxosWorld({ clients: 2, network: 'ordered' }));
    expect(found).toMatchObject({ complete: true, violations: [] });
  });

  test('that ignores what was accepted chooses two values', () => {
    const world = paxosWorld({ clients: 2, adoptsAccepted: false });
    const [violation] = explore(world).violations;
    expect(violation).toMatchObject({ property: 'linearizable register', verdict: 'invalid' });
    expect(retrace(world, violation?.trace ?? []).objections).toMatchObject([{ property: 'linearizable register' }]);
  });
});

describe('the register of Attiya, Bar-Noy and Dolev', () => {
  test.each([
    ['unordered', 1_449, 3_728, 17],
    ['ordered', 559, 1_486, 21],
  ] as const)(
    'with %s links and one client has the states that Stateright counts',
    (network, unique, generated, levels) => {
      const found = explore(abdWorld({ network }));
      expect(found).toMatchObject({ unique, generated, levels, complete: true, violations: [], unreached: [] });
    },
  );

  test('on two servers with two clients has the 544 states that Stateright counts', () => {
    expect(explore(abdWorld({ servers: 2, clients: 2 }))).toMatchObject({
      unique: 544,
      complete: true,
      violations: [],
    });
  });

  test('that does not write back lets a later read see an older value', () => {
    const world = abdWorld({ writesBack: false, operations: [[write], [read, read]] });
    const [violation] = explore(world).violations;
    expect(violation?.trace).toHaveLength(11);
    expect(retrace(world, violation?.trace ?? []).objections).toMatchObject([{ property: 'linearizable register' }]);
  });
});

describe('the plain engine', () => {
  test.each([
    ['single copy, 2 clients', singleCopyWorld({ clients: 2 })],
    ['single copy, 2 servers', singleCopyWorld({ servers: 2, clients: 2 })],
    ['Paxos, 1 client', paxosWorld({ clients: 1 })],
    ['Paxos in queues, 1 client', paxosWorld({ clients: 1, network: 'ordered' })],
    ['ABD, 1 client', abdWorld()],
    ['ABD in queues', abdWorld({ network: 'ordered' })],
    ['ABD, 2 servers, 2 clients', abdWorld({ servers: 2, clients: 2 })],
  ])('has the same states and violations: %s', (_, world) => {
    const { unique, generated, levels, violations } = explore(world, { stop: 'never' });
    const violated = violations.map(({ property }) => property).sort();
    expect(explorePlain(world)).toEqual({ unique, generated, levels, violated });
  });
});

// Zab in every run of a small world: three servers, few elections and crashes. With its rules it is safe; without one of them the
// search finds a shortest run that shows it, among them those of ZooKeeper's known issues.
import { describe, expect, test } from 'vitest';
import { explore, explorePlain, retrace } from '../../../checkers/explore/index.ts';
import type { ZabRules } from '../../../protocols/zab/index.ts';
import { zabWorld, type ExploredZabOptions } from '../../../scenarios/models/zab.ts';

describe('every run of Zab', () => {
  test('with an election and a crash between any two effects is safe', () => {
    const found = explore(zabWorld({ elections: 1, crashes: 1 }), { auditEvery: 50 });
    expect(found).toMatchObject({ complete: true, violations: [], unreached: [] });
  });

  test('with two elections of leaders that write nothing is safe', () => {
    const found = explore(zabWorld({ elections: 2, epochs: 2, writes: 0 }));
    expect(found).toMatchObject({ complete: true, violations: [] });
  });

  test('with every message of the election, and one time-out, is safe', () => {
    const found = explore(zabWorld({ election: 'fast', elections: 1 }));
    expect(found).toMatchObject({ complete: true, violations: [] });
  });

  test('has the same states in the plain engine', () => {
    const world = zabWorld({ elections: 1, epochs: 1, writes: 0 });
    const { unique, generated, levels } = explore(world);
    expect(explorePlain(world)).toEqual({ unique, generated, levels, violated: [] });
  });
});

describe('a run of Zab without one of its rules', () => {
  const two = { elections: 2, epochs: 2 };
  const crash = { ...two, crashes: 1 };
  const cases: readonly (readonly [string, Partial<ZabRules>, ExploredZabOptions, string, number])[] = [
    [
      'ZOOKEEPER-2845',
      { historyAtElection: (log, applied) => log.filter(({ zxid }) => zxid <= applied) },
      two,
      'durable log',
      7,
    ],
    [
      'ZOOKEEPER-3911',
      { atNewLeader: ['acknowledge', 'write history', 'sync', 'set epoch', 'sync'] },
      crash,
      'quorum durability',
      6,
    ],
    ['ZOOKEEPER-3023', { atUpToDate: ['serve'] }, two, 'serves what is committed', 15],
    ['ZOOKEEPER-4394', { awaitsCommit: (gathered) => gathered }, { elections: 1, epochs: 1 }, 'no bad packet', 17],
    [
      'ZOOKEEPER-4643',
      { atNewLeader: ['set epoch', 'sync', 'write history', 'sync', 'acknowledge'] },
      crash,
      'initial history',
      13,
    ],
    [
      'ZOOKEEPER-4646',
      { atNewLeader: ['write history', 'set epoch', 'acknowledge', 'sync'] },
      crash,
      'quorum durability',
      6,
    ],
    ['ZOOKEEPER-4685', { holdsProposal: () => false }, two, 'no bad packet', 12],
    ['ZOOKEEPER-4712', { drainsQueue: false }, two, 'initial history', 13],
    ['ZOOKEEPER-3104', { packetsInOrder: (packets) => packets.toReversed() }, two, 'initial history', 11],
    ['ZOOKEEPER-1154', { truncatesTo: () => Infinity }, two, 'initial history', 16],
    [
      'ZOOKEEPER-1282',
      { atNewLeader: ['write history', 'sync', 'acknowledge'], atUpToDate: ['set epoch', 'sync', 'apply', 'serve'] },
      two,
      'quorum durability',
      6,
    ],
    ['ZOOKEEPER-1291', { persistsAcceptedEpoch: false }, crash, 'primary uniqueness', 8],
    [
      'UPTODATE that goes too far',
      { committedAtUpToDate: (_state, { proposed }) => proposed },
      two,
      'no bad packet',
      16,
    ],
    ['a leader behind its follower', { isNewer: () => false }, two, 'quorum durability', 17],
    ['an acknowledgement before the sync', { syncsBeforeAck: false }, crash, 'quorum durability', 12],
    ['half an ensemble as a quorum', { isQuorum: (weight) => weight >= 1 }, two, 'quorum durability', 1],
  ];

  test.each(cases)('%s is found', (_, rules, options, property, length) => {
    const world = zabWorld({ ...options, rules });
    const [violation] = explore(world).violations;
    expect({ property: violation?.property, length: violation?.trace.length }).toEqual({ property, length });
    const objections = retrace(world, violation?.trace ?? []).objections.map((objection) => objection.property);
    expect(objections).toContain(property);
  });
});

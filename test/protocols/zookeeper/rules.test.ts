// Each rule of the service next to itself broken: the same conversation shows what the rule is there for.
import { describe, expect, test } from 'vitest';
import type { ServiceRequest, ServiceRules } from '../../../protocols/zookeeper/index.ts';
import { seconds } from '../../../sim/index.ts';
import { ask, converse, type Line, type Outcome, type Setup } from './ensemble.ts';

const create = (path: string, rest: object = {}): ServiceRequest => ({ type: 'create2', path, data: 'x', ...rest });
const set = (path: string, data: string): ServiceRequest => ({ type: 'setData', path, data });
const get = (path: string, watch = false): ServiceRequest => ({ type: 'getData', path, watch });
const two = { c1: { server: 'n1' }, c2: { server: 'n2' } };

interface Case {
  readonly rule: string;
  readonly broken: Partial<ServiceRules>;
  readonly lines: readonly Line[];
  readonly setup: Setup;
  /** What is seen, which differs with the rule. */
  readonly see: (outcome: Outcome) => unknown;
  readonly kept: unknown;
  readonly seenWhenBroken: unknown;
}

const cases: readonly Case[] = [
  {
    rule: 'isOwner: what was under way when a session moved is refused',
    broken: { isOwner: () => true },
    lines: [ask('c1', create('/a')), ask('c1', set('/a', 'old'), 5), ask('c2', get('/a'), 14)],
    setup: {
      clients: { c1: { server: 'n1', timeout: 4 }, c2: { server: 'n3' } },
      // The write waits between its server and the leader, while the client goes to another server.
      faults: [
        { at: seconds(4.9), fault: { type: 'slow-link', from: ['n1'], to: ['n3'], add: seconds(6), for: seconds(1) } },
        { at: seconds(5.1), fault: { type: 'isolate', node: 'c1', for: seconds(1) } },
        { at: seconds(6.2), fault: { type: 'one-way', from: ['n1'], to: ['c1'], for: seconds(13) } },
      ],
      until: 20,
    },
    see: (said) => said.answer(2).result.data,
    kept: 'x',
    seenWhenBroken: 'old',
  },
  {
    rule: 'sequenceOf: numbers count creates, not the children there are',
    broken: { sequenceOf: ({ childCount }) => childCount },
    lines: [
      ask('c1', [
        create('/q'),
        create('/q/s-', { mode: 'persistent-sequential' }),
        { type: 'delete', path: '/q/s-0000000000' },
        create('/q/s-', { mode: 'persistent-sequential' }),
      ]),
    ],
    setup: {},
    see: (said) => said.answers(0)[3]!.result.path,
    kept: '/q/s-0000000001',
    seenWhenBroken: '/q/s-0000000000',
  },
  {
    rule: 'isOpen: a closed session creates nothing',
    broken: { isOpen: () => true },
    lines: [ask('c1', [{ type: 'closeSession' }, create('/e', { mode: 'ephemeral' })]), ask('c2', get('/e'), 20)],
    setup: { clients: two },
    see: (said) => said.answer(1).result.error,
    kept: 'NoNode',
    seenWhenBroken: 'OK',
  },
  {
    rule: 'isBehind: a client does not go back to an older state',
    broken: { isBehind: () => false },
    // n3 led and is cut off. It goes on for a while, beside the new leader, with what it had.
    lines: [
      ask('c1', create('/a')),
      ask('c1', set('/a', 'new'), 15.6),
      { client: 'c1', f: 'move', value: 'n3', at: 15.7 },
      ask('c1', get('/a'), 15.75),
    ],
    setup: {
      clients: { c1: { server: 'n1', timeout: 20 } },
      faults: [
        { at: seconds(5), fault: { type: 'one-way', from: ['n3'], to: ['n1', 'n2'], for: seconds(40) } },
        { at: seconds(14.2), fault: { type: 'partition', groups: [['n1', 'n2'], ['n3']], for: seconds(30) } },
      ],
    },
    see: (said) => said.answer(3).result.data,
    kept: 'new',
    seenWhenBroken: 'x',
  },
  {
    rule: 'syncsAtLeader: after a sync, what was written elsewhere is seen',
    broken: { syncsAtLeader: false },
    lines: [
      ask('c1', create('/a')),
      ask('c1', set('/a', 'new'), 5),
      ask('c2', [{ type: 'sync', path: '/a' }, get('/a')], 5.5),
    ],
    setup: {
      clients: two,
      faults: [
        { at: seconds(4.9), fault: { type: 'slow-link', from: ['n3'], to: ['n2'], add: seconds(1), for: seconds(3) } },
      ],
    },
    see: (said) => said.answers(2)[1]!.result.data,
    kept: 'new',
    seenWhenBroken: 'x',
  },
  {
    rule: 'readsInOrder: a read sees the write sent before it',
    broken: { readsInOrder: false },
    lines: [ask('c1', create('/a')), ask('c1', [set('/a', 'new'), get('/a')])],
    setup: {},
    see: (said) => said.answers(1)[1]!.result.data,
    kept: 'new',
    seenWhenBroken: 'x',
  },
  {
    rule: 'eventsFirst: a watch is told before its client sees the change',
    broken: { eventsFirst: false },
    lines: [
      ask('c1', create('/a')),
      ask('c1', get('/a', true)),
      ask('c1', set('/a', 'new')),
      { client: 'c1', f: 'log' },
    ],
    setup: {},
    see: (said) =>
      said
        .log(3)
        .slice(-2)
        .map(({ type }) => type),
    kept: ['event', 'reply'],
    seenWhenBroken: ['reply', 'event'],
  },
  {
    rule: 'isMissed: what changed while a client was away is told when it is back',
    broken: { isMissed: () => false },
    lines: [
      ask('c1', [create('/a'), get('/a', true)]),
      ask('c2', set('/a', 'new'), 6),
      { client: 'c1', f: 'log', at: 25 },
    ],
    setup: { clients: two, faults: [{ at: seconds(5), fault: { type: 'isolate', node: 'c1', for: seconds(3) } }] },
    see: (said) => said.events(2),
    kept: ['NodeDataChanged /a'],
    seenWhenBroken: [],
  },
];

describe('the rule', () => {
  test.each(cases)('$rule', ({ broken, lines, setup, see, kept, seenWhenBroken }) => {
    expect(see(converse(lines, setup))).toEqual(kept);
    expect(see(converse(lines, { ...setup, options: { rules: broken } }))).toEqual(seenWhenBroken);
  });
});

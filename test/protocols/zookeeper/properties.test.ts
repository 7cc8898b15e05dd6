// The service's properties against answers that no correct ensemble gives, planted one by one, and against a history with a hole.
import { describe, expect, test } from 'vitest';
import {
  clientOrder,
  ephemeralsHaveSessions,
  oneConnection,
  sessionsHaveOneClient,
  singleOrder,
  singleSystemImage,
  takenUpSessions,
} from '../../../protocols/zookeeper/properties.ts';
import { zooKeeperScenario } from '../../../scenarios/zookeeper.ts';
import { ms, simulate, type AlwaysProperty, type NodeView, type Property, type View } from '../../../sim/index.ts';

type Data = { readonly [key: string]: string | number | boolean | null };

/** What the property says to these notes, one after the other; the first violation. */
function judge(property: Property, kind: string, notes: readonly Data[], state?: object): string | undefined {
  const look = (property as AlwaysProperty).start();
  const node = { id: 'c1', state } as unknown as NodeView;
  for (const data of notes) {
    const verdict = look({} as View, { node, note: { kind, data } });
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

const write = (session: number, zxid: number, data: string): Data => ({ session, zxid, path: '/a', mzxid: zxid, data });
const read = (session: number, zxid: number, mzxid: number, data: string | null): Data => {
  return { session, zxid, path: '/a', mzxid, data };
};

describe('single order', () => {
  const good = [write(1, 10, 'x'), read(2, 15, 10, 'x'), write(1, 20, 'y'), read(2, 19, 10, 'x'), read(2, 20, 20, 'y')];

  test('has nothing against reads that lag behind', () => {
    expect(judge(singleOrder(), 'answered', good)).toBeUndefined();
  });

  test.each([
    ['a read that misses a write before its zxid', [...good, read(3, 21, 10, 'x')]],
    [
      'a write that turns up before a read that did not see it',
      [write(1, 10, 'x'), read(2, 30, 10, 'x'), write(1, 20, 'y')],
    ],
    ['a node that is gone although it was written', [...good, read(3, 25, 0, null)]],
    ['two values of one write', [...good, read(3, 20, 20, 'z')]],
  ])('finds %s', (_what, notes) => {
    expect(judge(singleOrder(), 'answered', notes)).toMatch(/^session|^\/a was/);
  });
});

test('single system image finds a session that goes back, and lets others be behind it', () => {
  expect(
    judge(singleSystemImage(), 'answered', [write(1, 10, 'x'), read(2, 5, 0, null), read(1, 10, 10, 'x')]),
  ).toBeUndefined();
  expect(judge(singleSystemImage(), 'answered', [write(1, 10, 'x'), read(1, 9, 0, null)])).toBe(
    'c1 was answered from 9 after 10',
  );
});

test('FIFO client order finds requests of a session that were turned round, whichever is heard of first', () => {
  const applied = (session: number, cxid: number, zxid: number): Data => ({ session, cxid, zxid });
  expect(
    judge(clientOrder(), 'applies', [applied(1, 1, 10), applied(2, 1, 5), applied(1, 3, 12), applied(1, 2, 11)]),
  ).toBeUndefined();
  expect(judge(clientOrder(), 'applies', [applied(1, 1, 10), applied(1, 2, 9)])).toContain('request 2 of session 1');
  expect(judge(clientOrder(), 'applies', [applied(1, 2, 9), applied(1, 1, 10)])).toContain('request 1 of session 1');
});

describe('a server', () => {
  const connected = (...sessions: number[]): object => ({
    zab: { isActive: false, lastApplied: 10, machine: { sessions: { 1: 4 } }, leading: null },
    connections: Object.fromEntries(sessions.map((session, place) => [`k${place}`, { session }])),
  });
  const said = (property: Property, kind: string, state: object): string | undefined =>
    judge(property, kind, [{ session: 1, owner: 'n2' }], state);

  test('has one connection of a session, none of a closed one, and none while it looks for a leader', () => {
    expect(said(oneConnection(), 'attaches', connected(1, 2))).toBeUndefined();
    expect(said(oneConnection(), 'attaches', connected(1, 2, 1))).toContain('2 connections of session 1');
    expect(said(oneConnection(), 'session closes', connected(2))).toBeUndefined();
    expect(said(oneConnection(), 'session closes', connected(2, 1))).toContain('1 connections of session 1');
    const asks = { ...connected(2), connections: { k0: { session: 1, phase: 'revalidating' } } };
    expect(said(oneConnection(), 'session closes', asks)).toBeUndefined();
    expect(said(oneConnection(), 'gives-up', connected())).toBeUndefined();
    expect(said(oneConnection(), 'gives-up', connected(2))).toContain('looks for a leader');
  });

  test('takes a session that is open, and where its client is', () => {
    const told = (takenFrom: string, isOpen: boolean): string | undefined =>
      judge(takenUpSessions(), 'revalidates', [{ session: 1, owner: 'n2', takenFrom, isOpen }]);
    expect(told('n2', true)).toBeUndefined();
    expect(told('n1', true)).toContain('from n1');
    expect(told('n2', false)).toContain('which it has closed');
  });

  test('has forgotten a session that it has closed', () => {
    const look = (ephemeralsHaveSessions() as AlwaysProperty).start();
    const closes = (session: number) =>
      look({ nodes: [] } as unknown as View, {
        node: { id: 'n1', state: { zab: { isActive: true, machine: { sessions: { 1: 4 } } } } } as unknown as NodeView,
        note: { kind: 'session closes', data: { session } },
      });
    expect(closes(2)).toBeUndefined();
    expect(closes(1)).toContain('still has session 1');
  });
});

test('a session has one client, in one of its lives', () => {
  const answers = (...clients: readonly (readonly [id: string, incarnation: number, session: number])[]): string[] => {
    const look = (sessionsHaveOneClient() as AlwaysProperty).start();
    return clients.flatMap(([id, incarnation, session]) => {
      const node = { id, incarnation } as unknown as NodeView;
      return look({} as View, { node, note: { kind: 'answered', data: { session } } }) ?? [];
    });
  };
  expect(answers(['c1', 1, 7], ['c2', 1, 8], ['c1', 1, 7], ['c1', 2, 9])).toEqual([]);
  expect(answers(['c1', 1, 7], ['c2', 1, 7])).toEqual(['session 7 is that of c1 in life 1, and answers c2 in life 1']);
  expect(answers(['c1', 1, 7], ['c1', 2, 7])).toHaveLength(1);
});

test('an ephemeral node has an open session, which knows it', () => {
  const judged = (owner: number, sessions: object, ephemerals: object): string | undefined => {
    const nodes = { '/': { owner: 0 }, '/e': { owner } };
    const server = { id: 'n1', state: { zab: { machine: { nodes, sessions, ephemerals } } } } as unknown as NodeView;
    const look = (ephemeralsHaveSessions() as AlwaysProperty).start();
    return look({ nodes: [server] } as unknown as View, { node: server, note: { kind: 'applies', data: {} } });
  };
  expect(judged(7, { 7: 4 }, { 7: ['/e'] })).toBeUndefined();
  expect(judged(0, { 7: 4 }, {})).toBeUndefined();
  expect(judged(7, {}, { 7: ['/e'] })).toBe('n1 has /e of session 7, which is closed');
  expect(judged(7, { 7: 4 }, { 7: ['/other'] })).toContain('n1 has /e of session 7, and will not delete it');
});

test('same trees finds a server whose history has a hole', () => {
  const holes = zooKeeperScenario({
    name: 'zookeeper-holes',
    story: 'A leader leaves out the first transaction that a follower lacks.',
    expect: { type: 'breaks', what: ['same trees'] },
    reads: 'local',
    share: 500_000,
    every: ms(40),
    judged: 'order',
    zabRules: { missing: (entries) => entries.slice(1) },
    fixed: { snapshotEvery: 1_000, keys: 1 },
    nemesis: { classes: ['crash', 'isolate'], allClasses: true, longest: ms(900) },
  });
  const found = new Set<string>();
  for (let seed = 0; seed < 60 && !found.has('same trees'); seed++) {
    for (const { name } of simulate(holes, { seed }).findings) found.add(name);
  }
  expect(found).toContain('same trees');
});

// Properties of Zab against states that no correct server gets into, planted one by one.
import { expect, test } from 'vitest';
import { zab, zxidOf } from '../../../protocols/zab/index.ts';
import { allServe, connectionsAreNew } from '../../../protocols/zab/properties/connections.ts';
import { commitsArePrompt } from '../../../protocols/zab/properties/history.ts';
import { quorumsElect } from '../../../protocols/zab/properties/elections.ts';
import { sameMachines, snapshotsAreSpaced, snapshotsFollowTheLog } from '../../../protocols/zab/properties/machines.ts';
import { integrity } from '../../../protocols/zab/properties/order.ts';
import type { AlwaysProperty, EventuallyProperty, NodeView, Property, View } from '../../../sim/index.ts';

const server = zab();
const node = (id: string, state: object): NodeView =>
  ({ id, protocol: server, state: { zab: state } }) as unknown as NodeView;

/** What the property says to these nodes, one after the other, each with a note; the first violation. */
function judge(property: Property, touched: readonly NodeView[], kind: string, data = {}): string | undefined {
  const look = (property as AlwaysProperty).start();
  const view = { nodes: [...new Map(touched.map((each) => [each.id, each])).values()] } as unknown as View;
  for (const each of touched) {
    const verdict = look(view, { node: each, note: { kind, data } });
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

test('machines at one transaction are compared, at different ones they are not', () => {
  const at = (id: string, lastApplied: number, x: number): NodeView => node(id, { lastApplied, machine: { x } });
  expect(judge(sameMachines(), [at('n1', 1, 7), at('n2', 1, 7), at('n2', 2, 8)], 'delivers')).toBeUndefined();
  expect(judge(sameMachines(), [at('n1', 1, 7), at('n2', 1, 8)], 'delivers')).toBe(
    'n2 and n1 have different machines at 0.1',
  );
});

test('a snapshot is not ahead of the log', () => {
  const snapshot = (snapshotZxid: number): NodeView => node('n1', { snapshotZxid, base: 0, log: [{ zxid: 4 }] });
  expect(judge(snapshotsFollowTheLog(), [snapshot(4)], 'snapshot')).toBeUndefined();
  expect(judge(snapshotsFollowTheLog(), [snapshot(5)], 'snapshot')).toContain('its log ends at 0.4');
});

test('snapshots are as far apart as they should be, and a server that starts knows which one it has', () => {
  const take = (...kinds: readonly string[]): string | undefined => {
    const look = (snapshotsAreSpaced({ snapshotEvery: 2 }) as AlwaysProperty).start();
    const durable = { cells: new Map([['zab-snapshot', { zxid: 4 }]]), logs: new Map() };
    const server = { ...node('n1', { snapshotZxid: 4 }), durable } as unknown as NodeView;
    const said = kinds.map((kind) => look({} as View, { node: server, note: { kind, data: {} } }));
    return said.find((verdict) => verdict !== undefined);
  };
  expect(take('starts', 'delivers', 'snapshot', 'delivers', 'delivers', 'snapshot')).toBeUndefined();
  expect(take('snapshot', 'delivers', 'snapshot')).toContain('1 transactions after the last one');
  expect(take('snapshot', 'starts', 'snapshot')).toBeUndefined();
  const look = (snapshotsAreSpaced({}) as AlwaysProperty).start();
  const durable = { cells: new Map(), logs: new Map() };
  const forgetful = { ...node('n1', { snapshotZxid: 4 }), durable } as unknown as NodeView;
  expect(look({} as View, { node: forgetful, note: { kind: 'starts', data: {} } })).toContain(
    'starts from the snapshot of 0.0, and takes it for that of 0.4',
  );
});

test('a connection has a new name, also after a restart', () => {
  const follows = (connection: number): NodeView => node('n1', { following: { channel: { connection } } });
  const discovery = { role: 'FOLLOWING', phase: 'DISCOVERY' };
  expect(judge(connectionsAreNew(), [follows(1), follows(2)], 'role', discovery)).toBeUndefined();
  expect(judge(connectionsAreNew(), [follows(2), follows(2)], 'role', discovery)).toContain('connection 2 after 2');
});

test('what a quorum has is committed, observers not counted', () => {
  const [one, two, three] = [zxidOf(1, 1), zxidOf(1, 2), zxidOf(1, 3)];
  const leads = (committed: number, acked: number, observed = 0): readonly NodeView[] => {
    const learners = { n2: { acked }, n3: { acked: one }, n4: { acked: observed, isObserver: true } };
    const leader = node('n1', { phase: 'BROADCAST', committed, leading: { logged: three, learners } });
    return [leader, ...['n2', 'n3', 'n4'].map((id) => node(id, {}))];
  };
  const property = commitsArePrompt({ observers: ['n4'] });
  const judged = (nodes: readonly NodeView[]): string | undefined => {
    const look = (property as AlwaysProperty).start();
    return look({ nodes } as unknown as View, { node: nodes[0]!, note: { kind: 'commits', data: {} } });
  };
  expect(judged(leads(two, two))).toBeUndefined();
  expect(judged(leads(one, one, three))).toBeUndefined();
  expect(judged(leads(one, two))).toContain('although a quorum has 1.2');
});

test('in the end every server serves', () => {
  const property = allServe(server, 1) as EventuallyProperty;
  const nodes = (...areActive: boolean[]): View =>
    ({ nodes: areActive.map((isActive, place) => node(`n${place + 1}`, { isActive })) }) as unknown as View;
  expect(property.missing(nodes(true, true), 0)).toBeUndefined();
  expect(property.missing(nodes(true, false), 0)).toBe('n2 did not');
});

test('whom a server elects, a quorum of voters stands behind in that round', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => node(id, {}));
  const look = (property: Property) => (property as AlwaysProperty).start();
  const elects = (
    property: Property,
    votes: readonly (readonly [voter: number, round: number])[],
  ): string | undefined => {
    const judged = look(property);
    const say = (voter: number, kind: string, round: number): string | undefined =>
      judged({ nodes } as unknown as View, { node: nodes[voter - 1]!, note: { kind, data: { leader: 'n5', round } } });
    for (const [voter, round] of votes) say(voter, 'vote', round);
    return say(1, 'elects', 2);
  };
  expect(
    elects(quorumsElect({}), [
      [2, 2],
      [5, 2],
    ]),
  ).toBeUndefined();
  expect(
    elects(quorumsElect({}), [
      [2, 1],
      [5, 2],
    ]),
  ).toBe('n1 elects n5 in round 2, behind whom only n1, n5 stands');
  expect(
    elects(quorumsElect({ observers: ['n2'] }), [
      [2, 2],
      [5, 2],
    ]),
  ).toContain('only n1, n5');
  expect(elects(quorumsElect({ weights: { n5: 5 } }), [[5, 2]])).toBeUndefined();
});

test('a request is proposed once, and a transaction for one request', () => {
  const proposes = (...proposals: readonly (readonly [zxid: number, request: string])[]): string | undefined => {
    const look = (integrity() as AlwaysProperty).start();
    const said = proposals.map(([zxid, request]) =>
      look({} as View, { node: node('n1', {}), note: { kind: 'proposes', data: { zxid, request } } }),
    );
    return said.find((verdict) => verdict !== undefined);
  };
  expect(proposes([1, 'n1/1/1'], [2, 'n1/2/1'], [3, 'n2/1/1'])).toBeUndefined();
  expect(proposes([1, 'n1/1/1'], [2, 'n1/1/1'])).toBe('n1/1/1 is proposed as 0.1 and again as 0.2');
  expect(proposes([1, 'n1/1/1'], [1, 'n2/1/1'])).toContain('0.1 is proposed for n1/1/1 and again for n2/1/1');
});

// Properties of SWIM against states that no right member gets into, planted one by one.
import { expect, test } from 'vitest';
import { startingMembers, type Member } from '../../protocols/swim/index.ts';
import { rosterIsTheMembers } from '../../scenarios/swim-probing.ts';
import type { AlwaysProperty, NodeView, View } from '../../sim/index.ts';

test('a member goes round those that it knows: nobody twice, nobody who is forgotten, and nobody left out', () => {
  const shared = startingMembers(['n1', 'n2']);
  const newcomer: Member = { name: 'n3', address: 'n3', incarnation: 1, status: 'alive', meta: '' };
  const members = { shared, own: new Map([['n3', newcomer]]), size: 3 };
  const judge = (roster: readonly string[]): string | undefined => {
    const node = { id: 'n1', state: { swim: { roster, members } } } as unknown as NodeView;
    return (rosterIsTheMembers as AlwaysProperty).start()({} as View, { node, note: { kind: 'forgotten', data: {} } });
  };
  expect(judge(['n1', 'n2', 'n3'])).toBeUndefined();
  expect(judge(['n1', 'n2', 'n3', 'n2'])).toContain('n1 goes round n1, n2, n3, n2');
  expect(judge(['n1', 'n2', 'n4'])).toContain('n4');
  expect(judge(['n1', 'n3'])).toContain('knows 3 members');
});

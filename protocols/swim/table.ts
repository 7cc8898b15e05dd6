// A member's list of members. In a cluster that starts whole, thousands of members share one list and keep only what differs
// from it, so that memory grows with what happens and not with the square of the cluster.
import type { Member } from './types.ts';

export interface MemberTable {
  /** What everybody knew at the start. */
  readonly shared: StartingMembers;
  /** What this one knows otherwise; null for a member that it has forgotten. */
  readonly own: Map<string, Member | null>;
  size: number;
}

/** The members of a cluster that starts whole, by name: frozen, so that states may share it. */
export type StartingMembers = Readonly<Record<string, Member>>;

const nobody = startingMembers([]);

/** Members that are alive and know each other from the start, each reached by its name. */
export function startingMembers(names: readonly string[]): StartingMembers {
  const members = Object.create(null) as Record<string, Member>;
  for (const name of names) {
    members[name] = Object.freeze({ name, address: name, incarnation: 1, status: 'alive', meta: '' });
  }
  return Object.freeze(members);
}

export function tableOf(shared: StartingMembers = nobody): MemberTable {
  return { shared, own: new Map(), size: Object.keys(shared).length };
}

export function findMember({ own, shared }: MemberTable, name: string): Member | undefined {
  const known = own.get(name);
  return known === undefined ? shared[name] : (known ?? undefined);
}

export function putMember(table: MemberTable, member: Member): void {
  if (findMember(table, member.name) === undefined) table.size++;
  table.own.set(member.name, member);
}

export function dropMember(table: MemberTable, name: string): void {
  if (findMember(table, name) === undefined) return;
  table.size--;
  if (table.shared[name] !== undefined) table.own.set(name, null);
  else table.own.delete(name);
}

/** All of them: first those of the start, then those that came later. */
export function listMembers({ own, shared }: MemberTable): Member[] {
  const members: Member[] = [];
  for (const member of Object.values(shared)) {
    const known = own.get(member.name);
    if (known !== null) members.push(known ?? member);
  }
  for (const [name, member] of own) if (member !== null && shared[name] === undefined) members.push(member);
  return members;
}

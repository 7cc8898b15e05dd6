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

/** The members of a cluster that starts whole: frozen, so that states may share it. */
export interface StartingMembers {
  readonly list: readonly Member[];
  readonly names: readonly string[];
  /** Where in the list, by name. */
  readonly places: Readonly<Record<string, number>>;
}

const nobody = startingMembers([]);

/** Members that are alive and know each other from the start, each reached by its name. */
export function startingMembers(names: readonly string[]): StartingMembers {
  const list = names.map((name): Member => {
    return Object.freeze({ name, address: name, incarnation: 1, status: 'alive', meta: '' });
  });
  const places = Object.create(null) as Record<string, number>;
  names.forEach((name, place) => {
    places[name] = place;
  });
  return Object.freeze({
    list: Object.freeze(list),
    names: Object.freeze([...names]),
    places: Object.freeze(places),
  });
}

export function tableOf(shared: StartingMembers = nobody): MemberTable {
  return { shared, own: new Map(), size: shared.list.length };
}

export function findMember({ own, shared }: MemberTable, name: string): Member | undefined {
  const known = own.get(name);
  return known === undefined ? findStarting(shared, name) : (known ?? undefined);
}

export function findStarting({ list, places }: StartingMembers, name: string): Member | undefined {
  const place = places[name];
  return place === undefined ? undefined : list[place];
}

export function putMember(table: MemberTable, member: Member): void {
  if (findMember(table, member.name) === undefined) table.size++;
  table.own.set(member.name, member);
}

export function dropMember(table: MemberTable, name: string): void {
  if (findMember(table, name) === undefined) return;
  table.size--;
  if (table.shared.places[name] !== undefined) table.own.set(name, null);
  else table.own.delete(name);
}

/** All of them: first those of the start, then those that came later. While nothing has happened, the shared list itself. */
export function listMembers({ own, shared }: MemberTable): readonly Member[] {
  if (own.size === 0) return shared.list;
  const members: (Member | null)[] = [...shared.list];
  let forgets = false;
  for (const [name, member] of own) {
    const place = shared.places[name];
    if (place !== undefined) members[place] = member;
    else members.push(member);
    forgets ||= member === null;
  }
  return forgets ? members.filter((member) => member !== null) : (members as Member[]);
}

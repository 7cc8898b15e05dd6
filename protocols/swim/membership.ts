// The life of a member in the eyes of another: alive, suspect, dead, left, and what overrides what. Only the member itself
// raises its incarnation, to object when it is accused. (SWIM, section 4.2; memberlist's state.go.)
import { adjustAwareness } from './awareness.ts';
import { broadcast } from './broadcasts.ts';
import { enterRoster } from './order.ts';
import { beginSuspicion, confirm, endSuspicion } from './suspicion.ts';
import { findMember, putMember } from './table.ts';
import { hostContext } from './turn.ts';
import type { Accusation, Member, MemberUpdate, Status, Turn } from './types.ts';

export function onUpdate(turn: Turn, update: MemberUpdate): void {
  switch (update.type) {
    case 'alive':
      return onAlive(turn, update.member);
    case 'suspect':
      return onSuspect(turn, update);
    case 'dead':
      return onDead(turn, update);
  }
}

export function onAlive(turn: Turn, member: Member): void {
  const { swim, agent, ctx } = turn;
  const { rules, config } = agent;
  const { name } = member;
  const known = findMember(swim.members, name);
  const moves = known !== undefined && known.address !== member.address;
  if (known !== undefined && moves) {
    const deadFor = ctx.monotonic() - (swim.since.get(name) ?? ctx.monotonic());
    if (!rules.mayMove(known, deadFor, config.deadNodeReclaimTime)) {
      ctx.note('name conflict', { member: name, bearer: known.address, claimant: member.address });
      return;
    }
  }
  if (name === swim.name) {
    if (!swim.isLeaving && rules.isOfEarlierLife(swim, member)) refute(turn, member.incarnation);
    return;
  }
  if (known !== undefined && !moves && !rules.acceptsAlive(known, member.incarnation)) {
    if (rules.staleAliveEndsSuspicion) endSuspicion(turn, name);
    return;
  }
  if (known === undefined) enterRoster(turn, name);
  endSuspicion(turn, name);
  swim.failed.delete(name);
  broadcast(turn, { type: 'alive', member });
  change(turn, member, known);
}

export function onSuspect(turn: Turn, { member: name, incarnation, from }: Omit<Accusation, 'type'>): void {
  const { swim, agent } = turn;
  const known = findMember(swim.members, name);
  if (known === undefined || !agent.rules.acceptsSuspect(known, incarnation)) return;
  if (swim.suspicions.has(name)) {
    if (confirm(turn, name, from)) broadcast(turn, { type: 'suspect', member: name, incarnation, from });
    return;
  }
  if (!agent.rules.mayBeSuspected(known)) return;
  if (name === swim.name) return refute(turn, incarnation);
  broadcast(turn, { type: 'suspect', member: name, incarnation, from });
  change(turn, { ...known, incarnation, status: 'suspect' }, known, from);
  beginSuspicion(turn, name, from);
}

export function onDead(turn: Turn, { member: name, incarnation, from }: Omit<Accusation, 'type'>): void {
  const { swim, agent } = turn;
  const known = findMember(swim.members, name);
  if (known === undefined || !agent.rules.acceptsDead(known, incarnation)) return;
  endSuspicion(turn, name);
  if (!isLive(known)) return;
  if (name === swim.name && !swim.isLeaving) return refute(turn, incarnation);
  broadcast(turn, { type: 'dead', member: name, incarnation, from });
  const status = agent.rules.statusOfDead(name, from);
  if (status === 'dead') swim.failed.set(name, known.address);
  change(turn, { ...known, incarnation, status }, known, from);
}

/** Objects: this member lives, and says so with an incarnation that overrides the accusation. */
export function refute(turn: Turn, accused: number): void {
  const { swim, agent, ctx } = turn;
  swim.incarnation = agent.rules.refutation(swim.incarnation, accused);
  adjustAwareness(turn, 1); // it should have answered in time
  const self: Member = {
    name: swim.name,
    address: ctx.id,
    incarnation: swim.incarnation,
    status: 'alive',
    meta: swim.meta,
  };
  putMember(swim.members, self);
  broadcast(turn, { type: 'alive', member: self });
  ctx.note('refuted', { incarnation: swim.incarnation });
}

/** Nobody objected in time. */
export function onSuspicionOver(turn: Turn, name: string): void {
  const { swim, agent } = turn;
  const known = findMember(swim.members, name);
  if (known === undefined || !agent.rules.isStillSuspect(known)) return;
  onDead(turn, { member: name, incarnation: known.incarnation, from: swim.name });
}

/** What a peer knows, all of it. (memberlist's mergeState.) */
export function mergeMembers(turn: Turn, members: readonly Member[]): void {
  const { rules } = turn.agent;
  const self = turn.swim.name;
  for (const member of members) {
    const { name, incarnation, status } = member;
    if (status === 'alive') onAlive(turn, member);
    else if (status === 'left') onDead(turn, { member: name, incarnation, from: name });
    else if (status === 'dead' && !rules.mergesDeadAsSuspect) onDead(turn, { member: name, incarnation, from: self });
    else onSuspect(turn, { member: name, incarnation, from: self });
  }
}

/** Those who can be probed and gossiped with. */
export function isLive({ status }: Pick<Member, 'status'>): boolean {
  return status === 'alive' || status === 'suspect';
}

function change(turn: Turn, member: Member, known: Member | undefined, from: string | null = null): void {
  const { swim, ctx, agent, host } = turn;
  const before: Status | undefined = known?.status;
  putMember(swim.members, member);
  if (member.status === before && member.meta === known?.meta) return; // a new incarnation of what was alive already
  if (member.status !== before) {
    if (member.status === 'alive') swim.since.delete(member.name);
    else swim.since.set(member.name, ctx.monotonic());
    const { name, status, incarnation } = member;
    ctx.note('member', { member: name, status, incarnation, before: before ?? null, from });
  }
  agent.hooks.memberChanged?.(host, member, before, hostContext(turn));
}

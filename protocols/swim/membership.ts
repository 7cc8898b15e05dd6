// The life of a member in the eyes of another: alive, suspect, dead, left, and what overrides what. Only the member itself
// raises its incarnation, to object when it is accused. (SWIM, section 4.2; memberlist's state.go.)
import type { NodeId } from '../../sim/index.ts';
import { adjustAwareness } from './awareness.ts';
import { broadcast } from './broadcasts.ts';
import { beginSuspicion, confirm, endSuspicion } from './suspicion.ts';
import { hostContext } from './turn.ts';
import type { Member, MemberUpdate, Status, Turn } from './types.ts';

export function onUpdate(turn: Turn, update: MemberUpdate): void {
  switch (update.type) {
    case 'alive':
      return onAlive(turn, update.member, update.incarnation);
    case 'suspect':
      return onSuspect(turn, update.member, update.incarnation, update.from);
    case 'dead':
      return onDead(turn, update.member, update.incarnation, update.from);
  }
}

export function onAlive(turn: Turn, name: NodeId, incarnation: number): void {
  const { swim, agent, ctx } = turn;
  if (name === ctx.id) {
    if (!swim.isLeaving && incarnation > swim.incarnation) refute(turn, incarnation); // of an earlier life
    return;
  }
  const known = swim.members.get(name);
  if (known !== undefined && !agent.rules.acceptsAlive(known, incarnation)) return;
  if (known === undefined) enterOrder(turn, name);
  endSuspicion(turn, name);
  broadcast(turn, { type: 'alive', member: name, incarnation });
  change(turn, { name, incarnation, status: 'alive' }, known?.status);
}

export function onSuspect(turn: Turn, name: NodeId, incarnation: number, from: NodeId): void {
  const { swim, agent, ctx } = turn;
  const known = swim.members.get(name);
  if (known === undefined || !agent.rules.acceptsSuspect(known, incarnation)) return;
  if (swim.suspicions.has(name)) {
    if (confirm(turn, name, from)) broadcast(turn, { type: 'suspect', member: name, incarnation, from });
    return;
  }
  if (known.status !== 'alive') return;
  if (name === ctx.id) return refute(turn, incarnation);
  broadcast(turn, { type: 'suspect', member: name, incarnation, from });
  change(turn, { name, incarnation, status: 'suspect' }, known.status);
  beginSuspicion(turn, name, from);
}

export function onDead(turn: Turn, name: NodeId, incarnation: number, from: NodeId): void {
  const { swim, agent, ctx } = turn;
  const known = swim.members.get(name);
  if (known === undefined || !agent.rules.acceptsDead(known, incarnation)) return;
  endSuspicion(turn, name);
  if (known.status === 'dead' || known.status === 'left') return;
  if (name === ctx.id && !swim.isLeaving) return refute(turn, incarnation);
  broadcast(turn, { type: 'dead', member: name, incarnation, from });
  change(turn, { name, incarnation, status: name === from ? 'left' : 'dead' }, known.status);
}

/** Objects: this member lives, and says so with an incarnation that overrides the accusation. */
export function refute(turn: Turn, accused: number): void {
  const { swim, agent, ctx } = turn;
  swim.incarnation = agent.rules.refutation(swim.incarnation, accused);
  adjustAwareness(turn, 1); // it should have answered in time
  swim.members.set(ctx.id, { name: ctx.id, incarnation: swim.incarnation, status: 'alive' });
  broadcast(turn, { type: 'alive', member: ctx.id, incarnation: swim.incarnation });
  ctx.note('refuted', { incarnation: swim.incarnation });
}

/** What a peer knows, all of it. (memberlist's mergeState.) */
export function mergeMembers(turn: Turn, members: readonly Member[]): void {
  const { rules } = turn.agent;
  for (const { name, incarnation, status } of members) {
    if (status === 'alive') onAlive(turn, name, incarnation);
    else if (status === 'left') onDead(turn, name, incarnation, name);
    else if (status === 'dead' && !rules.mergesDeadAsSuspect) onDead(turn, name, incarnation, turn.ctx.id);
    else onSuspect(turn, name, incarnation, turn.ctx.id);
  }
}

/** Those who can be probed and gossiped with. */
export function isLive({ status }: Pick<Member, 'status'>): boolean {
  return status === 'alive' || status === 'suspect';
}

function change(turn: Turn, member: Member, before: Status | undefined): void {
  const { swim, ctx, agent, host } = turn;
  swim.members.set(member.name, member);
  if (member.status === before) return; // a new incarnation of what was alive already
  if (member.status === 'alive') swim.since.delete(member.name);
  else swim.since.set(member.name, ctx.monotonic());
  ctx.note('member', {
    member: member.name,
    status: member.status,
    incarnation: member.incarnation,
    before: before ?? null,
  });
  agent.hooks.memberChanged?.(host, member, before, hostContext(turn));
}

/** A newcomer is probed at a random time of the pass, as everybody else (section 4.3). */
function enterOrder({ swim, agent, ctx }: Turn, name: NodeId): void {
  swim.order.push(name);
  if (!agent.rules.shuffles) return;
  const place = ctx.random(swim.order.length);
  const last = swim.order.length - 1;
  [swim.order[place], swim.order[last]] = [swim.order[last] as NodeId, swim.order[place] as NodeId];
}

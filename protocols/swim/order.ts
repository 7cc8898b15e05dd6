// The order in which a member goes through the others, and its draws from them.
import type { Member, Turn } from './types.ts';
import { findMember } from './table.ts';

/** Shuffles the order of the next pass (Fisher-Yates). */
export function shuffleOrder({ swim, ctx }: Pick<Turn, 'swim' | 'ctx'>): void {
  const { order } = swim;
  for (let last = order.length - 1; last > 0; last--) {
    const place = ctx.random(last + 1);
    [order[place], order[last]] = [order[last] as string, order[place] as string];
  }
}

/** Up to `count` different members at random that fit; as memberlist, it gives up after 3 n tries. */
export function pickMembers({ swim, ctx }: Turn, count: number, fits: (member: Member) => boolean): readonly Member[] {
  const { order } = swim;
  const picked: Member[] = [];
  for (let tries = 0; tries < 3 * order.length && picked.length < count; tries++) {
    const member = findMember(swim.members, order[ctx.random(order.length)] as string);
    if (member === undefined || member.name === swim.name) continue;
    if (!picked.includes(member) && fits(member)) picked.push(member);
  }
  return picked;
}

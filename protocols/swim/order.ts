// Whom a member goes through: passes through all that it knows, each in another random order, and draws from them.
import type { Member, Pass, Turn } from './types.ts';
import { findMember } from './table.ts';

/** A pass through so many members. */
export function passThrough(count: number): Pass {
  return { place: 0, end: count, moved: new Map() };
}

/** The next one of the pass; undefined when it is over. Who it is, is drawn when it is due (Fisher-Yates), so that a member of
 * a big cluster keeps no order of its own. */
export function takeNext({ swim, agent, ctx }: Turn): string | undefined {
  const { roster, pass } = swim;
  if (pass.place >= pass.end) return undefined;
  const place = pass.place++;
  const drawn = agent.rules.shuffles ? place + ctx.random(pass.end - place) : place;
  const name = pass.moved.get(drawn) ?? roster[drawn];
  if (drawn !== place) pass.moved.set(drawn, pass.moved.get(place) ?? (roster[place] as string));
  pass.moved.delete(place);
  return name;
}

/** A newcomer gets a random place in the pass: it waits for the next one if that place has been passed (section 4.3). */
export function enterRoster({ swim, agent, ctx }: Turn, name: string): void {
  const { pass } = swim;
  if (Object.isFrozen(swim.roster)) swim.roster = [...swim.roster];
  (swim.roster as string[]).push(name);
  if (agent.rules.shuffles && ctx.random(swim.roster.length) < pass.place) return;
  pass.moved.set(pass.end++, name);
}

/** Up to `count` different members at random that fit; as memberlist, it gives up after 3 n tries. */
export function pickMembers({ swim, ctx }: Turn, count: number, fits: (member: Member) => boolean): readonly Member[] {
  const { roster } = swim;
  const picked: Member[] = [];
  for (let tries = 0; tries < 3 * roster.length && picked.length < count; tries++) {
    const member = findMember(swim.members, roster[ctx.random(roster.length)] as string);
    if (member === undefined || member.name === swim.name) continue;
    if (!picked.includes(member) && fits(member)) picked.push(member);
  }
  return picked;
}

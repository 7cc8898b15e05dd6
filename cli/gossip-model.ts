// Dissemination as a drawing of lots, with none of the protocol's code: what the rounds of gossip must come to if members do nothing
// but pass news on. A second opinion beside the published figures.
import { randomStream, type Random } from '../sim/index.ts';

export interface Spread {
  /** Rounds to 99 %, and to everybody; undefined where the news died out before. */
  readonly most: number | undefined;
  readonly all: number | undefined;
}

export interface Model {
  readonly members: number;
  /** In parts per million. */
  readonly loss: number;
  readonly fanOut: number;
  /** How often each member passes the news on. */
  readonly transmits: number;
  /** Whether a member draws different others, as memberlist does, or each time anybody but itself. */
  readonly distinct: boolean;
}

/** One piece of news, in rounds that all begin at the same time: what is heard in a round is passed on from the next one. */
export function drawSpread(model: Model, random: Random): Spread {
  const { members, loss, fanOut, transmits, distinct } = model;
  const left = new Map([[0, transmits]]);
  const reached = [1];
  for (let round = 1; reached.at(-1) !== members; round++) {
    const speakers = [...left].filter(([, times]) => times > 0);
    if (speakers.length === 0) break;
    for (const [speaker, times] of speakers) {
      const targets = drawOthers(speaker, { members, count: Math.min(fanOut, times), distinct }, random);
      left.set(speaker, times - targets.length);
      for (const target of targets) if (!random.chance(loss) && !left.has(target)) left.set(target, transmits);
    }
    reached[round] = left.size;
  }
  const first = (count: number): number | undefined => {
    const round = reached.findIndex((known) => known >= count);
    return round < 0 ? undefined : round;
  };
  return { most: first(nearlyAll(members)), all: first(members) };
}

/** 99 % of so many, rounded up. */
export function nearlyAll(members: number): number {
  return Math.ceil((99 * members) / 100);
}

/** The model's stream of a seed. */
export function modelRandom(seed: number): Random {
  return randomStream(String(seed), 'gossip model');
}

function drawOthers(
  self: number,
  { members, count, distinct }: { members: number; count: number; distinct: boolean },
  random: Random,
): number[] {
  const targets: number[] = [];
  while (targets.length < Math.min(count, members - 1)) {
    const target = random.below(members);
    if (target !== self && !(distinct && targets.includes(target))) targets.push(target);
  }
  return targets;
}

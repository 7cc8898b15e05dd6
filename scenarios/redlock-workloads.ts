// How clients use the lock: for a moment, for as long as it lasts, over and over, or late.
import { ms, type Operation, type Random, type Setting } from '../sim/index.ts';

/** How long a lock lives, in microseconds. */
interface Lifetime {
  readonly ttl: number;
}

/** One thing that a client does, at the earliest so long after its turn began. */
interface Move {
  readonly f: 'acquire' | 'keep' | 'extend' | 'write' | 'release';
  readonly after?: number;
}

/** Turns of all clients, with a pause between them of `[least, most]` microseconds. */
function inTurns(
  random: Random,
  { clients, until }: Setting,
  [least, most]: readonly [number, number],
  draw: () => readonly Move[],
): Operation[] {
  const operations: Operation[] = [];
  for (const client of clients) {
    let at = random.below(ms(300));
    while (at < until) {
      let last = at;
      for (const { f, after = 0 } of draw()) {
        last = Math.max(last, at + after);
        operations.push({
          id: operations.length,
          client,
          at: last,
          f,
          value: f === 'write' ? operations.length : null,
        });
      }
      at = last + random.between(least, most);
    }
  }
  return operations.toSorted((one, other) => one.at - other.at || one.id - other.id);
}

/** Each client takes the lock, writes, sometimes extends it and writes again, and gives it back or forgets to. */
export function turns(random: Random, setting: Setting, { ttl }: Lifetime): Operation[] {
  return inTurns(random, setting, [ms(20), ttl], () => [
    { f: 'acquire' },
    { f: 'write' },
    ...(random.chance(300_000) ? ([{ f: 'extend' }, { f: 'write' }] as const) : []),
    ...(random.chance(600_000) ? ([{ f: 'release' }] as const) : []),
  ]);
}

/** Clients that do nothing but take the lock and give it back, as soon as they can. */
export function eager(random: Random, setting: Setting): Operation[] {
  return inTurns(random, setting, [ms(10), ms(150)], () => [{ f: 'acquire' }, { f: 'release' }]);
}

/** Clients that ask for the lock over and over and keep it to its last moment, so that the next one has it at its first. */
export function greedy(random: Random, setting: Setting): Operation[] {
  return inTurns(random, setting, [ms(5), ms(60)], () => [{ f: 'acquire' }, { f: 'keep' }, { f: 'release' }]);
}

/** Clients that keep the lock by extending it, and write late in it. */
export function keepers(random: Random, setting: Setting, { ttl }: Lifetime): Operation[] {
  const part = (least: number, most: number): number => Math.floor((ttl * random.between(least, most)) / 100);
  return inTurns(random, setting, [ms(5), ms(60)], () => {
    const extended = part(30, 90);
    return [{ f: 'acquire' }, { f: 'extend', after: extended }, { f: 'write', after: extended + part(20, 90) }];
  });
}

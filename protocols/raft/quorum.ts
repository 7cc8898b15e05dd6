// What a quorum says: the index that a majority has reached, and whether a vote is won or lost. In a joint configuration
// both halves must agree, so everything is the lesser of two majorities (thesis, section 4.3).
import type { NodeId } from '../../sim/index.ts';
import type { Configuration } from './configuration.ts';
import type { Rules } from './rules.ts';

type QuorumRules = Pick<Rules, 'halves' | 'quorumSize' | 'countsItself'>;

/** The highest number that a quorum has reached; `own` is the number of this server, should it have a vote. */
export function quorumIndex(
  rules: QuorumRules,
  configuration: Configuration,
  self: NodeId,
  own: number,
  numberOf: (server: NodeId) => number,
): number {
  let reached = Infinity;
  for (const half of rules.halves(configuration)) {
    const numbers: number[] = rules.countsItself(half, self) ? [own] : [];
    for (const server of half) if (server !== self) numbers.push(numberOf(server));
    numbers.sort((one, other) => other - one);
    reached = Math.min(reached, numbers[rules.quorumSize(half.length) - 1] ?? 0);
  }
  return reached;
}

/** What has become of a vote: won when every half has a majority for it, lost when one half cannot have one any more. */
export function tally(
  rules: QuorumRules,
  configuration: Configuration,
  granted: readonly NodeId[],
  refused: readonly NodeId[],
): 'won' | 'lost' | 'open' {
  let result: 'won' | 'open' = 'won';
  for (const half of rules.halves(configuration)) {
    const needed = rules.quorumSize(half.length);
    const count = (servers: readonly NodeId[]): number => servers.filter((server) => half.includes(server)).length;
    if (half.length - count(refused) < needed) return 'lost';
    if (count(granted) < needed) result = 'open';
  }
  return result;
}

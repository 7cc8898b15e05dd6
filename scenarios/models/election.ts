// The bully election, explored in the synchronous system that its paper assumes, where a time-out proves a death, and in an
// asynchronous one, where it proves nothing.
import { alwaysPair, reachableByOne, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { bully, type BullyOptions, type BullyState } from '../../protocols/election/bully.ts';
import { numbered } from '../../sim/index.ts';

export interface ElectionWorldOptions extends BullyOptions {
  readonly nodes: number;
  readonly crashes: number;
  /** Time-outs in a run. */
  readonly timeouts: number;
  /** Whether messages are faster than time-outs. */
  readonly synchronous: boolean;
}

export function electionExplored({
  nodes,
  crashes,
  timeouts,
  synchronous,
  ...options
}: ElectionWorldOptions): ExploredWorld {
  const protocol = bully(options);
  return {
    nodes: numbered('n', nodes, { protocol }),
    network: 'unordered',
    faults: { crashes, timeouts },
    effectless: 'counted',
    timersFire: synchronous ? 'when quiet' : 'any time',
    properties: [
      alwaysPair('at most one leader', 'No two nodes lead at one instant.', (one, other) =>
        roleOf(one) === 'leader' && roleOf(other) === 'leader' ? `${one.id} and ${other.id} lead at once` : undefined,
      ),
      reachableByOne('somebody leads', 'Some run elects a leader.', (node) => roleOf(node) === 'leader'),
      reachableByOne('somebody follows', 'Some run has a follower.', (node) => roleOf(node) === 'follower'),
    ],
  };
}

function roleOf({ state }: NodeInWorld): BullyState['role'] | undefined {
  return (state as BullyState | undefined)?.role;
}

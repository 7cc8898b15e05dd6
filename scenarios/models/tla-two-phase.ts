// The world of TLA+'s TwoPhase: one transaction manager, some resource managers, and a set of messages that only grows.
import {
  alwaysPair,
  noDeadlock,
  reachable,
  type ExploredWorld,
  type NodeInWorld,
} from '../../checkers/explore/index.ts';
import {
  listens,
  resourceManager,
  transactionManager,
  type ResourceManagerState,
} from '../../protocols/models/tla-two-phase.ts';
import { nodeIds } from '../../sim/index.ts';

/** @param managers how many resource managers take part. */
export function twoPhaseWorld(managers: number): ExploredWorld {
  const ids = nodeIds('rm', managers);
  return {
    nodes: [
      { id: 'tm', protocol: transactionManager, accepts: listens },
      ...ids.map((id) => ({ id, protocol: resourceManager('tm') })),
    ],
    network: 'duplicating',
    effectless: 'counted',
    symmetric: [ids],
    idSets: ['prepared'],
    properties: [
      alwaysPair('consistent', 'No resource manager commits while another aborts.', (one, other) => {
        const phases = [phaseOf(one), phaseOf(other)];
        const parted = phases.includes('committed') && phases.includes('aborted');
        return parted ? `${one.id} is ${phases[0]} and ${other.id} is ${phases[1]}` : undefined;
      }),
      reachable('all commit', 'Some run commits everywhere.', (nodes) => allAre(nodes, 'committed')),
      reachable('all abort', 'Some run aborts everywhere.', (nodes) => allAre(nodes, 'aborted')),
      noDeadlock(
        'Every run ends with one decision everywhere.',
        (nodes) => allAre(nodes, 'committed') || allAre(nodes, 'aborted'),
      ),
    ],
  };
}

function allAre(nodes: readonly NodeInWorld[], phase: ResourceManagerState['phase']): boolean {
  return nodes.slice(1).every((node) => phaseOf(node) === phase);
}

function phaseOf(node: NodeInWorld): ResourceManagerState['phase'] | undefined {
  return (node.state as Partial<ResourceManagerState>).phase;
}

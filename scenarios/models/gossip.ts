// Push gossip, explored: every choice of peers, messages that are lost, and whether the runs that come to rest leave anybody
// ignorant.
import { noDeadlock, reachable, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { gossip, gossipClient, type Gossip } from '../../protocols/gossip/gossip.ts';
import { numbered } from '../../sim/index.ts';

export interface GossipWorldOptions {
  readonly nodes: number;
  /** Messages lost in a run. */
  readonly drops: number;
  /** Timers that fire in a run. */
  readonly timeouts: number;
  readonly antiEntropy: boolean;
}

export function gossipExplored({ nodes, drops, timeouts, antiEntropy }: GossipWorldOptions): ExploredWorld {
  // One draw decides nothing where there is one outcome: the delay of the first anti-entropy.
  const protocol = gossip({ fanOut: 1, rounds: 1, antiEntropyEvery: 1, antiEntropy });
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: [{ id: 'c1', protocol: gossipClient, operations: [{ f: 'tell', value: 1 }] }],
    network: 'unordered',
    faults: { drops, timeouts },
    effectless: 'counted',
    properties: [
      reachable('everybody hears', 'Some run tells all nodes.', (processes) => processes.slice(0, nodes).every(knows)),
      noDeadlock('Where some know and others do not, somebody is still going to ask or to tell.', (processes) => {
        const members = processes.slice(0, nodes);
        const informed = members.filter(knows).length;
        return informed === 0 || informed === nodes || members.some(({ timers }) => timers.length > 0);
      }),
    ],
  };
}

function knows({ state }: NodeInWorld): boolean {
  return ((state as Gossip['state'] | undefined)?.known.length ?? 0) > 0;
}

// What a member of a big cluster costs: thousands of members of SWIM that start whole, one of which crashes, so that the news
// of it go round. Figures are for one member and one simulated second; their growth with the cluster is what counts.
import { lan, startingMembers, swim } from '../protocols/swim/index.ts';
import { defineScenario, seconds, simulate, type Scenario } from '../sim/index.ts';

export interface GossipFigures {
  readonly members: number;
  /** Of the simulator, for a member and a simulated second. */
  readonly events: number;
  /** CPU microseconds for a member and a simulated second. */
  readonly cpu: number;
  /** Bytes of heap for a member, at the end of the run. */
  readonly heap: number;
  /** Whether all members that live know of the crash at the end. */
  readonly detected: boolean;
}

const simulated = 20;

export function benchGossip(sizes: readonly number[] = [200, 1_000, 5_000]): GossipFigures[] {
  measure(100); // warm up
  return sizes.map((members) => measure(members));
}

function measure(members: number): GossipFigures {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  let heap = 0;
  let dead = 0;
  const world = crashWorld(members, (known) => {
    dead = known;
    globalThis.gc?.();
    heap = process.memoryUsage().heapUsed - before;
  });
  const run = simulate(world, { seed: 1, maxEvents: Number.MAX_SAFE_INTEGER });
  const { user, system } = process.cpuUsage(start);
  const share = members * simulated;
  return {
    members,
    events: run.events / share,
    cpu: (user + system) / share,
    heap: heap / members,
    detected: dead === members - 1,
  };
}

/** `atTheEnd` is told how many members take the crashed one for dead. */
function crashWorld(count: number, atTheEnd: (dead: number) => void): Scenario {
  const ids = Array.from({ length: count }, (_, index) => `m${index + 1}`);
  const protocol = swim({ known: startingMembers(ids), config: lan });
  return defineScenario({
    name: 'swim-crash',
    story: 'One of many members crashes.',
    protocol: 'swim',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ids.map((id) => ({ id, protocol })),
      clients: [],
      network: { latency: 'lan' },
      until: seconds(simulated),
      tail: 1,
      workload: [],
      faults: [{ at: seconds(1), fault: { type: 'crash', node: 'm1' } }],
      properties: [
        {
          type: 'eventually',
          name: 'measured',
          about: 'the heap is measured at the end',
          within: 0,
          missing: (view) => {
            const states = view.running(protocol);
            atTheEnd(states.filter(({ state }) => state.swim.members.own.get('m1')?.status === 'dead').length);
            return undefined;
          },
        },
      ],
      checks: [],
    }),
  });
}

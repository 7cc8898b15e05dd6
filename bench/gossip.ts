// What a member of a big cluster costs: thousands of members of SWIM that start whole, one of which crashes, so that the news
// of it go round. Figures are for one member and one simulated second; their growth with the cluster is what counts. The full
// exchange of n states must grow with n, as n / log n by memberlist's scale; so each size is measured with it and without.
import { lan, startingMembers, swim } from '../protocols/swim/index.ts';
import { defineScenario, seconds, simulate, type Micros, type Scenario } from '../sim/index.ts';

export interface GossipFigures {
  readonly members: number;
  /** Of the simulator, for a member and a simulated second. */
  readonly events: number;
  /** CPU microseconds for a member and a simulated second; and without full exchanges. */
  readonly cpu: number;
  readonly cpuWithoutExchange: number;
  /** Bytes of heap for a member, at the end of the run. */
  readonly heap: number;
  /** Whether all members that live know of the crash at the end. */
  readonly detected: boolean;
}

const simulated = 20;

/** Small clusters are simulated on several seeds, so that each size is measured over as many members. */
const leastMembers = 2_000;

export function benchGossip(sizes: readonly number[] = [200, 1_000, 5_000]): GossipFigures[] {
  measure(1_000, lan.pushPullInterval); // warm up
  return sizes.map((members) => {
    const { cpu: cpuWithoutExchange } = measure(members, 0);
    return { ...measure(members, lan.pushPullInterval), cpuWithoutExchange };
  });
}

function measure(members: number, pushPullInterval: Micros): Omit<GossipFigures, 'cpuWithoutExchange'> {
  const runs = Math.max(1, Math.round(leastMembers / members));
  let [events, cpu, heap, detections] = [0, 0, 0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const start = process.cpuUsage();
    const world = crashWorld(members, pushPullInterval, (dead) => {
      const { user, system } = process.cpuUsage(start);
      cpu += user + system;
      if (dead === members - 1) detections++;
      globalThis.gc?.();
      heap += process.memoryUsage().heapUsed - before;
    });
    events += simulate(world, { seed, maxEvents: Number.MAX_SAFE_INTEGER }).events;
  }
  const share = runs * members * simulated;
  const detected = detections === runs;
  return { members, events: events / share, cpu: cpu / share, heap: heap / (runs * members), detected };
}

/** `atTheEnd` is told how many members take the crashed one for dead. */
function crashWorld(count: number, pushPullInterval: Micros, atTheEnd: (dead: number) => void): Scenario {
  const ids = Array.from({ length: count }, (_, index) => `m${index + 1}`);
  const protocol = swim({ known: startingMembers(ids), config: { ...lan, pushPullInterval } });
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

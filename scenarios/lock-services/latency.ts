// The published comparison of lock services as a world: each process takes a lock, gives it back at once, and takes the next;
// each its own lock, or all the same one.
import { seconds, type Operation, type Scenario } from '../../sim/index.ts';
import { link, type LockService } from './calibration.ts';
import { clientsOf, serversOf, warmUp } from './services.ts';

export interface LatencyWorld {
  readonly service: LockService;
  readonly processes: number;
  /** Whether all processes want the same lock. */
  readonly same: boolean;
  /** How many simulated seconds the processes go on. */
  readonly seconds: number;
}

/** The fewest microseconds that a turn can take: an operation more than are done in time costs nothing but memory. */
const shortestTurn: Readonly<Record<LockService, number>> = {
  redis: 1_700,
  zookeeper: 3_500,
  etcd: 4_000,
  consul: 10_000,
};

export function latencyScenario(world: LatencyWorld): Scenario {
  const { service, processes, same } = world;
  const until = warmUp + seconds(world.seconds);
  const lockAt = (place: number): string => (same ? 'lock' : `lock${place + 1}`);
  const options = { service, processes, ttl: seconds(10), fences: false, lockAt };
  return {
    name: `lock-services-${service}`,
    story: 'Processes take locks and give them back as fast as they can.',
    protocol: service,
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: serversOf(options),
      clients: clientsOf(options),
      network: { latency: link },
      until,
      tail: 1,
      workload: () => turnsOf(world, lockAt),
      faults: [],
      properties: [],
      checks: [],
    }),
  };
}

/** As many turns as can be done in time. */
function turnsOf(
  { service, processes, seconds: length }: LatencyWorld,
  lockAt: (place: number) => string,
): Operation[] {
  const operations: Operation[] = [];
  const turns = Math.ceil(seconds(length) / shortestTurn[service]);
  for (let place = 0; place < processes; place++) {
    const value = { lock: lockAt(place) };
    const add = (at: number, f: string): void => {
      operations.push({ id: operations.length, client: `c${place + 1}`, at, f, value });
    };
    if (service === 'zookeeper' || service === 'consul') add(warmUp - seconds(2), 'open');
    for (let turn = 0; turn < turns; turn++) {
      add(warmUp, 'acquire');
      add(warmUp, 'release');
    }
  }
  return operations;
}

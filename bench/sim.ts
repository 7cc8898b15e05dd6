// How fast the simulator is: five-node Raft with five clients under faults, running hash on, tracing off, against a bare
// loop over the same event queue in the same process. Only the ratio is to be quoted: the machine is shared.
import { EventQueue } from '../sim/queue.ts';
import { simulate, minutes, seconds, type Micros, type Run, type Scenario } from '../sim/index.ts';
import { raftKv } from '../scenarios/raft.ts';

/** Every knob is fixed, so that the work is the same in every run of the benchmark. */
const parameters = {
  ...{ nodes: 5, spares: 0, clients: 5, keys: 3, network: 'lan', election: 150, guards: 'both', batch: 64 },
  ...{ inflight: 256, snapshot: 8_192, trailing: 10_240, chunk: 65_536, reads: 'index', forwarding: false },
  ...{ apply: 1_000_000, membership: 'none', transfers: false, sessions: 4_096, drift: 0 },
};

export interface SimFigures {
  /** Simulator events per CPU second, the median of the rounds. */
  readonly eventsPerSecond: number;
  readonly bareEventsPerSecond: number;
  readonly ratio: number;
  /** Simulated time over real time. */
  readonly speedup: number;
}

/** Times both loops in turns, `rounds` times each, and takes medians. */
export function benchSim(judge: boolean, rounds = 7): SimFigures {
  const until = seconds(60);
  const run = (seed: number): Run => simulate(raftKv, { seed, until, parameters, judge });
  run(0); // warm up
  bareLoop(500_000);
  const simulated: number[] = [];
  const bare: number[] = [];
  const speedups: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let events = 0;
    const took = timed(() => {
      for (let seed = 1; seed <= 4; seed++) events += run(seed).events;
    });
    simulated.push(events / took);
    speedups.push((4 * until) / 1_000_000 / took);
    const loops = 2_000_000;
    bare.push(loops / timed(() => bareLoop(loops)));
  }
  const eventsPerSecond = median(simulated);
  const bareEventsPerSecond = median(bare);
  return {
    eventsPerSecond,
    bareEventsPerSecond,
    ratio: eventsPerSecond / bareEventsPerSecond,
    speedup: median(speedups),
  };
}

/** Heap in use after each ten simulated minutes of one run, in bytes; needs `--expose-gc` to mean anything. */
export function benchMemory(
  scenario: Scenario = raftKv,
  length: Micros = minutes(60),
): { at: Micros; heap: number; operations: number }[] {
  const samples: { at: Micros; heap: number; operations: number }[] = [];
  for (let until = length / 6; until <= length; until += length / 6) {
    const run = simulate(scenario, { seed: 1, until, parameters, judge: false, maxEvents: Number.MAX_SAFE_INTEGER });
    globalThis.gc?.();
    samples.push({ at: until, heap: process.memoryUsage().heapUsed, operations: run.history.length / 2 });
  }
  return samples;
}

/** Takes and pushes events with as many pending as the Raft world has on average; nothing else happens. */
function bareLoop(events: number): void {
  const queue = new EventQueue();
  const pending = 40;
  let draw = 1;
  for (let index = 0; index < pending; index++) queue.push(index * 100, 0, index, 0, 0, undefined);
  for (let index = 0; index < events; index++) {
    queue.pop();
    draw = (Math.imul(draw, 1_103_515_245) + 12_345) | 0;
    queue.push(queue.time + (draw >>> 17), 0, queue.a, 0, 0, undefined);
  }
}

/** CPU seconds that the work took: on a shared machine they say more than the clock on the wall. */
function timed(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

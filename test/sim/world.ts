// Tiny worlds for the tests of the simulator: a scenario from a few fields, and what a run's trace tells of messages.
import {
  ms,
  seconds,
  simulate,
  traceRow,
  type Fault,
  type LatencyTable,
  type Protocol,
  type Run,
  type Scenario,
  type SimulateOptions,
  type TimedFault,
  type TraceRow,
  type World,
} from '../../sim/index.ts';

/** Every message takes exactly a millisecond; every sync exactly five. */
export const exactly = (delay: number): LatencyTable => [
  [0, delay],
  [1_000_000, delay],
];

export function scenarioOf(world: Partial<World> & Pick<World, 'nodes'>): Scenario {
  return {
    name: 'test',
    story: 'A test.',
    protocol: 'test',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      clients: [],
      network: { latency: exactly(ms(1)) },
      until: seconds(1),
      tail: 0,
      workload: [],
      faults: [],
      properties: [],
      checks: [],
      ...world,
      nodes: world.nodes.map((node) => ({ syncLatency: exactly(ms(5)), ...node })),
    }),
  };
}

export const run = (world: Partial<World> & Pick<World, 'nodes'>, options: Partial<SimulateOptions> = {}): Run =>
  simulate(scenarioOf(world), { seed: 1, trace: true, ...options });

export const at = (time: number, fault: Fault): TimedFault => ({ at: ms(time), fault });

export function rows(run: Run, ...kinds: TraceRow['kind'][]): TraceRow[] {
  const { trace } = run;
  if (trace === undefined) throw new Error('the run has no trace');
  const all = Array.from({ length: trace.length }, (_, index) => traceRow(trace, index));
  return kinds.length === 0 ? all : all.filter(({ kind }) => kinds.includes(kind));
}

/** What was noted, in order: `12 n1 got 3`, with whole milliseconds. */
export const notes = (run: Run): string[] =>
  rows(run, 'note').map(({ time, node, payload }) => {
    const { kind, ...data } = payload as { kind: string };
    return [Math.floor(time / 1_000), node, kind, ...Object.values(data)].join(' ');
  });

/** A node whose messages are numbers: it sends what it is asked to at birth and notes what it gets. */
export interface Numbers {
  state: { sent: number };
  message: { readonly n: number };
  timer: string;
  request: never;
  response: never;
}

/** Notes every number that it gets. */
export const listener: Protocol<Numbers> = {
  start: () => ({ sent: 0 }),
  onMessage(_state, from, { n }, ctx) {
    ctx.note('got', { n, from });
  },
};

/** Sends 0, 1, 2, … to every peer, one number each `every`, or all of them at once where `every` is 0. */
export const counting = (count: number, every: number): Protocol<Numbers> => ({
  ...listener,
  start(ctx) {
    if (every > 0) ctx.setTimer('next', every);
    else for (let n = 0; n < count; n++) for (const peer of ctx.peers) ctx.send(peer, { n });
    return { sent: 0 };
  },
  onTimer(state, _timer, ctx) {
    for (const peer of ctx.peers) ctx.send(peer, { n: state.sent });
    if (++state.sent < count) ctx.setTimer('next', every);
  },
});

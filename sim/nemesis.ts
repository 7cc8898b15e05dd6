// Nemeses: generators that draw a fault schedule from a seed. Durations are heavy-tailed, each seed switches whole classes
// of faults off (swarm testing), and a budget keeps the number of impaired nodes within what the protocol promises.
import type { Fault, TimedFault } from './fault.ts';
import type { NodeId } from './protocol.ts';
import type { Random } from './random.ts';
import type { Setting } from './scenario.ts';
import { ms, seconds, type Micros } from './time.ts';

export interface NemesisOptions {
  /** The classes to draw from; a seed uses about half of them. Default `standardFaults`. */
  readonly classes?: readonly FaultClass[];
  /** How many nodes may be impaired at once; default the largest minority. `over` ignores it: expect only safety then. */
  readonly budget?: number | 'over';
  /** Typical time from one fault to the next; default drawn from 50 ms to 1.5 s. */
  readonly every?: Micros;
  /** The longest a fault lasts; default 3 s. */
  readonly longest?: Micros;
  /** Use every class in every seed instead of a drawn half. */
  readonly allClasses?: boolean;
}

/** One class of faults: draws one of its kind, and says which nodes it impairs while it lasts. */
interface FaultDraw {
  readonly fault: Fault;
  readonly impairs: readonly NodeId[];
  readonly lasts: Micros;
}

type Draw = (random: Random, setting: Setting, lasts: Micros) => FaultDraw;

const nodeOf = (random: Random, { nodes, roles }: Setting): NodeId => {
  const role = roles.length > 0 && random.chance(400_000) ? `@${random.pick(roles)}` : undefined;
  return role ?? random.pick(nodes);
};

const onNode =
  (make: (node: NodeId, lasts: Micros, random: Random) => Fault, impairs: boolean): Draw =>
  (random, setting, lasts) => {
    const node = nodeOf(random, setting);
    return { fault: make(node, lasts, random), impairs: impairs ? [node] : [], lasts };
  };

const onLinks =
  (make: (link: { from: NodeId[]; to: NodeId[] }, lasts: Micros, random: Random) => Fault): Draw =>
  (random, { nodes, clients }, lasts) => {
    const everyone = [...nodes, ...clients];
    const some = (): NodeId[] => (random.chance(300_000) ? everyone : [random.pick(everyone)]);
    return { fault: make({ from: some(), to: some() }, lasts, random), impairs: [], lasts };
  };

const fates = ['lost', 'kept', 'torn'] as const;
const aims = ['before-sync', 'after-sync', 'after-effects'] as const;

/** Splits the nodes so that the second group is a minority. */
const split = (random: Random, nodes: readonly NodeId[]): [NodeId[], NodeId[]] => {
  const order = random.shuffle(nodes);
  const minority = random.between(1, Math.max(1, Math.floor((nodes.length - 1) / 2)));
  return [order.slice(minority), order.slice(0, minority)];
};

const draws = {
  crash: onNode((node, lasts) => ({ type: 'crash', node, for: lasts }), true),
  'power-loss': onNode(
    (node, lasts, random) => ({ type: 'power-loss', node, unsynced: random.pick(fates), for: lasts }),
    true,
  ),
  // Next to a durable write and back before the term changes: the prior that finds forgotten votes.
  'crash-at-write': onNode((node, _lasts, random) => {
    const aim = { when: random.pick(aims), effects: random.between(1, 6), for: random.between(ms(3), ms(60)) };
    return { type: 'power-loss', node, unsynced: random.pick(fates), ...aim };
  }, true),
  pause: onNode((node, lasts) => ({ type: 'pause', node, for: lasts }), true),
  'slow-cpu': onNode(
    (node, lasts, random) => ({ type: 'slow-cpu', node, perEvent: random.between(50, 3_000), for: lasts }),
    false,
  ),
  partition: (random, { nodes }, lasts) => {
    if (nodes.length < 2) return nothing;
    const [majority, minority] = split(random, nodes);
    return { fault: { type: 'partition', groups: [majority, minority], for: lasts }, impairs: minority, lasts };
  },
  isolate: onNode((node, lasts) => ({ type: 'isolate', node, for: lasts }), true),
  'half-isolate': onNode((node, lasts, random) => {
    const direction = random.pick(['in', 'out'] as const);
    return { type: 'isolate', node, direction, for: lasts };
  }, true),
  'one-way': (random, { nodes }, lasts) => {
    if (nodes.length < 2) return nothing;
    const [from, to] = split(random, nodes);
    return { fault: { type: 'one-way', from, to, for: lasts }, impairs: to, lasts };
  },
  bridge: (random, { nodes }, lasts) => {
    const [, ...others] = random.shuffle(nodes);
    const half = Math.ceil(others.length / 2);
    const fault: Fault = { type: 'bridge', left: others.slice(0, half), right: others.slice(half), for: lasts };
    return others.length < 2 ? nothing : { fault, impairs: [], lasts };
  },
  ring: (random, { nodes }, lasts) => {
    if (nodes.length < 4) return nothing;
    return { fault: { type: 'ring', order: random.shuffle(nodes), for: lasts }, impairs: [], lasts };
  },
  hold: onLinks((link, lasts) => ({ type: 'hold', ...link, for: lasts })),
  flap: onLinks((link, lasts, random) => ({
    type: 'flap',
    ...link,
    period: random.between(ms(5), ms(200)),
    for: lasts,
  })),
  'slow-link': onLinks((link, lasts, random) => ({
    type: 'slow-link',
    ...link,
    add: logUniform(random, ms(1), ms(500)),
    for: lasts,
  })),
  loss: onLinks((link, lasts, random) => ({
    type: 'lossy-link',
    ...link,
    loss: random.between(10_000, 400_000),
    for: lasts,
  })),
  duplicate: onLinks((link, lasts, random) => ({
    type: 'duplicating-link',
    ...link,
    duplicate: random.between(10_000, 500_000),
    for: lasts,
  })),
  reorder: onLinks((link, lasts, random) => ({
    type: 'reordering-link',
    ...link,
    reorder: random.between(10_000, 500_000),
    for: lasts,
  })),
  'clock-jump': onNode((node, _lasts, random) => {
    const by = logUniform(random, ms(1), seconds(300));
    return { type: 'clock-jump', node, by: random.chance(500_000) ? by : -by };
  }, false),
  'clock-drift': onNode(
    (node, lasts, random) => ({ type: 'clock-drift', node, ppm: random.between(-100_000, 100_000), for: lasts }),
    false,
  ),
  'clock-strobe': onNode((node, lasts, random) => {
    return {
      type: 'clock-strobe',
      node,
      by: random.between(ms(1), seconds(5)),
      period: random.between(ms(1), ms(200)),
      for: lasts,
    };
  }, false),
  'clock-freeze': onNode((node, lasts) => ({ type: 'clock-freeze', node, for: lasts }), true),
  'disk-stall': onNode((node, lasts) => ({ type: 'disk-stall', node, for: lasts }), true),
  'disk-slow': onNode(
    (node, lasts, random) => ({ type: 'disk-slow', node, add: logUniform(random, ms(1), ms(200)), for: lasts }),
    false,
  ),
  'disk-full': onNode((node, lasts) => ({ type: 'disk-full', node, for: lasts }), true),
  'disk-unreadable': onNode((node, lasts) => ({ type: 'disk-unreadable', node, for: lasts }), true),
  'disk-lie': onNode((node, lasts) => ({ type: 'disk-lie', node, for: lasts }), true),
  'bit-rot': onNode((node) => ({ type: 'bit-rot', node }), true),
} satisfies Record<string, Draw>;

export type FaultClass = keyof typeof draws;

const nothing: FaultDraw = { fault: { type: 'heal' }, impairs: [], lasts: 0 };

/** Everything that a protocol which trusts its disk must survive; disks that lie or rot have to be asked for. */
export const standardFaults: readonly FaultClass[] = (Object.keys(draws) as FaultClass[]).filter(
  (name) => name !== 'disk-lie' && name !== 'bit-rot',
);

/** A generator of fault schedules, for `World.faults`. */
export function nemesis(options: NemesisOptions = {}): (random: Random, setting: Setting) => TimedFault[] {
  return (random, setting) => {
    const offered = options.classes ?? standardFaults;
    const drawn = offered.filter(() => random.chance(500_000));
    const classes = options.allClasses === true ? offered : drawn.length > 0 ? drawn : [random.pick(offered)];
    const every = options.every ?? logUniform(random, ms(50), ms(1_500));
    const longest = options.longest ?? seconds(3);
    const budget = options.budget ?? Math.floor((setting.nodes.length - 1) / 2);
    const atlas = new Atlas(budget === 'over' ? Infinity : budget);
    const schedule: TimedFault[] = [];
    for (
      let at = random.below(2 * every);
      at < setting.healAt && schedule.length < scheduleLimit;
      at += 1 + random.below(2 * every)
    ) {
      const lasts = logUniform(random, ms(2), longest);
      const { fault, impairs, lasts: until } = draws[random.pick(classes)](random, setting, lasts);
      if (fault.type === 'heal' || !atlas.admits(impairs, at, at + until)) continue;
      schedule.push({ at, fault });
    }
    return schedule;
  };
}

const scheduleLimit = 10_000;

/** A duration whose order of magnitude is uniform between low and high: heavy-tailed, without a logarithm. */
export function logUniform(random: Random, low: number, high: number): number {
  let octaves = 0;
  while (low * 2 ** (octaves + 1) <= high) octaves++;
  const base = low * 2 ** random.between(0, octaves);
  return Math.min(high, base + random.below(base + 1));
}

/** Who is impaired when; keeps the number at any one time within the budget. */
class Atlas {
  readonly #budget: number;
  readonly #spans: { readonly node: NodeId; readonly from: Micros; readonly to: Micros }[] = [];

  constructor(budget: number) {
    this.#budget = budget;
  }

  admits(nodes: readonly NodeId[], from: Micros, to: Micros): boolean {
    // Who plays a role changes: two faults on one role may hit two nodes.
    const names = nodes.map((node) => (node.startsWith('@') ? `${node} ${this.#spans.length}` : node));
    const impaired = new Set(names);
    for (const span of this.#spans) if (span.from < to && from < span.to) impaired.add(span.node);
    if (nodes.length > 0 && impaired.size > this.#budget) return false;
    for (const node of names) this.#spans.push({ node, from, to });
    return true;
  }
}

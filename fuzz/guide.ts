// Guidance: a pool of schedules that reached something new or came nearer to a violation than any before, and changes to them that
// may reach more: faults next to what the nodes noted, faults moved, lengthened, left out, taken from another schedule, the same
// schedule under another seed, and in the world that another seed draws.
import {
  logUniform,
  ms,
  namesIn,
  randomStream,
  resolveParameters,
  seconds,
  Simulation,
  type Fault,
  type Micros,
  type Noted,
  type Parameters,
  type Random,
  type Run,
  type Scenario,
  type SimulateOptions,
  type TimedFault,
} from '../sim/index.ts';
import { caseOf, optionsOf, type Case } from './case.ts';
import { mostImpaired } from './impairment.ts';

/** What a run reached: features that are new, and how near its properties came to a violation. */
export interface Reach {
  readonly fresh: readonly number[];
  readonly nearest: ReadonlyMap<string, number>;
}

interface Parent {
  readonly case: Case;
  readonly healAt: Micros;
  readonly nodes: readonly string[];
  readonly clients: readonly string[];
  /** Moments worth aiming at: when somebody noted something, and who. */
  readonly moments: readonly Pick<Noted, 'at' | 'node' | 'kind'>[];
  /** How much it reached that was new: it is chosen so much more often. */
  readonly worth: number;
  chosen: number;
}

/** Makes the cases of a campaign; learns from each run. Deterministic in the seeds and the runs it was told of. */
export class Guide {
  readonly #scenario: Scenario;
  readonly #set: Parameters;
  /** How near each property ever came to a violation. */
  readonly #nearest = new Map<string, number>();
  /** Kinds of faults that the scenario itself was seen to draw. */
  readonly #kinds = new Set<Fault['type']>();
  readonly #parents: Parent[] = [];
  /** The most nodes that the scenario itself was seen to impair at once. */
  #budget = 0;
  /** How much that is new a run brings, of those that are drawn and of those that are changed: averages that forget. */
  readonly #yields = { drawn: 1, changed: 1 };
  #isChanged = false;

  constructor(scenario: Scenario, set: Parameters) {
    this.#scenario = scenario;
    this.#set = set;
  }

  /** What to run with a changed schedule for this seed; undefined when the seed should draw its own. */
  make(seed: string): SimulateOptions | undefined {
    const random = randomStream(seed, 'guide');
    this.#isChanged = false;
    const { drawn, changed } = this.#yields;
    const share = Math.min(0.3, Math.max(0.1, changed / (drawn + changed)));
    if (this.#parents.length < fewestParents || !random.chance(Math.round(share * 1_000_000))) return undefined;
    const parent = this.#choose(random);
    parent.chosen++;
    const other = random.pick(this.#parents);
    let faults = parent.case.faults;
    for (let changes = random.between(1, 4); changes > 0; changes--)
      faults = change(random, faults, { parent, other, kinds: this.#kinds });
    const sorted = [...faults].sort((one, two) => one.at - two.at).filter(({ at }) => at < parent.healAt);
    const kept = sorted.slice(0, mostFaults);
    if (mostImpaired(kept, parent.healAt) > this.#budget) return undefined;
    this.#isChanged = true;
    const { until } = parent.case;
    switch (random.below(4)) {
      case 0:
        return { ...this.#inWorldOf(seed, kept, until), until };
      case 1:
        return { ...optionsOf(parent.case), seed, faults: kept };
      default:
        return { ...optionsOf(parent.case), faults: kept };
    }
  }

  /** The schedule in the world that the seed draws, as far as it fits: other knobs, other operations. */
  #inWorldOf(seed: string, faults: readonly TimedFault[], until: Micros): SimulateOptions {
    const parameters = resolveParameters(this.#scenario, this.#set, seed);
    const world = this.#scenario.world(parameters);
    const names = new Set([...world.nodes, ...world.clients].map(({ id }) => id));
    const healAt = until - world.tail;
    return { seed, parameters, faults: faults.filter((fault) => fault.at < healAt && fits(fault, names)) };
  }

  /** Keeps a run that reached something new. */
  learn(run: Run, { fresh, nearest }: Reach): void {
    if (!this.#isChanged) for (const { fault } of run.faults) this.#kinds.add(fault.type);
    const nearer = [...nearest].filter(([name, distance]) => distance < (this.#nearest.get(name) ?? Infinity));
    for (const [name, distance] of nearer) this.#nearest.set(name, distance);
    this.#budget = Math.max(this.#budget, mostImpaired(run.faults, run.healAt));
    const kind = this.#isChanged ? 'changed' : 'drawn';
    this.#yields[kind] += (Math.min(fresh.length, 10) / 10 - this.#yields[kind]) / 20;
    if (fresh.length === 0 && nearer.length === 0) return;
    const { nodes, clients, healAt } = run;
    const worth = Math.min(fresh.length, 10) + 10 * nearer.length;
    const parent = { case: caseOf(run), nodes, clients, healAt, moments: this.#momentsOf(run), worth, chosen: 0 };
    this.#parents.push(parent);
    if (this.#parents.length <= mostParents) return;
    // The one that had the most chances makes room.
    const worn = this.#parents.reduce((most, each) => (each.chosen > most.chosen ? each : most));
    this.#parents.splice(this.#parents.indexOf(worn), 1);
  }

  /** Of four, the one that reached most that was new for each time that it was chosen. */
  #choose(random: Random): Parent {
    const energy = ({ worth, chosen }: Parent): number => worth / (1 + chosen);
    const drawn = [random, random, random, random].map(() => random.pick(this.#parents));
    return drawn.reduce((best, each) => (energy(each) > energy(best) ? each : best));
  }

  /** Runs it again to hear its notes: rare kinds and changes of roles first. */
  #momentsOf(run: Run): Parent['moments'] {
    const notes: Noted[] = [];
    const { parameters, until, faults, workload, seed } = caseOf(run);
    const onNote = (note: Noted): void => void (notes.length < mostNotes && notes.push(note));
    const options = { parameters, until, faults, workload, seed, judge: false, onNote };
    const simulation = new Simulation(this.#scenario, options);
    while (simulation.step());
    const often = new Map<string, number>();
    for (const { kind } of notes) often.set(kind, (often.get(kind) ?? 0) + 1);
    return notes
      .filter(({ at }) => at < run.healAt)
      .sort((one, two) => (often.get(one.kind) ?? 0) - (often.get(two.kind) ?? 0) || one.at - two.at)
      .slice(0, mostMoments)
      .map(({ at, node, kind }) => ({ at, node, kind }));
  }
}

/** Fewer than these teach too little to change. */
const fewestParents = 5;
const mostParents = 200;
const mostFaults = 200;
const mostMoments = 60;
const mostNotes = 20_000;

interface Material {
  readonly parent: Parent;
  readonly other: Parent;
  readonly kinds: ReadonlySet<Fault['type']>;
}

function change(random: Random, faults: readonly TimedFault[], material: Material): readonly TimedFault[] {
  const { parent, other } = material;
  const place = faults.length === 0 ? 0 : random.below(faults.length);
  const timed = faults[place];
  const replaced = (by: TimedFault): TimedFault[] => faults.map((each, index) => (index === place ? by : each));
  const choice = random.below(10);
  if (choice < 4 || timed === undefined) return aimed(random, faults, material);
  if (choice === 4) return faults.filter((_, index) => index !== place);
  if (choice === 5) {
    const from = random.below(parent.healAt);
    const there = new Set([...parent.nodes, ...parent.clients]);
    return [
      ...faults.filter(({ at }) => at < from),
      ...other.case.faults.filter((fault) => fits(fault, there) && fault.at >= from),
    ];
  }
  if (choice === 6) return replaced({ ...timed, fault: lasting(timed.fault, logUniform(random, ms(2), seconds(3))) });
  const shift = logUniform(random, 100, ms(500)) * (random.chance(500_000) ? 1 : -1);
  const at = Math.min(parent.healAt - 1, Math.max(0, timed.at + shift));
  return choice === 7 ? [...faults, { ...timed, at }] : replaced({ ...timed, at });
}

/** A fault just before or after something was noted, mostly on who noted it: where crashes and cuts hurt. */
function aimed(
  random: Random,
  faults: readonly TimedFault[],
  { parent: { moments, nodes }, kinds: allowed }: Material,
): readonly TimedFault[] {
  const [template] = faults.length === 0 ? [] : [random.pick(faults)];
  const aims = moments.filter(({ node }) => nodes.includes(node));
  if (aims.length === 0) return template === undefined ? faults : [...faults, template];
  const moment = random.pick(aims);
  const node = random.chance(700_000) ? moment.node : random.pick(nodes);
  const at = Math.max(0, moment.at + random.between(-2_000, 2_000));
  const kinds: Fault[] = [
    { type: 'crash', node, for: logUniform(random, ms(3), seconds(1)) },
    { type: 'isolate', node, for: logUniform(random, ms(5), seconds(2)) },
    { type: 'pause', node, for: logUniform(random, ms(5), seconds(2)) },
    { type: 'power-loss', node, unsynced: 'lost', for: logUniform(random, ms(3), ms(60)) },
    { type: 'power-loss', node, unsynced: 'lost', ...aimOf(random), for: logUniform(random, ms(3), ms(60)) },
  ];
  // Nothing that this world has not had: what a scenario does not draw, its protocol may not promise to survive.
  const offered = kinds.filter(({ type }) => allowed.has(type));
  const fault = offered.length === 0 ? template?.fault : random.pick(offered);
  return fault === undefined ? faults : [...faults, { at, fault }];
}

/** At the disk's next sync, or between two effects. */
function aimOf(random: Random): Pick<Extract<Fault, { type: 'power-loss' }>, 'when' | 'effects'> {
  return { when: random.pick(['before-sync', 'after-sync', 'after-effects'] as const), effects: random.between(1, 6) };
}

/** Whether a fault of another schedule can strike in a world with these nodes and clients. */
function fits({ fault }: TimedFault, there: ReadonlySet<string>): boolean {
  return namesIn(fault).every(([, name]) => name.startsWith('@') || there.has(name));
}

function lasting(fault: Fault, length: Micros): Fault {
  return 'for' in fault && fault.for !== undefined ? { ...fault, for: length } : fault;
}

// The driver that picks the actions by seed: draws what the scenario leaves open, runs the event loop to its end, and has
// the run judged.
import { Debugger, allowWorld } from './debug.ts';
import { completeOperation } from './client.ts';
import { NodeContext } from './context.ts';
import { InputError, parseFaults, type TimedFault } from './fault.ts';
import { Injector } from './injector.ts';
import { Judging, type NearListener } from './judging.ts';
import { eventKind, Kernel } from './kernel.ts';
import type { Timer } from './node.ts';
import { arrive, continueWork, startProcess, timerDue, toClient } from './process.ts';
import type { Json, NodeId } from './protocol.ts';
import { randomStream } from './random.ts';
import type { View } from './property.ts';
import type { Run } from './run.ts';
import {
  resolveParameters,
  type Operation,
  type Parameters,
  type Scenario,
  type Setting,
  type World,
} from './scenario.ts';
import { formatDuration, type Micros } from './time.ts';
import { worseVerdict, type Check, type Finding, type Verdict } from './verdict.ts';

export interface SimulateOptions {
  readonly seed: string | number;
  /** How long to run, in microseconds; the scenario's own length by default. The healed tail is its last part. */
  readonly until?: Micros;
  /** Parameters that are set instead of drawn or defaulted. */
  readonly parameters?: Parameters;
  /** A fault schedule or workload to use instead of drawing one. */
  readonly faults?: readonly TimedFault[];
  readonly workload?: readonly Operation[];
  /** Told of every note that a protocol leaves, after the properties. Never changes the run. */
  readonly onNote?: (note: Noted) => void;
  /** Told of every near miss of a property. Never changes the run. */
  readonly onNear?: NearListener;
  /** Keep the trace (about 45 bytes a row). Never changes the run. */
  readonly trace?: boolean;
  /** Keep 16 bits of the hash for each event, to find where two runs part. */
  readonly fingerprints?: boolean;
  /** Prove that handlers keep the rules of the seam; several times slower. */
  readonly debug?: boolean;
  /** Evaluate properties and checks; default true. */
  readonly judge?: boolean;
  /** Events after which the run stops with the verdict `unknown`; default 20 million. */
  readonly maxEvents?: number;
}

/** A note as somebody outside of the run hears of it. */
export interface Noted {
  /** True virtual time, in microseconds. */
  readonly at: Micros;
  readonly node: NodeId;
  readonly kind: string;
  readonly data: { readonly [key: string]: Json | undefined };
}

const defaultMaxEvents = 20_000_000;

/**
 * Runs a scenario under a seed.
 * @throws InputError when parameters, faults or workload do not fit the scenario.
 */
export function simulate(scenario: Scenario, options: SimulateOptions): Run {
  const simulation = new Simulation(scenario, options);
  while (simulation.step());
  return simulation.finish();
}

/** A run under way: `step` until it returns false, then `finish`. */
export class Simulation {
  readonly #scenario: string;
  readonly #options: SimulateOptions;
  readonly #seed: string;
  readonly #parameters: Parameters;
  readonly #world: World;
  readonly #setting: Setting;
  readonly #faults: readonly TimedFault[];
  readonly #workload: readonly Operation[];
  readonly #kernel: Kernel;
  readonly #injector: Injector;
  readonly #judging: Judging;
  readonly #fingerprints: Fingerprints | undefined;

  constructor(scenario: Scenario, options: SimulateOptions) {
    const seed = String(options.seed);
    this.#scenario = scenario.name;
    this.#options = options;
    this.#seed = seed;
    this.#parameters = resolveParameters(scenario, options.parameters ?? {}, seed);
    this.#world = scenario.world(this.#parameters);
    this.#setting = settingOf(this.#world, options.until ?? this.#world.until);
    this.#faults = this.#takeFaults();
    this.#workload = this.#takeWorkload();
    const kernel = (this.#kernel = new Kernel(this.#world, this.#workload, seed, options.trace === true));
    for (const node of kernel.nodes) node.context = new NodeContext(kernel, node);
    if (options.debug === true) kernel.debug = new Debugger();
    this.#fingerprints = options.fingerprints === true ? new Fingerprints() : undefined;
    const judged = options.judge !== false;
    const properties = judged ? this.#world.properties : [];
    this.#judging = new Judging(kernel, properties, this.#world.safetyOnly === true, options.onNear);
    for (const node of kernel.nodes) kernel.queue.push(node.joinsAt, eventKind.start, node.index, 0, 0, undefined);
    if (options.onNote !== undefined) listenToo(kernel, options.onNote);
    const { view } = this.#judging;
    this.#injector = new Injector(kernel, this.#faults, this.#setting.healAt, (role) =>
      this.#world.roles?.[role]?.(view),
    );
  }

  /** What the properties have found so far; the checks judge when the run is over. */
  get findings(): readonly Finding[] {
    return this.#judging.findings;
  }

  /** The world as it is now, for those who look on between two steps. Nothing in it may be mutated. */
  get view(): View {
    return this.#judging.view;
  }

  /** How many events were taken so far. */
  get events(): number {
    return this.#kernel.recorder.event;
  }

  /** What a node's own clocks show now, in microseconds; `place` is its place in `view.nodes`. */
  clocks(place: number): { readonly wall: Micros; readonly monotonic: Micros } {
    const { clock } = this.#kernel.node(place);
    return { wall: clock.wall(this.#kernel.now), monotonic: clock.monotonic(this.#kernel.now) };
  }

  /** Takes the next event; false when the run is over. */
  step(): boolean {
    const kernel = this.#kernel;
    const { queue, recorder } = kernel;
    if (queue.size === 0 || queue.peekTime() > this.#setting.until) return false;
    if (recorder.event >= (this.#options.maxEvents ?? defaultMaxEvents)) return false;
    this.#judging.passTime(queue.peekTime());
    queue.pop();
    kernel.now = queue.time;
    kernel.touchedCount = 0;
    if (this.#dispatch()) {
      this.#judging.afterEvent();
      recorder.event++;
      this.#fingerprints?.push(recorder.hash.fingerprint());
    }
    return true;
  }

  /** Ends the run; one that is `interrupted` before `step` returned false is judged as far as it came. */
  finish(interrupted = false): Run {
    if (this.#options.debug === true) allowWorld();
    const kernel = this.#kernel;
    const bounded = interrupted || kernel.recorder.event >= (this.#options.maxEvents ?? defaultMaxEvents);
    if (!bounded) kernel.now = this.#setting.until;
    for (const node of kernel.nodes) completeOperation(kernel, node, { type: 'info', error: 'the run ended' });
    this.#judging.finish();
    const findings: Finding[] = [...this.#judging.findings];
    if (bounded) findings.push(stopped(kernel, interrupted ? 'interrupted' : 'event bound'));
    if (this.#options.judge !== false)
      findings.push(...this.#world.checks.flatMap((check) => judgeHistory(check, kernel)));
    return {
      scenario: this.#scenario,
      seed: this.#seed,
      parameters: this.#parameters,
      nodes: this.#setting.nodes,
      clients: this.#setting.clients,
      faults: this.#faults,
      workload: this.#workload,
      until: this.#setting.until,
      healAt: this.#setting.healAt,
      hash: kernel.recorder.hash.digest(),
      events: kernel.recorder.event,
      simulatedUs: kernel.now,
      verdict: findings.map(({ verdict }) => verdict).reduce<Verdict>(worseVerdict, 'valid'),
      findings,
      sometimes: this.#judging.reached(),
      history: kernel.history,
      statistics: kernel.statistics,
      ...(this.#fingerprints === undefined ? {} : { fingerprints: this.#fingerprints.take() }),
      ...(kernel.recorder.recording ? { trace: kernel.recorder.trace() } : {}),
    };
  }

  /** Acts on the event just taken; false when it was void and does not count. */
  #dispatch(): boolean {
    const kernel = this.#kernel;
    const { queue } = kernel;
    const { a, b } = queue;
    switch (queue.kind) {
      case eventKind.arrive:
        arrive(kernel, a, b, queue.c, queue.payload as object);
        return true;
      case eventKind.timer:
        return timerDue(kernel, kernel.node(a), queue.payload as Timer, b);
      case eventKind.work:
        return continueWork(kernel, kernel.node(a), b);
      case eventKind.invoke:
        toClient(kernel, kernel.node(a), { type: 'request', place: b });
        return true;
      case eventKind.timeout:
        if (kernel.node(a).work?.current?.id !== b) return false; // it was over in time
        toClient(kernel, kernel.node(a), { type: 'timeout', operation: b });
        return true;
      case eventKind.fault:
        this.#injector.begin(a);
        return true;
      case eventKind.faultEnd:
        this.#injector.end(a, b === 1);
        return true;
      case eventKind.tick:
        return this.#injector.tick(a, b);
      case eventKind.start:
        if (kernel.node(a).downBy.size === 0) startProcess(kernel, kernel.node(a));
        return true;
      default:
        this.#injector.heal();
        this.#judging.healed();
        return true;
    }
  }

  /** Faults that came from outside are validated; a scenario's own generator is trusted, except in debug mode. */
  #takeFaults(): readonly TimedFault[] {
    const { faults } = this.#world;
    const { nodes, clients, roles, healAt } = this.#setting;
    if (this.#options.faults === undefined && typeof faults === 'function') {
      const drawn = faults(randomStream(this.#seed, 'faults'), this.#setting);
      if (this.#options.debug !== true) return drawn;
      return parseFaults(drawn, { nodes: [...nodes, ...clients], roles });
    }
    const parsed = parseFaults(this.#options.faults ?? faults, { nodes: [...nodes, ...clients], roles });
    parsed.forEach(({ at }, index) => {
      if (at < healAt || healAt === 0) return;
      throw new InputError(`faults[${index}].at: expected a time before the world heals (${healAt} µs), found ${at}`);
    });
    return parsed;
  }

  #takeWorkload(): readonly Operation[] {
    const { workload } = this.#world;
    const random = randomStream(this.#seed, 'workload');
    const given =
      this.#options.workload ?? (typeof workload === 'function' ? workload(random, this.#setting) : workload);
    const seen = new Set<number>();
    given.forEach(({ id, client }, index) => {
      if (!this.#setting.clients.includes(client))
        throw new InputError(`workload[${index}].client: there is no client ${JSON.stringify(client)}`);
      if (seen.has(id)) throw new InputError(`workload[${index}].id: ${id} is taken by an earlier operation`);
      seen.add(id);
    });
    return given;
  }
}

function listenToo(kernel: Kernel, onNote: (note: Noted) => void): void {
  const first = kernel.listener;
  kernel.listener = {
    noted: (node, kind, data) => {
      first?.noted(node, kind, data);
      onNote({ at: kernel.now, node: node.id, kind, data });
    },
  };
}

function settingOf(world: World, until: Micros): Setting {
  const nodes = world.nodes.map(({ id }) => id);
  const clients = world.clients.map(({ id }) => id);
  if (new Set([...nodes, ...clients]).size < nodes.length + clients.length)
    throw new InputError('two nodes share a name');
  return { nodes, clients, roles: Object.keys(world.roles ?? {}), until, healAt: Math.max(0, until - world.tail) };
}

/** What a check has to say, the earliest proof first. */
function judgeHistory(check: Check, kernel: Kernel): Finding[] {
  const findings = check.judge(kernel.history).map(({ verdict, reason, operations }) => {
    const proof = kernel.history.filter(({ operation }) => operations.includes(operation));
    const last = proof.at(-1);
    const event = (last === undefined ? undefined : kernel.historyEvents[last.index]) ?? kernel.recorder.event;
    const nodes = [...new Set(proof.map(({ client }) => client))];
    return { name: check.name, verdict, reason, at: last?.time ?? kernel.now, event, operations, nodes };
  });
  return findings.sort((one, other) => one.at - other.at);
}

function stopped({ now, recorder }: Kernel, name: string): Finding {
  const reason = `the run was stopped after ${recorder.event} events, at ${formatDuration(now)}`;
  return { name, verdict: 'unknown', reason, at: now, event: recorder.event, operations: [], nodes: [] };
}

/** Sixteen bits for each event, in a column that grows. */
class Fingerprints {
  #column = new Uint16Array(4096);
  #length = 0;

  push(bits: number): void {
    if (this.#length === this.#column.length) {
      const grown = new Uint16Array(this.#length * 2);
      grown.set(this.#column);
      this.#column = grown;
    }
    this.#column[this.#length++] = bits;
  }

  take(): Uint16Array {
    return this.#column.slice(0, this.#length);
  }
}

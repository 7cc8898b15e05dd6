// A run that was found by exploring, in the shape of a simulated one, so that whatever draws or judges runs takes it as well.
// An exploration has no time: each action takes place a fixed while after the one before.
import { digestOf } from '../../sim/hash.ts';
import type { HistoryEvent } from '../../sim/history.ts';
import type { TimedFault } from '../../sim/fault.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Run, Statistics } from '../../sim/run.ts';
import type { Operation, Parameters } from '../../sim/scenario.ts';
import { kindNumber, TraceRecorder, type TraceKind } from '../../sim/trace.ts';
import type { Finding, Verdict } from '../../sim/verdict.ts';
import type { Action } from './action.ts';
import { survivalInWords, type Survival } from './crashes.ts';
import type { Objection } from './judge.ts';
import { isCut, type PlainState, type PlainTransition } from './plain.ts';
import type { Retraced } from './retrace.ts';
import type { Outcome } from './turn.ts';

/** Microseconds between two actions: enough for an eye to tell them apart, and no claim about anything. */
export const actionEvery = 10_000;

/** @param about the name and the parameters of the scenario that the world came from. */
export function runOf(retraced: Retraced, about: { readonly scenario: string; readonly parameters: Parameters }): Run {
  const teller = new Teller(retraced);
  retraced.born.forEach((outcome, process) => teller.bear(process, outcome));
  for (const [index, transition] of retraced.transitions.entries()) teller.tell(index, transition);
  teller.object(retraced.objections);
  return teller.run(about);
}

/** Tells what happens, row by row, and counts along. */
class Teller {
  readonly #retraced: Retraced;
  readonly #recorder: TraceRecorder;
  readonly #history: HistoryEvent[] = [];
  readonly #faults: TimedFault[] = [];
  readonly #findings: Finding[] = [];
  readonly #incarnations: number[];
  readonly #begun: number[];
  readonly #processes: number[]; // of each client
  readonly #underWay = new Map<string, { number: number; row: number }[]>(); // by link and text, oldest first
  readonly #statistics: Statistics = {
    sent: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    timersFired: 0,
    syncs: 0,
    crashes: 0,
  };
  #messages = 0;
  #now = 0;
  #cut = -1; // the fault that is in force

  constructor(retraced: Retraced) {
    const { processes, nodeCount } = retraced.prepared;
    this.#retraced = retraced;
    this.#recorder = new TraceRecorder(
      processes.map(({ id }) => id),
      true,
    );
    this.#incarnations = processes.map(() => 0);
    this.#begun = processes.map(() => 0);
    this.#processes = processes.slice(nodeCount).map((_, client) => client);
  }

  bear(process: number, outcome: Outcome): void {
    this.#start(process);
    this.#follow(process, outcome, this.#retraced.path[0]!);
  }

  tell(index: number, transition: PlainTransition): void {
    this.#now = (index + 1) * actionEvery;
    this.#recorder.event = index + 1;
    this.#recorder.cause = -1;
    const before = this.#retraced.path[index]!;
    this.#act(transition.action);
    const { outcome, action } = transition;
    if (outcome === undefined) return;
    const { process } = outcome.component;
    this.#follow(process, outcome, before);
    if (action.type === 'crash inside') this.#die(process, action.survival);
  }

  object(objections: readonly Objection[]): void {
    const { prepared } = this.#retraced;
    const judged = (prepared.world.checks ?? []).flatMap((check) =>
      check.judge(this.#history).map(({ operations }) => ({ name: check.name, operations })),
    );
    for (const { property, verdict, reason } of objections) {
      const nodes = prepared.processes.flatMap(({ id }) => (namesWord(reason, id) ? [id] : []));
      const operations = judged.find(({ name }) => name === property)?.operations ?? [];
      const node = nodes[0] === undefined ? -1 : (prepared.indexOf.get(nodes[0]) ?? -1);
      this.#row('violation', node, -1, this.#findings.length, { name: property, reason });
      this.#findings.push({
        name: property,
        verdict,
        reason,
        at: this.#now,
        event: this.#recorder.event,
        operations,
        nodes,
      });
    }
  }

  run({ scenario, parameters }: { readonly scenario: string; readonly parameters: Parameters }): Run {
    const { processes, nodeCount } = this.#retraced.prepared;
    const until = this.#now + actionEvery;
    const verdicts = this.#findings.map(({ verdict }) => verdict);
    const verdict: Verdict = verdicts.includes('invalid') ? 'invalid' : verdicts.length > 0 ? 'unknown' : 'valid';
    return {
      scenario,
      seed: 'explored',
      parameters,
      nodes: processes.slice(0, nodeCount).map(({ id }) => id),
      clients: processes.slice(nodeCount).map(({ id }) => id),
      faults: this.#faults,
      workload: this.#workload(),
      until,
      healAt: until,
      hash: this.#recorder.hash.digest(),
      events: this.#retraced.transitions.length,
      simulatedUs: until,
      verdict,
      findings: this.#findings,
      sometimes: [],
      history: this.#history,
      statistics: this.#statistics,
      trace: this.#recorder.trace(),
    };
  }

  #workload(): readonly Operation[] {
    return this.#history
      .filter(({ type }) => type === 'invoke')
      .map(({ operation, client, time, f, value }) => ({ id: operation, client, at: time, f, value }));
  }

  #act(action: Action): void {
    switch (action.type) {
      case 'deliver':
        return this.#arrive(action);
      case 'drop':
        return this.#lose(action, this.#cut === -1 ? 'loss' : 'cut on the way');
      case 'duplicate':
        return this.#double(action);
      case 'timer':
        this.#statistics.timersFired++;
        this.#recorder.cause = this.#row('timer', this.#indexOf(action.node), -1, 0, action.timer);
        return;
      case 'crash':
        return this.#die(this.#indexOf(action.node), action.survival);
      case 'restart':
        return this.#start(this.#indexOf(action.node));
      case 'crash inside':
        return this.#act(action.during);
      case 'client crash':
        this.#row('crash', this.#indexOf(action.node), -1, 0, 'crash');
        return;
      case 'partition':
        return this.#part(action);
      case 'heal':
        this.#row('fault-end', -1, -1, this.#cut);
        this.#cut = -1;
        return;
      case 'begin':
    }
  }

  #start(process: number): void {
    const incarnation = (this.#incarnations[process] ?? 0) + 1;
    this.#incarnations[process] = incarnation;
    this.#recorder.cause = this.#row('start', process, -1, incarnation);
  }

  /** What a handler did. */
  #follow(process: number, { sends, notes, clientEvents }: Outcome, before: PlainState): void {
    const died = clientEvents.some(({ error }) => error === 'the client crashed');
    for (const { kind, data } of notes) this.#row('note', process, -1, 0, { kind, ...data });
    for (const event of clientEvents) {
      this.#tellClient(process, event);
      if (died && event.type === 'info') this.#start(process);
    }
    for (const { to, message } of sends) this.#send(process, to, message, before);
  }

  #send(from: number, to: number, message: object, before: PlainState): void {
    const number = this.#messages++;
    this.#statistics.sent++;
    const row = this.#row('send', from, to, number, message);
    if (isCut(this.#retraced.prepared, before, { from, to })) {
      this.#statistics.lost++;
      this.#row('lose', from, to, number, 'cut');
      return;
    }
    this.#put(keyOf(from, to, message), { number, row });
  }

  #arrive(action: Envelope): void {
    const [from, to] = [this.#indexOf(action.from), this.#indexOf(action.to)];
    const { number, row } = this.#take(keyOf(from, to, action.message));
    this.#statistics.delivered++;
    this.#recorder.cause = row;
    this.#recorder.cause = this.#row('deliver', to, from, number);
  }

  #lose(action: Envelope, why: string): void {
    const [from, to] = [this.#indexOf(action.from), this.#indexOf(action.to)];
    const { number, row } = this.#take(keyOf(from, to, action.message));
    this.#statistics.lost++;
    this.#recorder.cause = row;
    this.#row('lose', to, from, number, why);
  }

  #double(action: Envelope): void {
    const [from, to] = [this.#indexOf(action.from), this.#indexOf(action.to)];
    const number = this.#messages++;
    this.#statistics.duplicated++;
    const row = this.#row('duplicate', from, to, number, action.message);
    this.#put(keyOf(from, to, action.message), { number, row });
  }

  /** A crash takes what was not synced with it where the world says so: then it is the power that failed. */
  #die(process: number, survival: Survival | undefined): void {
    const { world, processes } = this.#retraced.prepared;
    const node = processes[process]?.id ?? '';
    const isPowerLoss = (world.restartKeeps ?? 'written') !== 'written';
    this.#statistics.crashes++;
    const unsynced = (survival?.kept ?? 0) > 0 || survival?.torn === true ? 'torn' : 'lost';
    const fault = isPowerLoss ? ({ type: 'power-loss', node, unsynced } as const) : ({ type: 'crash', node } as const);
    this.#row('fault', process, -1, this.#faults.push({ at: this.#now, fault }) - 1, fault);
    this.#row('crash', process, -1, 0, isPowerLoss ? `power loss${survivalInWords(survival)}` : 'crash');
  }

  #part({ partition }: Extract<Action, { type: 'partition' }>): void {
    const names = (ids: readonly string[]): [string, ...string[]] => [...ids] as [string, ...string[]];
    const fault =
      'groups' in partition
        ? ({ type: 'partition', groups: partition.groups.map(names) } as const)
        : ({ type: 'one-way', from: names(partition.from), to: names(partition.to) } as const);
    this.#cut = this.#faults.push({ at: this.#now, fault }) - 1;
    this.#row('fault', -1, -1, this.#cut, fault);
  }

  #tellClient(process: number, { type, f, value, error }: Outcome['clientEvents'][number]): void {
    const { processes, nodeCount } = this.#retraced.prepared;
    const client = process - nodeCount;
    if (type === 'invoke') this.#begun[process] = (this.#begun[process] ?? 0) + 1;
    const before = processes.slice(nodeCount, process).reduce((sum, { operations }) => sum + operations.length, 0);
    const operation = before + (this.#begun[process] ?? 0) - 1;
    this.#history.push({
      index: this.#history.length,
      time: this.#now,
      process: this.#processes[client] ?? client,
      type,
      f,
      value,
      ...(error !== undefined && { error }),
      client: processes[process]?.id ?? '',
      operation,
    });
    this.#row(type, process, -1, operation, value);
    if (type === 'info') this.#processes[client] = (this.#processes[client] ?? client) + processes.length - nodeCount;
  }

  #put(key: string, message: { number: number; row: number }): void {
    this.#underWay.set(key, [...(this.#underWay.get(key) ?? []), message]);
  }

  /** The oldest message of this text on this link; a network that duplicates keeps the last one. */
  #take(key: string): { number: number; row: number } {
    const waiting = this.#underWay.get(key) ?? [];
    const keeps = this.#retraced.prepared.world.network === 'duplicating' && waiting.length === 1;
    const [first] = waiting;
    if (!keeps) this.#underWay.set(key, waiting.slice(1));
    return first ?? { number: -1, row: -1 };
  }

  #indexOf(node: string): number {
    return this.#retraced.prepared.indexOf.get(node) ?? -1;
  }

  #row(kind: TraceKind, node: number, peer: number, ref: number, payload?: unknown): number {
    const plain = payload === undefined ? undefined : (JSON.parse(inJson(payload)) as Json);
    const digest = plain === undefined ? 0 : digestOf(plain);
    return this.#recorder.add(this.#now, kindNumber[kind], node, peer, ref, digest, plain);
  }
}

type Envelope = Extract<Action, { type: 'deliver' | 'drop' | 'duplicate' }>;

function keyOf(from: number, to: number, message: object): string {
  return `${from}>${to}:${inJson(message)}`;
}

function inJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

/** Whether a text names a process, as a word of its own. */
function namesWord(text: string, name: string): boolean {
  return text.split(/[^\w-]+/).includes(name);
}

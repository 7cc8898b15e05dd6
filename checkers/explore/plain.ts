// The plain engine: whole states as plain objects, cloned for every transition and told apart by their canonical texts. Slow,
// and with nothing clever in it, it is what the interned engine is compared with, and what traces are replayed on.
import type { Action } from './action.ts';
import { copyOf, nextOperation, textOf, unborn, viewOf, type Component } from './component.ts';
import { emptyHistory, extend, toHistory, type ClientHistory } from './client-history.ts';
import { survivalsOf } from './crashes.ts';
import { encode } from './encoding.ts';
import type { Objection } from './judge.ts';
import { never, prepare, unbounded, type FaultClass, type PreparedWorld } from './prepared-world.ts';
import { firableTimers } from './timers.ts';
import { crashPointsOf, outcomesOf, type LocalEvent, type Outcome } from './turn.ts';
import type { ExploredWorld, NodeInWorld } from './world.ts';

export interface PlainState {
  readonly components: readonly Component[];
  readonly history: ClientHistory;
  readonly budgets: readonly number[];
  /** Sorted, by text or by link. */
  readonly network: readonly PlainEnvelope[];
}

interface PlainEnvelope {
  readonly from: number;
  readonly to: number;
  readonly message: object;
  readonly text: string;
}

export interface PlainTransition {
  readonly action: Action;
  readonly state: PlainState;
  /** What a handler threw; there is then no state that follows. */
  readonly thrown: string | undefined;
  /** Neither a fault nor without effect. */
  readonly isProgress: boolean;
  /** What the process did that took the event; undefined where none did. */
  readonly outcome?: Outcome;
}

export interface PlainExploration {
  readonly unique: number;
  readonly generated: number;
  readonly levels: number;
  /** The names of the violated properties, sorted. */
  readonly violated: readonly string[];
}

/** Visits the states of a world, level by level. @param maxLevels levels to visit; all unless told. */
export function explorePlain(world: ExploredWorld, maxLevels = Infinity): PlainExploration {
  const prepared = prepare(world);
  const seen = new Set<string>();
  const violated = new Set<string>();
  let generated = 0;
  let levels = 0;
  const visit = (state: PlainState, next: (readonly PlainTransition[])[]): void => {
    generated++;
    const text = stateText(prepared, state);
    if (seen.has(text)) return;
    seen.add(text);
    const transitions = transitionsOf(prepared, state);
    for (const { property } of judgePlain(prepared, state, transitions)) violated.add(property);
    next.push(transitions);
  };
  let level: (readonly PlainTransition[])[] = [];
  for (const state of initialStates(prepared)) visit(state, level);
  while (level.length > 0) {
    levels++;
    if (levels >= maxLevels) break;
    const next: (readonly PlainTransition[])[] = [];
    for (const { state, thrown } of level.flat()) {
      if (thrown === undefined) visit(state, next);
      else violated.add('no handler throws');
    }
    level = next;
  }
  return { unique: seen.size, generated, levels, violated: [...violated].sort() };
}

/** The initial states: one, unless births draw. */
export function initialStates(prepared: PreparedWorld): readonly PlainState[] {
  return births(prepared).map(({ state }) => state);
}

/** The initial states, each with what the processes did at their births, in the world's order. */
export function births(prepared: PreparedWorld): readonly Born[] {
  const start: PlainState = {
    components: prepared.processes.map(unborn),
    history: emptyHistory(prepared),
    budgets: prepared.budgets.initial,
    network: [],
  };
  return prepared.processes.reduce<readonly Born[]>(
    (born, { index }) =>
      born.flatMap(({ state, outcomes }) =>
        outcomesOf(prepared, state.components[index]!, { type: 'start' }).map((outcome) => ({
          state: after(prepared, state, outcome),
          outcomes: [...outcomes, outcome],
        })),
      ),
    [{ state: start, outcomes: [] }],
  );
}

export interface Born {
  readonly state: PlainState;
  readonly outcomes: readonly Outcome[];
}

/** All transitions out of a state. */
export function transitionsOf(prepared: PreparedWorld, state: PlainState): readonly PlainTransition[] {
  return [
    ...deliveries(prepared, state),
    ...prepared.processes.flatMap(({ index }) => localTransitions(prepared, state, index)),
    ...cutsAndHeals(prepared, state),
  ];
}

/** What speaks against a state from which these transitions lead on. */
export function judgePlain(
  prepared: PreparedWorld,
  state: PlainState,
  transitions: readonly PlainTransition[],
): readonly Objection[] {
  const { properties, checks = [] } = prepared.world;
  const views = viewsOf(prepared, state);
  const nodes = views.slice(0, prepared.nodeCount);
  const history = toHistory(state.history, prepared);
  const reasons = properties.flatMap((property): Objection[] => {
    const found = (): (string | undefined)[] => {
      if (property.type === 'each') return nodes.map((node) => property.check(node));
      if (property.type === 'always') return [property.check(views)];
      if (property.type === 'end')
        return transitions.some(({ isProgress }) => isProgress) ? [] : [property.check(views)];
      if (property.type !== 'pair') return [];
      return nodes.flatMap((one, index) => nodes.slice(index + 1).map((other) => property.check(one, other)));
    };
    return found().flatMap((reason) =>
      reason === undefined ? [] : [{ property: property.name, verdict: 'invalid', reason }],
    );
  });
  const outcomes = checks.flatMap((check) =>
    check.judge(history).map(({ verdict, reason }) => ({ property: check.name, verdict, reason })),
  );
  return [...reasons, ...outcomes];
}

export function viewsOf(prepared: PreparedWorld, state: PlainState): readonly NodeInWorld[] {
  return state.components.map((component, index) => viewOf(component, prepared.processes[index]?.id ?? ''));
}

function deliveries(prepared: PreparedWorld, state: PlainState): readonly PlainTransition[] {
  const { network: kind } = prepared.world;
  return state.network.flatMap((envelope, at): readonly PlainTransition[] => {
    const waits = state.network
      .slice(0, at)
      .some((other) => (kind === 'ordered' ? isSameLink(other, envelope) : other.text === envelope.text));
    if (waits) return [];
    const described = {
      from: nameIn(prepared, envelope.from),
      to: nameIn(prepared, envelope.to),
      message: envelope.message,
    };
    const without = state.network.filter((_, index) => index !== at);
    const lost = (paid: PlainState): PlainTransition =>
      faultOf({ type: 'drop', ...described }, { ...paid, network: without });
    if (isCut(prepared, state, envelope)) return [lost(state)];
    const taken = kind === 'duplicating' ? state.network : without;
    const again = send(prepared, state.network, envelope, 'unordered');
    const event = { type: 'deliver', from: described.from, message: envelope.message } as const;
    return [
      ...pay(prepared, state, 'drops').map(lost),
      ...pay(prepared, state, 'duplicates').map((paid) =>
        faultOf({ type: 'duplicate', ...described }, { ...paid, network: again }),
      ),
      ...turns(prepared, { ...state, network: taken }, envelope.to, event, { type: 'deliver', ...described }),
    ];
  });
}

function localTransitions(prepared: PreparedWorld, state: PlainState, process: number): readonly PlainTransition[] {
  const component = state.components[process]!;
  const { id, beginsAtOnce } = prepared.processes[process]!;
  const mustWait = prepared.world.timersFire === 'when quiet' && !isQuiet(prepared, state);
  const fired = (mustWait ? [] : firableTimers(prepared, component)).flatMap(({ timer, budget }) =>
    pay(prepared, state, budget).flatMap((paid) =>
      turns(prepared, paid, process, { type: 'timer', timer }, { type: 'timer', node: id, timer }),
    ),
  );
  const begins = !beginsAtOnce && nextOperation(component, prepared) !== undefined;
  const begun = begins ? turns(prepared, state, process, { type: 'begin' }, { type: 'begin', node: id }) : [];
  if (process >= prepared.nodeCount) {
    const died = component.running ? pay(prepared, state, 'clientCrashes') : [];
    const action = { type: 'client crash', node: id } as const;
    return [
      ...fired,
      ...begun,
      ...died.flatMap((paid) => turns(prepared, paid, process, { type: 'client crash' }, action)),
    ];
  }
  if (!component.up) return turns(prepared, state, process, { type: 'restart' }, { type: 'restart', node: id });
  return [...fired, ...begun, ...crashes(prepared, state, process)];
}

function crashes(prepared: PreparedWorld, state: PlainState, process: number): readonly PlainTransition[] {
  return payForCrash(prepared, state, process).flatMap((paid) =>
    survivalsOf(state.components[process]!, prepared).flatMap((survival) =>
      turns(
        prepared,
        paid,
        process,
        { type: 'crash', survival },
        { type: 'crash', node: nameIn(prepared, process), ...(survival !== undefined && { survival }) },
      ),
    ),
  );
}

/** The state with the crash paid for, unless too many other nodes are down. */
function payForCrash(prepared: PreparedWorld, state: PlainState, process: number): readonly PlainState[] {
  const others = state.components.slice(0, prepared.nodeCount).filter(({ up }, node) => !up && node !== process);
  return others.length < prepared.budgets.maxDown ? pay(prepared, state, 'crashes') : [];
}

function cutsAndHeals(prepared: PreparedWorld, state: PlainState): readonly PlainTransition[] {
  const { cutSlot } = prepared.budgets;
  if (cutSlot === never) return [];
  const cut = (paid: PlainState, place: number): PlainState => ({
    ...paid,
    budgets: paid.budgets.with(cutSlot, place),
  });
  if (state.budgets[cutSlot] !== 0) return [{ ...faultOf({ type: 'heal' }, cut(state, 0)), isProgress: true }];
  return pay(prepared, state, 'partitions').flatMap((paid) =>
    prepared.partitions.map(({ partition }, place) => faultOf({ type: 'partition', partition }, cut(paid, place + 1))),
  );
}

function faultOf(action: Action, state: PlainState): PlainTransition {
  return { action, state, thrown: undefined, isProgress: false };
}

/** What happens to one process, and the crashes in the middle of it. */
function turns(
  prepared: PreparedWorld,
  state: PlainState,
  process: number,
  event: LocalEvent,
  action: Action,
): readonly PlainTransition[] {
  const whole = turnsOf(prepared, state, process, event, action);
  const isCrash = event.type === 'crash' || event.type === 'client crash' || process >= prepared.nodeCount;
  if (isCrash || prepared.world.crashPoints !== 'between effects') return whole;
  const node = nameIn(prepared, process);
  const inside = payForCrash(prepared, state, process).flatMap((paid) =>
    crashPointsOf(prepared, state.components[process]!, event).flatMap(({ after: effects, survival }) =>
      turnsOf(
        prepared,
        paid,
        process,
        { type: 'crash inside', during: event, point: { after: effects, survival } },
        { type: 'crash inside', node, during: action, after: effects, ...(survival !== undefined && { survival }) },
      ),
    ),
  );
  return [...whole, ...inside];
}

function turnsOf(
  prepared: PreparedWorld,
  state: PlainState,
  process: number,
  event: LocalEvent,
  action: Action,
): readonly PlainTransition[] {
  const { id } = prepared.processes[process]!;
  const component = state.components[process]!;
  return outcomesOf(prepared, component, event).flatMap((outcome): PlainTransition[] => {
    const drawn = outcome.draws.length === 0 ? action : { ...action, draws: outcome.draws };
    const { thrown } = outcome;
    if (thrown !== undefined) return [{ action: drawn, state, thrown, isProgress: false, outcome }];
    const isWithin = prepared.world.within?.(viewOf(outcome.component, id)) ?? true;
    const unchanged = textOf(component, id) === textOf(outcome.component, id);
    const isEffectless = unchanged && outcome.sends.length === 0 && outcome.clientEvents.length === 0;
    if (!isWithin || (isEffectless && prepared.world.effectless !== 'counted')) return [];
    const isFault = event.type === 'crash' || event.type === 'crash inside' || event.type === 'client crash';
    const isProgress = !isEffectless && !isFault;
    return [{ action: drawn, state: after(prepared, state, outcome), thrown: undefined, isProgress, outcome }];
  });
}

/** The state after a turn of one process. */
function after(prepared: PreparedWorld, state: PlainState, outcome: Outcome): PlainState {
  const { process } = outcome.component;
  const { network: kind } = prepared.world;
  return {
    ...state,
    components: state.components.with(process, copyOf(outcome.component)),
    history: prepared.keepsHistory
      ? extend(state.history, process - prepared.nodeCount, outcome.clientEvents)
      : state.history,
    network: outcome.sends.reduce((network, { to, message }) => {
      const text = `${process}>${to}:${encode(message, 'a message')}`;
      const envelope = { from: process, to, message, text };
      return isCut(prepared, state, envelope) ? network : send(prepared, network, envelope, kind);
    }, state.network),
  };
}

function send(
  { processes }: PreparedWorld,
  network: readonly PlainEnvelope[],
  envelope: PlainEnvelope,
  kind: ExploredWorld['network'],
): readonly PlainEnvelope[] {
  if (kind === 'duplicating' && network.some(({ text }) => text === envelope.text)) return network;
  const linkOf = ({ from, to }: PlainEnvelope): number => from * processes.length + to;
  const later = network.findIndex((other) =>
    kind === 'ordered' ? linkOf(other) > linkOf(envelope) : other.text > envelope.text,
  );
  return network.toSpliced(later === -1 ? network.length : later, 0, envelope);
}

/** The state with one fault less to spend, or nothing if it is spent. */
function pay({ budgets }: PreparedWorld, state: PlainState, fault: FaultClass): readonly PlainState[] {
  const slot = budgets.slots[fault];
  if (slot === never) return [];
  if (slot === unbounded) return [state];
  const left = state.budgets[slot]!;
  return left === 0 ? [] : [{ ...state, budgets: state.budgets.with(slot, left - 1) }];
}

/** Whether a message would cross the cut that is in force. */
export function isCut(
  { partitions, budgets, processes }: PreparedWorld,
  state: PlainState,
  { from, to }: Pick<PlainEnvelope, 'from' | 'to'>,
): boolean {
  if (budgets.cutSlot === never) return false;
  return partitions[state.budgets[budgets.cutSlot]! - 1]?.cuts[from * processes.length + to] === 1;
}

/** Whether no message can arrive. */
function isQuiet(prepared: PreparedWorld, state: PlainState): boolean {
  return !state.network.some(
    (envelope) => state.components[envelope.to]?.up === true && !isCut(prepared, state, envelope),
  );
}

function nameIn({ processes }: PreparedWorld, process: number): string {
  return processes[process]?.id ?? '';
}

function isSameLink(one: PlainEnvelope, other: PlainEnvelope): boolean {
  return one.from === other.from && one.to === other.to;
}

/** The canonical text of a whole state. */
export function stateText(prepared: PreparedWorld, { components, history, budgets, network }: PlainState): string {
  const parts = components.map((component, index) => textOf(component, prepared.processes[index]?.id ?? ''));
  return encode([parts, history, budgets, network.map(({ text }) => text)], 'the state');
}

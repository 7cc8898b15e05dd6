// One turn of one process: an event meets a local component, and each way that it can go (one for each outcome of
// `ctx.random`) is a new component with what was sent and what the clients saw.
import type { Json, NodeId } from '../../sim/protocol.ts';
import { copyOf, crash, nextOperation, type Component } from './component.ts';
import { EncodingError } from './encoding.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import { TurnContext } from './turn-context.ts';

/** What can happen to a process. `start` is birth; `restart` follows a crash. */
export type LocalEvent =
  | { readonly type: 'start' }
  | { readonly type: 'deliver'; readonly from: NodeId; readonly message: object }
  | { readonly type: 'timer'; readonly timer: string }
  | { readonly type: 'begin' }
  | { readonly type: 'crash' }
  | { readonly type: 'restart' };

/** What a client did or was told, for the history. */
export interface ClientEvent {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly value: Json;
  readonly error?: string;
}

export interface Sent {
  /** The receiver's index in the world. */
  readonly to: number;
  readonly message: object;
}

export interface Outcome {
  readonly component: Component;
  readonly sends: readonly Sent[];
  readonly clientEvents: readonly ClientEvent[];
  /** The outcomes of `ctx.random` that led here, in order. */
  readonly draws: readonly number[];
  /** What a handler threw, in words; the component is then of no use. */
  readonly thrown: string | undefined;
}

/** The most outcomes that one turn may have. */
const maxOutcomes = 4096;

/**
 * All outcomes of an event, none if the world refuses it (its guard, or a message to a node that is down).
 * @throws ExploreError where a handler does what cannot be explored, with the handler's name.
 */
export function outcomesOf(
  prepared: PreparedWorld,
  component: Component,
  event: LocalEvent,
  order: 'canonical' | 'reversed' = 'canonical',
): readonly Outcome[] {
  if (!isEnabled(prepared, component, event)) return [];
  const outcomes: Outcome[] = [];
  let draws: readonly number[] | undefined = [];
  while (draws !== undefined) {
    const context = new TurnContext(prepared, copyOf(component, order), draws, nameOf(prepared, component, event));
    const thrown = run(prepared, context, event);
    outcomes.push({
      component: context.component,
      sends: context.sends,
      clientEvents: context.clientEvents,
      draws: context.draws.map(({ drawn }) => drawn),
      thrown,
    });
    if (outcomes.length > maxOutcomes) throw new ExploreError(`${context.handler} has over ${maxOutcomes} outcomes`);
    draws = nextDraws(context.draws);
  }
  return outcomes;
}

function isEnabled(prepared: PreparedWorld, component: Component, event: LocalEvent): boolean {
  if (event.type === 'start' || event.type === 'restart') return !component.up;
  if (!component.up) return false;
  if (event.type === 'timer') return component.timers.includes(event.timer);
  if (event.type === 'begin') return nextOperation(component, prepared) !== undefined;
  if (event.type === 'crash') return component.process < prepared.nodeCount;
  const accepts = prepared.processes[component.process]?.accepts;
  if (accepts === undefined || component.state === null) return true;
  return accepts(component.state, event.message, event.from);
}

function run(prepared: PreparedWorld, context: TurnContext, event: LocalEvent): string | undefined {
  try {
    handle(prepared, context, event);
    while (context.self.beginsAtOnce && nextOperation(context.component, prepared) !== undefined) context.begin();
    return undefined;
  } catch (error) {
    if (error instanceof ExploreError || error instanceof EncodingError) throw error;
    return `${context.handler} threw ${String(error)}`;
  } finally {
    context.close();
  }
}

function handle(prepared: PreparedWorld, context: TurnContext, event: LocalEvent): void {
  const { component, self } = context;
  switch (event.type) {
    case 'start':
    case 'restart':
      component.up = true;
      component.state = self.protocol.start(context) as object;
      return;
    case 'crash':
      return crash(component, prepared);
    case 'begin':
      return context.begin();
    case 'deliver':
      return self.protocol.onMessage(component.state, event.from, event.message, context);
    case 'timer':
      component.timers = component.timers.filter((timer) => timer !== event.timer);
      return self.protocol.onTimer?.(component.state, event.timer, context);
  }
}

function nameOf(prepared: PreparedWorld, component: Component, event: LocalEvent): string {
  const id = prepared.processes[component.process]?.id;
  switch (event.type) {
    case 'deliver':
      return `onMessage of ${id} (${'type' in event.message ? String(event.message.type) : 'a message'} from ${event.from})`;
    case 'timer':
      return `onTimer of ${id} (${event.timer})`;
    case 'begin':
      return `onRequest of ${id}`;
    case 'start':
    case 'restart':
    case 'crash':
      return `start of ${id}`;
  }
}

/** The draws after these, in the order of an odometer; undefined after the last. */
function nextDraws(draws: readonly { readonly drawn: number; readonly below: number }[]): number[] | undefined {
  const turning = draws.findLastIndex(({ drawn, below }) => drawn + 1 < below);
  if (turning === -1) return undefined;
  return draws.slice(0, turning + 1).map(({ drawn }, index) => (index === turning ? drawn + 1 : drawn));
}

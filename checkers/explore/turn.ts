// One turn of one process: an event meets a local component, and each way that it can go (one for each outcome of
// `ctx.random`) is a new component with what was sent and what the clients saw.
import type { Json, NodeId } from '../../sim/protocol.ts';
import type { Micros } from '../../sim/time.ts';
import { copyOf, nextOperation, type Component, type CopyOrder } from './component.ts';
import { crash, isLegal, survivalsOf, type CrashPoint, type Survival } from './crashes.ts';
import { encode, EncodingError } from './encoding.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import { TurnContext } from './turn-context.ts';

/** What can happen to a process. `start` is birth; `restart` follows a crash. */
export type LocalEvent =
  | { readonly type: 'start' }
  | { readonly type: 'deliver'; readonly from: NodeId; readonly message: object }
  | { readonly type: 'timer'; readonly timer: string }
  | { readonly type: 'begin' }
  | { readonly type: 'crash'; readonly survival: Survival | undefined }
  | { readonly type: 'crash inside'; readonly during: LocalEvent; readonly point: CrashPoint }
  | { readonly type: 'client crash' }
  | { readonly type: 'restart' };

/** An outcome of `ctx.random`, or a reading of a clock that runs freely. */
export type Draw = number | { readonly clock: Micros };

/** What a handler noted. */
export interface Noted {
  readonly kind: string;
  readonly data: { readonly [key: string]: Json | undefined };
}

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
  /** The draws that led here, in order. */
  readonly draws: readonly Draw[];
  readonly notes: readonly Noted[];
  /** How many messages, writes and syncs there were. */
  readonly effects: number;
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
  order: CopyOrder = 'canonical',
): readonly Outcome[] {
  if (!isEnabled(prepared, component, event)) return [];
  const inside = event.type === 'crash inside' ? event.point : undefined;
  const outcomes: Outcome[] = [];
  let tried = 0;
  let draws: readonly number[] | undefined = [];
  while (draws !== undefined) {
    const handler = nameOf(prepared, component, event);
    const context = new TurnContext(prepared, copyOf(component, order), draws, handler, inside?.after);
    const thrown = run(prepared, context, event.type === 'crash inside' ? event.during : event);
    const outcome = inside === undefined ? outcomeOf(context, thrown) : dead(prepared, context, inside);
    if (outcome !== undefined) outcomes.push(outcome);
    if (++tried > maxOutcomes) throw new ExploreError(`${context.handler} has over ${maxOutcomes} outcomes`);
    draws = nextDraws(context.draws);
  }
  return outcomes;
}

/** The places between two effects of a handler, each with the ways in which unsynced writes may fare there. */
export function crashPointsOf(prepared: PreparedWorld, component: Component, event: LocalEvent): readonly CrashPoint[] {
  const effects = Math.max(0, ...outcomesOf(prepared, component, event).map((outcome) => outcome.effects));
  const places = Array.from({ length: Math.max(0, effects - 1) }, (_, place) => place + 1);
  return places.flatMap((after) => {
    const points = new Map<string, CrashPoint>();
    for (const before of componentsAt(prepared, component, event, after)) {
      for (const survival of survivalsOf(before, prepared))
        points.set(encode(survival, 'a crash'), { after, survival });
    }
    return [...points.values()];
  });
}

/** The component as it is after so many effects of a handler, for each way that its draws can go. */
function componentsAt(
  prepared: PreparedWorld,
  component: Component,
  event: LocalEvent,
  after: number,
): readonly Component[] {
  const found: Component[] = [];
  let draws: readonly number[] | undefined = [];
  while (draws !== undefined) {
    const context = new TurnContext(prepared, copyOf(component), draws, nameOf(prepared, component, event), after);
    run(prepared, context, event);
    if (context.effects > after) found.push(context.component);
    draws = nextDraws(context.draws);
  }
  return found;
}

function outcomeOf(context: TurnContext, thrown: string | undefined): Outcome {
  const { component, sends, clientEvents, notes, effects } = context;
  return { component, sends, clientEvents, draws: context.draws.map(({ told }) => told), notes, effects, thrown };
}

/** The outcome of a crash between two effects; undefined where the handler had no more of them, or threw before. */
function dead(prepared: PreparedWorld, context: TurnContext, { after, survival }: CrashPoint): Outcome | undefined {
  const { component } = context;
  if (context.effects <= after || !isLegal(survival, component, prepared)) return undefined;
  crash(component, prepared, survival);
  return outcomeOf(context, undefined);
}

function isEnabled(prepared: PreparedWorld, component: Component, event: LocalEvent): boolean {
  if (event.type === 'crash inside') return isEnabled(prepared, component, event.during);
  if (event.type === 'start' || event.type === 'restart') return !component.up;
  if (!component.up) return false;
  if (event.type === 'timer') return component.timers.includes(event.timer);
  if (event.type === 'begin') return nextOperation(component, prepared) !== undefined;
  if (event.type === 'crash') return component.process < prepared.nodeCount;
  if (event.type === 'client crash') return component.running;
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
  if (event.type !== 'timer') context.arrive();
  switch (event.type) {
    case 'start':
    case 'restart':
      component.up = true;
      component.state = self.protocol.start(context) as object;
      return;
    case 'crash':
      return crash(component, prepared, event.survival);
    case 'crash inside':
      throw new ExploreError('a crash cannot be struck by a crash');
    case 'client crash':
      return context.die();
    case 'begin':
      return context.begin();
    case 'deliver':
      return self.protocol.onMessage(component.state, event.from, event.message, context);
    case 'timer':
      context.takeTimer(event.timer);
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
    case 'client crash':
      return `start of ${id}`;
    case 'crash inside':
      return nameOf(prepared, component, event.during);
  }
}

/** The draws after these, in the order of an odometer; undefined after the last. */
function nextDraws(draws: readonly { readonly drawn: number; readonly below: number }[]): number[] | undefined {
  const turning = draws.findLastIndex(({ drawn, below }) => drawn + 1 < below);
  if (turning === -1) return undefined;
  return draws.slice(0, turning + 1).map(({ drawn }, index) => (index === turning ? drawn + 1 : drawn));
}

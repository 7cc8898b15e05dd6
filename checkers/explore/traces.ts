// From interned numbers back to what people read: the actions that led from the initial state to another one.
import type { Action } from './action.ts';
import { argumentOf, eventKinds, kindOf } from './events.ts';
import type { Expander, Visitor } from './expander.ts';
import type { LocalSteps } from './local-steps.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { StateStore } from './state-store.ts';
import type { Draw } from './turn.ts';

/** The actions on the way to a state, by the parents of the search. The transitions are taken again to learn their draws. */
export function traceTo(
  state: number,
  store: StateStore,
  expander: Expander,
  steps: LocalSteps,
  prepared: PreparedWorld,
): readonly Action[] {
  const trace: Action[] = [];
  for (let child = state; child >= 0 && store.parentOf(child) >= 0; child = store.parentOf(child)) {
    trace.push(
      actionOf(
        store.eventOf(child),
        drawsOf(store.parentOf(child), child, store.eventOf(child), store, expander),
        steps,
        prepared,
      ),
    );
  }
  return trace.toReversed();
}

/** The action of one transition. */
export function transitionAction(
  parent: number,
  child: number,
  event: number,
  store: StateStore,
  expander: Expander,
  steps: LocalSteps,
  prepared: PreparedWorld,
): Action {
  return actionOf(event, drawsOf(parent, child, event, store, expander), steps, prepared);
}

/** An event as an action. */
export function actionOf(event: number, draws: readonly Draw[], steps: LocalSteps, prepared: PreparedWorld): Action {
  const { processes, partitions } = prepared;
  const argument = argumentOf(event);
  const drawn = draws.length > 0 && { draws };
  const name = (process: number): string => processes[process]?.id ?? '';
  const type = eventKinds[kindOf(event)] ?? 'deliver';
  switch (type) {
    case 'deliver':
    case 'drop':
    case 'duplicate': {
      const { from, to, message } = steps.envelope(argument);
      return { type, from: name(from), to: name(to), message, ...drawn };
    }
    case 'timer':
      return { type, node: name(steps.timer(argument).process), timer: steps.timer(argument).timer, ...drawn };
    case 'begin':
    case 'client crash':
    case 'restart':
      return { type, node: name(argument), ...drawn };
    case 'crash':
    case 'crash inside': {
      const { process, survival, during, after = 0 } = steps.crash(argument);
      const survived = survival !== undefined && { survival };
      const node = name(process);
      if (during === undefined) return { type: 'crash', node, ...survived, ...drawn };
      return {
        type: 'crash inside',
        node,
        during: actionOf(during, [], steps, prepared),
        after,
        ...survived,
        ...drawn,
      };
    }
    case 'partition':
      return { type, partition: partitions[argument]?.partition ?? { groups: [] } };
    case 'heal':
      return { type };
  }
}

/** The draws of the event that leads from one state to another. */
function drawsOf(parent: number, child: number, event: number, store: StateStore, expander: Expander): readonly Draw[] {
  const row = new Int32Array(store.lengthOf(parent));
  store.load(parent, row);
  const wanted = new Int32Array(store.lengthOf(child));
  store.load(child, wanted);
  let draws: readonly Draw[] | undefined;
  const visitor: Visitor = {
    transition(next, length, taken) {
      if (draws !== undefined || taken !== event || length !== wanted.length) return;
      if (wanted.every((value, at) => value === next[at])) ({ draws } = expander);
    },
    failure: () => undefined,
  };
  expander.expand(row, row.length, visitor);
  return draws ?? [];
}

// A search that was ended by a bound, as plain data: what it has visited, in its own numbers, and the tables that say what the
// numbers mean. A search that goes on from there visits what the first one would have visited.
import { encode } from './encoding.ts';
import { decode } from './decoding.ts';
import type { Expander } from './expander.ts';
import type { ClientHistory } from './client-history.ts';
import type { Judge, Objection } from './judge.ts';
import type { LocalSteps } from './local-steps.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import type { StateStore } from './state-store.ts';

/** Everything in it is plain: it can be written to a file, or posted to another thread. */
export interface Checkpoint {
  /** A canonical text: counters, findings, and the tables. */
  readonly head: string;
  /** For each state its parent, the event that led to it, and its row behind its length. */
  readonly states: Int32Array;
}

/** Where a search stands. */
export interface Standing {
  readonly generated: number;
  readonly levels: number;
  readonly levelEnd: number;
  readonly levelSizes: readonly number[];
  readonly expanded: number;
  readonly found: readonly {
    readonly objection: Objection;
    readonly state: number;
    readonly last: readonly object[];
  }[];
}

interface Parts {
  readonly prepared: PreparedWorld;
  readonly steps: LocalSteps;
  readonly expander: Expander;
  readonly judge: Judge;
  readonly store: StateStore;
}

const version = 1;

interface Head extends Standing {
  readonly version: number;
  readonly world: string;
  readonly unreached: readonly string[];
  readonly tables: ReturnType<LocalSteps['save']>;
  readonly histories: readonly ClientHistory[];
}

export function saveSearch(standing: Standing, { prepared, steps, expander, judge, store }: Parts): Checkpoint {
  const histories = Array.from({ length: expander.histories.size }, (_, id) => expander.histories.value(id));
  const head: Head = {
    ...standing,
    version,
    world: describeWorld(prepared),
    unreached: judge.unreached,
    tables: steps.save(),
    histories,
  };
  let length = 0;
  for (let state = 0; state < store.count; state++) length += store.lengthOf(state) + 3;
  const states = new Int32Array(length);
  let at = 0;
  for (let state = 0; state < store.count; state++) {
    states[at] = store.parentOf(state);
    states[at + 1] = store.eventOf(state);
    states[at + 2] = store.lengthOf(state);
    at += 3 + store.load(state, states.subarray(at + 3));
  }
  return { head: encode(head, 'a checkpoint'), states };
}

/** Fills the parts of a new search. @throws ExploreError if the checkpoint is damaged, or is one of another world. */
export function restoreSearch({ head: text, states }: Checkpoint, parts: Parts): Standing {
  const { prepared, steps, expander, judge, store } = parts;
  const head = readHead(text);
  if (head.version !== version) {
    throw new ExploreError(`the checkpoint has version ${head.version}: expected version ${version}`);
  }
  if (head.world !== describeWorld(prepared)) {
    throw new ExploreError(
      'the checkpoint is one of another world: expected the same processes, bounds and properties',
    );
  }
  steps.restore(head.tables);
  for (const history of head.histories) expander.histories.intern(encode(history, 'the client history'), () => history);
  for (let at = 0; at < states.length;) {
    const length = states[at + 2]!;
    const row = states.subarray(at + 3, at + 3 + length);
    if (length < 0 || row.length < length || store.add(row, length, states[at]!, states[at + 1]!) === -1) {
      throw new ExploreError('the checkpoint is damaged: its states are not as they were written');
    }
    at += 3 + length;
  }
  expectSameBirths(parts);
  judge.restore(head.unreached);
  return head;
}

/** The world's protocols may have changed since: their births, at least, must not. */
function expectSameBirths({ expander, store }: Parts): void {
  const known = store.count;
  const refuse = (): never => {
    throw new ExploreError('the checkpoint is one of another world: its nodes start differently');
  };
  expander.begin({ transition: (row, length) => store.add(row, length, -1, -1) === -1 || refuse(), failure: refuse });
  if (store.count !== known) refuse();
}

function readHead(text: string): Head {
  try {
    return decode(text) as Head;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new ExploreError(`the checkpoint is damaged ${error.message}`);
    }
    throw error;
  }
}

function describeWorld({ world, processes, budgets }: PreparedWorld): string {
  const { nodes: _nodes, clients: _clients, properties, checks = [], ...knobs } = world;
  const plain = Object.fromEntries(
    Object.entries(knobs).map(([name, knob]: [string, unknown]) => [
      name,
      typeof knob === 'function' ? 'a function' : knob,
    ]),
  );
  const names = [...properties, ...checks].map(({ name }) => name);
  const all = processes.map(({ id, operations, beginsAtOnce }) => ({ id, operations, beginsAtOnce }));
  return encode({ plain, names, all, initial: budgets.initial }, 'a world');
}

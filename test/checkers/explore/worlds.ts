// Small worlds for tests of the explorer, each about one thing that can happen in a world.
import type { ExploredNode, ExploredWorld } from '../../../checkers/explore/index.ts';
import type { Context, NodeId, Protocol } from '../../../sim/index.ts';

export interface Tally {
  state: { seen: number };
  message: { readonly type: 'tick' };
  timer: 'tick';
  request: never;
  response: never;
}

/** Counts what arrives. */
export const counter: Protocol<Tally> = {
  start: () => ({ seen: 0 }),
  onMessage(state) {
    state.seen++;
  },
};

/** Sends so many ticks at birth. */
export function ticker(to: NodeId, ticks: number): Protocol<Tally> {
  return {
    ...counter,
    start(ctx) {
      for (let tick = 0; tick < ticks; tick++) ctx.send(to, { type: 'tick' });
      return { seen: 0 };
    },
  };
}

/** One node whose timer runs this handler, and nothing else. */
export function timerWorld(onTimer: (state: Tally['state'], ctx: Context<Tally>) => void): ExploredWorld {
  const protocol: Protocol<Tally> = {
    start(ctx) {
      ctx.setTimer('tick', 0);
      return { seen: 0 };
    },
    onMessage: () => undefined,
    onTimer: (state, _timer, ctx) => onTimer(state, ctx),
  };
  return { nodes: [{ id: 'n1', protocol }], network: 'unordered', properties: [] };
}

/** A ticker and a counter, with some faults. */
export function tickWorld(ticks: number, more: Partial<ExploredWorld> = {}): ExploredWorld {
  const nodes: ExploredNode[] = [
    { id: 'n1', protocol: ticker('n2', ticks) },
    { id: 'n2', protocol: counter },
  ];
  return { nodes, network: 'unordered', properties: [], ...more };
}

/** A node that writes and then syncs some of it, and counts its starts. */
export const writer: Protocol<{
  state: { starts: number; unsynced: number };
  message: { readonly type: 'tick' };
  timer: 'write';
  request: never;
  response: never;
}> = {
  start(ctx) {
    const starts = (ctx.disk.get<number>('starts') ?? 0) + 1;
    ctx.disk.set('starts', starts);
    ctx.disk.sync();
    if (starts === 1) ctx.setTimer('write', 0);
    return { starts, unsynced: ctx.disk.read<number>('log').records.length };
  },
  onMessage: () => undefined,
  onTimer(state, _timer, ctx) {
    ctx.disk.append('log', 1);
    state.unsynced++;
  },
};

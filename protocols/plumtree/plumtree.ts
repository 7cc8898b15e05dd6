// Plumtree: a broadcast is pushed along a tree of the overlay and announced on its other links. A link that brought what was
// known already leaves the tree; an announcement of something that does not come makes a link join it.
// (Leitão, Pereira, Rodrigues: "Epidemic Broadcast Trees", SRDS 2007.)
import type { Context, NodeId, Protocol } from '../../sim/index.ts';
import { joinOverlay, keepAlive, onOverlayMessage, shuffle, type Member } from './hyparview.ts';
import {
  plumtreeDefaults,
  plumtreeRules,
  type Plumtree,
  type PlumtreeMessage,
  type PlumtreeOptions,
  type PlumtreeRules,
  type PlumtreeState,
  type TreeMessage,
} from './types.ts';

type Ctx = Context<Plumtree>;

/** @param contact whom newcomers ask to be let in */
export function plumtree(
  contact: NodeId,
  options: Partial<PlumtreeOptions> = {},
  rules: Partial<PlumtreeRules> = {},
): Protocol<Plumtree> {
  const member: Member = {
    contact,
    options: { ...plumtreeDefaults, ...options },
    rules: { ...plumtreeRules, ...rules },
  };
  return {
    start: (ctx) => start(member, ctx),
    onMessage: (state, from, message, ctx) => onMessage(member, state, from, message, ctx),
    onTimer: (state, timer, ctx) => onTimer(member, state, timer, ctx),
  };
}

function start(member: Member, ctx: Ctx): PlumtreeState {
  ctx.setTimer('keep-alive', 1 + ctx.random(member.options.keepAliveEvery));
  ctx.setTimer('shuffle', 1 + ctx.random(member.options.shuffleEvery));
  joinOverlay(member, ctx);
  return {
    active: new Map(),
    passive: [],
    eager: new Set(),
    delivered: new Map(),
    missing: new Map(),
    asked: null,
  };
}

function onMessage(member: Member, state: PlumtreeState, from: NodeId, message: PlumtreeMessage, ctx: Ctx): void {
  switch (message.type) {
    case 'broadcast':
      if (member.rules.isNew(state, message.id)) deliver(state, message.id, 0, ctx.id, ctx);
      return ctx.send(from, { type: 'broadcasting', id: message.id });
    case 'broadcasting':
      return; // for clients
    case 'Gossip':
    case 'IHave':
    case 'Graft':
    case 'Prune':
      return onTreeMessage(member, state, from, message, ctx);
    default:
      return onOverlayMessage(member, state, from, message, ctx);
  }
}

function onTimer(member: Member, state: PlumtreeState, timer: Plumtree['timer'], ctx: Ctx): void {
  switch (timer) {
    case 'keep-alive':
      ctx.setTimer('keep-alive', member.options.keepAliveEvery);
      return keepAlive(member, state, ctx);
    case 'shuffle':
      ctx.setTimer('shuffle', member.options.shuffleEvery);
      return shuffle(member, state, ctx);
    default:
      return graft(member, state, Number(timer.slice('missing '.length)), ctx);
  }
}

/** Takes a broadcast in and passes it on: the whole of it in the tree, an announcement elsewhere (algorithm 1). */
function deliver(state: PlumtreeState, id: number, round: number, from: NodeId, ctx: Ctx): void {
  state.delivered.set(id, round);
  state.missing.delete(id);
  ctx.clearTimer(`missing ${id}`);
  ctx.note('delivered', { broadcast: id, round });
  for (const peer of state.active.keys()) {
    if (peer === from) continue;
    ctx.send(peer, { type: state.eager.has(peer) ? 'Gossip' : 'IHave', id, round: round + 1 });
  }
}

function onTreeMessage(member: Member, state: PlumtreeState, from: NodeId, message: TreeMessage, ctx: Ctx): void {
  const isNeighbour = state.active.has(from);
  switch (message.type) {
    case 'Gossip':
      if (member.rules.isNew(state, message.id)) {
        if (isNeighbour) state.eager.add(from);
        return deliver(state, message.id, message.round, from, ctx);
      }
      state.eager.delete(from);
      return ctx.send(from, { type: 'Prune' });
    case 'Prune':
      state.eager.delete(from);
      return ctx.note('pruned', { peer: from });
    case 'IHave':
      return announced(member, state, from, message.id, message.round, ctx);
    case 'Graft': {
      if (isNeighbour) state.eager.add(from);
      const round = message.id === null ? undefined : state.delivered.get(message.id);
      if (message.id === null || round === undefined) return;
      return ctx.send(from, { type: 'Gossip', id: message.id, round: round + 1 });
    }
  }
}

/** Somebody has it: if it does not come by itself, it will be asked for (algorithm 2). */
function announced({ options }: Member, state: PlumtreeState, from: NodeId, id: number, round: number, ctx: Ctx): void {
  if (state.delivered.has(id)) return;
  const sources = state.missing.get(id);
  if (sources === undefined) {
    state.missing.set(id, [{ from, round }]);
    ctx.setTimer(`missing ${id}`, options.graftAfter);
  } else sources.push({ from, round });
}

/** The link to the first who announced it becomes part of the tree, and brings it; if it does not, the next one's turn comes. */
function graft({ options, rules }: Member, state: PlumtreeState, id: number, ctx: Ctx): void {
  const source = state.missing.get(id)?.shift();
  if (source === undefined || !rules.grafts) {
    state.missing.delete(id);
    return;
  }
  ctx.setTimer(`missing ${id}`, options.graftAgainAfter);
  if (state.active.has(source.from)) state.eager.add(source.from);
  ctx.send(source.from, { type: 'Graft', id, round: source.round });
  ctx.note('grafted', { peer: source.from });
}

// HyParView: each member has a few neighbours, which are neighbours in both directions, and a larger list of others to replace
// them from. (Leitão, Pereira, Rodrigues: "HyParView: a membership protocol for reliable gossip-based broadcast", DSN 2007.)
import type { Context, NodeId } from '../../sim/index.ts';
import type { OverlayMessage, Plumtree, PlumtreeOptions, PlumtreeRules, PlumtreeState } from './types.ts';

type Ctx = Context<Plumtree>;

/** What of a member does not change. */
export interface Member {
  readonly options: PlumtreeOptions;
  readonly rules: PlumtreeRules;
  /** Whom newcomers ask. */
  readonly contact: NodeId;
}

/** Enters the overlay, or enters it again when all neighbours are gone and nobody else is known. */
export function joinOverlay({ contact }: Member, ctx: Ctx): void {
  if (contact !== ctx.id) ctx.send(contact, { type: 'Join' });
}

export function onOverlayMessage(
  member: Member,
  state: PlumtreeState,
  from: NodeId,
  message: OverlayMessage,
  ctx: Ctx,
): void {
  switch (message.type) {
    case 'Join':
      addActive(member, state, from, ctx);
      ctx.send(from, { type: 'NeighborReply', accepted: true });
      for (const peer of state.active.keys()) {
        if (peer !== from) ctx.send(peer, { type: 'ForwardJoin', newcomer: from, ttl: member.options.activeWalk });
      }
      return;
    case 'ForwardJoin':
      return onForwardJoin(member, state, from, message, ctx);
    case 'Neighbor': {
      const hasRoom = state.active.has(from) || state.active.size < member.options.activeView;
      const accepted = message.priority === 'high' || hasRoom;
      if (accepted) addActive(member, state, from, ctx);
      else addPassive(member, state, from, ctx);
      return ctx.send(from, { type: 'NeighborReply', accepted });
    }
    case 'NeighborReply':
      if (state.asked === from) state.asked = null;
      if (message.accepted) addActive(member, state, from, ctx);
      else if (!state.active.has(from)) replaceFailed(member, state, ctx, from);
      return;
    case 'Disconnect':
      if (!dropActive(state, from)) return;
      addPassive(member, state, from, ctx);
      return replaceFailed(member, state, ctx, from);
    case 'Shuffle':
      return onShuffle(member, state, from, message, ctx);
    case 'ShuffleReply':
      for (const node of message.nodes) addPassive(member, state, node, ctx);
      return;
    case 'KeepAlive':
      if (state.active.has(from)) state.active.set(from, ctx.monotonic());
      else ctx.send(from, { type: 'Disconnect' }); // neighbours are so in both directions
  }
}

function onForwardJoin(
  member: Member,
  state: PlumtreeState,
  from: NodeId,
  { newcomer, ttl }: OverlayMessage & { type: 'ForwardJoin' },
  ctx: Ctx,
): void {
  if (newcomer === ctx.id) return;
  const next =
    ttl === 0
      ? undefined
      : pick(
          [...state.active.keys()].filter((id) => id !== from && id !== newcomer),
          ctx,
        );
  if (next === undefined) {
    if (state.active.has(newcomer)) return;
    addActive(member, state, newcomer, ctx);
    ctx.send(newcomer, { type: 'NeighborReply', accepted: true });
    return;
  }
  if (ttl === member.options.passiveWalk) addPassive(member, state, newcomer, ctx);
  ctx.send(next, { type: 'ForwardJoin', newcomer, ttl: ttl - 1 });
}

/**
 * Tells a random member far away of a few that this one knows, and hears of as many. Now and then it also takes a new neighbour,
 * the contact among others: an overlay that a cut of the network has split would otherwise stay two, each whole in itself.
 */
export function shuffle({ options, contact, rules }: Member, state: PlumtreeState, ctx: Ctx): void {
  if (rules.mixes && ctx.random(options.mixOneIn) === 0) {
    const stranger = pick(
      [...state.passive, contact].filter((id) => id !== ctx.id && !state.active.has(id)),
      ctx,
    );
    if (stranger !== undefined) ctx.send(stranger, { type: 'Neighbor', priority: 'high' });
  }
  const target = pick([...state.active.keys()], ctx);
  if (target === undefined) return;
  const actives = sample([...state.active.keys()], options.shuffleActive, ctx);
  const nodes = [ctx.id, ...actives, ...sample(state.passive, options.shufflePassive, ctx)];
  ctx.send(target, { type: 'Shuffle', origin: ctx.id, nodes, ttl: options.activeWalk });
}

function onShuffle(
  member: Member,
  state: PlumtreeState,
  from: NodeId,
  { origin, nodes, ttl }: OverlayMessage & { type: 'Shuffle' },
  ctx: Ctx,
): void {
  const next = pick(
    [...state.active.keys()].filter((id) => id !== from && id !== origin),
    ctx,
  );
  if (ttl > 0 && next !== undefined) return ctx.send(next, { type: 'Shuffle', origin, nodes, ttl: ttl - 1 });
  if (origin === ctx.id) return;
  ctx.send(origin, { type: 'ShuffleReply', nodes: sample(state.passive, nodes.length, ctx) });
  for (const node of nodes) addPassive(member, state, node, ctx);
}

/** Neighbours hear that this one lives; those that are silent have failed and are replaced. */
export function keepAlive(member: Member, state: PlumtreeState, ctx: Ctx): void {
  const now = ctx.monotonic();
  for (const [peer, heardAt] of state.active) {
    if (now - heardAt <= member.options.failedAfter) continue;
    dropActive(state, peer);
    ctx.note('neighbour failed', { peer });
  }
  for (const peer of state.active.keys()) ctx.send(peer, { type: 'KeepAlive' });
  state.asked = null; // who has not answered by now may be asked again
  if (state.active.size < member.options.activeView) replaceFailed(member, state, ctx, null);
  if (state.active.size === 0) joinOverlay(member, ctx);
}

/** Asks one of the others to be a neighbour. */
function replaceFailed({ options }: Member, state: PlumtreeState, ctx: Ctx, except: NodeId | null): void {
  if (state.asked !== null || state.active.size >= options.activeView) return;
  const candidate = pick(
    state.passive.filter((id) => id !== except),
    ctx,
  );
  if (candidate === undefined) return;
  state.asked = candidate;
  state.passive = state.passive.filter((id) => id !== candidate); // it comes back if it lives
  ctx.send(candidate, { type: 'Neighbor', priority: state.active.size === 0 ? 'high' : 'low' });
}

/** Makes room by letting a random neighbour go. */
function addActive(member: Member, state: PlumtreeState, peer: NodeId, ctx: Ctx): void {
  if (peer === ctx.id || state.active.has(peer)) return;
  if (state.active.size >= member.options.activeView) {
    const victim = pick([...state.active.keys()], ctx) as NodeId;
    dropActive(state, victim);
    ctx.send(victim, { type: 'Disconnect' });
    addPassive(member, state, victim, ctx);
  }
  state.passive = state.passive.filter((id) => id !== peer);
  state.active.set(peer, ctx.monotonic());
  state.eager.add(peer); // Plumtree: a new neighbour is pushed to until it says that it has everything already
  for (const [id, round] of [...state.delivered].slice(-member.options.announced)) {
    ctx.send(peer, { type: 'IHave', id, round: round + 1 }); // it may have missed what went round while it moved
  }
}

function dropActive(state: PlumtreeState, peer: NodeId): boolean {
  state.eager.delete(peer);
  for (const sources of state.missing.values()) {
    const place = sources.findIndex(({ from }) => from === peer);
    if (place !== -1) sources.splice(place, 1);
  }
  return state.active.delete(peer);
}

function addPassive({ options }: Member, state: PlumtreeState, peer: NodeId, ctx: Ctx): void {
  if (peer === ctx.id || state.active.has(peer) || state.passive.includes(peer)) return;
  if (state.passive.length >= options.passiveView) state.passive.splice(ctx.random(state.passive.length), 1);
  state.passive.push(peer);
}

function pick(nodes: readonly NodeId[], ctx: Ctx): NodeId | undefined {
  return nodes.length === 0 ? undefined : nodes[ctx.random(nodes.length)];
}

function sample(nodes: readonly NodeId[], count: number, ctx: Ctx): NodeId[] {
  const rest = [...nodes];
  const drawn: NodeId[] = [];
  while (drawn.length < count && rest.length > 0) drawn.push(...rest.splice(ctx.random(rest.length), 1));
  return drawn;
}

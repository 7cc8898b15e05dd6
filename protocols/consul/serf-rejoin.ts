// A member that restarts calls those that were alive when it last wrote them down, one after the other, until one answers with all
// that it knows. (serf: serf.go, handleRejoin; memberlist: Join.)
import { seconds, type Context, type Micros, type NodeId } from '../../sim/index.ts';

export type RejoinTimer = 'serf rejoin';

export interface Rejoin {
  /** Who is left to be called; the first of them is being called. */
  peers: readonly NodeId[];
  calledAt: Micros;
  /** When the connection is tried again that the first does not answer, and later and later. */
  retryAfter: Micros;
}

interface RejoinTypes {
  state: object;
  message: object;
  timer: RejoinTimer;
  request: never;
  response: never;
}

type Ctx = Pick<Context<RejoinTypes>, 'id' | 'monotonic' | 'random' | 'setTimer' | 'clearTimer' | 'note'>;

/** How to reach others in the pool: asks one for all it knows, and how long a connection may take (TCPTimeout). */
export interface Line {
  call(peer: NodeId): void;
  readonly timeout: Micros;
}

/** A machine that is silent is tried again after a second, after two more, after four, as TCP does with its first packet. */
const firstRetry = seconds(1);

export function noRejoin(): Rejoin {
  return { peers: [], calledAt: 0, retryAfter: firstRetry };
}

/** In a random order, so that not all call the same one. */
export function beginRejoin(rejoin: Rejoin, previous: ReadonlyMap<string, NodeId>, line: Line, ctx: Ctx): void {
  const peers = [...previous.values()].filter((address) => address !== ctx.id);
  for (let place = 1; place < peers.length; place++) {
    const other = ctx.random(place + 1);
    [peers[place], peers[other]] = [peers[other] as NodeId, peers[place] as NodeId];
  }
  callFirst(rejoin, peers, line, ctx);
}

export function onRejoinTimer(rejoin: Rejoin, line: Line, ctx: Ctx): void {
  const [peer, ...others] = rejoin.peers;
  if (peer === undefined) return;
  if (ctx.monotonic() - rejoin.calledAt >= line.timeout) return callFirst(rejoin, others, line, ctx);
  rejoin.retryAfter *= 2;
  line.call(peer);
  setRejoinTimer(rejoin, line, ctx);
}

/** Nothing listens at a peer. */
export function onRejoinRefused(rejoin: Rejoin, peer: NodeId, line: Line, ctx: Ctx): void {
  if (rejoin.peers[0] === peer) callFirst(rejoin, rejoin.peers.slice(1), line, ctx);
}

/** A peer has said all that it knows. */
export function onRejoinAnswered(rejoin: Rejoin, peer: NodeId, ctx: Ctx): void {
  if (rejoin.peers[0] !== peer) return;
  ctx.note('rejoined', { peer });
  endRejoin(rejoin, ctx);
}

export function endRejoin(rejoin: Rejoin, ctx: Ctx): void {
  if (rejoin.peers.length > 0) ctx.clearTimer('serf rejoin');
  rejoin.peers = [];
}

function callFirst(rejoin: Rejoin, peers: readonly NodeId[], line: Line, ctx: Ctx): void {
  const [peer] = peers;
  if (peer === undefined) return endRejoin(rejoin, ctx);
  rejoin.peers = peers;
  rejoin.calledAt = ctx.monotonic();
  rejoin.retryAfter = firstRetry;
  line.call(peer);
  setRejoinTimer(rejoin, line, ctx);
}

function setRejoinTimer({ calledAt, retryAfter }: Rejoin, { timeout }: Line, ctx: Ctx): void {
  ctx.setTimer('serf rejoin', Math.min(retryAfter, calledAt + timeout - ctx.monotonic()));
}

// Broadcast, phase 3 of the paper: the leader proposes, servers log and acknowledge, and what a quorum has on disk is committed,
// in the order of proposal.
import type { Json, NodeId } from '../../sim/index.ts';
import { applyCommitted } from './apply.ts';
import { transmit } from './channel.ts';
import { between, contains, isNext, lastLogged, lastOf } from './history.ts';
import { enter, giveUp, objectTo } from './part.ts';
import { copyOf } from './plain.ts';
import { isQuorum, learnersOf } from './quorum.ts';
import { appendEntries, takeSnapshot } from './storage.ts';
import { admit, onNewLeaderAck } from './sync-leader.ts';
import type { Turn } from './turn.ts';
import type { Entry, Leading, Learner, Origin, Payload } from './types.ts';
import { counterOf, epochOf, formatZxid, lastCounter, zxidOf, type Zxid } from './zxid.ts';

/** A quorum has the initial history: it is committed, and the leader is the primary of its epoch. */
export function establishIfReady(turn: Turn): void {
  const { state, ctx, rules, service, hooks, host } = turn;
  const { leading } = state;
  if (leading === null || state.phase !== 'SYNCHRONIZATION') return;
  if (!rules.mayEstablish(isQuorum(turn, leading.newLeaderAcks), leading)) return;
  state.committed = lastLogged(state);
  leading.proposed = zxidOf(leading.epoch, 0);
  leading.logged = state.committed;
  leading.lonely = 0;
  ctx.note('establishes', { epoch: leading.epoch, last: state.committed });
  applyCommitted(turn);
  if (service.prepare !== undefined) leading.ahead = copyOf(state.machine);
  state.isActive = true;
  enter(turn, 'LEADING', 'BROADCAST', leading.epoch);
  for (const [peer, learner] of learnersOf(leading)) {
    if (learner.stage === 'ready') admit(turn, peer, learner);
  }
  ctx.note('serves', { epoch: leading.epoch, applied: state.lastApplied, last: lastLogged(state) });
  hooks.activated?.(host, 'leading', ctx);
}

/** The leader makes a transaction of a request and proposes it. */
export function propose(turn: Turn, request: Json, origin: Origin): void {
  const { state, ctx, rules, service } = turn;
  const leading = state.leading as Leading;
  if (counterOf(leading.proposed) === lastCounter) return giveUp(turn, 'the epoch has no zxid left');
  const zxid = zxidOf(leading.epoch, rules.nextCounter(counterOf(leading.proposed)));
  let txn = request;
  if (leading.ahead !== null && service.prepare !== undefined) {
    txn = service.prepare(leading.ahead, request, { zxid, origin: origin.server, now: () => ctx.now() });
    service.apply(leading.ahead, txn, zxid);
  }
  const entry: Entry = { zxid, txn, origin };
  leading.proposed = zxid;
  ctx.note('proposes', { zxid, request: `${origin.server}/${origin.boot}/${origin.ticket}` });
  tellFollowers(turn, leading, { type: 'PROPOSAL', entry });
  enqueue(turn, entry);
}

/** A follower gets a proposal. */
export function onProposal(turn: Turn, entry: Entry): void {
  const last = lastOf(turn.state);
  if (!isNext(last, entry.zxid))
    return objectTo(turn, 'proposal', `${formatZxid(entry.zxid)} comes after ${formatZxid(last)}`);
  enqueue(turn, entry);
}

/** Proposals gather in the queue, and are written and synced together. */
function enqueue({ state, config, ctx }: Turn, entry: Entry): void {
  const isFirst = state.queue.length === 0;
  state.queue.push(entry);
  if (!isFirst) return;
  if (config.logsBy === 'message') ctx.send(ctx.id, { type: 'FLUSH', boot: state.boot });
  else ctx.setTimer('zab-flush', config.groupCommit);
}

/** Writes what waits, then acknowledges it. */
export function flush(turn: Turn): void {
  const { state, ctx } = turn;
  const first = state.queue[0]?.zxid;
  if (first === undefined) return;
  writeQueue(turn);
  const last = lastLogged(state);
  ctx.note('logs', { first, last, epoch: epochOf(last) });
  if (state.leading !== null) {
    state.leading.logged = last;
    advanceCommit(turn, state.leading);
  } else if (state.following !== null && state.role === 'FOLLOWING') {
    transmit(turn, state.following.leader, state.following.channel, { type: 'ACK', zxid: last });
  }
  takeSnapshot(turn);
}

export function writeQueue(turn: Turn): void {
  const { state, ctx, rules } = turn;
  appendEntries(turn, state.queue);
  state.queue = [];
  if (rules.syncsBeforeAck) ctx.disk.sync();
}

/** A follower has everything up to this transaction on its disk. */
export function onAck(turn: Turn, from: NodeId, learner: Learner, zxid: Zxid): void {
  const leading = turn.state.leading as Leading;
  if (learner.stage === 'synchronizing') return onNewLeaderAck(turn, from, learner, zxid);
  if (zxid > leading.proposed || zxid < learner.acked)
    return objectTo(turn, 'ack', `${from} acknowledges ${formatZxid(zxid)}, which was not proposed`);
  learner.acked = zxid;
  advanceCommit(turn, leading);
}

/** Commits the last proposal that a quorum holds, and with it all before. */
function advanceCommit(turn: Turn, leading: Leading): void {
  const { state, ctx, rules } = turn;
  if (state.phase !== 'BROADCAST') return;
  const learners = learnersOf(leading); // who has not acknowledged NEWLEADER has acknowledged nothing
  const candidates = [leading.logged, ...learners.map(([, { acked }]) => acked)];
  const committed = candidates.filter((zxid) => {
    if (zxid <= state.committed || zxid > leading.proposed) return false;
    const holders = learners.filter(([, { acked }]) => rules.holds(acked, zxid)).map(([id]) => id);
    return isQuorum(turn, rules.holds(leading.logged, zxid) ? [ctx.id, ...holders] : holders);
  });
  if (committed.length > 0) commit(turn, leading, Math.max(...committed));
}

function commit(turn: Turn, leading: Leading, zxid: Zxid): void {
  const { state, ctx } = turn;
  const entries = between(state, state.committed, zxid);
  state.committed = zxid;
  ctx.note('commits', { zxid, epoch: leading.epoch });
  tellFollowers(turn, leading, { type: 'COMMIT', zxid });
  for (const [peer, learner] of learnersOf(leading)) {
    if (learner.isObserver && isForwarded(learner)) transmit(turn, peer, learner.channel, { type: 'INFORM', entries });
  }
  applyCommitted(turn);
  const due = leading.syncs.filter((sync) => sync.zxid <= zxid);
  leading.syncs = leading.syncs.filter((sync) => sync.zxid > zxid);
  for (const { server, ticket } of due) answerSync(turn, leading, server, ticket);
}

function tellFollowers(turn: Turn, leading: Leading, payload: Payload): void {
  for (const [peer, learner] of learnersOf(leading)) {
    if (!learner.isObserver && isForwarded(learner)) transmit(turn, peer, learner.channel, payload);
  }
}

/** Once it synchronizes, a learner gets all that follows. */
function isForwarded({ stage }: Learner): boolean {
  return stage === 'synchronizing' || stage === 'ready' || stage === 'active';
}

/** A follower learns that everything up to this transaction is committed. */
export function onCommit(turn: Turn, zxid: Zxid): void {
  const { state } = turn;
  if (zxid <= state.committed || !contains(state, zxid))
    return objectTo(turn, 'commit', `${formatZxid(zxid)} is committed after ${formatZxid(state.committed)}`);
  state.committed = zxid;
  applyCommitted(turn);
}

/** An observer gets what is committed, and logs it for its next life. */
export function onInform(turn: Turn, entries: readonly Entry[]): void {
  for (const entry of entries) {
    onProposal(turn, entry);
    if (turn.state.following === null) return;
    turn.state.committed = entry.zxid;
  }
  applyCommitted(turn);
}

/** A `sync` is answered when everything proposed before it is committed: its answer follows those commits. */
export function onSync(turn: Turn, server: NodeId, ticket: number): void {
  const leading = turn.state.leading as Leading;
  if (leading.proposed <= turn.state.committed || counterOf(leading.proposed) === 0)
    return answerSync(turn, leading, server, ticket);
  leading.syncs.push({ server, ticket, zxid: leading.proposed });
}

function answerSync(turn: Turn, leading: Leading, server: NodeId, ticket: number): void {
  const learner = leading.learners[server];
  if (server === turn.ctx.id) turn.hooks.synced?.(turn.host, ticket, turn.ctx);
  else if (learner !== undefined) transmit(turn, server, learner.channel, { type: 'SYNC', ticket });
}

/** What a learner that serves is told. */
export function onBroadcastPacket(turn: Turn, packet: Payload): void {
  switch (packet.type) {
    case 'PROPOSAL':
      return onProposal(turn, packet.entry);
    case 'COMMIT':
      return onCommit(turn, packet.zxid);
    case 'INFORM':
      return onInform(turn, packet.entries);
    case 'SYNC':
      return turn.hooks.synced?.(turn.host, packet.ticket, turn.ctx);
    default:
      return objectTo(turn, 'state', `${packet.type} comes in the broadcast`);
  }
}

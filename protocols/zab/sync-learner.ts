// Synchronization at a learner. What the leader sends is gathered; at NEWLEADER it is carried out. The order of disk writes, syncs
// and acknowledgement on which the safety of Zab hangs is the list `atNewLeader` of the rules, and this file performs it.
import { applyCommitted } from './apply.ts';
import { transmit } from './channel.ts';
import { onProposal } from './broadcast.ts';
import { contains, isNext, lastLogged } from './history.ts';
import { enter, objectTo } from './part.ts';
import { copyOf } from './plain.ts';
import { newLeaderZxid } from './rules.ts';
import { appendEntries, readSnapshot, replaceHistory, truncateLog, writeCurrentEpoch } from './storage.ts';
import type { Turn } from './turn.ts';
import type { Entry, Following, Payload, SyncStep } from './types.ts';
import { epochOf, formatZxid, type Zxid } from './zxid.ts';

type SyncPayload = Extract<
  Payload,
  { type: 'TRUNC' | 'DIFF' | 'SNAP' | 'NEWLEADER' | 'UPTODATE' | 'PROPOSAL' | 'COMMIT' | 'INFORM' }
>;

/** A packet of the leader between LEADERINFO and UPTODATE. */
export function onSyncPacket(turn: Turn, following: Following, packet: SyncPayload): void {
  const { plan } = following;
  switch (packet.type) {
    case 'TRUNC':
      plan.truncateTo = packet.zxid;
      return;
    case 'SNAP':
      plan.snapshot = packet;
      plan.committed = packet.zxid;
      return;
    case 'DIFF':
      plan.entries.push(...packet.entries);
      plan.committed = packet.committed;
      return;
    case 'PROPOSAL':
      if (turn.rules.holdsProposal(following.isNewLeaderAcknowledged)) plan.entries.push(packet.entry);
      else onProposal(turn, packet.entry);
      return;
    case 'COMMIT':
      return onEarlyCommit(turn, following, packet.zxid);
    case 'INFORM':
      if (following.isNewLeaderAcknowledged) for (const entry of packet.entries) onProposal(turn, entry);
      else plan.entries.push(...packet.entries);
      plan.committed = packet.entries.at(-1)?.zxid ?? plan.committed;
      return;
    case 'NEWLEADER':
      return runSteps(turn, following, turn.rules.atNewLeader);
    case 'UPTODATE':
      plan.committed = Math.max(plan.committed, packet.committed);
      return runSteps(turn, following, turn.rules.atUpToDate);
  }
}

/** A transaction is committed while the learner synchronizes: it is applied at UPTODATE. */
function onEarlyCommit(turn: Turn, following: Following, zxid: Zxid): void {
  const { state, rules } = turn;
  const gathered = following.plan.entries;
  const known = rules.awaitsCommit(gathered, following.isNewLeaderAcknowledged ? [...state.log, ...state.queue] : []);
  if (!known.some((entry) => entry.zxid === zxid))
    return objectTo(turn, 'commit', `${formatZxid(zxid)} is committed and was not proposed`);
  following.plan.committed = Math.max(following.plan.committed, zxid);
}

/** Performs the steps in their order; a crash may fall between any two effects of them. */
function runSteps(turn: Turn, following: Following, steps: readonly SyncStep[]): void {
  for (const step of steps) {
    perform(turn, following, step);
    if (turn.state.following !== following) return; // it gave up
  }
}

function perform(turn: Turn, following: Following, step: SyncStep): void {
  const { state, ctx } = turn;
  switch (step) {
    case 'write history':
      return writeHistory(turn, following);
    case 'sync':
      ctx.disk.sync();
      return;
    case 'set epoch':
      return writeCurrentEpoch(turn, following.epoch);
    case 'acknowledge':
      following.isNewLeaderAcknowledged = true;
      ctx.note('accepts-history', { epoch: following.epoch, leader: following.leader, last: lastLogged(state) });
      transmit(turn, following.leader, following.channel, { type: 'ACK', zxid: newLeaderZxid(following.epoch) });
      return acknowledgeProposals(turn, following);
    case 'apply':
      state.committed = Math.max(state.committed, following.plan.committed);
      return applyCommitted(turn);
    case 'serve':
      state.isActive = true;
      enter(turn, state.role, 'BROADCAST', following.epoch);
      ctx.note('serves', { epoch: following.epoch, applied: state.lastApplied, last: lastLogged(state) });
      return turn.hooks.activated?.(turn.host, state.role === 'OBSERVING' ? 'observing' : 'following', ctx);
  }
}

/** What was proposed while the learner synchronized is on its disk as well by now. */
function acknowledgeProposals(turn: Turn, { leader, channel, plan, epoch }: Following): void {
  const last = lastLogged(turn.state);
  if (last > plan.committed && epochOf(last) === epoch && turn.state.role === 'FOLLOWING')
    transmit(turn, leader, channel, { type: 'ACK', zxid: last });
}

/** The leader's history becomes the learner's: what it must drop goes, what it lacks is written. */
function writeHistory(turn: Turn, { plan }: Following): void {
  const { state, ctx, rules, hooks, host } = turn;
  if (plan.snapshot !== null) {
    replaceHistory(turn, plan.snapshot.zxid, plan.snapshot.machine);
    hooks.restored?.(host, ctx);
  }
  if (plan.truncateTo !== null) {
    const { truncateTo } = plan;
    if (!contains(state, truncateTo))
      return objectTo(turn, 'truncation', `there is no ${formatZxid(truncateTo)} to truncate to`);
    ctx.note('truncates', { to: truncateTo, last: lastLogged(state), applied: state.lastApplied });
    truncateLog(turn, rules.truncatesTo(truncateTo));
    if (state.lastApplied > truncateTo) rollBack(turn);
  }
  appendAll(turn, plan.entries);
}

function appendAll(turn: Turn, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const last = lastLogged(turn.state);
    if (!isNext(last, entry.zxid))
      return objectTo(turn, 'proposal', `${formatZxid(entry.zxid)} comes after ${formatZxid(last)}`);
    appendEntries(turn, [entry]);
  }
}

/** What was applied is to be dropped, which only a broken rule can bring about: the machine starts again from the snapshot. */
function rollBack({ state, ctx, service }: Turn): void {
  const { zxid, machine } = readSnapshot(service, ctx);
  Object.assign(state, { machine: copyOf(machine), lastApplied: zxid, committed: zxid });
}

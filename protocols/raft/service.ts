// The seam for services: a Raft server as a component that a bigger protocol embeds. The host keeps the server's state in
// `state.raft`, hands it the messages and timers that are Raft's, proposes commands, and is told through hooks when they
// are applied. What is replicated is a `Service`: a machine of plain data and a deterministic `apply`.
//
//   interface Bank { state: { readonly raft: RaftState<Accounts, Transfer>; waiting: … };
//                    message: RaftMessage<Transfer> | BankMessage; timer: RaftTimer | 'expire'; … }
//
//   const server = raftServer<Bank, Accounts, Transfer, Receipt>({
//     service: { initial: () => new Map(), apply: (accounts, transfer) => … },
//     hooks: { applied: (state, { index, term }, receipt, ctx) => … },
//     config: { snapshotThreshold: 1_000 },
//   });
//
//   const bank: Protocol<Bank> = {
//     start: (ctx) => ({ raft: startRaft(server, ctx), waiting: … }),
//     onMessage(state, from, message, ctx) {
//       if (isRaftMessage(message)) return onRaftMessage(server, state, from, message, ctx);
//       …
//     },
//     onTimer(state, timer, ctx) {
//       if (isRaftTimer(timer)) return onRaftTimer(server, state, timer, ctx);
//       …
//     },
//   };
//
// An accepted proposal is in the leader's log, no more: it took effect when `applied` is called with its index and its term.
// In a cluster of one that is before `propose` returns, so a waiter is registered under `nextIndex(state.raft)` first.
// Proposals of a leader that loses its office may still be committed by the next one.
import { defaultConfig, checkedConfig, type RaftConfig } from './config.ts';
import { lastIndex } from './log.ts';
import { proposeChange, type MembershipRequest } from './membership.ts';
import { askRead, dropReads } from './reads.ts';
import { appendAndSend } from './replication.ts';
import { paperRules, type Rules } from './rules.ts';
import {
  sizeOf,
  type RaftContext,
  type RaftHooks,
  type RaftHost,
  type RaftServer,
  type Service,
  type Turn,
} from './server.ts';
import { beginTransfer } from './transfer.ts';
import type { NodeId } from '../../sim/index.ts';
import type { RaftState, Role } from './types.ts';
import type { Configuration } from './configuration.ts';

export { isRaftMessage, isRaftTimer, onRaftMessage, onRaftTimer, startRaft } from './raft-server.ts';

export interface RaftServerOptions<H extends RaftHost, M, C, R> {
  readonly service: Service<M, C, R>;
  readonly hooks?: RaftHooks<H, C, R>;
  readonly config?: Partial<RaftConfig>;
  readonly rules?: Partial<Rules>;
}

/** @throws RangeError when two knobs contradict each other. */
export function raftServer<H extends RaftHost, M, C, R>(
  options: RaftServerOptions<H, M, C, R>,
): RaftServer<H, M, C, R> {
  const { service, hooks = {}, config = {}, rules = {} } = options;
  return {
    service,
    hooks,
    config: checkedConfig({ ...defaultConfig, ...config }),
    rules: { ...paperRules, ...rules },
  };
}

export interface Refused<Reason extends string = string> {
  readonly type: 'refused';
  readonly reason: Reason;
  /** Who leads, as far as this server knows. */
  readonly leader: NodeId | null;
}

export interface Accepted {
  readonly type: 'accepted';
  readonly index: number;
  readonly term: number;
}

/** `dropped`: too much is not committed yet. */
export type Proposed = Accepted | Refused<'not-leader' | 'dropped' | 'transferring'>;

/** Appends a command to the leader's log and sends it out. */
export function propose<C>(
  server: RaftServer,
  state: { readonly raft: RaftState<unknown, C> },
  command: C,
  ctx: RaftContext,
): Proposed {
  const { raft } = state;
  const { maxUncommittedBytes } = server.config;
  if (raft.role !== 'leader') return refused(raft, 'not-leader');
  if (raft.transfer !== null) return refused(raft, 'transferring');
  if (maxUncommittedBytes < Infinity) {
    const size = sizeOf(server, command);
    if (raft.uncommittedBytes > 0 && raft.uncommittedBytes + size > maxUncommittedBytes)
      return refused(raft, 'dropped');
    raft.uncommittedBytes += size;
  }
  const term = raft.currentTerm;
  const index = appendAndSend(turnOf(server, state, ctx), { term, type: 'command', command });
  return { type: 'accepted', index, term };
}

/** Asks for a linearizable read; `readReady` or `readDropped` is called with its id, perhaps before this returns. */
export function requestRead(
  server: RaftServer,
  state: { readonly raft: RaftState },
  id: number,
  ctx: RaftContext,
): { readonly type: 'accepted' } | Refused<'not-leader' | 'busy'> {
  const reason = askRead(turnOf(server, state, ctx), id);
  return reason === undefined ? { type: 'accepted' } : refused(state.raft, reason);
}

/** Asks the leader to hand over to `target`; whether it works shows in who leads next. */
export function transferLeadership(
  server: RaftServer,
  state: { readonly raft: RaftState },
  target: NodeId,
  ctx: RaftContext,
): { readonly type: 'accepted' } | Refused {
  if (state.raft.role !== 'leader') return refused(state.raft, 'not-leader');
  const reason = beginTransfer(turnOf(server, state, ctx), target);
  return reason === undefined ? { type: 'accepted' } : refused(state.raft, reason);
}

/**
 * A follower forgets its leader, so that it may vote for another one at once, where it would else wait for the leader to be
 * silent: for a host that knows that the leader is gone. It follows again with the next message of the leader. Refused
 * where reads trust leases, which stand on voters that wait (etcd: ForgetLeader).
 */
export function forgetLeader(
  server: RaftServer,
  state: { readonly raft: RaftState },
  ctx: RaftContext,
): { readonly type: 'done' } | Refused {
  const { raft } = state;
  if (raft.role === 'leader') return refused(raft, 'it leads itself');
  if (server.config.reads === 'lease') return refused(raft, 'leases stand on it');
  raft.leader = null;
  dropReads(turnOf(server, state, ctx));
  return { type: 'done' };
}

/** Appends a new configuration; it is in force at once and settled when `configured` is called. */
export function changeMembership(
  server: RaftServer,
  state: { readonly raft: RaftState },
  request: MembershipRequest,
  ctx: RaftContext,
): Accepted | Refused {
  const { raft } = state;
  if (raft.role !== 'leader') return refused(raft, 'not-leader');
  if (raft.transfer !== null) return refused(raft, 'transferring');
  const term = raft.currentTerm;
  const proposed = proposeChange(turnOf(server, state, ctx), request);
  return typeof proposed === 'string' ? refused(raft, proposed) : { type: 'accepted', index: proposed, term };
}

export interface RaftStatus {
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly configuration: Configuration;
  /** A change of membership is under way as long as it is not committed. */
  readonly configurationIndex: number;
  readonly transferringTo: NodeId | null;
  /** On the leader: how far each other member is. */
  readonly matchIndex: Readonly<Record<NodeId, number>>;
}

export function statusOf(raft: RaftState): RaftStatus {
  const { role, currentTerm: term, leader, commitIndex, lastApplied: appliedIndex } = raft;
  const { configuration, configurationIndex, transfer, progress } = raft;
  const matchIndex = Object.fromEntries(Object.entries(progress).map(([id, each]) => [id, each.matchIndex]));
  const transferringTo = transfer?.target ?? null;
  return {
    role,
    term,
    leader,
    commitIndex,
    appliedIndex,
    lastIndex: lastIndex(raft),
    configuration,
    configurationIndex,
    transferringTo,
    matchIndex,
  };
}

function refused<Reason extends string>(raft: RaftState, reason: Reason): Refused<Reason> {
  return { type: 'refused', reason, leader: raft.leader };
}

function turnOf(server: RaftServer, host: { readonly raft: RaftState }, ctx: RaftContext): Turn {
  return { server, raft: host.raft, host, ctx };
}

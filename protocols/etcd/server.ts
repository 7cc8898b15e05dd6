// An etcd member: Raft replicates the store, and around it are the connections of clients, their requests, the watches, and
// on the leader the leases. This file starts a member and hands every message and time-out to the part it belongs to.
import type { NodeId, Protocol } from '../../sim/index.ts';
import {
  isRaftMessage,
  isRaftTimer,
  onRaftMessage,
  onRaftTimer,
  raftServer,
  startRaft,
  type RaftServer,
} from '../raft/index.ts';
import { onConfigured } from './cluster.ts';
import { defaultEtcdConfig, etcdRules, executionOf, type EtcdConfig, type EtcdRules } from './config.ts';
import { refusals } from './errors.ts';
import { hashFurther, nothingHashed } from './hash.ts';
import { checkLeases, demote, followLeases, promote, revokeExpired } from './lessor.ts';
import type { ClientMessage, EtcdCommand, EtcdMessage, MemberMessage } from './messages.ts';
import { failReads, onReadReady, onReadRetry } from './reads.ts';
import { onRelayAnswer } from './relay.ts';
import { onCall, onDeadline, resume, serve } from './requests.ts';
import type { Etcd, EtcdContext, EtcdResult, EtcdState, Member } from './state.ts';
import { emptyStore, type Store } from './store.ts';
import { dropWatches, onLeaderTimer, onProgressTimer, onRestored, onWatchMessage, pumpAll } from './watching.ts';
import { answerWrite, onForward } from './writes.ts';

/** A member of an etcd cluster. */
export function etcd(config: Partial<EtcdConfig> = {}, rules: Partial<EtcdRules> = {}): Protocol<Etcd> {
  const member = memberOf({ ...defaultEtcdConfig, ...config }, { ...etcdRules, ...rules });
  return {
    start: (ctx) => start(member, ctx),
    onMessage(state, from, message, ctx) {
      onMessage(member, state, from, message, ctx);
      afterTurn(member, state, ctx);
    },
    onTimer(state, timer, ctx) {
      onTimer(member, state, timer, ctx);
      afterTurn(member, state, ctx);
    },
  };
}

function memberOf(config: EtcdConfig, rules: EtcdRules): Member {
  const execution = executionOf(config, rules);
  const raft: RaftServer<Etcd, Store, EtcdCommand, EtcdResult> = raftServer({
    config: {
      electionTimeout: config.election,
      electionSpread: config.election,
      heartbeat: config.heartbeat,
      preVote: config.preVote,
      groupCommit: true,
      ...(config.members === undefined ? {} : { voters: config.members }),
      ...config.raft,
    },
    rules: config.raftRules,
    service: {
      initial: emptyStore,
      load: (saved) => rules.restores(saved as Store),
      apply(store, { request }, { term }) {
        const { expiredIn } = request as { readonly expiredIn?: number };
        if (expiredIn !== undefined && !rules.mayExpire(expiredIn, term)) return refusals.leaseNotFound;
        return rules.executes(store, request, execution) as EtcdResult;
      },
    },
    hooks: {
      applied(state, { index, command }, result, ctx) {
        state.hasCommitted = true;
        answerWrite(state, command, result, ctx);
        followLeases(state, command, result, ctx);
        noteExpiry(command, result, ctx);
        pumpAll(member, state, ctx);
        if (index % hashEvery === 0) noteHash(state, index, ctx);
      },
      becameLeader: (state, ctx) => promote(member, state, ctx),
      lostLeadership: (state) => demote(state),
      restored(state, ctx) {
        state.hashed = nothingHashed;
        onRestored(member, state, ctx);
      },
      readReady: (state, id, _index, ctx) => onReadReady(member, state, id, ctx),
      configured: (state, _configuration, ctx) => onConfigured(state, ctx),
    },
  });
  const member: Member = { config, rules, raft };
  return member;
}

/** How often members tell the hash of their store, so that whoever sees them all can compare. */
const hashEvery = 16;

function noteHash(state: EtcdState, index: number, ctx: EtcdContext): void {
  const { machine } = state.raft;
  state.hashed = hashFurther(machine, state.hashed);
  const { revision, compacted } = machine;
  ctx.note('store', { index, revision, compacted, hash: state.hashed.hash });
}

/** An expired lease is gone: whoever trusts it still was let down. */
function noteExpiry({ request }: EtcdCommand, result: EtcdResult, ctx: EtcdContext): void {
  if (request.type === 'leaseRevoke' && request.expiredIn !== undefined && result.type !== 'error')
    ctx.note('lease revoked', { id: request.id });
}

function start(member: Member, ctx: EtcdContext): EtcdState {
  const raft = startRaft(member.raft, ctx);
  const life = ctx.random(2 ** 30);
  return {
    raft,
    serial: life,
    life,
    connections: {},
    pending: [],
    reads: { id: 0, current: [], next: [] },
    watchers: [],
    lessor: { term: 0, expiries: {}, retryAt: {}, expired: [] },
    forwarded: { term: 0, last: {} },
    leader: null,
    leaderSince: 0,
    leaderless: 0,
    hasCommitted: false,
    hashed: nothingHashed,
  };
}

function onMessage(member: Member, state: EtcdState, from: NodeId, message: EtcdMessage, ctx: EtcdContext): void {
  if (isRaftMessage(message)) {
    const before = state.raft.currentTerm;
    onRaftMessage(member.raft, state, from, message, ctx);
    if (state.raft.currentTerm > before && state.raft.role === 'follower') restartElectionTimer(member, ctx);
    return;
  }
  onServiceMessage(member, state, from, message, ctx);
}

/**
 * Whoever learns of a higher term waits for a whole election time-out from then on, whether it votes or not (etcd's raft
 * does so in `reset`; the paper does not ask for it). It is why a disturbed cluster takes longer to elect a leader.
 */
function restartElectionTimer({ config }: Member, ctx: EtcdContext): void {
  ctx.setTimer('election', config.election + ctx.random(config.election + 1));
}

function onServiceMessage(
  member: Member,
  state: EtcdState,
  from: NodeId,
  message: ClientMessage | MemberMessage,
  ctx: EtcdContext,
): void {
  switch (message.type) {
    case 'Dial':
      return onDial(state, from, message.epoch, ctx);
    case 'Call':
      return onCall(member, state, from, message, ctx);
    case 'WatchCreate':
    case 'WatchAck':
    case 'WatchProgress':
    case 'WatchCancel':
      return onWatchMessage(member, state, from, message, ctx);
    case 'Forward':
      return onForward(member, state, from, message, ctx);
    case 'Relay':
      return serve(member, state, message.request, { type: 'member', member: from, id: message.id }, ctx);
    case 'RelayAnswer':
      return onRelayAnswer(state, from, message, ctx);
    case 'Dialed':
    case 'Reset':
    case 'Answer':
    case 'WatchResponse':
      return; // for clients
  }
}

/** A copy of the same dialling gets the same connection; any other is a new one. */
function onDial(state: EtcdState, client: NodeId, epoch: number, ctx: EtcdContext): void {
  if (state.connections[client]?.epoch !== epoch) {
    state.connections[client] = { epoch, number: state.serial++, lastCall: -1 };
    dropWatches(state, client);
  }
  const { number } = state.connections[client] as { readonly number: number };
  ctx.send(client, { type: 'Dialed', epoch, connection: number });
}

function onTimer(member: Member, state: EtcdState, timer: Etcd['timer'], ctx: EtcdContext): void {
  if (isRaftTimer(timer)) return onRaftTimer(member.raft, state, timer, ctx);
  switch (timer) {
    case 'requests':
      return onDeadline(member, state, ctx);
    case 'reads':
      return onReadRetry(member, state, ctx);
    case 'leases':
      return checkLeases(member, state, ctx);
    case 'revoke':
      return revokeExpired(member, state, ctx);
    case 'progress':
      return onProgressTimer(member, state, ctx);
    case 'leader':
      return onLeaderTimer(member, state, ctx);
  }
}

/** What follows from a turn as a whole, however much was applied in it. */
function afterTurn(member: Member, state: EtcdState, ctx: EtcdContext): void {
  noticeLeader(member, state, ctx);
  if (!state.hasCommitted) return;
  state.hasCommitted = false;
  // Followers hear of a commit at once, not with the next heartbeat: whoever asked one of them waits for it to apply.
  if (state.raft.role === 'leader') onRaftTimer(member.raft, state, 'heartbeat', ctx);
}

/** When another leads than before, what waited for a leader goes to it, and what the old one was asked fails. */
function noticeLeader(member: Member, state: EtcdState, ctx: EtcdContext): void {
  const { leader } = state.raft;
  if (leader === state.leader) return;
  state.leader = leader;
  if (leader === null) return;
  state.leaderSince = ctx.monotonic();
  failReads(member, state, ctx);
  resume(member, state, ctx);
}

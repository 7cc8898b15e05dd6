// A Consul server: Raft underneath, HTTP requests on top. Writes go through the leader's log; reads are answered by the leader
// at once (default), by the leader when a quorum has confirmed it (consistent), or by any server (stale).
import { ms, seconds, type Context, type Json, type NodeId, type Protocol } from '../../sim/index.ts';
import {
  isRaftMessage,
  isRaftTimer,
  nextIndex,
  propose,
  raftServer,
  startRaft,
  type RaftConfig,
  type Rules,
} from '../raft/index.ts';
import { isSwimMessage, type SwimMessage } from '../swim/index.ts';
import { isFirstCopy } from './asked.ts';
import { beginAutopilot, dismissServer, onAutopilotTimer } from './autopilot.ts';
import type { Datacenter } from './datacenter.ts';
import { expireWaiting, forward, hold, isElsewhere, onForwardedAnswer, onServerGone, takeHeld } from './forwarding.ts';
import {
  isLanTimer,
  isWanTimer,
  joinLan,
  joinWan,
  knownDatacenters,
  leaveLan,
  memberList,
  onLanMessage,
  onLanRefused,
  onLanTimer,
  onWanMessage,
  onWanRefused,
  onWanTimer,
  prepareGossip,
  serversOf,
  type GossipOptions,
  type WanMessage,
} from './gossip.ts';
import { answer, answerAllBlocked, read, readDropped, readReady, silenceOf, wakeBlocked } from './queries.ts';
import { beginReconciling, onReconcileTimer, reconcileNews } from './reconcile.ts';
import {
  completed,
  failure,
  isAgent,
  isRead,
  isStatus,
  type AgentRequest,
  type ConsulRequest,
  type ConsulResponse,
  type StatusRequest,
  type WriteRequest,
} from './requests.ts';
import { consulRules, type ConsulRules } from './rules.ts';
import { beginSessions, endSessions, renewSession, sessionCreated, sessionGone, startLockDelays } from './sessions.ts';
import { applyConsul, type ConsulCommand, type ConsulOutcome } from './state/machine.ts';
import { emptyState, type ConsulState } from './state/types.ts';
import type { Ask, Asker, Consul, ConsulConfig, ConsulMessage, ConsulServerState } from './types.ts';
import { noticeStop, onRaftThread, runRaft } from './threads.ts';
import { beginTombstones, forgetTombstones, keepTombstones } from './tombstones.ts';
import { commandFor, refusalOfDelayed, responseFor, withDelaysKnown } from './write.ts';

type Ctx = Context<Consul>;

/** hashicorp/raft's times at `raft_multiplier` 1, as production servers have it. */
export const consulRaft: Partial<RaftConfig> = {
  electionTimeout: seconds(1),
  electionSpread: seconds(1),
  heartbeat: Math.floor(seconds(1) / 10),
  leaderLease: ms(500),
  electionTimer: 'sampled',
  preVote: false,
  forwardReads: false,
};

/** hashicorp/raft refuses to vote as long as it knows a leader, however long that has been silent. */
const consulRaftRules: Partial<Rules> = { isSticky: () => true };

export const consulDefaults: ConsulConfig = {
  datacenter: 'dc1',
  rpcHoldTimeout: seconds(7),
  tombstoneTtl: seconds(900),
};

export interface ConsulOptions {
  readonly config?: Partial<ConsulConfig>;
  readonly rules?: Partial<ConsulRules>;
  readonly raft?: Partial<RaftConfig>;
  /** Without it the servers know no agents but themselves, and whoever wants a node in the catalog registers it. */
  readonly gossip?: GossipOptions;
}

export function consulServer(options: ConsulOptions = {}): Protocol<Consul> {
  const datacenter = prepare(options);
  return {
    start: (ctx) => start(datacenter, ctx),
    onMessage(state, from, message, ctx) {
      noticeStop(datacenter, state, ctx);
      if (isRaftMessage(message)) {
        runRaft(datacenter, state, { type: 'message', from, message }, ctx);
        return answerHeld(datacenter, state, ctx);
      }
      if (isSwimMessage(message) || message.type === 'Wan') return onGossip(datacenter, state, from, message, ctx);
      if (message.type === 'Ask') return onAsk(datacenter, state, from, message, ctx);
      return onForwardedAnswer(datacenter, state, message, ctx);
    },
    onTimer(state, timer, ctx) {
      noticeStop(datacenter, state, ctx);
      onTimer(datacenter, state, timer, ctx);
    },
    onRefused(state, peer, message, ctx) {
      onMemberRefused(datacenter, state, peer, message, ctx);
      onServerGone(datacenter, state, peer, message, ctx);
    },
  };
}

function start({ raft, config, gossip }: Datacenter, ctx: Ctx): ConsulServerState {
  return {
    raft: startRaft(raft, ctx),
    writes: new Map(),
    reads: new Map(),
    blocked: [],
    forwarded: new Map(),
    held: [],
    serial: ctx.monotonic(),
    asked: new Map(),
    sessionEnds: new Map(),
    hasSessionTimes: false,
    learningSince: new Map(),
    tombstones: [],
    lockDelays: new Map(),
    lastContact: null,
    late: null,
    ranAt: ctx.monotonic(),
    lan: gossip === null ? null : joinLan(gossip, 'server', ctx),
    wan: gossip === null ? null : joinWan(gossip, config.datacenter, ctx),
  };
}

function onTimer(datacenter: Datacenter, state: ConsulServerState, timer: Consul['timer'], ctx: Ctx): void {
  const { gossip } = datacenter;
  if (isRaftTimer(timer)) return runRaft(datacenter, state, { type: 'timer', timer }, ctx);
  if (isLanTimer(timer)) {
    if (gossip !== null && state.lan !== null) onLanTimer(gossip, state.lan, timer, ctx);
    return reconcileNews(datacenter, state, ctx);
  }
  if (isWanTimer(timer)) {
    if (gossip !== null && state.wan !== null) onWanTimer(gossip, state.wan, timer, ctx);
    return;
  }
  switch (timer) {
    case 'raft thread':
      onRaftThread(datacenter, state, ctx);
      return answerHeld(datacenter, state, ctx);
    case 'reconcile':
      return onReconcileTimer(datacenter, state, ctx);
    case 'autopilot':
      return onAutopilotTimer(datacenter, state, ctx);
    case 'sessions':
      return endSessions(datacenter, state, ctx);
    case 'waiting':
      return expireWaiting(datacenter, state, ctx);
    case 'tombstones':
      return forgetTombstones(datacenter, state, ctx);
  }
}

function onGossip(
  datacenter: Datacenter,
  state: ConsulServerState,
  from: NodeId,
  message: SwimMessage | WanMessage,
  ctx: Ctx,
): void {
  const { gossip } = datacenter;
  if (gossip === null) return;
  if (message.type === 'Wan') {
    if (state.wan !== null) onWanMessage(gossip, state.wan, from, message, ctx);
    return;
  }
  if (state.lan !== null) onLanMessage(gossip, state.lan, from, message, ctx);
  reconcileNews(datacenter, state, ctx);
}

/** Nothing listens at a member that was called. */
function onMemberRefused(
  { gossip }: Datacenter,
  { lan, wan }: ConsulServerState,
  peer: NodeId,
  message: ConsulMessage,
  ctx: Ctx,
): void {
  if (gossip === null) return;
  if (isSwimMessage(message) && lan !== null) onLanRefused(gossip, lan, peer, ctx);
  else if (message.type === 'Wan' && wan !== null) onWanRefused(gossip, wan, peer, ctx);
}

function prepare({ config = {}, rules = {}, raft = {}, gossip }: ConsulOptions): Datacenter {
  const allRules: ConsulRules = { ...consulRules, ...rules };
  const datacenter: Datacenter = {
    config: { ...consulDefaults, ...config },
    rules: allRules,
    gossip: gossip === undefined ? null : prepareGossip(gossip),
    raft: raftServer<Consul, ConsulState, ConsulCommand, ConsulOutcome>({
      service: {
        initial: emptyState,
        apply: (state, command, { index }) => applyConsul(state, command, index, allRules),
      },
      hooks: {
        applied: (state, entry, outcome, ctx) => applied(datacenter, state, entry, outcome, ctx),
        becameLeader: (state, ctx) => {
          beginSessions(state, ctx);
          beginTombstones(datacenter, state, ctx);
          beginReconciling(ctx);
          beginAutopilot(state, ctx);
        },
        lostLeadership: (state, ctx) => lostLeadership(state, ctx),
        configured: ({ raft }, _configuration, ctx) => {
          if (raft.role === 'leader') beginReconciling(ctx); // more may have joined or left, and one changes at a time
        },
        restored: (state, ctx) => answerAllBlocked(datacenter, state, ctx),
        readReady: (state, id, _index, ctx) => readReady(datacenter, state, id, ctx),
        readDropped: (state, id, ctx) => readDropped(state, id, ctx),
      },
      config: { ...consulRaft, ...raft },
      rules: consulRaftRules,
    }),
  };
  return datacenter;
}

function onAsk(datacenter: Datacenter, state: ConsulServerState, from: NodeId, message: Ask, ctx: Ctx): void {
  const asker: Asker = { from, id: message.id };
  if (!isFirstCopy(state.asked, from, message.id)) return;
  if (isElsewhere(datacenter, message.request)) return forwardToDatacenter(state, asker, message.request, ctx);
  const request = bounded(datacenter, state, completed(message.request, ctx.id), ctx);
  if (canAnswer(state, request)) return handle(datacenter, state, asker, request, ctx);
  if (message.isForwarded) return answer(asker, failure(500, 'node is not the leader'), ctx);
  const { leader } = state.raft;
  if (leader === null) return hold(datacenter, state, asker, request, ctx);
  forward(state, asker, request, leader, ctx);
}

/** A stale read that would be too stale here becomes a default read. */
function bounded(datacenter: Datacenter, state: ConsulServerState, request: ConsulRequest, ctx: Ctx): ConsulRequest {
  if (!isRead(request) || request.consistency !== 'stale' || request.maxStale === undefined) return request;
  const silence = silenceOf(datacenter, state, ctx.monotonic());
  return datacenter.rules.isTooStale(silence, request.maxStale) ? { ...request, consistency: 'default' } : request;
}

/** Any server of the other datacenter will do: it finds its leader itself. */
function forwardToDatacenter(state: ConsulServerState, asker: Asker, request: ConsulRequest, ctx: Ctx): void {
  const servers = state.wan === null ? [] : serversOf(state.wan, request.dc ?? '');
  if (servers.length === 0) return answer(asker, failure(500, 'No path to datacenter'), ctx);
  forward(state, asker, request, servers[ctx.random(servers.length)] as NodeId, ctx, false);
}

/** Services and checks are registered with client agents; of a server one may ask whom it sees, and that it goes. */
function answerAsAgent(
  datacenter: Datacenter,
  state: ConsulServerState,
  request: AgentRequest,
  ctx: Ctx,
): ConsulResponse {
  const { gossip } = datacenter;
  const { lan, raft } = state;
  if (gossip === null || lan === null) return failure(404, 'this server is no member of a gossip pool');
  if (request.type === 'agent-members') return { status: 200, body: memberList(lan) };
  if (request.type !== 'agent-leave') return failure(404, 'services are registered with client agents');
  if (raft.role === 'leader') dismissServer(datacenter, state, ctx.id, ctx);
  leaveLan(gossip, lan, ctx);
  return { status: 200, body: null };
}

/** Requests that waited for a leader are taken up when there may be one. */
function answerHeld(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const { leader } = state.raft;
  if (state.held.length === 0 || leader === null) return;
  for (const { request, ...asker } of takeHeld(state)) {
    if (canAnswer(state, request)) handle(datacenter, state, asker, request, ctx);
    else forward(state, asker, request, leader, ctx);
  }
}

/** Whether this server need not ask the leader. One that never heard of any may know nothing yet. */
function canAnswer(state: ConsulServerState, request: ConsulRequest): boolean {
  if (state.raft.role === 'leader' || isStatus(request) || isAgent(request)) return true;
  return isRead(request) && request.consistency === 'stale' && state.lastContact !== null;
}

/** Answers a request, as the leader or for what any server may say. */
function handle(
  datacenter: Datacenter,
  state: ConsulServerState,
  asker: Asker,
  request: ConsulRequest,
  ctx: Ctx,
): void {
  if (isAgent(request)) return answer(asker, answerAsAgent(datacenter, state, request, ctx), ctx);
  if (isStatus(request)) return answer(asker, { status: 200, body: statusBody(datacenter, state, request) }, ctx);
  if (isRead(request)) return read(datacenter, state, asker, request, ctx);
  if (request.type === 'session-renew')
    return answer(asker, renewSession(datacenter, state, request.session, ctx), ctx);
  write(datacenter, state, asker, request, ctx);
}

function statusBody({ config }: Datacenter, { raft, wan }: ConsulServerState, { type }: StatusRequest): Json {
  switch (type) {
    case 'status-leader':
      return raft.leader ?? '';
    case 'status-peers':
      return raft.configuration.voters;
    case 'catalog-datacenters':
      return wan === null ? [config.datacenter] : knownDatacenters(wan);
  }
}

function write(
  { raft, rules }: Datacenter,
  state: ConsulServerState,
  asker: Asker,
  request: Exclude<ConsulRequest & WriteRequest, { type: 'session-renew' }>,
  ctx: Ctx,
): void {
  const command = commandFor(request, () => drawId(ctx));
  if ('status' in command) return answer(asker, command, ctx);
  const now = ctx.monotonic();
  const refusal = refusalOfDelayed(command, (key) => rules.isDelayed(state.lockDelays.get(key) ?? 0, now));
  if (refusal !== undefined) return answer(asker, refusal, ctx);
  const index = nextIndex(state.raft);
  state.writes.set(index, asker); // a cluster of one answers before `propose` returns
  const bound = rules.delaysBindTheLog ? withDelaysKnown(command, state.raft.lastApplied) : command;
  const proposed = propose(raft, state, bound, ctx);
  if (proposed.type === 'accepted') return;
  state.writes.delete(index);
  answer(asker, failure(500, 'node is not the leader'), ctx);
}

/** Every server, for every entry: whoever waits for it is answered, and whoever waits for a change is woken. */
function applied(
  datacenter: Datacenter,
  state: ConsulServerState,
  { index, term, command }: { readonly index: number; readonly term: number; readonly command: ConsulCommand },
  outcome: ConsulOutcome,
  ctx: Ctx,
): void {
  startLockDelays(state, outcome.invalidated, ctx);
  for (const { session, key, lockDelay } of state.raft.role === 'leader' ? outcome.invalidated : []) {
    ctx.note('keys freed', { session, key, lockDelay, by: command.type });
  }
  if (outcome.answer.type === 'session' && command.type === 'session-create')
    sessionCreated(datacenter, state, outcome.answer.id, ctx);
  if (command.type === 'session-destroy') {
    sessionGone(state, command.session);
    if (command.isExpired === true) ctx.note('session expired', { session: command.session, term });
  }
  const waiting = state.writes.get(index);
  state.writes.delete(index);
  if (waiting !== undefined) answer(waiting, responseFor(outcome.answer), ctx);
  if (state.raft.machine.tables.graveyard === index) keepTombstones(datacenter, state, index, ctx);
  if (datacenter.rules.wakesBlocked) wakeBlocked(datacenter, state, ctx);
}

/** What was proposed may still be committed by the next leader; nobody will know. */
function lostLeadership(state: ConsulServerState, ctx: Ctx): void {
  state.lastContact = ctx.monotonic();
  for (const waiting of state.writes.values())
    answer(waiting, failure(500, 'leadership lost while committing log'), ctx);
  state.writes.clear();
}

/** A random UUID. */
function drawId(ctx: Ctx): string {
  const hex = Array.from({ length: 32 }, () => ctx.random(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

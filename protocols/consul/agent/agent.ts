// A client agent: clients talk to it as they would to a server. It answers for its own services and checks and passes
// everything else on. Gossip watches over it, and so over the sessions of its node.
import { minutes, ms, seconds, type Context, type NodeId, type Protocol } from '../../../sim/index.ts';
import { isSwimMessage } from '../../swim/index.ts';
import { isFirstCopy } from '../asked.ts';
import {
  isLanTimer,
  joinLan,
  leaveLan,
  memberList,
  onLanMessage,
  onLanRefused,
  onLanTimer,
  prepareGossip,
  type GossipOptions,
} from '../gossip.ts';
import { completed, failure, isAgent, isRead, type AgentRequest, type ConsulResponse } from '../requests.ts';
import { beginFullSync, onSynced, pushChanges } from './anti-entropy.ts';
import { call, onAnswer, onCallTimer, onServerGone, type Finish } from './calls.ts';
import {
  addCheck,
  addService,
  checksBody,
  dropCheck,
  dropService,
  expireChecks,
  nextExpiry,
  nextOutput,
  releaseOutputs,
  servicesBody,
  updateCheck,
  type LocalState,
} from './local.ts';
import { loadLocal, saveRegistrations, saveState } from './persistence.ts';
import type { AgentConfig, AgentParts, AgentRules, AgentState, ConsulAgent } from './types.ts';

type Ctx = Context<ConsulAgent>;

export const agentDefaults: AgentConfig = {
  rpcHoldTimeout: seconds(7),
  rpcTimeout: seconds(10),
  syncInterval: seconds(60),
  syncRetry: seconds(15),
  checkUpdateInterval: minutes(5),
};

export const agentRules: AgentRules = { mayRepeat: isRead, repairs: true, expires: true };

export interface AgentOptions {
  readonly gossip: GossipOptions;
  readonly config?: Partial<AgentConfig>;
  readonly rules?: Partial<AgentRules>;
}

/** A first synchronization comes soon after the start, when servers are known. */
const firstSync = seconds(1);

export function consulAgent({ gossip, config = {}, rules = {} }: AgentOptions): Protocol<ConsulAgent> {
  const parts: AgentParts = {
    gossip: prepareGossip(gossip),
    config: { ...agentDefaults, ...config },
    rules: { ...agentRules, ...rules },
  };
  const finish: Finish = (state, purpose, response, ctx) => {
    if (purpose.type === 'client') ctx.send(purpose.from, { type: 'Answer', id: purpose.id, response });
    else onSynced(parts, state, purpose, response, ctx, finish);
  };
  return {
    start: (ctx) => start(parts, ctx),
    onMessage: (state, from, message, ctx) => onMessage(parts, state, from, message, ctx, finish),
    onTimer: (state, timer, ctx) => onTimer(parts, state, timer, ctx, finish),
    onRefused: (state, peer, message, ctx) => onRefused(parts, state, peer, message, ctx, finish),
  };
}

function start({ gossip }: AgentParts, ctx: Ctx): AgentState {
  ctx.setTimer('sync', ms(200) + ctx.random(firstSync));
  const preferred = ctx.random(2 ** 16);
  const local = loadLocal(ctx);
  setTtlTimer(local, ctx);
  const lan = joinLan(gossip, 'client', ctx);
  return { lan, local, calls: new Map(), serial: ctx.monotonic(), asked: new Map(), preferred };
}

function onMessage(
  parts: AgentParts,
  state: AgentState,
  from: NodeId,
  message: ConsulAgent['message'],
  ctx: Ctx,
  finish: Finish,
): void {
  if (isSwimMessage(message)) return onLanMessage(parts.gossip, state.lan, from, message, ctx);
  if (message.type === 'Answer') return onAnswer(parts, state, message.id, message.response, ctx, finish);
  const { request, id } = message;
  if (!isFirstCopy(state.asked, from, id)) return;
  if (!isAgent(request))
    return call(parts, state, { type: 'client', from, id }, completed(request, ctx.id), ctx, finish);
  answer(from, id, answerItself(parts, state, request, ctx), ctx);
  pushChanges(parts, state, ctx, finish);
}

function onTimer(parts: AgentParts, state: AgentState, timer: ConsulAgent['timer'], ctx: Ctx, finish: Finish): void {
  if (isLanTimer(timer)) return onLanTimer(parts.gossip, state.lan, timer, ctx);
  switch (timer) {
    case 'sync':
      return beginFullSync(parts, state, ctx, finish);
    case 'calls':
      return onCallTimer(parts, state, ctx, finish);
    case 'ttl':
      return onTtlTimer(parts, state, ctx, finish);
    case 'outputs':
      return onOutputsTimer(parts, state, ctx, finish);
  }
}

function onRefused(
  parts: AgentParts,
  state: AgentState,
  peer: NodeId,
  message: ConsulAgent['message'],
  ctx: Ctx,
  finish: Finish,
): void {
  if (isSwimMessage(message)) onLanRefused(parts.gossip, state.lan, peer, ctx);
  onServerGone(parts, state, peer, message, ctx, finish);
}

function answer(to: NodeId, id: number, response: ConsulResponse, ctx: Ctx): void {
  ctx.send(to, { type: 'Answer', id, response });
}

function answerItself(parts: AgentParts, state: AgentState, request: AgentRequest, ctx: Ctx): ConsulResponse {
  const { local, lan } = state;
  const now = ctx.monotonic();
  switch (request.type) {
    case 'agent-register-service':
      addService(local, request.service);
      for (const check of request.checks ?? []) addCheck(local, check, now);
      setTtlTimer(local, ctx);
      saveRegistrations(local, ctx);
      return done;
    case 'agent-deregister-service':
      if (!dropService(local, request.id)) return failure(404, `Unknown service ${JSON.stringify(request.id)}`);
      saveRegistrations(local, ctx);
      return done;
    case 'agent-register-check':
      if (!isServiceKnown(state, request.check.serviceId)) {
        return failure(500, `ServiceID ${JSON.stringify(request.check.serviceId)} does not exist`);
      }
      addCheck(local, request.check, now);
      setTtlTimer(local, ctx);
      saveRegistrations(local, ctx);
      return done;
    case 'agent-deregister-check':
      if (!dropCheck(local, request.id)) return failure(404, `Unknown check ${JSON.stringify(request.id)}`);
      saveRegistrations(local, ctx);
      return done;
    case 'agent-update-check': {
      const { id, status, output = '' } = request;
      const { checkUpdateInterval: wait } = parts.config;
      const outputAt = now + Math.floor(wait / 2) + ctx.random(wait + 1);
      if (!updateCheck(local, { id, status, output }, now, outputAt)) {
        return failure(500, `CheckID ${JSON.stringify(id)} does not have associated TTL`);
      }
      setOutputsTimer(local, ctx);
      setTtlTimer(local, ctx);
      saveState(local, id, ctx);
      return done;
    }
    case 'agent-services':
      return { status: 200, body: servicesBody(local) };
    case 'agent-checks':
      return { status: 200, body: checksBody(local) };
    case 'agent-members':
      return { status: 200, body: memberList(lan) };
    case 'agent-leave':
      leaveLan(parts.gossip, lan, ctx);
      return done;
  }
}

const done: ConsulResponse = { status: 200, body: null };

function onTtlTimer(parts: AgentParts, state: AgentState, ctx: Ctx, finish: Finish): void {
  if (!parts.rules.expires) return;
  for (const check of expireChecks(state.local, ctx.monotonic())) ctx.note('check expired', { check });
  setTtlTimer(state.local, ctx);
  pushChanges(parts, state, ctx, finish);
}

/** Outputs that have waited long enough are told. */
function onOutputsTimer(parts: AgentParts, state: AgentState, ctx: Ctx, finish: Finish): void {
  releaseOutputs(state.local, ctx.monotonic());
  setOutputsTimer(state.local, ctx);
  pushChanges(parts, state, ctx, finish);
}

function setOutputsTimer(local: LocalState, ctx: Ctx): void {
  const next = nextOutput(local);
  if (next < Infinity) ctx.setTimer('outputs', Math.max(0, next - ctx.monotonic()));
}

function isServiceKnown({ local }: AgentState, id: string): boolean {
  return id === '' || local.services.get(id)?.isGone === false;
}

function setTtlTimer(local: LocalState, ctx: Ctx): void {
  const next = nextExpiry(local);
  if (next < Infinity) ctx.setTimer('ttl', Math.max(0, next - ctx.monotonic()));
}

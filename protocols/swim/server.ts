// A member on its own: SWIM with Lifeguard, and Serf's events and queries on it, for clients that make it send, ask and leave.
import type { Context, Json, Micros, NodeId, Protocol } from '../../sim/index.ts';
import type { SwimConfig } from './config.ts';
import type { SwimRules } from './rules.ts';
import {
  mergeSerf,
  onSerfAnswer,
  onSerfTimer,
  onSerfUpdate,
  sendEvent,
  sendQuery,
  serfExchange,
  serfRules,
  startSerf,
  type Serf,
  type SerfAnswer,
  type SerfExchange,
  type SerfRules,
  type SerfState,
  type SerfTimer,
} from './serf.ts';
import {
  isSwimMessage,
  isSwimTimer,
  joinCluster,
  leaveCluster,
  membersOf,
  onSwimMessage,
  onSwimTimer,
  startSwim,
  swimAgent,
} from './swim.ts';
import { findStarting, type StartingMembers } from './table.ts';
import type { SwimMessage, SwimState, SwimTimer } from './types.ts';

export type MemberRequest =
  | { readonly type: 'event' | 'query'; readonly serial: number; readonly name: string; readonly value: Json }
  | { readonly type: 'leave' | 'members'; readonly serial: number };

export type MemberResponse = { readonly type: 'done'; readonly serial: number; readonly value: Json };

export interface Swim {
  state: {
    readonly swim: SwimState;
    readonly serf: SerfState;
    /** Who waits for the answers to the query of this time. */
    readonly waiting: Map<number, { readonly client: NodeId; readonly serial: number }>;
    /** Who waits until this member has left. */
    leavers: { readonly client: NodeId; readonly serial: number }[];
  };
  message: SwimMessage | SerfAnswer | MemberRequest | MemberResponse;
  timer: SwimTimer | SerfTimer;
  request: never;
  response: never;
}

export interface SwimOptions {
  readonly config?: Partial<SwimConfig>;
  readonly rules?: Partial<SwimRules>;
  readonly serfRules?: Partial<SerfRules>;
  /** Whom a newcomer asks to let it in. */
  readonly contacts?: readonly NodeId[];
  /** A cluster that starts whole: all its members. */
  readonly known?: StartingMembers;
  /** When all gossip in step, at which time of the interval; by default each has its own. */
  readonly gossipPhase?: Micros;
  /** The name of the member at an address, by default the address; and what it says of itself in each of its lives. */
  readonly nameOf?: (id: NodeId) => string;
  readonly metaOf?: (id: NodeId, life: number) => string;
}

export function swim(options: SwimOptions = {}): Protocol<Swim> {
  const { config = {}, contacts = [], known, nameOf = (id) => id, metaOf } = options;
  const agent = swimAgent<Swim>({
    config,
    rules: options.rules ?? {},
    hooks: {
      hasLeft: (state, ctx) => {
        for (const { client, serial } of state.leavers) ctx.send(client, { type: 'done', serial, value: ctx.id });
        state.leavers = [];
      },
      userUpdate: (state, update, ctx) => onSerfUpdate(serf, state, update, ctx),
      localState: (state) => serfExchange(state),
      mergeState: (state, remote, ctx) => mergeSerf(serf, state, remote as SerfExchange, ctx),
    },
  });
  const serf: Serf = {
    agent,
    rules: { ...serfRules, ...options.serfRules },
    answer: (_name, _value, state, id) => `${id} knows ${membersOf(state).length}`,
  };
  return {
    start(ctx) {
      const life = (ctx.disk.get<number>('life') ?? 0) + 1;
      if (metaOf !== undefined) {
        ctx.disk.set('life', life);
        ctx.disk.sync();
      }
      const meta = metaOf?.(ctx.id, life) ?? '';
      const isKnown = known !== undefined && findStarting(known, ctx.id)?.meta === meta && nameOf(ctx.id) === ctx.id;
      const state = {
        swim: startSwim(agent, ctx, {
          name: nameOf(ctx.id),
          meta,
          ...(isKnown ? { known } : {}),
          ...(options.gossipPhase === undefined ? {} : { gossipPhase: options.gossipPhase }),
        }),
        serf: startSerf(),
        waiting: new Map(),
        leavers: [],
      };
      joinCluster(agent, state, contacts, ctx);
      return state;
    },
    onMessage(state, from, message, ctx) {
      if (isSwimMessage(message)) return onSwimMessage(agent, state, from, message, ctx);
      if (message.type === 'SerfAnswer') return onSerfAnswer(state, from, message);
      if (message.type !== 'done') onMemberRequest(agent, serf, state, from, message, ctx);
    },
    onTimer(state, timer, ctx) {
      if (isSwimTimer(timer)) return onSwimTimer(agent, state, timer, ctx);
      const tell = {
        ...serf,
        queryOver: (time: number, answers: ReadonlyMap<NodeId, Json>) => {
          const client = state.waiting.get(time);
          state.waiting.delete(time);
          if (client !== undefined)
            ctx.send(client.client, { type: 'done', serial: client.serial, value: [...answers.keys()] });
        },
      };
      onSerfTimer(tell, state, timer, ctx);
    },
  };
}

function onMemberRequest(
  agent: Serf['agent'],
  serf: Serf,
  state: Swim['state'],
  client: NodeId,
  request: MemberRequest,
  ctx: Context<Swim>,
): void {
  const { serial } = request;
  switch (request.type) {
    case 'event': {
      const time = sendEvent(serf, state, request.name, request.value, ctx);
      return ctx.send(client, { type: 'done', serial, value: [request.value, time] });
    }
    case 'query':
      state.waiting.set(sendQuery(serf, state, request.name, request.value, ctx), { client, serial });
      return;
    case 'leave':
      if (state.swim.hasLeft) return ctx.send(client, { type: 'done', serial, value: ctx.id });
      state.leavers.push({ client, serial });
      return leaveCluster(agent, state, ctx);
    case 'members':
      return ctx.send(client, {
        type: 'done',
        serial,
        value: membersOf(state).map(({ name, status }) => [name, status]),
      });
  }
}

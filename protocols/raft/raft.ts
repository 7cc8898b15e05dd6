// Raft (Ongaro & Ousterhout 2014) with a replicated key-value store on it: the protocol that scenarios run, and the shortest
// example of a service on the seam in `service.ts`.
import type { Json, Micros, NodeId, Protocol } from '../../sim/index.ts';
import type { RaftConfig } from './config.ts';
import { keyValueService, type Answer, type Command, type Machine } from './key-value.ts';
import { nextIndex } from './log.ts';
import type { MembershipRequest } from './membership.ts';
import { paperRules, type Rules } from './rules.ts';
import type { RaftHooks, RaftServer } from './server.ts';
import {
  changeMembership,
  isRaftMessage,
  isRaftTimer,
  onRaftMessage,
  onRaftTimer,
  propose,
  raftServer,
  requestRead,
  startRaft,
  transferLeadership,
} from './service.ts';
import type { RaftMessage, RaftState, RaftTimer } from './types.ts';

export type Message = RaftMessage<Command> | ClientMessage;

export type ClientMessage = ClientCommand | ClientRead | ClientReply | AdminCommand | AdminReply;

/** Registers a session, or asks for a state change within one. A retry repeats the sequence number. */
export interface ClientCommand {
  readonly type: 'ClientCommand';
  readonly sequence: number;
  readonly command: Command;
}

export interface ClientRead {
  readonly type: 'ClientRead';
  readonly sequence: number;
  readonly key: string;
}

export interface ClientReply {
  readonly type: 'ClientReply';
  readonly sequence: number;
  readonly answer: Answer | { readonly type: 'not-leader'; readonly leader: NodeId | null };
}

/** What an administrator asks a leader for. */
export interface AdminCommand {
  readonly type: 'AdminCommand';
  readonly sequence: number;
  readonly request:
    ({ readonly type: 'change' } & MembershipRequest) | { readonly type: 'transfer'; readonly target: NodeId };
}

export interface AdminReply {
  readonly type: 'AdminReply';
  readonly sequence: number;
  /** Null when it was taken. */
  readonly refused: string | null;
  readonly leader: NodeId | null;
}

/** A command in the log whose client waits for the answer. */
interface Waiting {
  readonly client: NodeId;
  readonly sequence: number;
  readonly index: number;
}

export interface KeyValueState {
  readonly raft: RaftState<Machine, Command>;
  /** In the order of their indices. */
  waiting: Waiting[];
  /** Reads by the numbers that Raft knows them by. */
  reads: Map<number, { readonly client: NodeId; readonly sequence: number; readonly key: string }>;
  nextRead: number;
}

export interface Raft {
  state: KeyValueState;
  message: Message;
  timer: RaftTimer;
  request: never;
  response: Json;
}

export interface KeyValueConfig extends RaftConfig {
  /** Client sessions kept; default 4,096. */
  readonly sessionLimit: number;
  /** How long a session lives that is not used, by the clocks of leaders; default 0, for ever. */
  readonly sessionTtl: Micros;
}

type KeyValueServer = RaftServer<Raft, Machine, Command, Answer>;

/** A Raft server with a replicated key-value store. */
export function raft(config: Partial<KeyValueConfig> = {}, rules: Partial<Rules> = {}): Protocol<Raft> {
  const allRules = { ...paperRules, ...rules };
  const service = keyValueService(allRules, config.sessionLimit, config.sessionTtl);
  const stamps = (config.sessionTtl ?? 0) > 0;
  const server: KeyValueServer = raftServer({ service, hooks: hooksOf(allRules, stamps), config, rules });
  return {
    start: (ctx) => ({ raft: startRaft(server, ctx), waiting: [], reads: new Map(), nextRead: 0 }),
    onMessage(state, from, message, ctx) {
      if (isRaftMessage(message)) return onRaftMessage(server, state, from, message, ctx);
      switch (message.type) {
        case 'ClientCommand':
          return onClientCommand(server, state, from, stamps ? stamped(message, ctx.now()) : message, ctx);
        case 'ClientRead':
          return onClientRead(server, state, from, message, ctx);
        case 'AdminCommand':
          return onAdminCommand(server, state, from, message, ctx);
        default:
          return; // for clients
      }
    },
    onTimer: (state, timer, ctx) => {
      if (isRaftTimer(timer)) onRaftTimer(server, state, timer, ctx);
    },
  };
}

type ServerContext = Parameters<Protocol<Raft>['start']>[0];

const hooksOf = (rules: Rules, stamps: boolean): RaftHooks<Raft, Command, Answer> => ({
  applied(state, { index }, answer, ctx) {
    const { machine } = state.raft;
    if (stamps) machine.time = rules.sessionTime(machine.time, ctx.now());
    const waiting = state.waiting[0]?.index === index ? state.waiting.shift() : undefined;
    if (waiting !== undefined) ctx.send(waiting.client, { type: 'ClientReply', sequence: waiting.sequence, answer });
  },
  lostLeadership(state, ctx) {
    // What they asked for may yet be committed: they ask the next leader, who recognizes a command it already has.
    const left = state.waiting;
    state.waiting = [];
    for (const { client, sequence } of left) sendElsewhere(client, sequence, null, ctx);
  },
  readReady(state, id, _readIndex, ctx) {
    const read = state.reads.get(id);
    if (read === undefined) return;
    state.reads.delete(id);
    const value = state.raft.machine.data.get(read.key) ?? null;
    ctx.send(read.client, { type: 'ClientReply', sequence: read.sequence, answer: { type: 'done', value } });
  },
  readDropped(state, id, ctx) {
    const read = state.reads.get(id);
    state.reads.delete(id);
    if (read !== undefined) sendElsewhere(read.client, read.sequence, null, ctx);
  },
});

/** The leader says what time it is; it never goes back, whoever leads. */
function stamped(message: ClientCommand, at: Micros): ClientCommand {
  return { ...message, command: { ...message.command, at } };
}

/** Only the leader takes commands; the others say who leads, as far as they know (section 8). */
function onClientCommand(
  server: KeyValueServer,
  state: KeyValueState,
  client: NodeId,
  { sequence, command }: ClientCommand,
  ctx: ServerContext,
): void {
  const waiting = { client, sequence, index: nextIndex(state.raft) };
  state.waiting.push(waiting);
  const proposed = propose(server, state, command, ctx);
  if (proposed.type === 'accepted') return;
  state.waiting.splice(state.waiting.indexOf(waiting), 1);
  sendElsewhere(client, sequence, proposed.reason === 'not-leader' ? proposed.leader : null, ctx);
}

function onClientRead(
  server: KeyValueServer,
  state: KeyValueState,
  client: NodeId,
  { sequence, key }: ClientRead,
  ctx: ServerContext,
): void {
  const id = state.nextRead++;
  state.reads.set(id, { client, sequence, key });
  const asked = requestRead(server, state, id, ctx);
  if (asked.type === 'accepted') return;
  state.reads.delete(id);
  sendElsewhere(client, sequence, asked.reason === 'not-leader' ? asked.leader : null, ctx);
}

function onAdminCommand(
  server: KeyValueServer,
  state: KeyValueState,
  admin: NodeId,
  { sequence, request }: AdminCommand,
  ctx: ServerContext,
): void {
  const done =
    request.type === 'change'
      ? changeMembership(server, state, request, ctx)
      : transferLeadership(server, state, request.target, ctx);
  const refused = done.type === 'refused' ? done.reason : null;
  ctx.send(admin, { type: 'AdminReply', sequence, refused, leader: state.raft.leader });
}

function sendElsewhere(client: NodeId, sequence: number, leader: NodeId | null, ctx: ServerContext): void {
  ctx.send(client, { type: 'ClientReply', sequence, answer: { type: 'not-leader', leader } });
}
